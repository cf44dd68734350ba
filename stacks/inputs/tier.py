"""A tier: how far apart and how large each kind of resource is, what is offered, what is the most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import Field

from stacks.errors import BadInput, Fault
from stacks.inputs import document, fields
from stacks.inputs.document import Complaint, Section, Sourced
from stacks.inputs.profile import Profile, unknown_tier


class Isolations(Section):
    """The isolation model of each kind of resource."""

    network: fields.Isolation
    encryption: fields.Isolation
    database: fields.Isolation
    members: fields.Isolation
    object_store: fields.Isolation
    cache: fields.Isolation
    identity: fields.Isolation
    secrets: fields.Isolation
    observability: fields.Isolation
    cluster: fields.Isolation
    namespace: fields.Isolation
    node_pool: fields.Isolation
    gpu_share: fields.Isolation = Field(
        default=fields.Isolation.POOL,
        description="pool: GPUs of the cell's shared nodes may be had; silo: own nodes only",
    )
    api_access: fields.Isolation = Field(
        default=fields.Isolation.BRIDGE,
        description="bridge: a key and a quota of its own at the API that tenants share",
    )
    backup: fields.Isolation
    budget: fields.Isolation
    ingress: fields.Isolation


class DatabaseSize(Section):
    """A database of its own, in one size."""

    instance_class: fields.DatabaseClass
    storage_gb: fields.Gigabytes
    backup_days: fields.BackupDays = 7
    multi_az: fields.Flag = False


class CacheSize(Section):
    """A cache of its own, in one size."""

    node_type: fields.CacheClass
    replicas: fields.Replicas = 0
    snapshot_days: int = Field(
        default=3, strict=True, ge=0, le=35, description="days that daily snapshots are kept; 0 for none"
    )


class DatabaseSlice(Section):
    """What a tenant may use of a database instance that it shares, in one size."""

    connections: int = Field(default=10, strict=True, ge=1, le=500, description="connections at one time")
    tables: int = Field(
        default=50, strict=True, ge=1, description="tables that room is kept for, where it has its own schema"
    )
    statement_seconds: fields.Count = Field(default=60, description="seconds that a statement may take; 0 for no end")


class NamespaceSize(Section):
    """What all pods of a tenant may use together, in one size."""

    cpu: int = Field(strict=True, ge=1, description="cores")
    memory_gb: int = Field(strict=True, ge=1, description="GB")
    pods: int = Field(strict=True, ge=1)
    storage_gb: fields.Count = Field(description="GB of volumes")
    gpus: fields.Count = Field(default=0, description="GPUs of the cell's shared nodes at one time")


class Options(Section):
    """What a profile may ask for beyond its size."""

    dedicated_cluster: fields.Flag = Field(default=False, description="a cluster of its own")
    nodes: fields.Count = Field(default=0, description="most nodes of its own without GPUs")
    gpu_nodes: fields.Count = Field(default=0, description="most GPU nodes of its own")
    shared_gpus: fields.Count = Field(default=0, description="most GPUs of the cell's shared nodes at one time")
    gpu_borrowing: fields.Count = Field(
        default=0, description="GPUs beyond its own share that it may use while others leave theirs; needs Kueue"
    )


class Members(Section):
    """What members of a tenant may have, and how many of them: a service's limit may be lower than their number."""

    most: fields.Count = Field(default=0, description="members of one tenant; 0 for none")
    connections: int = Field(
        default=2, strict=True, ge=2, description="database connections of each at one time; one is for `tenant verify`"
    )
    tables: fields.Count = Field(default=5, description="tables that room is kept for, for each with its own schema")
    cache_users: int = Field(
        default=0,
        strict=True,
        ge=0,
        le=98,
        description="the first so many of the profile have a cache user of their own; others use the cache through "
        "the tenant's services. ElastiCache takes 100 users in a group",
    )
    namespaces: fields.Count = Field(default=0, description="members of one tenant with a namespace of their own")


class OwnSlice(StrEnum):
    """What a bridge tenant has of a database instance that it shares."""

    DATABASE = "database"
    SCHEMA = "schema"


class QuotaRow(Section):
    """What a tenant of one size may use, or what is the most that any may ask for."""

    gpu_hours_monthly: fields.Count
    storage_gb: fields.Count
    api_calls_daily: fields.Count
    concurrent_research: fields.Count


class SizeRow(Section):
    """Figures of one size: `database` and `cache` where tenants have their own, `database_slice` where they share."""

    database: DatabaseSize | None = None
    database_slice: DatabaseSlice = DatabaseSlice()
    cache: CacheSize | None = None
    namespace: NamespaceSize
    budget_usd: fields.Count = Field(default=0, description="US dollars a month; 0 for no budget")
    quotas: QuotaRow


class Retention(Section):
    """How long things are kept, in days."""

    logs: int = Field(default=90, strict=True, description="days; one of those that CloudWatch Logs knows")
    noncurrent_objects: int = Field(
        default=30, strict=True, ge=1, description="days that overwritten objects can be had back"
    )
    vault: int = Field(default=35, strict=True, ge=7, description="days that the vault keeps each day's backup")
    backups: int = Field(default=90, strict=True, ge=1, description="days that objects in the backups bucket are kept")


