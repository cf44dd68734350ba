"""The blueprint of a cell's shared services: what stands next to all tenants of a cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from typing import Any

from stacks.blueprint import alarms, canonical, clusters, data, gpus, ingress
from stacks.blueprint.alarms import AlarmSpec
from stacks.blueprint.clusters import SCALING_ROLE, Seat
from stacks.blueprint.data import CellData
from stacks.blueprint.gpus import CellGpus
from stacks.blueprint.ingress import CellIngress
from stacks.conventions import addressing, naming, tags
from stacks.conventions.naming import Names
from stacks.errors import BadInput
from stacks.inputs import regions
from stacks.inputs.document import Complaint
from stacks.inputs.environment import Cell, Environment
from stacks.inputs.fields import Isolation
from stacks.resources import quotas
from stacks.resources.backup.spec import BackupSpec
from stacks.resources.budget.spec import BudgetSpec
from stacks.resources.kind import HOURS_A_MONTH, PriceDimension
from stacks.resources.quotas import Demand

FORMAT = 5
TENANT = "shared"
"""What the `tenant` tag of shared services says; no tenant may have this id."""

LOG_DAYS = 365
ACCESS_LOG_DAYS = 365


@dataclass(frozen=True, slots=True)
class AdoptedVpc:
    """A VPC that was there before, with its subnets by zone."""

    vpc_id: str
    public_subnet_ids: tuple[str, ...]
    private_subnet_ids: tuple[str, ...]
    private_route_table_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CellNetwork:
    """The cell's network; with `adopted`, only data subnets, endpoints and flow logs are made."""

    cidr: str
    adopted: AdoptedVpc | None
    public_cidrs: tuple[str, ...]
    private_cidrs: tuple[str, ...]
    data_cidrs: tuple[str, ...]
    nat_gateways: int
    gateway_endpoints: tuple[str, ...]
    interface_endpoints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CellAudit:
    """Buckets, log groups and the trail that keep what happened. Days; Object Lock is in GOVERNANCE mode.

    `traced_buckets` is what names of buckets begin with whose objects' reads and writes stand in the trail. One cell's
    trail is of `every_region`, and of IAM: since 2021 the others do not get to see it (CloudTrail, UpdateTrail).
    """

    audit_bucket: str
    access_logs_bucket: str
    lock_days: int
    access_log_days: int
    flow_log_group: str
    audit_log_group: str
    trail: str
    traced_buckets: str
    log_days: int
    every_region: bool


@dataclass(frozen=True, slots=True)
class CellAlarms:
    """The topic that alarms and budgets of the cell and its tenants go to, who is told by mail, the cell's own alarms.

    `dashboard` is the name of what shows them.
    """

    topic: str
    mails: tuple[str, ...]
    dashboard: str
    own: tuple[AlarmSpec, ...]


@dataclass(frozen=True, slots=True)
class CellAccess:
    """The cell's key, the boundary that no tenant's role can leave, who may break the lock on audit records.

    `admins` may take on the role `admin`, with a second factor; without any there is no such role.
    """

    alias: str
    deployer: str
    log_groups: str
    boundary: str
    service_roles: tuple[str, ...]
    break_glass: str = ""
    admin: str = ""
    admins: tuple[str, ...] = ()


