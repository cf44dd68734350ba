"""What a cell's tenants share of data services: a key, buckets, caches, the group of those who may reach them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import pulumi
import pulumi_aws as aws

from stacks.blueprint.data import CellData, SharedCache
from stacks.blueprint.shared import SharedBlueprint
from stacks.conventions import addressing
from stacks.parts import groups, valkey
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
        group = partial(groups.group, self, blueprint.isolation, network.vpc_id)
        data = group("shared-data", "Data that tenants share: reached by their workloads only")
        clients = group("shared-data-clients", "Workloads of tenants that share data")
        self.doors = Doors(data, clients)
        into = partial(groups.rule, aws.vpc.SecurityGroupIngressRule, self, blueprint.isolation)
        out = partial(groups.rule, aws.vpc.SecurityGroupEgressRule, self, blueprint.isolation)
        ports = (addressing.DATABASE_PORT, addressing.CACHE_PORT)
        entered = [into(f"shared-data-{port}", data, clients.id, port) for port in ports]
        left = [out(f"shared-clients-{port}", clients, data.id, port) for port in ports]
        groups.only(self, "shared-data", data, entered, [])
        groups.only(self, "shared-data-clients", clients, [], left)
        pulumi.export("dataClientsGroup", clients.id)
        self.register_outputs({})


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
