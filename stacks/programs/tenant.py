"""A tenant's program: declares a Blueprint in a phase, and decides nothing.

The order is that of trust: the role, the key that names it, what the key protects, and last what the role may do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast

import pulumi
import pulumi_aws as aws

from stacks.blueprint import canonical
from stacks.blueprint.model import Blueprint
from stacks.blueprint.phase import Phase
from stacks.conventions import addressing, naming
from stacks.parts.cluster import Site
from stacks.parts.inside import Door
from stacks.parts.nodes import Ground
from stacks.parts.place import Place
from stacks.parts.scope import Scope
from stacks.resources.backup.component import Backups, Vault
from stacks.resources.backup.spec import BackupSpec
from stacks.resources.budget.component import Budget
from stacks.resources.budget.spec import BudgetSpec
from stacks.resources.cache.component import Cache
from stacks.resources.cache.spec import CacheSpec
from stacks.resources.cluster import component as cluster
from stacks.resources.cluster.component import Shared
from stacks.resources.cluster.spec import ClusterSpec
from stacks.resources.database.component import Database
from stacks.resources.database.spec import DatabaseSpec
from stacks.resources.encryption.component import Encryption
from stacks.resources.encryption.spec import EncryptionSpec
from stacks.resources.identity.component import Identity, Reach
from stacks.resources.identity.spec import IdentitySpec
from stacks.resources.ingress import component as ingress
from stacks.resources.ingress.component import Ingress
from stacks.resources.ingress.spec import IngressSpec
from stacks.resources.namespace.component import Lodging, Namespace
from stacks.resources.namespace.spec import NamespaceSpec
from stacks.resources.network.component import Network, Surroundings
from stacks.resources.network.spec import NetworkSpec
from stacks.resources.node_pool.component import NodePools
from stacks.resources.node_pool.spec import NodePoolSpec
from stacks.resources.object_store.component import ObjectStore
from stacks.resources.object_store.spec import ObjectStoreSpec
from stacks.resources.observability.component import Observability
from stacks.resources.observability.spec import ObservabilitySpec
from stacks.resources.secrets.component import Secrets
from stacks.resources.secrets.spec import SecretsSpec


def program(blueprint: Blueprint, phase: Phase) -> Callable[[], None]:
    """What the engine runs. Archived, a tenant keeps its key and its buckets."""

    def declare() -> None:
        provider = aws.Provider("aws", region=blueprint.region)
        scope = Scope(blueprint.names, blueprint.account, blueprint.region, blueprint.tags, phase, provider)
        shared = pulumi.StackReference(naming.reference(blueprint.shared_stack))
        _describe(blueprint, phase)
        if phase.serves:
            _Services(blueprint, scope, shared).declare()
        else:
            _readable(blueprint, scope, shared, None)

    return declare


@dataclass(frozen=True, slots=True)
class Readable:
    """What outlives the tenant: its key, its objects, its backups."""

    encryption: Encryption
    objects: ObjectStore
    vault: Vault


def _readable(
    blueprint: Blueprint, scope: Scope, shared: pulumi.StackReference, role: pulumi.Output[str] | None
) -> Readable:
    """What the final snapshot needs to be read, and the vault."""
    encryption = Encryption(blueprint.of(EncryptionSpec), scope, role)
    arn = encryption.key.arn
    objects = ObjectStore(blueprint.of(ObjectStoreSpec), scope, encryption.key, _text(shared, "accessLogsBucket"))
    vault = Vault(blueprint.of(BackupSpec), scope, arn)
    pulumi.export("keyArn", arn)
    pulumi.export("backupVault", vault.vault.name)
    pulumi.export("dataBucket", objects.data.bucket.bucket)
    pulumi.export("backupBucket", objects.backups.bucket.bucket)
    if objects.models:
        pulumi.export("modelBucket", objects.models.bucket.bucket)
    return Readable(encryption, objects, vault)


class _Services:
    """Everything that a tenant works with, in the order in which one needs the other."""

    def __init__(self, blueprint: Blueprint, scope: Scope, shared: pulumi.StackReference) -> None:
        self.blueprint, self.scope, self.shared = blueprint, scope, shared

    def declare(self) -> None:
        blueprint, scope = self.blueprint, self.scope
        identity = Identity(blueprint.of(IdentitySpec), scope, _text(self.shared, "boundaryArn"))
        kept = _readable(blueprint, scope, self.shared, identity.role.arn)
        key, objects = kept.encryption.key.arn, kept.objects
        topic = _text(self.shared, "alarmTopicArn")
        logs = Observability(blueprint.of(ObservabilitySpec), scope, key, topic)
        Budget(blueprint.of(BudgetSpec), scope, topic)
        secrets = Secrets(blueprint.of(SecretsSpec), scope, key)
        web = self._web()
        network = Network(blueprint.of(NetworkSpec), scope, self._surroundings(), key)
        place = Place(network.data_subnet_ids, network.data_group.id, key)
        connections = {
            **self._data(place, secrets, kept),
            "dataBucket": objects.data.bucket.bucket,
            "backupBucket": objects.backups.bucket.bucket,
            **({"modelBucket": objects.models.bucket.bucket} if objects.models else {}),
            "region": scope.region,
            **({"targetGroupArn": web.targets.arn} if web else {}),
        }
        identity.may(
            Reach(
                data_bucket=objects.data.bucket.arn,
                backup_bucket=objects.backups.bucket.arn,
                container=objects.spec.container,
                key=key,
                secrets=[secrets.database.arn, secrets.cache.arn],
                log_group=logs.log_group.arn,
                model_bucket=objects.models.bucket.arn if objects.models else "",
            )
        )
        self._compute(network, identity, key, connections)
        groups = {"workloads": network.workload_group.id, "data": network.data_group.id}
        pulumi.export("securityGroups", groups)
        pulumi.export("roleArn", identity.role.arn)
        pulumi.export("logGroup", logs.log_group.name)

    def _web(self) -> Ingress | None:
        """The public name, where the tenant has one."""
        spec = self.blueprint.of(IngressSpec)
        if not spec.host:
            return None
        web = Ingress(spec, self.scope, ingress.of_cell(partial(_text, self.shared)))
        pulumi.export("url", f"https://{spec.host}")
        pulumi.export("targetGroupArn", web.targets.arn)
        return web

    def _data(self, place: Place, secrets: Secrets, kept: Readable) -> dict[str, pulumi.Input[str]]:
        """Database and cache; how workloads connect to them, which is no secret."""
        database = Database(self.blueprint.of(DatabaseSpec), self.scope, place)
        secrets.fill(secrets.database, "database-login", database.login())
        cache = Cache(self.blueprint.of(CacheSpec), self.scope, place)
        secrets.fill(secrets.cache, "cache-login", cache.login())
        objects = kept.objects.data.bucket.arn
        daily = [database.instance.arn, objects]
        Backups(self.blueprint.of(BackupSpec), self.scope, kept.vault, daily, continuous=[objects])
        pulumi.export("databasePort", database.instance.port)
        pulumi.export("cachePort", addressing.CACHE_PORT)
        found: dict[str, pulumi.Input[str]] = {
            "databaseEndpoint": database.instance.address,
            "databaseName": database.spec.database,
            "databaseSecretArn": secrets.database.arn,
            "cacheEndpoint": cache.group.primary_endpoint_address,
            "cacheSecretArn": secrets.cache.arn,
        }
        for name, value in found.items():
            pulumi.export(name, value)
        return found

    def _compute(
        self,
        network: Network,
        identity: Identity,
        key: pulumi.Output[str],
        connections: Mapping[str, pulumi.Input[str]],
    ) -> None:
        """The namespace in its cluster, and nodes of its own."""
        blueprint, scope = self.blueprint, self.scope
        site = Site(network.private_subnet_ids, key)
        home = cluster.of_tenant(blueprint.of(ClusterSpec), scope, self._shared_cluster(), site)
        ground = Ground(
            home.door.name, blueprint.of(ClusterSpec).seat.node_role, site.subnet_ids, key, [home.security_group]
        )
        NodePools(blueprint.of(NodePoolSpec), scope, ground, home.ready)
        namespace = Namespace(
            blueprint.of(NamespaceSpec),
            scope,
            Lodging(
                cluster=home.door.name,
                inside=home.inside,
                role=identity.role.arn,
                groups=[network.workload_group.id, home.security_group],
                key=key,
                connections=connections,
            ),
        )
        pulumi.export("cluster", home.door.name)
        pulumi.export("namespace", namespace.spec.name)

    def _shared_cluster(self) -> Shared:
        door = Door(*(_text(self.shared, name) for name in ("clusterName", "clusterEndpoint", "clusterAuthority")))
        return Shared(door, _text(self.shared, "clusterSecurityGroup"))

    def _surroundings(self) -> Surroundings:
        return Surroundings(
            vpc_id=_text(self.shared, "vpcId"),
            zones=_texts(self.shared, "availabilityZones"),
            data_route_tables=_texts(self.shared, "dataRouteTableIds"),
            private_subnet_ids=_texts(self.shared, "privateSubnetIds"),
            balancer_group=_text(self.shared, "balancerGroup") if self.blueprint.of(IngressSpec).host else None,
        )


def _describe(blueprint: Blueprint, phase: Phase) -> None:
    """Outputs that the registry can be rebuilt from."""
    pulumi.export("tenant", blueprint.tenant_id)
    pulumi.export("slug", blueprint.slug)
    pulumi.export("incarnation", blueprint.incarnation)
    pulumi.export("tier", blueprint.tier)
    pulumi.export("tierVersion", blueprint.tier_version)
    pulumi.export("facts", canonical.text(blueprint.facts.to_json()))
    pulumi.export("blueprint", canonical.text(blueprint.to_json()))
    pulumi.export("digest", blueprint.digest)
    pulumi.export("phase", str(phase))


def _text(shared: pulumi.StackReference, name: str) -> pulumi.Output[str]:
    """An output of the shared services, which are there before any tenant."""
    return cast("pulumi.Output[str]", shared.require_output(name))


def _texts(shared: pulumi.StackReference, name: str) -> pulumi.Output[Sequence[str]]:
    return cast("pulumi.Output[Sequence[str]]", shared.require_output(name))