@dataclass(frozen=True)
class SharedBlueprint:
    """What a cell shall have."""

    environment: str
    org: str
    account: str
    region: str
    cell: int
    tags: Mapping[str, str]
    network: CellNetwork
    audit: CellAudit
    access: CellAccess
    cluster: Seat
    alarms: CellAlarms
    budget: BudgetSpec
    backup: BackupSpec
    ingress: CellIngress | None = None
    data: CellData | None = None
    gpu: CellGpus | None = None

    isolation = Isolation.POOL
    tenant_id = TENANT
    incarnation = 0
    tier = TENANT
    tier_version = 0

    @property
    def slug(self) -> str:
        """The cell's name in the cloud."""
        return naming.shared_slug(self.account, self.org, self.environment, self.region, self.cell)

    @property
    def stack(self) -> str:
        """Its Pulumi stack, `<env>.shared.<region>.<cell>`."""
        return naming.shared_stack(self.environment, self.region, self.cell)

    @property
    def names(self) -> Names:
        """Maker of its fixed names."""
        return Names(self.org, self.environment, self.slug)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, in hex."""
        return canonical.digest(self.to_json())

    def prices(self) -> Iterator[tuple[str, PriceDimension]]:
        """All that AWS will bill for the cell."""
        endpoints = len(self.network.interface_endpoints) * addressing.ZONES
        yield "encryption", PriceDimension("kms.key", "key-month", 1)
        yield "encryption", PriceDimension("kms.requests.symmetric", "10k requests", None)
        if endpoints:
            yield "network", PriceDimension("vpc_interface_endpoint", "hour-per-AZ", HOURS_A_MONTH * endpoints)
            yield "network", PriceDimension("vpc_interface_endpoint.data.first_1pb", "GB", None)
        if self.network.nat_gateways:
            hours = HOURS_A_MONTH * self.network.nat_gateways
            yield "network", PriceDimension("nat_gateway", "hour", hours)
            yield "network", PriceDimension("public_ipv4", "hour", hours)
            yield "network", PriceDimension("nat_gateway.data", "GB", None)
        if self.ingress:
            yield from (("ingress", dimension) for dimension in ingress.prices(self.ingress))
        if self.data:
            yield from data.prices(self.data)
        for dimension in clusters.prices(self.cluster.plan) if self.cluster.plan else ():
            yield "cluster", dimension
        for dimension in clusters.node_prices(self.gpu.nodes) if self.gpu else ():
            yield "gpu_share", dimension
        yield "observability", PriceDimension("cloudwatch.alarm", "alarm-month", len(self.alarms.own))
        yield "observability", PriceDimension("cloudwatch.dashboard", "dashboard-month", 1)
        yield "observability", PriceDimension("cloudwatch.logs.ingest", "GB", None)
        yield "observability", PriceDimension("cloudwatch.logs.archive", "GB-month", None)
        yield "backup", PriceDimension("backup.s3", "GB-month", None)
        yield "object_store", PriceDimension("s3.requests.tier1_put", "request", None)
        yield "object_store", PriceDimension("s3.standard.first_50tb", "GB-month", None)

    def demands(self) -> Iterator[Demand]:
        """All that the cell uses up of the account's quotas."""
        yield Demand(quotas.VPCS, 0 if self.network.adopted else 1)
        yield Demand(quotas.ADDRESSES, self.network.nat_gateways)
        yield Demand(quotas.BUCKETS, 2)
        yield Demand(quotas.KEYS, 1)
        yield Demand(quotas.POLICIES, 1)
        yield Demand(quotas.ROLES, 3 if self.access.admins else 2)
        if self.cluster.plan:
            yield from clusters.demands(self.cluster.plan)
        if self.data:
            yield from data.demands(self.data)
        if self.gpu:
            yield from clusters.node_demands(self.gpu.nodes)

    def to_json(self) -> dict[str, Any]:
        """Plain data, complete."""
        return {
            "format": FORMAT,
            "environment": self.environment,
            "org": self.org,
            "account": self.account,
            "region": self.region,
            "cell": self.cell,
            "stack": self.stack,
            "slug": self.slug,
            "tags": dict(self.tags),
            "network": _plain(self.network),
            "audit": _plain(self.audit),
            "access": _plain(self.access),
            "cluster": _plain(self.cluster),
            "alarms": _plain(self.alarms),
            "budget": _plain(self.budget),
            "backup": _plain(self.backup),
            "ingress": _plain(self.ingress) if self.ingress else None,
            "data": _plain(self.data) if self.data else None,
            "gpu": _plain(self.gpu) if self.gpu else None,
            "prices": [{"kind": kind, **asdict(dimension)} for kind, dimension in self.prices()],
        }


def resolve(environment: Environment, region: str, cell: int) -> SharedBlueprint:
    """What the cell shall have. Raises BadInput where the environment has no such region or cell."""
    found = environment.cell(region, cell)
    if found is None:
        raise BadInput(
            f"There is no cell {cell} in {region}.", faults=(environment.fault(_unknown(environment, region)),)
        )
    names = environment.names_of(region, cell)
    seat = clusters.of_cell(environment, region, cell)
    access = _access(environment, names, seat)
    shared = data.of_cell(environment, region, cell, access.service_roles)
    return SharedBlueprint(
        environment=environment.name,
        org=environment.org,
        account=environment.account,
        region=region,
        cell=cell,
        tags=_tags(environment, region, cell),
        network=_network(environment, found),
        audit=_audit(environment, names, every_region=(region, cell) == environment.first_cell),
        access=access,
        cluster=seat,
        alarms=_alarms(environment, names, seat, shared),
        budget=BudgetSpec(
            isolation=Isolation.POOL,
            name=names.of("budget"),
            monthly_usd=environment.shared.budget_usd,
            tag=("stack", naming.shared_stack(environment.name, region, cell)),
            mail="",
        ),
        backup=BackupSpec(
            isolation=Isolation.POOL,
            vault=names.of("vault"),
            days=environment.shared.vault_days,
            copy_to="",
            compliance=False,
        ),
        ingress=ingress.of_cell(environment, region, cell),
        data=shared,
        gpu=gpus.of_cell(environment, names),
    )


def from_json(plain: Mapping[str, Any]) -> SharedBlueprint:
    """A shared blueprint from what `to_json` gave. Raises Refused for another format."""
    canonical.check_format(plain["format"], FORMAT)
    return SharedBlueprint(
        environment=plain["environment"],
        org=plain["org"],
        account=plain["account"],
        region=plain["region"],
        cell=plain["cell"],
        tags=dict(plain["tags"]),
        network=canonical.read(CellNetwork, plain["network"]),
        audit=canonical.read(CellAudit, plain["audit"]),
        access=canonical.read(CellAccess, plain["access"]),
        cluster=canonical.read(Seat, plain["cluster"]),
        alarms=canonical.read(CellAlarms, plain["alarms"]),
        budget=canonical.read(BudgetSpec, plain["budget"]),
        backup=canonical.read(BackupSpec, plain["backup"]),
        ingress=canonical.read(CellIngress, plain["ingress"]) if plain["ingress"] else None,
        data=canonical.read(CellData, plain["data"]) if plain["data"] else None,
        gpu=canonical.read(CellGpus, plain["gpu"]) if plain.get("gpu") else None,
    )


