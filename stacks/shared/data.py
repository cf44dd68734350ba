"""What a cell's tenants share of data services: a key, buckets, caches, the group of those who may reach them."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from stacks.blueprint.data import CellData, SharedCache
from stacks.blueprint.shared import SharedBlueprint
from stacks.conventions import addressing
from stacks.parts import valkey
from stacks.parts.bucket import BucketKey, BucketPlan, PrivateBucket, Sweep
from stacks.parts.place import Place
from stacks.parts.scope import Component, Scope, policy
from stacks.policies import bucket, document, key
from stacks.shared.network import Network


class Store(Component):
    """The key of tenants that have none of their own, and the buckets in which they have a folder each."""

    def __init__(self, spec: CellData, blueprint: SharedBlueprint, scope: Scope, logs_to: pulumi.Output[str]) -> None:
        super().__init__("CellData", scope, "data")
        self.spec, self.isolation, self.logs_to = spec, blueprint.isolation, logs_to
        groups = f"/{scope.names.org}/{scope.names.environment}/t*"
        text = document.text(
            key.data(scope.account, scope.region, spec.deployer, groups, scope.workloads, spec.service_roles)
        )
        self.key = aws.kms.Key(
            "data",
            description=f"Data of tenants without a key of their own, in {blueprint.stack}",
            enable_key_rotation=True,
            deletion_window_in_days=30,
            policy=text,
            tags=scope.labels(self.isolation, "data"),
            opts=self.child(protect=scope.phase.protects),
        )
        aws.kms.Alias("data", name=spec.alias, target_key_id=self.key.id, opts=self.child())
        self.objects = self._bucket("objects", spec.data_bucket, Sweep(noncurrent=spec.noncurrent_days))
        backups = Sweep(objects=spec.backup_days, noncurrent=spec.noncurrent_days)
        self.backups = self._bucket("backups", spec.backup_bucket, backups)
        pulumi.export("dataKeyArn", self.key.arn)
        self.register_outputs({"keyArn": self.key.arn})

    def _bucket(self, role: str, name: str, sweep: Sweep) -> PrivateBucket:
        scope = self.scope
        text = policy(bucket.folders, bucket=name, account=scope.account, workloads=scope.workloads)
        held = BucketKey(self.key.arn, self.key)
        return PrivateBucket(
            BucketPlan(name, role, self.isolation, text, sweep, key=held, logs_to=self.logs_to), scope, self
        )


@dataclass(frozen=True, slots=True)
class Doors:
    """The group of shared data services, and the one whose members reach them."""

    data: aws.ec2.SecurityGroup
    clients: aws.ec2.SecurityGroup


class Reach(Component):
    """Who may reach what tenants share: pods that are in the group of its clients, and nobody else."""

    def __init__(self, blueprint: SharedBlueprint, scope: Scope, network: Network) -> None:
        super().__init__("DataReach", scope)
        self.isolation, self.network = blueprint.isolation, network
        data = self._group("shared-data", "Data that tenants share: reached by their workloads only")
        clients = self._group("shared-data-clients", "Workloads of tenants that share data")
        self.doors = Doors(data, clients)
        into: list[pulumi.Input[str]] = []
        out: list[pulumi.Input[str]] = []
        for port in (addressing.DATABASE_PORT, addressing.CACHE_PORT):
            into.append(self._rule(aws.vpc.SecurityGroupIngressRule, f"shared-data-{port}", data, clients, port))
            out.append(self._rule(aws.vpc.SecurityGroupEgressRule, f"shared-clients-{port}", clients, data, port))
        for role, group, ingress, egress in (
            ("shared-data", data, into, []),
            ("shared-data-clients", clients, [], out),
        ):
            aws.ec2.VpcSecurityGroupRulesExclusive(
                role, security_group_id=group.id, ingress_rule_ids=ingress, egress_rule_ids=egress, opts=self.child()
            )
        pulumi.export("dataClientsGroup", clients.id)
        self.register_outputs({})

    def _group(self, role: str, description: str) -> aws.ec2.SecurityGroup:
        return aws.ec2.SecurityGroup(
            role,
            vpc_id=self.network.vpc_id,
            description=description,
            tags=self.scope.labels(self.isolation, role),
            opts=self.child(),
        )

    def _only(
        self,
        role: str,
        group: aws.ec2.SecurityGroup,
        into: list[pulumi.Input[str]],
        out: list[pulumi.Input[str]],
    ) -> None:
        """These rules and no others: what somebody adds past this tool is drift."""
        aws.ec2.VpcSecurityGroupRulesExclusive(
            role, security_group_id=group.id, ingress_rule_ids=into, egress_rule_ids=out, opts=self.child()
        )

    def _rule(
        self,
        make: type[aws.vpc.SecurityGroupIngressRule] | type[aws.vpc.SecurityGroupEgressRule],
        role: str,
        of: aws.ec2.SecurityGroup,
        other: aws.ec2.SecurityGroup,
        port: int,
    ) -> pulumi.Output[str]:
        rule = make(
            role,
            security_group_id=of.id,
            referenced_security_group_id=other.id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            tags=self.scope.labels(self.isolation, role),
            opts=self.child(),
        )
        return rule.id


class Cache(Component):
    """A cache that tenants have users in. Each tenant's stack adds its own user; the group is never empty."""

    def __init__(self, spec: SharedCache, blueprint: SharedBlueprint, scope: Scope, place: Place) -> None:
        super().__init__("SharedCache", scope, f"cache-{spec.number}")
        nobody = aws.elasticache.User(
            f"nobody-{spec.number}",
            user_id=spec.nobody,
            user_name=spec.nobody,
            engine=valkey.ENGINE,
            access_string="off -@all",
            authentication_mode=aws.elasticache.UserAuthenticationModeArgs(type="no-password-required"),
            tags=scope.labels(blueprint.isolation, f"nobody-{spec.number}"),
            opts=self.child(),
        )
        role = f"users-{spec.number}"
        users = valkey.users(self, spec.users, blueprint.isolation, role, [nobody.user_id], grows=True)
        group = valkey.group(self, spec.plan, blueprint.isolation, place, f"cache-{spec.number}", users)
        self.address = group.primary_endpoint_address
        self.register_outputs({"endpoint": self.address})
