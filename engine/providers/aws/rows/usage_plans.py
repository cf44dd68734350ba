"""API Gateway: usage plans, API keys, and which key is in which plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, cast

from engine.providers.aws import shapes
from engine.providers.aws.rows.networks import partition
from engine.providers.aws.table import Handle, Kind, Name, Object, Prop, Reader, Row, Setter
from engine.providers.aws.tags import MapTags
from engine.providers.port import CheckFailure, Props, Secret

_SERVICE: Final = "apigateway"
_KEY_TYPE: Final = "API_KEY"
_SHORTEST_KEY: Final = 20
_TAGS: Final = MapTags(_SERVICE, listing=None)
"""Every Get answers with them."""


def _arn(kind: str) -> Reader:
    """Its ARN, which has no account in it and which no call tells."""

    def read(handle: Handle, _: Object) -> str:
        region = handle.api.region
        return f"arn:{partition(region)}:{_SERVICE}:{region}::/{kind}/{handle.id}"

    return read


def _step(op: str, path: str, value: Any = None) -> Object:
    """One step of a patch; its values are always text."""
    return {"op": op, "path": path} | ({} if value is None else {"value": str(value)})


def _patch_plan(handle: Handle, steps: Sequence[Object]) -> None:
    if steps:
        handle.api.write(_SERVICE, "UpdateUsagePlan", usagePlanId=handle.id, patchOperations=list(steps))


def _plan_text(member: str) -> Setter:
    return lambda handle, value: _patch_plan(handle, [_step("replace", f"/{member}", value or "")])


def _patch_product(handle: Handle, value: Any) -> None:
    step = _step("replace", "/productCode", value) if value else _step("remove", "/productCode")
    _patch_plan(handle, [step])


def _patch_group(name: str, group: str) -> Setter:
    """A setter of a group of figures; what AWS is not told anew of a group that is there it keeps, so all is told."""

    def change(handle: Handle, value: Any) -> None:
        if not value:
            _patch_plan(handle, [_step("remove", f"/{group}")])
            return
        shape = shapes.input_shape(_SERVICE, "CreateUsagePlan").members[group]
        figures = dict.fromkeys(_FILLED[group], 0) | shapes.to_api(value, shape, name)
        _patch_plan(handle, [_step("replace", f"/{group}/{member}", each) for member, each in figures.items()])

    return change


_FILLED: Final = {"quota": ("offset",), "throttle": ("burstLimit", "rateLimit")}
"""Figures that are 0 where nothing is said of them."""


def _figures(name: str, group: str) -> Reader:
    """A group as it is asked for: zeros that nobody asked for are AWS's way to say nothing."""

    def read(handle: Handle, found: Object) -> Any:
        asked = cast("Any", handle.inputs.get(name) or {})
        given = shapes.group(found, group)
        return {m: v for m, v in given.items() if m in asked or m not in _FILLED[group] or v} or None

    return read


def _stages(listed: Any) -> set[str]:
    return {f"{one['apiId']}:{one['stage']}" for one in cast("list[dict[str, str]]", listed or [])}


def _patch_stages(handle: Handle, wanted: Any) -> None:
    """Add first, then take away: in between the key opens too much of what it is asked for, never too little."""
    there = _stages((_look_plan(handle) or {}).get("apiStages"))
    want = _stages(wanted)
    _patch_plan(handle, [_step("add", "/apiStages", each) for each in sorted(want - there)])
    _patch_plan(handle, [_step("remove", "/apiStages", each) for each in sorted(there - want)])


def _look_plan(handle: Handle) -> Object | None:
    return handle.api.seek(_SERVICE, "GetUsagePlan", usagePlanId=handle.id)


def _delete_plan(handle: Handle) -> None:
    """AWS deletes a plan only once no stage is in it (API Gateway, DeleteUsagePlan: "remove associated stages")."""
    if _look_plan(handle) is not None:
        _patch_stages(handle, None)
        handle.api.remove(_SERVICE, "DeleteUsagePlan", usagePlanId=handle.id)


def _seek_plan(handle: Handle) -> Iterator[str]:
    """Names are not unique; tags tell whose a plan is."""
    for plan in handle.api.pages(_SERVICE, "GetUsagePlans", "items"):
        if plan.get("name") == handle.inputs["name"]:
            yield str(plan["id"])


def _encode_plan(inputs: Props) -> object:
    members = shapes.input_shape(_SERVICE, "CreateUsagePlan").members
    given = {"apiStages": "apiStages", "quotaSettings": "quota", "throttleSettings": "throttle"}
    return [shapes.to_api(inputs[name], members[member], name) for name, member in given.items() if inputs.get(name)]


