"""Who may take on the roles of a cluster: its control plane, its nodes, and drivers that run in it as pods."""

from __future__ import annotations

from typing import Any, Final

from stacks.policies.document import Document, allow, document

CONTROL_PLANE: Final = "eks.amazonaws.com"
NODES: Final = "ec2.amazonaws.com"
PODS: Final = "pods.eks.amazonaws.com"


def trust(service: str, account: str) -> Document:
    """The trust policy for one of the services above, for this account only where the service says its account.

    EC2 says none when an instance takes on its profile's role (IAM UserGuide, aws:SourceAccount).
    """
    statement: dict[str, Any] = allow("Service", _ACTIONS[service], Principal={"Service": service})
    del statement["Resource"]
    if service != NODES:
        statement["Condition"] = {"StringEquals": {"aws:SourceAccount": account}}
    return document(statement)


_ACTIONS: Final = {
    CONTROL_PLANE: ("sts:AssumeRole",),
    NODES: ("sts:AssumeRole",),
    PODS: ("sts:AssumeRole", "sts:TagSession"),
}
