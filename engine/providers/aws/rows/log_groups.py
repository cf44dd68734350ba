"""CloudWatch Logs: log groups."""

from __future__ import annotations

from typing import Any, Final

from engine.providers.aws.finding import by_name
from engine.providers.aws.table import Handle, Name, Object, Prop, Row
from engine.providers.aws.tags import MapTags


def _look(handle: Handle) -> Object | None:
    for group in handle.api.pages("logs", "DescribeLogGroups", "logGroups", logGroupNamePrefix=handle.id):
        if group["logGroupName"] == handle.id:
            return group
    return None


def _retain(handle: Handle, days: Any) -> None:
    if days:
        handle.api.write("logs", "PutRetentionPolicy", logGroupName=handle.id, retentionInDays=int(days))
    else:
        handle.api.remove("logs", "DeleteRetentionPolicy", logGroupName=handle.id)


def _encrypt(handle: Handle, key: Any) -> None:
    if key:
        handle.api.write("logs", "AssociateKmsKey", logGroupName=handle.id, kmsKeyId=key)
    else:
        handle.api.write("logs", "DisassociateKmsKey", logGroupName=handle.id)


def _create(handle: Handle, request: Object) -> str:
    inputs = handle.inputs
    chosen = {member: inputs[member] for member in ("kmsKeyId", "logGroupClass") if inputs.get(member)}
    handle.api.create("logs", "CreateLogGroup", logGroupName=inputs["name"], **chosen, **request)
    return str(inputs["name"])


def _delete(handle: Handle) -> None:
    if not handle.inputs.get("skipDestroy"):
        handle.api.remove("logs", "DeleteLogGroup", logGroupName=handle.id)


_LOG_GROUP: Final = Row(
    type="aws:cloudwatch/logGroup:LogGroup",
    service="logs",
    props=(
        Prop("name", live="logGroupName", fixed=True),
        Prop("namePrefix", live=None, fixed=True, computed=True),
        Prop("kmsKeyId", send="kmsKeyId", change=_encrypt),
        Prop("logGroupClass", send="logGroupClass", default="STANDARD", fixed=True),
        Prop("retentionInDays", send=None, live="retentionInDays", default=0, change=_retain),
        Prop("skipDestroy", send=None, live=None, default=False),
    ),
    create=_create,
    look=_look,
    delete=_delete,
    awaits_gone=False,
    seek=by_name("name"),
    tags=MapTags("logs"),
    name=Name("name", 512, "namePrefix"),
    outputs={"arn": lambda _, found: str(found["arn"]).removesuffix(":*")},
    delete_before_replace=True,
)

ROWS: Final = (_LOG_GROUP,)
