"""A tenant's profile: what a platform engineer writes to get a tenant."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

from pydantic import Field

from stacks import plural
from stacks.errors import BadInput, Fault
from stacks.inputs import document, fields, machines, sharing
from stacks.inputs import profile_checks as checks
from stacks.inputs.document import Complaint, Section, Sourced


class Quotas(Section):
    """What a tenant may use; what is not set comes from its tier and size."""

    gpu_hours_monthly: fields.Count | None = Field(
        default=None, description="GPU hours in a month; default: the size's"
    )
    storage_gb: fields.Count | None = Field(default=None, description="GB of objects; default: the size's")
    api_calls_daily: fields.Count | None = Field(default=None, description="API calls in a day; default: the size's")
    concurrent_research: fields.Count | None = Field(default=None, description="at one time; default: the size's")


class DataLocations(Section):
    """Names inside the tenant's own resources; the resources themselves are named by its slug."""

    database_schema: fields.SchemaName | None = Field(
        default=None, description="schema in its database; default: its slug"
    )
    blob_container: fields.Word | None = Field(
        default=None, description="first part of its objects' keys; default: none"
    )
    redis_db: int | None = Field(
        default=None, strict=True, ge=0, le=15, description="number of the database in its own cache; default: 0"
    )


class Database(Section):
    """Changes to what the tier and size give the tenant's database."""

    size: fields.Size | None = Field(default=None, description="another size than the tenant's")
    instance_class: fields.DatabaseClass | None = Field(default=None, description="a class of RDS for PostgreSQL")
    storage_gb: fields.Gigabytes | None = Field(default=None, description="GB, 20-65536; grows and never shrinks")
    backup_days: fields.BackupDays | None = Field(default=None, description="days that backups are kept, 7-35")
    multi_az: fields.Flag | None = Field(default=None, description="a standby in a second zone")


class Cache(Section):
    """Changes to what the tier and size give the tenant's cache."""

    size: fields.Size | None = Field(default=None, description="another size than the tenant's")
    node_type: fields.CacheClass | None = Field(default=None, description="a node type of ElastiCache")
    replicas: fields.Replicas | None = Field(default=None, description="0-5 besides the primary")


class Network(Section):
    """Where the tenant's subnets lie."""

    dedicated: fields.Flag = Field(default=False, description="an own VPC instead of own subnets in the cell's")


class NodeCount(Section):
    """How many nodes a pool may have: at rest, and at most."""

    min: fields.Count = 0
    max: int = Field(default=1, strict=True, ge=1)


class Hours(Section):
    """When a pool has nodes: outside of it there are none, and nothing is paid for."""

    start: fields.ClockTime = Field(description='"HH:MM", when the pool gets its nodes')
    end: fields.ClockTime = Field(description='"HH:MM", when it loses them')
    days: list[fields.Weekday] = Field(
        default_factory=lambda: list(fields.Weekday)[:5], min_length=1, description="mon to sun; default: mon to fri"
    )
    time_zone: fields.TimeZone = Field(default="UTC", description="e.g. Europe/Berlin")


class Gpu(Section):
    """GPU nodes of the tenant's own."""

    instance_types: list[fields.GpuClass] = Field(
        min_length=1, max_length=20, description="EC2 types with a GPU, tried in this order"
    )
    nodes: NodeCount = Field(default=NodeCount(), description="how many, up to what the tier offers")
    storage_gb: fields.Gigabytes = Field(default=200, description="GB of each node's disk")
    capacity: fields.Capacity = Field(default=fields.Capacity.ON_DEMAND, description="on_demand or spot")
    hours: Hours | None = Field(default=None, description="when there are nodes; default: always")
    sharing: fields.GpuSharing | None = Field(
        default=None,
        description="how the tenant's own pods share one GPU: `time-slicing`, or a profile of MIG, e.g. `mig-1g.5gb`; "
        "default: a GPU is one pod's",
    )

    @property
    def together(self) -> int:
        """What the scheduler counts when all nodes are there: GPUs, or the parts that they are cut into."""
        counted = (
            each.gpus * sharing.parts(self.sharing or "", each.family)
            for each in map(machines.machine, self.instance_types)
        )
        return self.nodes.max * max(counted)


