"""A tenant's program: declares a Blueprint in a phase, and decides nothing.

The order is that of trust: the role, the key that names it, what the key protects, and last what the role may do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pulumi
import pulumi_aws as aws

from stacks.blueprint import canonical
from stacks.blueprint.model import Blueprint
from stacks.blueprint.phase import Phase
from stacks.blueprint.settled import NOBODY, Settled
from stacks.conventions import addressing, naming
from stacks.parts.cell import Cell
from stacks.parts.cluster import Site
from stacks.parts.nodes import Ground
from stacks.parts.place import Place
from stacks.parts.scope import Scope
from stacks.programs import kept, members
from stacks.programs.kept import Kept, Users
from stacks.resources.api_access.component import ApiAccess
from stacks.resources.api_access.spec import ApiAccessSpec
from stacks.resources.backup.component import Backups
from stacks.resources.backup.spec import BackupSpec
from stacks.resources.budget.component import Budget
from stacks.resources.budget.spec import BudgetSpec
from stacks.resources.cache.component import Cache
from stacks.resources.cache.spec import CacheSpec
from stacks.resources.cluster import component as cluster
from stacks.resources.cluster.component import Shared
from stacks.resources.cluster.spec import ClusterSpec
from stacks.resources.database.component import Database
from stacks.resources.database.logins import Connection
from stacks.resources.database.spec import DatabaseSpec
from stacks.resources.encryption.spec import EncryptionSpec
from stacks.resources.gpu_share.component import GpuShare
from stacks.resources.gpu_share.spec import GpuShareSpec
from stacks.resources.identity.component import Identity, Reach, Reading
from stacks.resources.identity.spec import IdentitySpec
from stacks.resources.ingress import component as ingress
from stacks.resources.ingress.component import Ingress
from stacks.resources.ingress.spec import IngressSpec
from stacks.resources.members.component import Holdings
from stacks.resources.members.logins import CacheUsers
from stacks.resources.namespace.component import Lodging, Namespace
from stacks.resources.namespace.spec import NamespaceSpec
from stacks.resources.network.component import Network, Surroundings
from stacks.resources.network.spec import NetworkSpec
from stacks.resources.node_pool.component import NodePools
from stacks.resources.node_pool.spec import NodePoolSpec
from stacks.resources.object_store.spec import ObjectStoreSpec
from stacks.resources.observability.component import Observability
from stacks.resources.observability.spec import ObservabilitySpec
from stacks.resources.secrets.component import Secrets
from stacks.resources.secrets.spec import SecretsSpec


def program(blueprint: Blueprint, phase: Phase, settled: Settled = NOBODY) -> Callable[[], None]:
    """What the engine runs. Archived, a tenant keeps its key, its buckets and its slice of a shared database.

    Of members that are `settled` it declares nothing: the engine is told to leave alone what they have.
    """

    def declare() -> None:
        provider = aws.Provider("aws", region=blueprint.region)
        scope = Scope(blueprint.names, blueprint.account, blueprint.region, blueprint.tags, phase, provider, settled)
        cell = Cell(naming.reference(blueprint.shared_stack))
        _describe(blueprint, phase)
        if phase.serves:
            _Services(blueprint, scope, cell).declare()
        else:
            kept.declare(blueprint, scope, cell, None)

    return declare


class _Services:
    """Everything that a tenant works with, in the order in which one needs the other."""

    def __init__(self, blueprint: Blueprint, scope: Scope, cell: Cell) -> None:
        self.blueprint, self.scope, self.cell = blueprint, scope, cell

    def declare(self) -> None:
        blueprint, scope, cell = self.blueprint, self.scope, self.cell
        identity = Identity(blueprint.of(IdentitySpec), scope, cell.text("boundaryArn"))
        acting = members.role(blueprint, scope, cell.text("boundaryArn"), identity)
        held = kept.declare(blueprint, scope, cell, Users(identity.role.arn, acting.role.arn if acting else None))
        topic = cell.text("alarmTopicArn")
        logs = Observability(blueprint.of(ObservabilitySpec), scope, held.key, topic)
        Budget(blueprint.of(BudgetSpec), scope, topic)
        secrets = Secrets(blueprint.of(SecretsSpec), scope, held.key)
        self._api(secrets)
        web = self._web()
        network = Network(blueprint.of(NetworkSpec), scope, self._surroundings(), held.key)
        connections = {
            **self._data(network, secrets, held),
            **_objects(held, blueprint.of(ObjectStoreSpec)),
            "keyArn": held.key,
            "region": scope.region,
            **({"apiKeySecretArn": secrets.api.arn} if secrets.api else {}),
            **({"targetGroupArn": web.targets.arn} if web else {}),
            **{f"queue-{name}": url for name, url in self._queues().items()},
        }
        reach, after = self._reach(held, secrets, logs), [held.objects] if held.objects else []
        if acting:
            reach = replace(reach, member_role=acting.role.arn)
            acting.may(Holdings(reach.data_bucket, reach.container, reach.key), after)
        identity.may(reach, after)
        self._compute(network, identity, held.key, connections)
        groups = {"workloads": network.workload_group.id}
        pulumi.export("securityGroups", groups | ({"data": network.data_group.id} if network.data_group else {}))
        pulumi.export("roleArn", identity.role.arn)
        pulumi.export("roleId", identity.role.unique_id)
        if acting:
            pulumi.export("memberRoleArn", acting.role.arn)
        pulumi.export("logGroup", logs.log_group.name)

    def _web(self) -> Ingress | None:
        """The public name, where the tenant has one."""
        spec = self.blueprint.of(IngressSpec)
        if not spec.host:
            return None
        web = Ingress(spec, self.scope, ingress.of_cell(self.cell.text))
        pulumi.export("url", f"https://{spec.host}")
        pulumi.export("targetGroupArn", web.targets.arn)
        return web

    def _api(self, secrets: Secrets) -> None:
        """The key for the application's API, where the environment has one."""
        if secrets.api is None:
            return
        access = ApiAccess(self.blueprint.of(ApiAccessSpec), self.scope)
        secrets.fill(secrets.api, "api-key", access.login())
        pulumi.export("apiKeySecretArn", secrets.api.arn)
        pulumi.export("apiKeyId", access.key.id)
        pulumi.export("usagePlanId", access.plan.id)

    def _reach(self, held: Kept, secrets: Secrets, logs: Observability) -> Reach:
        """What the role may use: no more than what is the tenant's own."""
        spec, own = self.blueprint.of(ObjectStoreSpec), held.objects
        return Reach(
            data_bucket=own.data.bucket.arn if own else _bucket_arn(spec.data_bucket),
            backup_bucket=own.backups.bucket.arn if own else _bucket_arn(spec.backup_bucket),
            container=spec.container,
            backup_container=spec.backup_container,
            key=held.key,
            secrets=[secrets.database.arn, secrets.cache.arn, *([secrets.api.arn] if secrets.api else [])],
            log_group=logs.log_group.arn,
            model_bucket=own.models.bucket.arn if own and own.models else "",
            context=self.blueprint.of(EncryptionSpec).context,
            reads=self._reads(spec),
            queues=[each.arn for each in self.blueprint.of(IdentitySpec).queues],
        )

    def _queues(self) -> dict[str, pulumi.Output[str]]:
        """URLs of the cell's queues that the profile names, by the names that it calls them."""
        named = [each.name for each in self.blueprint.of(IdentitySpec).queues]
        urls = {name: self.cell.of("queues", name, lambda found: str(found["url"])) for name in named}
        if urls:
            pulumi.export("queues", urls)
        return urls

    def _reads(self, spec: ObjectStoreSpec) -> Reading | None:
        """Folders of the cell's models, where the profile names some."""
        if not spec.shared_models:
            return None
        return Reading(_bucket_arn(spec.shared_bucket), self.cell.text("dataKeyArn"), spec.shared_models)

    def _data(self, network: Network, secrets: Secrets, held: Kept) -> dict[str, pulumi.Input[str]]:
        """Database and cache; how workloads connect to them, which is no secret."""
        place = self._place(network, held)
        spec = self.blueprint.of(DatabaseSpec)
        own = None if held.slice else Database(spec, self.scope, place)
        connection = _connection(held, own)
        secrets.fill(secrets.database, "database-login", connection.login())
        if secrets.people:
            secrets.fill(secrets.people, "database-people", connection.logins_of_people())
            pulumi.export("databasePeopleSecretArn", secrets.people.arn)
        users = members.cache_users(self.blueprint, self.scope)
        cache = self._cache(place, users)
        secrets.fill(secrets.cache, "cache-login", cache.login())
        logins = members.in_own(self.blueprint, self.scope, own) if own else held.members
        members.tell(self.blueprint, self.scope, held.key, logins, users, cache)
        self._back_up(held, own)
        pulumi.export("databasePort", connection.port)
        pulumi.export("cachePort", addressing.CACHE_PORT)
        found: dict[str, pulumi.Input[str]] = {
            "databaseEndpoint": connection.address,
            "databaseName": spec.database,
            "databaseSecretArn": secrets.database.arn,
            "cacheEndpoint": cache.address,
            "cacheDatabase": str(cache.spec.database),
            "cacheSecretArn": secrets.cache.arn,
        }
        for name, value in found.items():
            pulumi.export(name, value)
        return found

    def _place(self, network: Network, held: Kept) -> Place:
        """Where data of its own goes: its subnets, or the cell's."""
        subnets = network.data_subnet_ids or [
            self.cell.texts("dataSubnetIds")[zone] for zone in range(addressing.ZONES)
        ]
        return Place(subnets, network.data_group.id if network.data_group else None, held.key)

    def _cache(self, place: Place, users: CacheUsers | None) -> Cache:
        spec = self.blueprint.of(CacheSpec)
        shared = None
        if spec.shard is not None:
            shared = self.cell.of("caches", spec.shard, lambda found: str(found["address"]))
        return Cache(spec, self.scope, place, shared, users.ids if users and not shared else ())

    def _back_up(self, held: Kept, own: Database | None) -> None:
        """What is the tenant's own is kept in its own vault; what is shared is backed up by the cell."""
        if held.vault is None:
            return
        objects = [held.objects.data.bucket.arn] if held.objects else []
        daily = [*([own.instance.arn] if own else []), *objects]
        if daily:
            Backups(self.blueprint.of(BackupSpec), self.scope, held.vault, daily, continuous=objects)

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
        shared = Shared(self.cell.door, self.cell.text("clusterSecurityGroup"))
        home = cluster.of_tenant(blueprint.of(ClusterSpec), scope, shared, site)
        ground = Ground(
            home.door.name, blueprint.of(ClusterSpec).seat.node_role, site.subnet_ids, key, [home.security_group]
        )
        NodePools(blueprint.of(NodePoolSpec), scope, ground, home.ready)
        clients = [self.cell.text("dataClientsGroup")] if network.spec.shares_data else []
        lodging = Lodging(
            cluster=home.door.name,
            inside=home.inside,
            role=identity.role.arn,
            groups=[network.workload_group.id, home.security_group, *clients],
            key=key,
            connections=connections,
        )
        namespace = Namespace(blueprint.of(NamespaceSpec), scope, lodging)
        GpuShare(blueprint.of(GpuShareSpec), scope, home.inside, namespace.namespace)
        pulumi.export("cluster", home.door.name)
        pulumi.export("namespace", namespace.spec.name)

    def _surroundings(self) -> Surroundings:
        cell = self.cell
        return Surroundings(
            vpc_id=cell.text("vpcId"),
            zones=cell.texts("availabilityZones"),
            data_route_tables=cell.texts("dataRouteTableIds"),
            private_subnet_ids=cell.texts("privateSubnetIds"),
            balancer_group=cell.text("balancerGroup") if self.blueprint.of(IngressSpec).host else None,
        )


def _connection(held: Kept, own: Database | None) -> Connection:
    found = held.slice or own
    assert found is not None
    return found.connection


def _objects(held: Kept, spec: ObjectStoreSpec) -> dict[str, pulumi.Input[str]]:
    """Where objects are, for the tenant's pods."""
    own = held.objects
    return {
        "dataBucket": own.data.bucket.bucket if own else spec.data_bucket,
        "backupBucket": own.backups.bucket.bucket if own else spec.backup_bucket,
        **({"modelBucket": own.models.bucket.bucket} if own and own.models else {}),
        **({"sharedModelBucket": spec.shared_bucket} if spec.shared_models else {}),
        **({"dataFolder": spec.container} if spec.container else {}),
        **({"backupFolder": spec.backup_container} if spec.backup_container else {}),
    }


def _bucket_arn(name: str) -> str:
    return f"arn:aws:s3:::{name}"


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
