"""From a looked-up object to outputs, and to the inputs that would make it so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.providers.aws import declared, documents, shapes, values
from engine.providers.aws.table import Handle, Kind, Object, Prop, Row
from engine.providers.port import Found, Props, Secret


def observe(row: Row, handle: Handle, found: Object, *, importing: bool = False) -> Found:
    """What a live object is: outputs, and inputs equal to the handle's wherever nothing drifted."""
    own = _own_outputs(row, handle, found)
    handle = Handle(handle.api, handle.id, handle.inputs, {**handle.outputs, **own})
    inputs = {k: v for k, v in handle.inputs.items() if k == "region"}
    outputs: Props = dict(own)
    for prop in row.props:
        value = _live(prop, handle, found)
        kept = _input(prop, handle.inputs.get(prop.name), value, importing=importing)
        if kept is not None:
            inputs[prop.name] = kept
        shown = kept if kept is not None else value
        if shown is not None:
            outputs[prop.name] = Secret(shown) if prop.secret else shown
    for group, member, value in _inner_outputs(row, handle, found):
        outputs[group] = {**shapes.group(outputs, group), member: value}
    if row.tags:
        live_tags = row.tags.read(handle, found)
        if live_tags or handle.inputs.get("tags") is not None:
            inputs["tags"] = live_tags
        outputs["tags"] = outputs["tagsAll"] = live_tags
    if "region" in declared.of(row.type).outputs:
        outputs["region"] = handle.api.region
    return Found(handle.id, inputs, outputs)


def known_outputs(row: Row, inputs: Props, region: str) -> Props:
    """Outputs that follow from inputs alone."""
    outputs = dict(inputs)
    for prop in row.props:
        if prop.secret and inputs.get(prop.name) and not values.has_unknown(inputs[prop.name]):
            outputs[prop.name] = Secret(inputs[prop.name])
    if row.tags:
        outputs["tags"] = outputs["tagsAll"] = inputs.get("tags") or {}
    if "region" in declared.of(row.type).outputs:
        outputs["region"] = inputs.get("region") or region
    return outputs


def settings(row: Row, handle: Handle, found: Object) -> Props:
    """Live values of the row's readable properties."""
    return {prop.name: _live(prop, handle, found) for prop in row.props if prop.live is not None}


def _own_outputs(row: Row, handle: Handle, found: Object) -> Props:
    outputs: Props = {}
    for name, source in row.outputs.items():
        if "." in name:
            continue
        here = Handle(handle.api, handle.id, handle.inputs, {**handle.outputs, **outputs})
        value = source(here, found) if callable(source) else shapes.from_api(shapes.at(found, source))
        if value is not None:
            outputs[name] = value
    return outputs


def _inner_outputs(row: Row, handle: Handle, found: Object) -> Iterator[tuple[str, str, Any]]:
    """What AWS adds to a group of inputs, by group and member."""
    for name, source in row.outputs.items():
        group, dot, member = name.partition(".")
        value = source(handle, found) if callable(source) else shapes.from_api(shapes.at(found, source))
        if dot and value is not None:
            yield group, member, value


def _live(prop: Prop, handle: Handle, found: Object) -> Any:
    if prop.live is None:
        return handle.inputs.get(prop.name)
    if callable(prop.live):
        value = prop.live(handle, found)
    else:
        value = shapes.at(found, prop.live or str(prop.member))
        value = value if prop.kind is Kind.DOCUMENT else shapes.from_api(value)
    return documents.live(value) if prop.kind is Kind.DOCUMENT else value


def _input(prop: Prop, given: Any, value: Any, *, importing: bool) -> Any:
    if prop.live is None:
        return given if given is not None or not importing else prop.default
    if given is not None:
        silent = values.absent(value) and values.same(prop, given, prop.default)
        return given if silent or values.alike(prop, given, value) else value
    if importing:
        return prop.default if values.absent(value) else value
    if prop.computed or values.absent(value) or values.same(prop, prop.default, value):
        return None
    return value