class Nodes(Section):
    """Nodes without GPUs of the tenant's own: its pods run there and nobody else's."""

    instance_types: list[fields.NodeClass] = Field(
        min_length=1, max_length=20, description="EC2 types, tried in this order; of one architecture"
    )
    nodes: NodeCount = Field(default=NodeCount(min=1, max=2), description="how many, up to what the tier offers")
    storage_gb: fields.Gigabytes = Field(default=100, description="GB of each node's disk")
    capacity: fields.Capacity = Field(default=fields.Capacity.ON_DEMAND, description="on_demand or spot")


class Namespace(Section):
    """Changes to what the tier and size let the tenant's pods use together, and who works with them."""

    cpu: fields.Count | None = Field(default=None, description="cores that all pods may ask for")
    memory_gb: fields.Count | None = Field(default=None, description="GB of memory that all pods may ask for")
    pods: fields.Count | None = Field(default=None, description="pods at one time")
    storage_gb: fields.Count | None = Field(default=None, description="GB of volumes")
    gpus: fields.Count | None = Field(
        default=None, description="GPUs of the cell's shared nodes at one time; default: the size's"
    )
    members: list[fields.Arn] = Field(
        default_factory=list[str], description="IAM roles of people who work in the namespace"
    )


class Backups(Section):
    """Changes to what the tier says of the tenant's locked vault."""

    days: int | None = Field(default=None, strict=True, ge=7, description="days that each day's backup is kept")
    copy_to: fields.Region | None = Field(default=None, description="region of a second vault; default: none")
    compliance: fields.Flag = Field(
        default=False, description="nobody lifts the lock any more, not even AWS; default: GOVERNANCE mode"
    )


class Ingress(Section):
    """A public name: the tenant's id below the environment's domain, which leads to its pods."""

    port: int = Field(default=8080, strict=True, ge=1024, le=65535, description="port that its pods answer on, in HTTP")
    health_path: fields.WebPath = Field(default="/", description="path that tells whether they do")
    waf: fields.Flag = Field(default=False, description="refused where no web ACL stands before the load balancer")


class Models(Section):
    """A bucket of the tenant's own for models that nobody changes or deletes before their time."""

    days: int = Field(strict=True, ge=1, le=36500, description="days that each object is locked for")
    compliance: fields.Flag = Field(
        default=False, description="nobody lifts a lock any more, not even AWS; default: GOVERNANCE mode"
    )


class Shared(Section):
    """What the tenant uses of what is shared on purpose."""

    models: list[fields.ModelName] = Field(
        default_factory=list[str],
        description="folders of the cell's model cache, by name; read and never written, by S3 or as volumes",
    )
    reference: list[fields.ReferenceSchema] = Field(
        default_factory=list[str],
        description="schemas of the cell's reference tables, by name; read and never written",
    )
    queues: list[fields.QueueName] = Field(
        default_factory=list[str], description="queues of the cell, by name; sent to and never received from"
    )


class Budget(Section):
    """What the tenant may cost before its owner is told."""

    monthly_usd: fields.Count | None = Field(default=None, description="US dollars a month; 0 for none")


class Cluster(Section):
    """An EKS cluster of the tenant's own instead of a namespace in the cell's."""

    dedicated: fields.Flag = Field(default=False, description="a cluster of its own")
    version: fields.KubernetesVersion | None = Field(
        default=None, description="version of Kubernetes of its own cluster; default: the environment's"
    )


class Share(Section):
    """A member's share of what the tenant's pods may use together: a namespace of its own has it."""

    cpu: int = Field(strict=True, ge=1, description="cores")
    memory_gb: int = Field(strict=True, ge=1, description="GB")
    pods: int = Field(strict=True, ge=1, description="pods at one time")
    storage_gb: fields.Count = Field(default=0, description="GB of volumes")
    gpus: fields.Count = Field(default=0, description="GPUs at one time")