def _unknown(environment: Environment, region: str) -> Complaint:
    settings = environment.region(region)
    if settings is None:
        known = tuple(sorted(each.name for each in environment.regions))
        why = f"environment `{environment.name}` is not in `{region}`"
        return Complaint(("regions",), why, ", ".join(known), regions.nearest(region, known))
    numbers = ", ".join(str(each.number) for each in settings.cells)
    return Complaint(("regions",), f"`{region}` has no such cell", numbers)


def _network(environment: Environment, cell: Cell) -> CellNetwork:
    ranges = addressing.cell(cell.cidr)
    adopted = None
    if cell.adopt:
        adopt = cell.adopt
        adopted = AdoptedVpc(
            adopt.vpc_id,
            tuple(adopt.public_subnet_ids),
            tuple(adopt.private_subnet_ids),
            tuple(adopt.private_route_table_ids),
        )
    return CellNetwork(
        cidr=cell.cidr,
        adopted=adopted,
        public_cidrs=() if adopted else ranges.public,
        private_cidrs=() if adopted else ranges.private,
        data_cidrs=ranges.data,
        nat_gateways=0 if adopted else environment.nat_gateways,
        gateway_endpoints=tuple(sorted(environment.endpoints.gateway)),
        interface_endpoints=tuple(sorted(environment.endpoints.interface)),
    )


def _audit(environment: Environment, names: Names, *, every_region: bool) -> CellAudit:
    return CellAudit(
        audit_bucket=names.of("audit"),
        access_logs_bucket=names.of("access-logs"),
        lock_days=environment.audit.retention_days,
        access_log_days=ACCESS_LOG_DAYS,
        flow_log_group=names.log_group("flow"),
        audit_log_group=names.log_group("audit"),
        trail=names.of("trail"),
        traced_buckets=f"{names.org}-{names.environment}-t",
        log_days=LOG_DAYS,
        every_region=every_region,
    )


def _access(environment: Environment, names: Names, cluster: Seat) -> CellAccess:
    scaling, backing_up = (clusters.role_arn(environment, name) for name in (SCALING_ROLE, names.of("backup")))
    return CellAccess(
        alias=names.alias("key"),
        deployer=environment.deployer,
        log_groups=names.log_group("*"),
        boundary=names.of("boundary"),
        service_roles=(backing_up, *((scaling, cluster.storage_role) if cluster.plan else ())),
        break_glass=environment.audit.break_glass_role or "",
        admin=names.of("admin"),
        admins=tuple(sorted(environment.admins)),
    )


def _alarms(environment: Environment, names: Names, cluster: Seat, shared: CellData | None) -> CellAlarms:
    """What the cluster's control plane tells for nothing (EKS UserGuide, cloudwatch), and what tenants share."""
    alarm = partial(AlarmSpec, namespace="AWS/EKS", dimension="ClusterName", of=cluster.name, above=True)
    failing = "the control plane of the cell's cluster fails"
    waiting = "pods find no place in the cell's cluster"
    return CellAlarms(
        topic=names.of("alarms"),
        mails=tuple(sorted(environment.alarm_mails)),
        dashboard=names.of("dashboard"),
        own=(
            alarm("cluster-errors", failing, metric="apiserver_request_total_5XX", threshold=25.0, statistic="Sum"),
            alarm("cluster-room", waiting, metric="scheduler_pending_pods_UNSCHEDULABLE", threshold=0.0),
            *_of_shared(shared),
        ),
    )


def _of_shared(shared: CellData | None) -> Iterator[AlarmSpec]:
    for database in shared.databases if shared else ():
        yield from alarms.of_database(f"database-{database.number}", database.plan.identifier)
    for cache in shared.caches if shared else ():
        yield from alarms.of_cache(f"cache-{cache.number}", cache.plan.group)


def _tags(environment: Environment, region: str, cell: int) -> dict[str, str]:
    return tags.of(
        tags.Owned(
            tenant=TENANT,
            incarnation=0,
            tier=TENANT,
            tier_version=0,
            environment=environment.name,
            stack=naming.shared_stack(environment.name, region, cell),
            owner=environment.owner,
            cost_center=environment.cost_center,
            data_classification="internal",
        )
    )


def _plain(
    part: CellNetwork
    | CellAudit
    | CellAccess
    | CellAlarms
    | CellIngress
    | CellData
    | CellGpus
    | Seat
    | BudgetSpec
    | BackupSpec,
) -> dict[str, Any]:
    plain = canonical.plain(asdict(part))
    return dict(plain)
