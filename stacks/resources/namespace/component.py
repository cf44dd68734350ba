"""Declares a NamespaceSpec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s

from stacks.parts.scope import Component, Scope
from stacks.resources.namespace import manifests
from stacks.resources.namespace.manifests import Manifest
from stacks.resources.namespace.spec import SERVICE_ACCOUNT, NamespaceSpec

_CONNECTIONS: Final = "connections"
_DRIVER: Final = "ebs.csi.aws.com"


@dataclass(frozen=True, slots=True)
class Lodging:
    """Where the namespace is and whose it is: its cluster and the way in, its pods' role and groups, its key.

    `connections` are what pods connect to, by name: endpoints, and ARNs of the secrets to log in with. No secret.
    """

    cluster: pulumi.Input[str]
    inside: k8s.Provider
    role: pulumi.Output[str]
    groups: Sequence[pulumi.Input[str]]
    key: pulumi.Output[str]
    connections: Mapping[str, pulumi.Input[str]]


class Namespace(Component):
    """The namespace and all that holds it: quota, limits, network policies, rights, identity, volumes, priority."""

    def __init__(self, spec: NamespaceSpec, scope: Scope, lodging: Lodging) -> None:
        super().__init__("Namespace", scope)
        self.spec, self.lodging = spec, lodging
        labels = scope.labels(spec.isolation, "namespace")
        metadata = manifests.identity(spec, labels)
        self.namespace = k8s.core.v1.Namespace("namespace", metadata=metadata, opts=self._options())
        self._hold()
        self._let_people_in()
        self._identify_pods()
        self._store()
        self._tell()
        self.register_outputs({"namespace": spec.name})

    def _options(self) -> pulumi.ResourceOptions:
        return self.child(provider=self.lodging.inside)

    def _named(self, name: str) -> Manifest:
        return {"name": name, "namespace": self.namespace.metadata["name"]}

    def _hold(self) -> None:
        """What is used, and who is reached. Priority is told apart by name, and never takes another's place."""
        spec = self.spec
        k8s.core.v1.ResourceQuota(
            "quota", metadata=self._named("quota"), spec=manifests.quota(spec), opts=self._options()
        )
        k8s.core.v1.LimitRange(
            "limits", metadata=self._named("limits"), spec=manifests.limits(spec), opts=self._options()
        )
        for name, policy in manifests.network(spec).items():
            k8s.networking.v1.NetworkPolicy(name, metadata=self._named(name), spec=policy, opts=self._options())
        k8s.scheduling.v1.PriorityClass(
            "priority",
            metadata={"name": spec.name},
            value=manifests.priority(spec),
            preemption_policy="Never",
            description=f"Pods of tenant stack {self.scope.names.slug}",
            opts=self._options(),
        )

    def _let_people_in(self) -> None:
        """Members of the group that is called like the namespace work in it; the profile says who they are."""
        spec = self.spec
        role = k8s.rbac.v1.Role("member", metadata=self._named("member"), rules=manifests.rules(), opts=self._options())
        reference: Manifest = {"apiGroup": manifests.RBAC, "kind": "Role", "name": role.metadata["name"]}
        k8s.rbac.v1.RoleBinding(
            "members",
            metadata=self._named("members"),
            role_ref=reference,
            subjects=[manifests.member(spec)],
            opts=self._options(),
        )
        for number, arn in enumerate(spec.members):
            aws.eks.AccessEntry(
                f"member-{number}",
                cluster_name=self.lodging.cluster,
                principal_arn=arn,
                kubernetes_groups=[spec.name],
                tags=self.scope.labels(spec.isolation, f"member-{number}"),
                opts=self.child(),
            )

    def _identify_pods(self) -> None:
        """Pods of the account get the tenant's role, by EKS Pod Identity, and the tenant's security groups."""
        lodging, spec = self.lodging, self.spec
        account = k8s.core.v1.ServiceAccount(
            "workload",
            metadata=self._named(SERVICE_ACCOUNT),
            automount_service_account_token=False,
            opts=self._options(),
        )
        aws.eks.PodIdentityAssociation(
            "workload",
            cluster_name=lodging.cluster,
            namespace=spec.name,
            service_account=SERVICE_ACCOUNT,
            role_arn=lodging.role,
            tags=self.scope.labels(spec.isolation, "pod-identity"),
            opts=self.child(after=[account]),
        )
        k8s.apiextensions.CustomResource(
            "security-groups",
            api_version="vpcresources.k8s.aws/v1beta1",
            kind="SecurityGroupPolicy",
            metadata=self._named("tenant"),
            spec={"podSelector": {}, "securityGroups": {"groupIds": list(lodging.groups)}},
            opts=self._options(),
        )

    def _store(self) -> None:
        """Volumes are made by EKS's EBS driver under the tenant's key, with its tags."""
        tags = self.scope.labels(self.spec.isolation, "volume")
        pairs = enumerate(sorted(tags.items()), start=1)
        k8s.storage.v1.StorageClass(
            "storage",
            metadata={"name": self.spec.name},
            provisioner=_DRIVER,
            parameters={
                "type": "gp3",
                "encrypted": "true",
                "kmsKeyId": self.lodging.key,
                **{f"tagSpecification_{number}": f"{key}={value}" for number, (key, value) in pairs},
            },
            reclaim_policy="Delete",
            volume_binding_mode="WaitForFirstConsumer",
            allow_volume_expansion=True,
            opts=self._options(),
        )

    def _tell(self) -> None:
        """Where pods find what is the tenant's: they read the secrets themselves, as their role; none is kept here."""
        k8s.core.v1.ConfigMap(
            "connections",
            metadata=self._named(_CONNECTIONS),
            data=dict(sorted(self.lodging.connections.items())),
            opts=self._options(),
        )
