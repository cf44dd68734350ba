"""Check: inputs completed with defaults and names, and everything a row does not know refused by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from engine.providers.aws import declared, documents, naming, shapes, values
from engine.providers.aws.table import Kind, Row
from engine.providers.port import Checked, CheckFailure, Props, Resource


def check(row: Row, resource: Resource, olds: Props | None, news: Props, seed: bytes) -> Checked:
    """Complete and validate."""
    inputs = {key: value for key, value in news.items() if not key.startswith("__") and value is not None}
    inputs.pop("tagsAll", None)
    failures = [*_unknown_names(row, inputs)]
    for prop in row.props:
        if prop.default is not None and prop.name not in inputs:
            inputs[prop.name] = prop.default
    if row.name:
        inputs[row.name.prop] = naming.settle(row.name, resource.name, olds, inputs, seed)
    for prop in row.props:
        if prop.kind is Kind.DOCUMENT and prop.name in inputs:
            try:
                inputs[prop.name] = _document(inputs[prop.name])
            except ValueError as error:
                failures.append(CheckFailure(prop.name, f"{prop.name} is not a JSON document: {error}"))
    failures += _missing(row, inputs)
    failures += _misfits(row, inputs)
    failures += _row_faults(row, inputs)
    return Checked(inputs, tuple(failures))


def _unknown_names(row: Row, inputs: Props) -> Iterator[CheckFailure]:
    known = {prop.name for prop in row.props} | ({"tags"} if row.tags else set[str]()) | {"region"}
    declared_inputs = declared.of(row.type).inputs
    for name in sorted(inputs):
        if name not in declared_inputs:
            yield CheckFailure(name, f"{row.type} has no property {name}")
        elif name not in known:
            yield CheckFailure(name, f"{name} of {row.type} is not supported by the embedded engine; leave it out")


def _missing(row: Row, inputs: Props) -> Iterator[CheckFailure]:
    for prop in row.props:
        if prop.required and inputs.get(prop.name) is None:
            yield CheckFailure(prop.name, f"{prop.name} of {row.type} is required")


def _misfits(row: Row, inputs: Props) -> Iterator[CheckFailure]:
    """What the requests have no place for, told by its path: the encoders are tried here, so that nothing is sent."""
    for trial in (*_plain_members(row, inputs), lambda: row.encode(inputs)):
        try:
            trial()
        except shapes.Misfit as misfit:
            yield CheckFailure(misfit.where, misfit.reason)
        except (KeyError, TypeError, AttributeError):
            # an encoder stumbled: over what is unknown yet, or missing (said elsewhere), or has quite another form
            if not any(values.has_unknown(value) for value in inputs.values()) and not list(_missing(row, inputs)):
                yield CheckFailure("", f"a property of {row.type} has not the form it needs")


def _plain_members(row: Row, inputs: Props) -> Iterator[Callable[[], object]]:
    if callable(row.create):
        return
    members = shapes.input_shape(row.service, row.create[0]).members
    for prop in row.props:
        if prop.member is not None and inputs.get(prop.name) is not None:
            yield partial(shapes.to_api, inputs[prop.name], members[prop.member], prop.name)


def _row_faults(row: Row, inputs: Props) -> Iterator[CheckFailure]:
    yield from row.faults({name: value for name, value in inputs.items() if not values.has_unknown(value)})


def _document(value: object) -> object:
    return value if values.has_unknown(value) else documents.canonical(value)