_PLAN: Final = Row(
    type="aws:apigateway/usagePlan:UsagePlan",
    service=_SERVICE,
    props=(
        Prop("name", send="name", change=_plan_text("name")),
        Prop("description", send="description", default="", change=_plan_text("description")),
        Prop("apiStages", send="apiStages", kind=Kind.SET, default=[], change=_patch_stages),
        Prop("productCode", send=None, live="productCode", change=_patch_product),
        Prop(
            "quotaSettings",
            send="quota",
            live=_figures("quotaSettings", "quota"),
            change=_patch_group("quotaSettings", "quota"),
        ),
        Prop(
            "throttleSettings",
            send="throttle",
            live=_figures("throttleSettings", "throttle"),
            change=_patch_group("throttleSettings", "throttle"),
        ),
    ),
    create=("CreateUsagePlan", "id"),
    look=_look_plan,
    delete=_delete_plan,
    seek=_seek_plan,
    tags=_TAGS,
    name=Name("name", 255),
    encode=_encode_plan,
    outputs={"arn": _arn("usageplans")},
)


def _look_key(handle: Handle) -> Object | None:
    return handle.api.seek(_SERVICE, "GetApiKey", apiKey=handle.id, includeValue=True)


def _key_text(member: str) -> Setter:
    """A setter of one member of a key; truth is said as text."""

    def change(handle: Handle, value: Any) -> None:
        text = str(value).lower() if isinstance(value, bool) else value or ""
        steps = [_step("replace", f"/{member}", text)]
        handle.api.write(_SERVICE, "UpdateApiKey", apiKey=handle.id, patchOperations=steps)

    return change


def _seek_key(handle: Handle) -> Iterator[str]:
    """Names are not unique; tags tell whose a key is."""
    name = handle.inputs["name"]
    for key in handle.api.pages(_SERVICE, "GetApiKeys", "items", nameQuery=name):
        if key.get("name") == name:
            yield str(key["id"])


def _key_faults(inputs: Props) -> Iterator[CheckFailure]:
    value = inputs.get("value")
    if isinstance(value, str) and len(value) < _SHORTEST_KEY:
        yield CheckFailure("value", f"an API key has {_SHORTEST_KEY} characters or more")


def _when(member: str) -> Reader:
    return lambda _, found: shapes.from_api(found.get(member))


_KEY: Final = Row(
    type="aws:apigateway/apiKey:ApiKey",
    service=_SERVICE,
    props=(
        Prop("name", send="name", change=_key_text("name")),
        Prop("description", send="description", default="", change=_key_text("description")),
        Prop("enabled", send="enabled", default=True, change=_key_text("enabled")),
        Prop("customerId", send="customerId", change=_key_text("customerId")),
        Prop("value", send="value", fixed=True, computed=True, secret=True),
    ),
    create=("CreateApiKey", "id"),
    request=lambda inputs: {} if "enabled" in inputs else {"enabled": True},
    look=_look_key,
    delete=lambda handle: handle.api.remove(_SERVICE, "DeleteApiKey", apiKey=handle.id),
    seek=_seek_key,
    tags=_TAGS,
    name=Name("name", 255),
    faults=_key_faults,
    outputs={
        "arn": _arn("apikeys"),
        "createdDate": _when("createdDate"),
        "lastUpdatedDate": _when("lastUpdatedDate"),
    },
)


def _member(handle: Handle) -> Object:
    """The plan and the key in it, as calls name them; the id is the key's alone, as the official provider has it."""
    plan = {**handle.outputs, **handle.inputs}["usagePlanId"]
    return {"usagePlanId": plan, "keyId": handle.id}


def _look_member(handle: Handle) -> Object | None:
    found = handle.api.seek(_SERVICE, "GetUsagePlanKey", **_member(handle))
    return None if found is None else {**found, "usagePlanId": _member(handle)["usagePlanId"]}


_MEMBER: Final = Row(
    type="aws:apigateway/usagePlanKey:UsagePlanKey",
    service=_SERVICE,
    props=(
        Prop("keyId", send="keyId", live="id", fixed=True, required=True),
        Prop("keyType", send="keyType", live="type", fixed=True, required=True),
        Prop("usagePlanId", send="usagePlanId", fixed=True, required=True),
    ),
    create=("CreateUsagePlanKey", "id"),
    look=_look_member,
    delete=lambda handle: handle.api.remove(_SERVICE, "DeleteUsagePlanKey", **_member(handle)),
    seek=lambda handle: [str(handle.inputs["keyId"])],
    faults=lambda inputs: (
        [CheckFailure("keyType", _KEY_TYPE)] if inputs.get("keyType") not in (None, _KEY_TYPE) else []
    ),
    outputs={"name": "name", "value": lambda _, found: Secret(found["value"])},
)

ROWS: Final = (_PLAN, _KEY, _MEMBER)