class Member(Section):
    """A user inside the tenant, with an own slice of its resources."""

    id: fields.TenantId = Field(description="as a tenant's, and once among its members")
    name: fields.TagText | None = Field(default=None, description="who it is, for people")
    login: fields.Login | None = Field(
        default=None, description="who it is to the tenant's sign-in, e.g. an e-mail address; nobody else's"
    )
    role: fields.Arn | None = Field(
        default=None, description="IAM role of the person, which works in the member's namespace"
    )
    active: fields.Flag = Field(
        default=True, description="false: it gets in nowhere any more, and what it has is kept until it is taken out"
    )
    quotas: Quotas = Field(default=Quotas(), description="what it may use of what the tenant may")
    enabled_tools: list[fields.Word] = Field(default_factory=list[str], description="of the tenant's tools")
    namespace: Share | None = Field(default=None, description="a namespace of its own; default: none")


class Profile(Sourced):
    """One tenant."""

    api_version: fields.ApiVersion = Field(alias="apiVersion")
    tenant: fields.TenantId = Field(description="id: 3-30 of a-z, 0-9, single hyphens, a letter first")
    tier: fields.Word = Field(description="a folder of tenant_templates/tiers")
    tier_version: int | None = Field(default=None, strict=True, ge=1, description="default: the newest when it is made")
    size: fields.Size = Field(description="small, medium, large or enterprise, as far as the tier has it")
    region: fields.Region = Field(description="one of the environment's regions; fixed once the tenant is there")
    residency: list[fields.Residency] = Field(
        default_factory=list[str], description="where its data may be; empty: anywhere"
    )
    owner: fields.TagText = Field(description="who answers for the tenant; a tag of everything it has")
    cost_center: fields.TagText = Field(description="who pays; a tag of everything it has")
    data_classification: fields.Classification = Field(description="public, internal, confidential or restricted")
    compliance: list[fields.Compliance] = Field(
        default_factory=list[fields.Compliance], description="soc2, gdpr, hipaa, iso27001"
    )
    expires_on: date | None = Field(default=None, description="YYYY-MM-DD; a tag of everything it has")
    quotas: Quotas = Field(default=Quotas(), description="what it may use, up to the tier's limits")
    enabled_tools: list[fields.Word] = Field(default_factory=list[str], description="of the tier's tools")
    data_locations: DataLocations = Field(default=DataLocations(), description="names inside its own resources")
    network: Network = Field(default=Network(), description="where its subnets lie")
    database: Database = Field(default=Database(), description="changes to what the size gives")
    cache: Cache = Field(default=Cache(), description="changes to what the size gives")
    namespace: Namespace = Field(default=Namespace(), description="changes to what the size gives")
    cluster: Cluster = Field(default=Cluster(), description="where its namespace lies")
    backups: Backups = Field(default=Backups(), description="changes to what the tier gives")
    ingress: Ingress | None = Field(default=None, description="a public name; default: none")
    models: Models | None = Field(default=None, description="a bucket whose objects are locked; default: none")
    shared: Shared = Field(default=Shared(), description="what it uses of what is shared on purpose")
    budget: Budget = Field(default=Budget(), description="changes to what the size gives")
    nodes: Nodes | None = Field(default=None, description="nodes of its own; default: those that all share")
    gpu: Gpu | None = Field(default=None, description="GPU nodes of its own; default: none")
    members: list[Member] = Field(
        default_factory=list[Member], description="users inside the tenant, each apart from the others"
    )


def load(path: Path, known_tiers: Collection[str] = (), here: Collection[str] = ()) -> Profile:
    """The profile in a file. Raises BadInput with every fault; an unknown tier counts where the tiers are given.

    `here` are the environment's regions: of those, one is offered instead of a region that will not do.
    """

    def tiers(data: Mapping[str, Any]) -> Iterator[Complaint]:
        name = data.get("tier")
        if known_tiers and isinstance(name, str) and name not in known_tiers:
            yield unknown_tier(name, known_tiers)

    whole = (checks.sizes, checks.pools, checks.cluster, checks.copies, checks.twice, checks.members)
    every = (partial(checks.residency, here), *whole, tiers)
    return document.load(path, Profile, every, {fields.REGIONS: here})


