"""Declares a NamespaceSpec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s

from stacks.conventions import naming
from stacks.parts.scope import Component, Scope
from stacks.resources.namespace import manifests
from stacks.resources.namespace.manifests import Manifest
from stacks.resources.namespace.spec import SERVICE_ACCOUNT, MemberShare, NamespaceSpec

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


class Space(Component):
    """A namespace and what holds it: quota, limits, network policies, security groups, rights of those who work in it.

    Whoever acts in it is let in when all that holds it is there. None of it is taken away before the namespace goes
    with its pods: pods that still run would be without network policies. `prefix` begins what its parts are called in
    the program, where a stack has several.
    """

    def __init__(  # noqa: PLR0913 - whose it is, and where
        self,
        kind: str,
        spec: NamespaceSpec,
        scope: Scope,
        lodging: Lodging,
        *,
        name: str | None = None,
        prefix: str = "",
    ) -> None:
        super().__init__(kind, scope, name)
        self.spec, self.lodging, self.prefix = spec, lodging, prefix
        metadata = manifests.identity(spec, scope.labels(spec.isolation, f"{prefix}namespace"))
        self.namespace = k8s.core.v1.Namespace(f"{prefix}namespace", metadata=metadata, opts=self._options())
        self.held = self._hold()
        self._let_people_in()

    def _options(self) -> pulumi.ResourceOptions:
        return self.child(provider=self.lodging.inside)

    def _inside(self, after: Sequence[pulumi.Resource] = ()) -> pulumi.ResourceOptions:
        return self.child(after=after, within=self.namespace, provider=self.lodging.inside)

    def _named(self, name: str) -> Manifest:
        return {"name": name, "namespace": self.namespace.metadata["name"]}

    def _hold(self) -> list[pulumi.Resource]:
        """What is used, and who is reached."""
        spec, prefix = self.spec, self.prefix
        return [
            k8s.core.v1.ResourceQuota(
                f"{prefix}quota", metadata=self._named("quota"), spec=manifests.quota(spec), opts=self._inside()
            ),
            k8s.core.v1.LimitRange(
                f"{prefix}limits", metadata=self._named("limits"), spec=manifests.limits(spec), opts=self._inside()
            ),
            *(
                k8s.networking.v1.NetworkPolicy(
                    f"{prefix}{name}", metadata=self._named(name), spec=policy, opts=self._inside()
                )
                for name, policy in manifests.network(spec).items()
            ),
            self._security_groups(),
        ]

    def _security_groups(self) -> pulumi.Resource:
        """Pods are in the tenant's groups; without them they would be in their node's."""
        groups = {"groupIds": list(self.lodging.groups)}
        return k8s.apiextensions.CustomResource(
            f"{self.prefix}security-groups",
            api_version="vpcresources.k8s.aws/v1beta1",
            kind="SecurityGroupPolicy",
            metadata=self._named("tenant"),
            spec={"podSelector": {}, "securityGroups": groups},
            opts=self._inside(),
        )

    def _let_people_in(self) -> None:
        """Members of the group that is called like the namespace work in it; the profile says who they are."""
        spec, prefix = self.spec, self.prefix
        role = k8s.rbac.v1.Role(
            f"{prefix}member", metadata=self._named("member"), rules=manifests.rules(), opts=self._inside()
        )
        reference: Manifest = {"apiGroup": manifests.RBAC, "kind": "Role", "name": role.metadata["name"]}
        k8s.rbac.v1.RoleBinding(
            f"{prefix}members",
            metadata=self._named("members"),
            role_ref=reference,
            subjects=[manifests.member(spec)],
            opts=self._inside(self.held),
        )
        for number, arn in enumerate(spec.members):
            aws.eks.AccessEntry(
                f"{prefix}member-{number}",
                cluster_name=self.lodging.cluster,
                principal_arn=arn,
                kubernetes_groups=[spec.name],
                tags=self.scope.labels(spec.isolation, f"{prefix}member-{number}"),
                opts=self.child(),
            )


class Namespace(Space):
    """The tenant's own, and what its pods have beside: identity, volumes, priority, and where to find it all."""

    def __init__(self, spec: NamespaceSpec, scope: Scope, lodging: Lodging) -> None:
        super().__init__("Namespace", spec, scope, lodging)
        self._put_in_order()
        self._identify_pods()
        self._store()
        self._mount_models()
        self._tell()
        self.register_outputs({"namespace": spec.name})
        for share in spec.shares:
            if share.member not in scope.settled.codes:
                MemberSpace(share, spec, scope, lodging)

    def _put_in_order(self) -> None:
        """Priority is told apart by name, and never takes another's place."""
        k8s.scheduling.v1.PriorityClass(
            "priority",
            metadata={"name": self.spec.name},
            value=manifests.priority(self.spec),
            preemption_policy="Never",
            description=f"Pods of tenant stack {self.scope.names.slug}",
            opts=self._options(),
        )

    def _identify_pods(self) -> None:
        """Pods of the account get the tenant's role, by EKS Pod Identity."""
        lodging, spec = self.lodging, self.spec
        account = k8s.core.v1.ServiceAccount(
            "workload",
            metadata=self._named(SERVICE_ACCOUNT),
            automount_service_account_token=False,
            opts=self._inside(self.held),
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

    def _mount_models(self) -> None:
        """Each of the cell's models that the profile names is a claim that its people can't delete."""
        for model in self.spec.models:
            volume = k8s.core.v1.PersistentVolume(
                f"model-{model}",
                metadata={"name": naming.model_volume(self.spec.slug, model)},
                spec=manifests.model_volume(self.spec, model),
                opts=self._options(),
            )
            k8s.core.v1.PersistentVolumeClaim(
                f"model-{model}",
                metadata=self._named(manifests.claim(model)),
                spec=manifests.model_claim(self.spec, model),
                opts=self._inside([*self.held, volume]),
            )

    def _tell(self) -> None:
        """Where pods find what is the tenant's: they read the secrets themselves, as their role; none is kept here."""
        k8s.core.v1.ConfigMap(
            "connections",
            metadata=self._named(_CONNECTIONS),
            data=dict(sorted(self.lodging.connections.items())),
            opts=self._inside(),
        )


class MemberSpace(Space):
    """A member's own, with its share of what the tenant's pods may use together."""

    def __init__(self, share: MemberShare, of: NamespaceSpec, scope: Scope, lodging: Lodging) -> None:
        name = f"member-{share.member}"
        super().__init__("MemberSpace", of.of(share), scope, lodging, name=name, prefix=f"{share.member}-")
        self.register_outputs({"namespace": share.name})
