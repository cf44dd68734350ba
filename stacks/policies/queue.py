"""Who sends to a queue that tenants share, and who takes messages from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from stacks.policies.bucket import EVERYONE
from stacks.policies.document import Document, Statement, allow, deny, document, workload_role

SEND: Final = "sqs:SendMessage"
_WORK: Final = ("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")
_TAKE: Final = ("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:PurgeQueue", "sqs:ReceiveMessage")


def shared(queue: str, account: str, workloads: str, workers: Sequence[str]) -> Document:
    """Tenants only send, those whose roles say so. `workloads` is the pattern of all tenants' role names."""
    roles = {"ArnLike": {"aws:PrincipalArn": workload_role(account, workloads)}}
    sending = deny("TenantsOnlySend", [], [queue], Principal=EVERYONE, Condition=roles)
    del sending["Action"]
    return document(*_working(queue, account, workers), {**sending, "NotAction": [SEND]})


def dead(queue: str, account: str, workloads: str, workers: Sequence[str]) -> Document:
    """What workers gave back too often: theirs to look at, and nothing of tenants'."""
    roles = {"ArnLike": {"aws:PrincipalArn": workload_role(account, workloads)}}
    return document(
        *_working(queue, account, workers), deny("NoTenants", ["sqs:*"], [queue], Principal=EVERYONE, Condition=roles)
    )


def _working(queue: str, account: str, workers: Sequence[str]) -> tuple[Statement, ...]:
    """Named by condition: SQS refuses a policy whose principal is a role that is not there yet."""
    who = {"aws:PrincipalArn": sorted(workers)}
    working: Mapping[str, Any] = {"ArnEquals": who, "StringEquals": {"aws:PrincipalAccount": account}}
    return (
        deny("TlsOnly", ["sqs:*"], [queue], Principal=EVERYONE, Condition={"Bool": {"aws:SecureTransport": "false"}}),
        allow("WorkersWork", _WORK, [queue], Principal=EVERYONE, Condition=working),
        deny("OnlyWorkersTake", _TAKE, [queue], Principal=EVERYONE, Condition={"ArnNotEquals": who}),
    )
