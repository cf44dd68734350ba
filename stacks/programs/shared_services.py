"""The program of a cell's shared services: declares a SharedBlueprint in a phase, and decides nothing."""

from __future__ import annotations

from collections.abc import Callable

import pulumi
import pulumi_aws as aws

from stacks.blueprint import canonical
from stacks.blueprint.phase import Phase
from stacks.blueprint.shared import SharedBlueprint
from stacks.parts.cluster import Site
from stacks.parts.place import Place
from stacks.parts.scope import Scope
from stacks.resources.backup.component import Backups, Vault
from stacks.resources.budget.component import Budget
from stacks.shared import cluster, data
from stacks.shared.data import Store
from stacks.shared.database import Instance
from stacks.shared.foundation import Admin, Audit, Boundary, CellKey, Logs
from stacks.shared.gpus import SharedGpus
from stacks.shared.ingress import Edge, Ingress
from stacks.shared.network import Network
from stacks.shared.queues import Queue
from stacks.shared.watch import Alarms, Trail


def program(blueprint: SharedBlueprint, phase: Phase) -> Callable[[], None]:
    """What the engine runs. Archived, a cell keeps its keys, its records and tenants' objects."""

    def declare() -> None:
        provider = aws.Provider("aws", region=blueprint.region)
        scope = Scope(blueprint.names, blueprint.account, blueprint.region, blueprint.tags, phase, provider)
        key = CellKey(blueprint, scope).key
        audit = Audit(blueprint, scope, key)
        vault = Vault(blueprint.backup, scope, key.arn)
        store = Store(blueprint.data, blueprint, scope, audit.access_logs.bucket.bucket) if blueprint.data else None
        _export(blueprint, phase, key, audit)
        pulumi.export("backupVault", vault.vault.name)
        if phase.serves:
            network = _serve(blueprint, scope, key, audit)
            shared = _share(blueprint, scope, network, store) if store else []
            Backups(blueprint.backup, scope, vault, [audit.records.bucket.arn, *shared])

    return declare


def _share(blueprint: SharedBlueprint, scope: Scope, network: Network, store: Store) -> list[pulumi.Input[str]]:
    """What tenants have slices of; ARNs of what of it is backed up."""
    group = data.Reach(blueprint, scope, network).doors.data.id
    place = Place(network.data_subnet_ids, group, store.key.arn)
    databases = {each.number: Instance(each, blueprint, scope, place) for each in store.spec.databases}
    caches = {each.number: data.Cache(each, blueprint, scope, place) for each in store.spec.caches}
    queues = {each.name: Queue(each, blueprint, scope) for each in store.spec.queues}
    pulumi.export("queues", {name: made.told() for name, made in queues.items()})
    pulumi.export("databases", {str(number): made.told() for number, made in databases.items()})
    pulumi.export("caches", {str(number): made.told() for number, made in caches.items()})
    return [*(made.instance.arn for made in databases.values()), store.objects.bucket.arn]


def _serve(blueprint: SharedBlueprint, scope: Scope, key: aws.kms.Key, audit: Audit) -> Network:
    Trail(blueprint, scope, key.arn, audit)
    Admin(blueprint, scope)
    alarms = Alarms(blueprint, scope, key.arn)
    Budget(blueprint.budget, scope, alarms.topic.arn)
    logs = Logs(blueprint, scope, key.arn)
    network = Network(blueprint, scope, logs.flow)
    boundary = Boundary(blueprint, scope)
    if blueprint.ingress:
        Ingress(blueprint.ingress, blueprint, scope, Edge(network, audit.access_logs)).export()
    site = Site(network.private_subnet_ids, key.arn)
    home = cluster.of_cell(blueprint, scope, site)
    if blueprint.gpu:
        SharedGpus(blueprint.gpu, blueprint, scope, home, site)
    pulumi.export("alarmTopicArn", alarms.topic.arn)
    pulumi.export("clusterName", blueprint.cluster.name)
    pulumi.export("clusterEndpoint", home.door.endpoint)
    pulumi.export("clusterAuthority", home.door.authority)
    pulumi.export("clusterSecurityGroup", home.security_group)
    pulumi.export("vpcId", network.vpc_id)
    pulumi.export("vpcCidr", network.vpc_cidr)
    pulumi.export("availabilityZones", network.zones)
    pulumi.export("publicSubnetIds", network.public_subnet_ids)
    pulumi.export("privateSubnetIds", network.private_subnet_ids)
    pulumi.export("dataRouteTableIds", network.data_route_table_ids)
    pulumi.export("endpointIds", network.endpoint_ids)
    pulumi.export("boundaryArn", boundary.policy.arn)
    pulumi.export("flowLogGroup", logs.flow.name)
    pulumi.export("auditLogGroup", logs.audit.name)
    pulumi.export("dataSubnetIds", network.data_subnet_ids)
    return network


def _export(blueprint: SharedBlueprint, phase: Phase, key: aws.kms.Key, audit: Audit) -> None:
    pulumi.export("keyArn", key.arn)
    pulumi.export("auditBucket", audit.records.bucket.bucket)
    pulumi.export("accessLogsBucket", audit.access_logs.bucket.bucket)
    pulumi.export("blueprint", canonical.text(blueprint.to_json()))
    pulumi.export("digest", blueprint.digest)
    pulumi.export("phase", str(phase))
