"""An EKS cluster as all of ours are: encrypted, logged, with access entries only, and nodes that it starts on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from stacks.blueprint.clusters import NODE_ROLES, ClusterPlan
from stacks.inputs.fields import Isolation
from stacks.parts.nodes import Ground, Nodes
from stacks.parts.scope import Component, Scope
from stacks.policies import cluster, document

_POLICY: Final = "arn:aws:iam::aws:policy/"
_ACCESS: Final = "arn:aws:eks::aws:cluster-access-policy/"
_OF_CLUSTER: Final = ("AmazonEKSClusterPolicy", "AmazonEKSVPCResourceController")
_OF_NODES: Final = ("AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryPullOnly")
_OF_STORAGE: Final = ("service-role/AmazonEBSCSIDriverPolicy",)
_LOGS: Final = ("api", "audit", "authenticator", "controllerManager", "scheduler")
# Network policies are enforced, and pods have security groups of their own next to them (EKS UserGuide, security
# groups for pods: `standard` is what lets both hold).
_NETWORK: Final = {
    "enableNetworkPolicy": "true",
    "env": {"ENABLE_POD_ENI": "true", "POD_SECURITY_GROUP_ENFORCING_MODE": "standard"},
}
_BEFORE_NODES: Final = ("vpc-cni", "kube-proxy", "eks-pod-identity-agent")
_ON_NODES: Final = ("coredns", "aws-ebs-csi-driver", "aws-mountpoint-s3-csi-driver", "metrics-server")
_DRIVER: Final = "ebs-csi-controller-sa"


@dataclass(frozen=True, slots=True)
class Site:
    """Private subnets that a cluster and its nodes are in, and the key of its secrets and its nodes' disks."""

    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    key: pulumi.Input[str]


class Cluster(Component):
    """The cluster, its roles, add-ons, access entries and system nodes."""

    def __init__(self, plan: ClusterPlan, isolation: Isolation, scope: Scope, site: Site) -> None:
        super().__init__("Cluster", scope)
        self.plan, self.isolation, self.site = plan, isolation, site
        nodes, storage = NODE_ROLES
        role = self._role("cluster", cluster.CONTROL_PLANE, _OF_CLUSTER)
        self.node_role = self._role(nodes, cluster.NODES, _OF_NODES)
        storage_role = self._role(storage, cluster.PODS, _OF_STORAGE)
        self.cluster = self._cluster(role)
        self.access = self._access()
        early = [self._addon(name) for name in _BEFORE_NODES]
        ground = Ground(
            cluster=self.cluster.name,
            role=self.node_role.arn,
            subnet_ids=site.subnet_ids,
            key=site.key,
            groups=[self.security_group_id],
        )
        self.system = Nodes(plan.nodes, isolation, scope, ground, after=early, parent=self)
        aws.eks.PodIdentityAssociation(
            storage,
            cluster_name=self.cluster.name,
            namespace="kube-system",
            service_account=_DRIVER,
            role_arn=storage_role.arn,
            tags=scope.labels(isolation, "storage-identity"),
            opts=self.child(),
        )
        for name in _ON_NODES:
            self._addon(name, after=[self.system.group])
        self.register_outputs({"name": self.cluster.name})

    @property
    def security_group_id(self) -> pulumi.Output[str]:
        """The group that EKS makes: its members reach each other, and the control plane."""
        return self.cluster.vpc_config.apply(lambda config: config.cluster_security_group_id or "")

    @property
    def authority(self) -> pulumi.Output[str]:
        """The certificate authority of its endpoint, base64."""
        return self.cluster.certificate_authority.apply(lambda authority: authority.data or "")

    def _cluster(self, role: aws.iam.Role) -> aws.eks.Cluster:
        plan, scope = self.plan, self.scope
        encrypted = aws.eks.ClusterEncryptionConfigProviderArgs(key_arn=self.site.key)
        return aws.eks.Cluster(
            "cluster",
            name=plan.name,
            role_arn=role.arn,
            version=plan.version,
            vpc_config=aws.eks.ClusterVpcConfigArgs(
                subnet_ids=self.site.subnet_ids,
                endpoint_private_access=True,
                endpoint_public_access=not plan.private,
                public_access_cidrs=list(plan.public_cidrs) or None,
            ),
            access_config=aws.eks.ClusterAccessConfigArgs(
                authentication_mode="API",
                bootstrap_cluster_creator_admin_permissions=plan.creator_administers,
            ),
            encryption_config=aws.eks.ClusterEncryptionConfigArgs(provider=encrypted, resources=["secrets"]),
            enabled_cluster_log_types=list(_LOGS),
            deletion_protection=scope.phase.protects_services,
            tags=scope.labels(self.isolation, "cluster"),
            opts=self.child(protect=scope.phase.protects_services),
        )

    def _role(self, role: str, service: str, policies: Sequence[str]) -> aws.iam.Role:
        made = aws.iam.Role(
            f"cluster-{role}",
            name=self.scope.names.of(role),
            description=f"{role.capitalize()} of {self.plan.name}",
            assume_role_policy=document.text(cluster.trust(service, self.scope.account)),
            tags=self.scope.labels(self.isolation, role),
            opts=self.child(),
        )
        for name in policies:
            short = name.rpartition("/")[2]
            aws.iam.RolePolicyAttachment(short, role=made.name, policy_arn=_POLICY + name, opts=self.child())
        return made

    def _addon(self, name: str, after: Sequence[pulumi.Resource] = ()) -> aws.eks.Addon:
        return aws.eks.Addon(
            name,
            cluster_name=self.cluster.name,
            addon_name=name,
            configuration_values=json.dumps(_NETWORK, sort_keys=True) if name == "vpc-cni" else None,
            resolve_conflicts_on_create="OVERWRITE",
            resolve_conflicts_on_update="OVERWRITE",
            tags=self.scope.labels(self.isolation, name),
            opts=self.child(after=after),
        )

    def _access(self) -> list[pulumi.Resource]:
        """Who may come in: entries of roles, each with a policy of EKS's."""
        made: list[pulumi.Resource] = []
        for kind, arns, name in (
            ("admin", self.plan.admins, "AmazonEKSClusterAdminPolicy"),
            ("viewer", self.plan.viewers, "AmazonEKSAdminViewPolicy"),
        ):
            for number, arn in enumerate(arns):
                made.append(self._entry(f"{kind}-{number}", arn, _ACCESS + name))
        return made

    def _entry(self, role: str, arn: str, policy_arn: str) -> pulumi.Resource:
        entry = aws.eks.AccessEntry(
            role,
            cluster_name=self.cluster.name,
            principal_arn=arn,
            tags=self.scope.labels(self.isolation, role),
            opts=self.child(),
        )
        return aws.eks.AccessPolicyAssociation(
            role,
            cluster_name=self.cluster.name,
            principal_arn=entry.principal_arn,
            policy_arn=policy_arn,
            access_scope=aws.eks.AccessPolicyAssociationAccessScopeArgs(type="cluster"),
            opts=self.child(),
        )