def remainder(path: Path, here: Collection[str] = ()) -> Profile | None:
    """What is left of a profile that can't be used, without what is wrong in it; None where that is no profile."""
    return document.remainder(path, Profile, {fields.REGIONS: here})


def path_of(folder: Path, named: str) -> Path:
    """The profile's file: `named` is a file, or the id of a tenant whose profile is in the folder.

    Raises BadInput as `find` does.
    """
    return Path(named) if named.endswith((".yaml", ".yml")) or "/" in named else find(folder, named)


def find(folder: Path, tenant_id: str) -> Path:
    """The file whose `tenant:` is this id. Raises BadInput when there is none, or more than one.

    Files that are not YAML are passed over: they can't be said to be this tenant's.
    """
    found = sorted(path for path, named in _ids(folder, tenant_id) if named == tenant_id)
    if not found:
        close = document.nearest(tenant_id, (str(named) for _, named in _ids(folder)))
        raise BadInput(
            f"No profile in {folder} has `tenant: {tenant_id}`.",
            next=f"Did you mean {close}?" if close else f"Write one: `tenant profile init {tenant_id}`.",
        )
    if len(found) > 1:
        faults = tuple(_doubled(path, tenant_id, found) for path in found)
        raise BadInput(f"{plural.count(len(found), 'profile')} have `tenant: {tenant_id}`.", faults=faults)
    return found[0]


def mentioning(folder: Path, words: Collection[str]) -> Iterator[Path]:
    """Profiles of the folder whose text has one of these words, in capitals or not. To parse them all is slow."""
    wanted = [word.lower() for word in words]
    for path in sorted(folder.glob("*.yaml")):
        try:
            text = path.read_text(encoding="utf-8").lower()
        except (OSError, UnicodeDecodeError):
            continue
        if any(word in text for word in wanted):
            yield path


def unnamed(folder: Path, ids: Collection[str]) -> tuple[str, ...]:
    """Those of the ids that no profile of the folder has as its `tenant:`, sorted. Parses only odd ones."""
    left = set(ids)
    for path in sorted(folder.glob("*.yaml")) if left else ():
        try:
            text = path.read_text(encoding="utf-8")
            plain = _PLAIN_ID.search(text)
            left.discard(plain[1] if plain else str(document.parse(text, path).data.get("tenant")))
        except (BadInput, OSError, UnicodeDecodeError):
            continue
    return tuple(sorted(left))


_PLAIN_ID: Final = re.compile(r"^tenant:[ \t]*[\"']?([a-z][a-z0-9-]*)[\"']?[ \t]*(?:#.*)?$", re.MULTILINE)
"""A profile's id as it nearly always stands: at the beginning of a line, where no other value can go on."""


def unknown_tier(name: str, known: Collection[str]) -> Complaint:
    """What to say of a tier that there is no folder for."""
    ordered = sorted(known)
    return Complaint(("tier",), f"there is no tier `{name}`", ", ".join(ordered), document.nearest(name, ordered))


def _ids(folder: Path, mentioned: str = "") -> Iterator[tuple[Path, object]]:
    """Ids of the folder's profiles. To parse YAML is slow, so that of a fleet only those are that mention this one."""
    for path in sorted(folder.glob("*.yaml")):
        try:
            text = path.read_text(encoding="utf-8")
            if mentioned in text:
                yield path, document.parse(text, path).data.get("tenant")
        except (BadInput, OSError, UnicodeDecodeError):
            continue


def _doubled(path: Path, tenant_id: str, found: Sequence[Path]) -> Fault:
    others = ", ".join(str(other) for other in found if other != path)
    read = document.read(path)
    return Fault(document.nearest_place(read.places, ("tenant",)), "tenant", f"`{tenant_id}` also stands in {others}")
