"""Auto Scaling: scheduled actions and single tags, of groups that others make: EKS makes one for each node group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from engine.providers.aws import shapes
from engine.providers.aws.table import Handle, Name, Object, Prop, Row
from engine.providers.port import CheckFailure, Props, ProviderError

_GROUP: Final = "autoscalingGroupName"
_SIZES: Final = ("minSize", "maxSize", "desiredCapacity")
_TIMES: Final = ("startTime", "endTime")
_MEMBERS: Final = {
    **{name: name[0].upper() + name[1:] for name in (*_SIZES, *_TIMES)},
    "recurrence": "Recurrence",
    "timeZone": "TimeZone",
}
_LEFT_ALONE: Final = -1
"""A size that the action leaves as it is; as in the official provider, nothing said is zero."""


def _group_of(handle: Handle) -> str:
    """The group: of the inputs, or of an import's id, `group/action` or `group,key`."""
    known = handle.inputs.get(_GROUP) or handle.outputs.get(_GROUP)
    group = known or next((handle.id.rpartition(mark)[0] for mark in "/," if mark in handle.id), "")
    if not group:
        raise ProviderError(f"{handle.id} does not say its group: import <group>/<action>, or <group>,<key> of a tag.")
    return str(group)


def _look(handle: Handle) -> Object | None:
    group, name = _group_of(handle), handle.id.rpartition("/")[2]
    asked = {"AutoScalingGroupName": group, "ScheduledActionNames": [name]}
    for found in handle.api.pages("autoscaling", "DescribeScheduledActions", "ScheduledUpdateGroupActions", **asked):
        return dict(found)
    return None


def _request(inputs: Props) -> Object:
    shape = shapes.input_shape("autoscaling", "PutScheduledUpdateGroupAction")
    said = {name: member for name, member in _MEMBERS.items() if inputs.get(name) is not None}
    request = {member: shapes.to_api(inputs[name], shape.members[member], name) for name, member in said.items()}
    return {member: value for member, value in request.items() if value != _LEFT_ALONE}


def _put(handle: Handle, _: Any) -> None:
    inputs, found = handle.inputs, _look(handle)
    of = {"AutoScalingGroupName": inputs[_GROUP], "ScheduledActionName": inputs["scheduledActionName"]}
    request = _request(inputs)
    if found:
        if any(found.get(member) is not None and member not in request for member in set(_MEMBERS.values()) - _CHOSEN):
            # what a put leaves out stays as it was
            handle.api.remove("autoscaling", "DeleteScheduledAction", **of)
        elif "StartTime" in request and _begins(handle, found) == inputs["startTime"]:
            # it may have begun already, and AWS takes no start that is past
            del request["StartTime"]
    handle.api.write("autoscaling", "PutScheduledUpdateGroupAction", **of, **request)


_CHOSEN: Final = frozenset({"StartTime", "TimeZone"})
"""What AWS answers with also where nothing was said."""


def _create(handle: Handle, _: Object) -> str:
    name = str(handle.inputs["scheduledActionName"])
    if _look(replace(handle, id=name)):  # a put would overwrite it without a word
        raise ProviderError(f"{_group_of(handle)} has a scheduled action {name} already; it is left alone.")
    of = {"AutoScalingGroupName": handle.inputs[_GROUP], "ScheduledActionName": name}
    handle.api.create("autoscaling", "PutScheduledUpdateGroupAction", **of, **_request(handle.inputs))
    return name


def _begins(handle: Handle, found: Object) -> Any:
    """Its start. AWS moves that of a recurring action on to the next turn: then it is the one that was given."""
    given, live = handle.inputs.get("startTime"), found.get("StartTime")
    if live is None:
        return None
    passed = bool(given and handle.inputs.get("recurrence")) and _moment(live) > _moment(given)
    return given if passed or (given and _same_moment(given, live)) else shapes.from_api(live)


def _moment(value: Any) -> datetime:
    return datetime.fromisoformat(str(shapes.from_api(value)).replace("Z", "+00:00"))


def _same_moment(given: Any, live: Any) -> bool:
    return _moment(given) == _moment(live)


