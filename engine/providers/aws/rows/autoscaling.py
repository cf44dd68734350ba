"""Auto Scaling: actions at set times, on the groups that EKS makes for node groups."""

from __future__ import annotations

from typing import Any, Final

from engine.providers.aws import shapes
from engine.providers.aws.table import Handle, Object, Prop, Row

_UNCHANGED: Final = -1
"""How the SDK says that a size is left as it is."""


def _put(handle: Handle, _: Any = None) -> None:
    """One operation makes it and changes it, always whole."""
    shape = shapes.input_shape("autoscaling", "PutScheduledUpdateGroupAction")
    sent: Object = {}
    for prop in _PROPS:
        value = handle.inputs.get(prop.name)
        if value is not None and value != _UNCHANGED and prop.member:
            sent[prop.member] = shapes.to_api(value, shape.members[prop.member], prop.name)
    handle.api.write("autoscaling", "PutScheduledUpdateGroupAction", **sent)


def _create(handle: Handle, _: Object) -> str:
    _put(handle)
    return str(handle.inputs["scheduledActionName"])


def _which(handle: Handle) -> dict[str, str]:
    return {"AutoScalingGroupName": str(handle.inputs["autoscalingGroupName"])}


def _look(handle: Handle) -> Object | None:
    answer = handle.api.seek(
        "autoscaling", "DescribeScheduledActions", **_which(handle), ScheduledActionNames=[handle.id]
    )
    return next(iter(shapes.listed(answer, "ScheduledUpdateGroupActions")), None)


def _delete(handle: Handle) -> None:
    """Auto Scaling calls what is not there a ValidationError, as it does everything."""
    if _look(handle) is None:
        return
    handle.api.remove("autoscaling", "DeleteScheduledAction", **_which(handle), ScheduledActionName=handle.id)


_PROPS: Final = (
    Prop("scheduledActionName", fixed=True, required=True),
    Prop("autoscalingGroupName", send="AutoScalingGroupName", fixed=True, required=True),
    Prop("recurrence", change=_put),
    Prop("timeZone", change=_put),
    Prop("startTime", computed=True, change=_put),
    Prop("endTime", change=_put),
    Prop("minSize", default=_UNCHANGED, change=_put),
    Prop("maxSize", default=_UNCHANGED, change=_put),
    Prop("desiredCapacity", default=_UNCHANGED, change=_put),
)

_SCHEDULE: Final = Row(
    type="aws:autoscaling/schedule:Schedule",
    service="autoscaling",
    props=_PROPS,
    create=_create,
    look=_look,
    delete=_delete,
    seek=lambda handle: [str(handle.inputs["scheduledActionName"])],
    ours=lambda handle, found: True,  # what stands on the tenant's own group under our name is ours
    outputs={"arn": "ScheduledActionARN"},
)

ROWS: Final = (_SCHEDULE,)
