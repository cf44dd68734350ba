"""The gate before a tenant's pods with GPUs: a second quota of its namespace, which lets no new one in. Pure.

It is no resource of the tenant's stack: it comes and goes with the hours that are left, and is no drift.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

from operations.usage.pods import RESOURCE

NAME: Final = "gpu-hours"
MANAGER: Final = "tenant-usage"
"""Field manager of it, by which the server keeps it apart from what stacks write."""


class Gate(StrEnum):
    """Whether new pods with GPUs are let in."""

    OPEN = "open"
    CLOSED = "closed"


def of(seconds: float, hours: int) -> Gate:
    """Closed as soon as the month's hours are spent; where there are none, from the start."""
    return Gate.CLOSED if seconds >= hours * 3600 else Gate.OPEN


def path(namespace: str) -> str:
    """Where it stands in the Kubernetes API."""
    return f"/api/v1/namespaces/{namespace}/resourcequotas/{NAME}"


def quota(namespace: str) -> dict[str, Any]:
    """The object. Pods that run already go on: a quota counts what is new."""
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {
            "name": NAME,
            "namespace": namespace,
            "labels": {"app.kubernetes.io/managed-by": MANAGER},
            "annotations": {"tenant/why": "the GPU hours of this month are spent"},
        },
        "spec": {"hard": {f"requests.{RESOURCE}": "0"}},
    }
