"""Requests made of a row's properties, in the spelling of botocore's shapes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from engine.providers.aws import shapes
from engine.providers.aws.table import Handle, Object, Prop, Row
from engine.providers.port import Props, ProviderError


def creation(row: Row, inputs: Props) -> Object:
    """The create request of a row that has a plain one; a function builds its own from what `request` says."""
    request: Object = {}
    if not callable(row.create):
        shape = shapes.input_shape(row.service, row.create[0])
        for prop in row.props:
            value, member = inputs.get(prop.name), prop.member
            if value is not None and member is not None:
                request[member] = shapes.to_api(value, shape.members[member], prop.name)
    return request | row.request(inputs)


def modify(row: Row, handle: Handle, operation: str, props: Iterable[Prop]) -> None:
    """Send one modification; members the API demands each time travel along."""
    shape = shapes.input_shape(row.service, operation)
    sent = {prop.name: prop for prop in props}
    for prop in row.props:
        if (prop.modify or prop.member) in shape.required_members:
            sent.setdefault(prop.name, prop)
    request: Object = {row.key: handle.id}
    for prop in sent.values():
        member = prop.modify or prop.member
        assert member is not None, f"{prop.name} has no member in {operation}"
        value = wanted(prop, handle.inputs)
        if value is None:
            value = _silence(prop, shape.members[member])
        request[member] = shapes.to_api(value, shape.members[member], prop.name)
    extra = {k: v for k, v in row.modify(handle.inputs).items() if k in shape.members}
    handle.api.write(row.service, operation, **{**request, **extra})


def _silence(prop: Prop, shape: Any) -> Any:
    """How an API is told that nothing is asked for any more."""
    kind = str(shape.type_name)
    if kind not in _SILENCES:
        raise ProviderError(f"{prop.name} can't be taken back: AWS has no value for none. Give the value to have.")
    return _SILENCES[kind]


_SILENCES: Final[Mapping[str, Any]] = {"string": "", "boolean": False, "list": []}


def wanted(prop: Prop, inputs: Props) -> Any:
    """The value to set: what is asked for, else what silence means."""
    value = inputs.get(prop.name)
    return prop.default if value is None else value
