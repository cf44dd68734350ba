"""What kind of object a Pulumi type declares: `kubernetes:apps/v1:Deployment` is `apps/v1`, `Deployment`. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from engine.providers.port import Props, ProviderError

_TOKEN: Final = re.compile(r"kubernetes:(?P<api>[^:]+):(?P<kind>[A-Za-z0-9]+)")
_NOT_OBJECTS: Final = ("helm.sh/", "yaml", "kustomize")

_CLUSTER_SCOPED: Final = frozenset(
    {
        "APIService",
        "CSIDriver",
        "CSINode",
        "CertificateSigningRequest",
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
        "DeviceClass",
        "FlowSchema",
        "IPAddress",
        "IngressClass",
        "MutatingWebhookConfiguration",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PriorityClass",
        "PriorityLevelConfiguration",
        "ResourceSlice",
        "RuntimeClass",
        "ServiceCIDR",
        "StorageClass",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
        "VolumeAttachment",
        "VolumeAttributesClass",
    }
)
"""Kinds of Kubernetes itself that are in no namespace, as of 1.36; those of others are asked of the server."""

_HOLDING_DATA: Final = frozenset({"CustomResourceDefinition", "Namespace", "PersistentVolume", "PersistentVolumeClaim"})
"""Deleting one of these deletes what is in it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`api` is group and version, `v1` for the core group."""

    api: str
    name: str

    @property
    def builtin(self) -> bool:
        """Whether it is Kubernetes' own and not defined by somebody else."""
        group = self.api.rpartition("/")[0]
        return "." not in group or group.endswith(".k8s.io")

    @property
    def namespaced(self) -> bool | None:
        """Whether its objects are in a namespace; None where only the server knows."""
        return self.name not in _CLUSTER_SCOPED if self.builtin else None

    @property
    def secret(self) -> bool:
        """Whether its values are nobody's business."""
        return self == Kind("v1", "Secret")

    @property
    def root(self) -> str:
        """Where the API of its group and version begins."""
        return f"/apis/{self.api}" if "/" in self.api else f"/api/{self.api}"


def of(token: str, inputs: Props) -> Kind:
    """The kind of a Pulumi type. Raises ProviderError for what is no single object: charts, lists, patches."""
    found = _TOKEN.fullmatch(token)
    if found is None or found["api"].startswith(_NOT_OBJECTS):
        raise ProviderError(f"{token} is not built: declare each object as its own resource.")
    api, kind = inputs.get("apiVersion"), inputs.get("kind")
    if isinstance(api, str) and isinstance(kind, str):
        return Kind(api, kind)
    if found["kind"].endswith(("Patch", "List")):
        raise ProviderError(f"{token} is not built: patches and lists of objects have no life of their own.")
    return Kind(found["api"].removeprefix("core/"), found["kind"])


def holds_data(token: str) -> bool:
    """Whether replacing such an object loses what is in it."""
    found = _TOKEN.fullmatch(token)
    return found is not None and found["kind"] in _HOLDING_DATA