def _delete(handle: Handle) -> None:
    """AWS says of one that is gone no more than that the request is not valid."""
    if _look(handle):
        name = handle.id.rpartition("/")[2]
        handle.api.remove(
            "autoscaling", "DeleteScheduledAction", AutoScalingGroupName=_group_of(handle), ScheduledActionName=name
        )


def _faults(inputs: Props) -> Iterator[CheckFailure]:
    for name in _TIMES:
        try:
            if inputs.get(name) and _moment(inputs[name]).tzinfo is None:
                yield CheckFailure(name, f"{name} needs its zone: 2030-01-31T06:00:00Z")
        except ValueError:
            yield CheckFailure(name, f"{name} is not a time such as 2030-01-31T06:00:00Z")


def _size(name: str) -> Prop:
    member = _MEMBERS[name]
    return Prop(name, live=lambda _, found: found.get(member, _LEFT_ALONE), default=0, change=_put)


_SCHEDULE: Final = Row(
    type="aws:autoscaling/schedule:Schedule",
    service="autoscaling",
    props=(
        Prop(_GROUP, live="AutoScalingGroupName", fixed=True, required=True),
        Prop("scheduledActionName", live="ScheduledActionName", fixed=True),
        *(_size(name) for name in _SIZES),
        Prop("recurrence", live="Recurrence", change=_put),
        Prop("timeZone", live="TimeZone", computed=True, change=_put),
        Prop("startTime", live=_begins, computed=True, change=_put),
        Prop("endTime", live="EndTime", change=_put, alike=_same_moment),
    ),
    create=_create,
    encode=_request,
    look=_look,
    delete=_delete,
    seek=lambda handle: [str(handle.inputs["scheduledActionName"])],
    name=Name("scheduledActionName", 255),
    faults=_faults,
    outputs={"arn": "ScheduledActionARN"},
    delete_before_replace=True,
)


def _key(handle: Handle) -> str:
    return handle.id.rpartition(",")[2]


def _look_tag(handle: Handle) -> Object | None:
    filters = [
        {"Name": "auto-scaling-group", "Values": [_group_of(handle)]},
        {"Name": "key", "Values": [_key(handle)]},
    ]
    return next(
        (dict(found) for found in handle.api.pages("autoscaling", "DescribeTags", "Tags", Filters=filters)), None
    )


def _set_tag(handle: Handle, _: Any) -> None:
    handle.api.write("autoscaling", "CreateOrUpdateTags", Tags=[_tag(handle.inputs)])


def _tag(inputs: Props) -> Object:
    """The tag as the request takes it."""
    shape = shapes.input_shape("autoscaling", "CreateOrUpdateTags").members["Tags"].member
    of = {"ResourceId": inputs[_GROUP], "ResourceType": "auto-scaling-group"}
    return {**of, **shapes.to_api(inputs["tag"], shape, "tag")}


def _create_tag(handle: Handle, _: Object) -> str:
    _set_tag(handle, None)
    return f"{handle.inputs[_GROUP]},{handle.inputs['tag']['key']}"


def _shown_tag(_: Handle, found: Object) -> Props:
    carried = bool(found.get("PropagateAtLaunch"))
    return {"key": found["Key"], "value": found.get("Value") or "", "propagateAtLaunch": carried}


def _delete_tag(handle: Handle) -> None:
    if _look_tag(handle):
        tag = {"ResourceId": _group_of(handle), "ResourceType": "auto-scaling-group", "Key": _key(handle)}
        handle.api.remove("autoscaling", "DeleteTags", Tags=[tag])


_TAG: Final = Row(
    type="aws:autoscaling/tag:Tag",
    service="autoscaling",
    props=(
        Prop(_GROUP, live="ResourceId", fixed=True, required=True),
        Prop("tag", live=_shown_tag, required=True, change=_set_tag, fixed_parts=("key",)),
    ),
    create=_create_tag,
    encode=_tag,
    look=_look_tag,
    delete=_delete_tag,
    seek=lambda handle: [f"{handle.inputs[_GROUP]},{handle.inputs['tag']['key']}"],
)

ROWS: Final = (_SCHEDULE, _TAG)
