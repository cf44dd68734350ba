"""What a cell's tenants share of data services: a key, buckets, caches, the group of those who may reach them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import pulumi
import pulumi_aws as aws

from stacks.blueprint.data import DEPLOYER, CellData, ModelCachePlan, SharedCache
from stacks.blueprint.shared import SharedBlueprint
from stacks.conventions import addressing
from stacks.parts import groups, passwords, valkey
from stacks.parts.bucket import BucketKey, BucketPlan, PrivateBucket, Sweep
from stacks.parts.place import Place
from stacks.parts.scope import Component, Scope, policy
from stacks.policies import bucket, cache, document, key
from stacks.shared import logins
from stacks.shared.logins import LoginPlan
from stacks.shared.network import Network


class Store(Component):
    """The key of tenants that have none of their own, and the buckets in which they have a folder each."""

    def __init__(self, spec: CellData, blueprint: SharedBlueprint, scope: Scope, logs_to: pulumi.Output[str]) -> None:
        super().__init__("CellData", scope, "data")
        self.spec, self.isolation, self.logs_to = spec, blueprint.isolation, logs_to
        groups = f"/{scope.names.org}/{scope.names.environment}/t*"
        publishers = spec.models.publishers if spec.models else ()
        text = document.text(
            key.data(
                scope.account, scope.region, spec.deployer, groups, scope.workloads, spec.service_roles, publishers
            )
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
        if spec.models:
            self._models(spec.models)
        pulumi.export("dataKeyArn", self.key.arn)
        self.register_outputs({"keyArn": self.key.arn})

    def _bucket(self, role: str, name: str, sweep: Sweep) -> PrivateBucket:
        scope = self.scope
        text = policy(bucket.folders, bucket=name, account=scope.account, workloads=scope.workloads)
        return self._held(role, name, text, sweep)

    def _models(self, plan: ModelCachePlan) -> None:
        scope = self.scope
        rules = policy(
            bucket.published,
            bucket=plan.bucket,
            key=self.key.arn,
            account=scope.account,
            workloads=scope.workloads,
            publishers=list(plan.publishers),
        )
        self._held("models", plan.bucket, rules, Sweep(noncurrent=self.spec.noncurrent_days))

    def _held(self, role: str, name: str, text: pulumi.Output[str], sweep: Sweep) -> PrivateBucket:
        plan = BucketPlan(
            name, role, self.isolation, text, sweep, key=BucketKey(self.key.arn, self.key), logs_to=self.logs_to
        )
        return PrivateBucket(plan, self.scope, self)


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
        entered = [
            into(f"shared-data-{port}", data, clients.id, port, "Workloads of tenants that share data")
            for port in ports
        ]
        left = [out(f"shared-clients-{port}", clients, data.id, port, "Data that tenants share") for port in ports]
        groups.only(self, "shared-data", data, entered, [])
        groups.only(self, "shared-data-clients", clients, [], left)
        pulumi.export("dataClientsGroup", clients.id)
        self.register_outputs({})


class Cache(Component):
    """A cache that tenants have users in. Each tenant's stack adds its own user; the deployer's is in it before.

    The deployer finds keys and deletes them, and reads none: what a tenant leaves is taken away as it.
    """

    def __init__(self, spec: SharedCache, blueprint: SharedBlueprint, scope: Scope, place: Place) -> None:
        super().__init__("SharedCache", scope, f"cache-{spec.number}")
        role, isolation = f"cache-{spec.number}-deployer", blueprint.isolation
        password = passwords.drawn(self, role)
        deployer = aws.elasticache.User(
            role,
            user_id=spec.deployer,
            user_name=DEPLOYER,
            engine=valkey.ENGINE,
            access_string=cache.DEPLOYER_ACCESS,
            authentication_mode=aws.elasticache.UserAuthenticationModeArgs(type="password", passwords=[password]),
            tags=scope.labels(isolation, role),
            opts=self.child(),
        )
        users = valkey.users(self, spec.users, isolation, f"users-{spec.number}", [deployer.user_id], grows=True)
        group = valkey.group(self, spec.plan, isolation, place, f"cache-{spec.number}", users)
        self.address = group.primary_endpoint_address
        login = {
            "host": self.address,
            "port": addressing.CACHE_PORT,
            "username": DEPLOYER,
            "password": password,
        }
        plan = LoginPlan(spec.deployer_secret, "deployer", spec.plan.group)
        self.login = logins.keep(self, isolation, f"{role}-login", plan, place.key, login)
        self.register_outputs({"endpoint": self.address})

    def told(self) -> dict[str, pulumi.Input[str]]:
        """What tenants' programs and their ends need of it."""
        return {"address": self.address, "deployerSecretArn": self.login.secret_id}