class Tier(Sourced):
    """One version of a tier. Tenants stay on the version they were made with until it is changed on purpose."""

    api_version: fields.ApiVersion = Field(alias="apiVersion")
    tier: fields.Word
    version: int = Field(strict=True, ge=1)
    rank: int = Field(strict=True, ge=1, description="a tenant climbs from a lower rank to a higher one")
    description: str
    isolation: Isolations
    sizes: dict[fields.Size, SizeRow]
    limits: QuotaRow
    options: Options = Options()
    members: Members = Members()
    retention: Retention = Retention()
    bridge_database: OwnSlice = Field(
        default=OwnSlice.DATABASE, description="what `database: bridge` gives: an own database, or an own schema in one"
    )
    tools: list[fields.Word] = Field(default_factory=list[str], description="tools that a profile may enable")

    def of(self, kind: str) -> fields.Isolation:
        """The isolation model of a kind of resource."""
        return fields.Isolation(getattr(self.isolation, kind))


_LOG_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)


def load(path: Path) -> Tier:
    """The tier version in a file. Raises BadInput with every fault; its path must say the same tier and version."""
    return document.load(path, Tier, (_sizes, _log_days, _members, partial(_place, path)))


def remainder(path: Path) -> Tier | None:
    """What a tier's file says where its keys don't fit each other; None where it says nothing that could be read."""
    return document.remainder(path, Tier)


def names(folder: Path) -> tuple[str, ...]:
    """Tiers that the folder has, sorted."""
    return tuple(sorted(path.name for path in folder.iterdir() if path.is_dir())) if folder.is_dir() else ()


def versions(folder: Path, name: str) -> tuple[int, ...]:
    """Versions of a tier, the oldest first."""
    return tuple(sorted(int(path.stem) for path in (folder / name).glob("*.yaml") if path.stem.isdigit()))


def load_version(folder: Path, name: str, version: int | None) -> Tier:
    """A tier's version, its newest for None. Raises BadInput where there is no such tier or version."""
    known = names(folder)
    if name not in known:
        complaint = unknown_tier(name, known)
        raise BadInput(f"There is no tier `{name}`.", faults=(_unplaced(complaint),))
    have = versions(folder, name)
    if not have or (version is not None and version not in have):
        why = f"tier `{name}` has no version {version if version is not None else ''}".rstrip()
        complaint = Complaint(("tier_version",), why, ", ".join(map(str, have)))
        raise BadInput(f"There is no such version of tier `{name}`.", faults=(_unplaced(complaint),))
    return load(folder / name / f"{have[-1] if version is None else version}.yaml")


def of(profile: Profile, folder: Path, pinned: int | None = None) -> Tier:
    """The tier of a profile: the version it names, else the one its tenant is pinned to, else the newest.

    Raises BadInput whose faults point into the profile.
    """
    wanted = profile.tier_version if profile.tier_version is not None else pinned
    try:
        return load_version(folder, profile.tier, wanted)
    except BadInput as error:
        if any(fault.where for fault in error.faults):
            raise
        complaints = [Complaint((fault.field,), fault.why, fault.allowed, fault.nearest) for fault in error.faults]
        raise BadInput(error.what, faults=tuple(profile.fault(each) for each in complaints)) from error


def _unplaced(complaint: Complaint) -> Fault:
    return Fault(None, str(complaint.path[0]), complaint.why, complaint.allowed, complaint.nearest)


def _place(path: Path, data: Mapping[str, Any]) -> Iterator[Complaint]:
    """A tier file stands where its tier and version say."""
    name, version = data.get("tier"), data.get("version")
    if isinstance(name, str) and name != path.parent.name:
        yield Complaint(("tier",), f"the file stands in the folder of `{path.parent.name}`", path.parent.name)
    if isinstance(version, int) and str(version) != path.stem:
        yield Complaint(("version",), f"the file is called `{path.name}`", path.stem)


def _sizes(data: Mapping[str, Any]) -> Iterator[Complaint]:
    """What is a silo needs figures in every size."""
    isolation = document.keys_of(data.get("isolation"))
    for kind in ("database", "cache"):
        for size, row in document.keys_of(data.get("sizes")).items():
            if isolation.get(kind) == "silo" and kind not in document.keys_of(row):
                yield Complaint(("sizes", size), f"`{kind}` is a silo and has no figures in this size")


def _members(data: Mapping[str, Any]) -> Iterator[Complaint]:
    """Members have their own rows of shared tables where the tenant has its rows of them, else their own schemas."""
    isolation = document.keys_of(data.get("isolation"))
    right = "pool" if isolation.get("database") == "pool" else "bridge"
    if "members" in isolation and isolation["members"] != right:
        database = isolation.get("database")
        why = f"`{isolation['members']}` can't be: members have slices of the database, `{database}` here"
        yield Complaint(("isolation", "members"), why, right, right)


def _log_days(data: Mapping[str, Any]) -> Iterator[Complaint]:
    days = document.keys_of(data.get("retention")).get("logs")
    if isinstance(days, int) and days not in _LOG_DAYS:
        close = str(min(_LOG_DAYS, key=lambda known: abs(known - days)))
        yield Complaint(("retention", "logs"), f"`{days}` is not a retention", ", ".join(map(str, _LOG_DAYS)), close)
