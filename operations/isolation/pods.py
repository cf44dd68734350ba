"""Pods as `restricted` wants them, and what a probe changes about them. None is ever run: the server rehearses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from operations.isolation.model import Party
from operations.isolation.ports import Ask
from stacks.conventions import labels
from stacks.resources.namespace.spec import NamespaceSpec

_IMAGE: Final = "registry.k8s.io/pause:3.10"
_ASKED: Final = {"cpu": "10m", "memory": "16Mi"}


def pod(
    party: Party,
    spec: Mapping[str, Any] | None = None,
    container: Mapping[str, Any] | None = None,
    marked: Mapping[str, str] | None = None,
) -> Ask:
    """Ask for a pod in the tenant's namespace, with this in its spec and in its container, marked with these labels."""
    safe = {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    given = {
        "name": "probe",
        "image": _IMAGE,
        "securityContext": safe,
        "resources": {"requests": _ASKED, "limits": _ASKED},
        **(container or {}),
    }
    body = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "tenant-verify", **({"labels": dict(marked)} if marked else {})},
        "spec": {**_home(party), **(spec or {}), "containers": [given]},
    }
    return Ask("POST", f"/api/v1/namespaces/{party.said('namespace')}/pods", body)


def on_shared_gpus(party: Party, gpus: int, queue: str = "") -> Ask:
    """Ask for a pod that tolerates nodes with shared GPUs, with so many of them, in this queue of its namespace."""
    asked = _ASKED | ({"nvidia.com/gpu": str(gpus)} if gpus else {})
    return pod(
        party,
        {"tolerations": [{"key": labels.GPU_SHARE, "operator": "Exists"}]},
        {"resources": {"requests": asked, "limits": asked}},
        {labels.QUEUE: queue} if queue else None,
    )


def changed(**security: Any) -> dict[str, Any]:
    """A container whose security context differs from the safe one in this."""
    ask: dict[str, Any] = {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
        **security,
    }
    return {"securityContext": ask}


def _home(party: Party) -> dict[str, Any]:
    """A tenant with nodes of its own says so in each pod."""
    if not party.blueprint.of(NamespaceSpec).own_nodes:
        return {}
    return {
        "nodeSelector": {labels.SLUG: party.slug},
        "tolerations": [{"key": labels.SLUG, "operator": "Equal", "value": party.slug, "effect": "NoSchedule"}],
    }
