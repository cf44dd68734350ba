"""The way into a cluster, and what guards tenants in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from stacks.parts.scope import Component, Scope
from stacks.policies import admission, device_plugin
from stacks.policies.admission import Manifest


@dataclass(frozen=True, slots=True)
class Door:
    """Where a cluster answers, and the certificate authority to trust there (base64)."""

    name: pulumi.Input[str]
    endpoint: pulumi.Input[str]
    authority: pulumi.Input[str]


def provider(door: Door, region: str, after: Sequence[pulumi.Resource] = ()) -> k8s.Provider:
    """A provider for the objects in it: as whoever runs the tool, with a token that is asked for when it is needed."""
    return k8s.Provider(
        "kubernetes",
        kubeconfig=kubeconfig(door, region),
        # what others changed is set back, as with everything that a stack declares
        enable_patch_force=True,
        enable_config_map_mutable=True,
        opts=pulumi.ResourceOptions(depends_on=list(after)),
    )


def kubeconfig(door: Door, region: str) -> pulumi.Output[str]:
    """As `aws eks update-kubeconfig` writes it: no secret in it, and the same for every cloud."""
    plugin = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "aws",
        "args": ["eks", "get-token", "--cluster-name", door.name, "--region", region],
        "interactiveMode": "Never",
    }
    cluster = {"server": door.endpoint, "certificate-authority-data": door.authority}
    return pulumi.Output.json_dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "cluster", "cluster": cluster}],
            "users": [{"name": "user", "user": {"exec": plugin}}],
            "contexts": [{"name": "context", "context": {"cluster": "cluster", "user": "user"}}],
            "current-context": "context",
        },
        sort_keys=True,
    )


class Guards(Component):
    """What pods and volumes of every tenant in the cluster are held to, and the driver of nodes with GPUs."""

    def __init__(self, scope: Scope, inside: k8s.Provider) -> None:
        super().__init__("Guards", scope)
        self.inside = inside
        self._policy("tenant-pods", admission.pods())
        self._policy("tenant-volumes", admission.claims())
        self._device_plugin()
        self.register_outputs({})

    def _policy(self, name: str, spec: Manifest) -> None:
        api = k8s.admissionregistration.v1
        policy = api.ValidatingAdmissionPolicy(
            name, metadata={"name": name}, spec=spec, opts=self.child(provider=self.inside)
        )
        api.ValidatingAdmissionPolicyBinding(
            name,
            metadata={"name": name},
            spec=admission.binding(name),
            opts=self.child(after=[policy], provider=self.inside),
        )

    def _device_plugin(self) -> None:
        """NVIDIA's device plugin, which tells the scheduler how many GPUs a node has: one for each configuration."""
        kept = k8s.core.v1.ConfigMap(
            device_plugin.NAME,
            metadata=device_plugin.identity(),
            data=device_plugin.configurations(),
            opts=self.child(provider=self.inside),
        )
        for name in ("", *sorted(device_plugin.CONFIGURATIONS)):
            metadata = device_plugin.identity(name)
            k8s.apps.v1.DaemonSet(
                metadata["name"],
                metadata=metadata,
                spec=device_plugin.daemon_set(name),
                opts=self.child(after=[kept], provider=self.inside),
            )
