"""What the use cases answer: frozen data that the command line renders and pipelines read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.runs import Change, Run
from operations.cost.change import CostChange
from operations.leases.model import Lease
from operations.registry.model import Record, RunRecord
from stacks.blueprint.limits import Limit
from stacks.blueprint.shards import Room
from stacks.errors import BadInput, CloudFailed, TenantError


class RunFailed(CloudFailed):
    """A run with failures: what did not depend on them is done and recorded; `run` says which and why."""

    def __init__(self, what: str, run: Run, *, why: str = "", next: str = "") -> None:
        super().__init__(what, why=why, next=next)
        self.run = run


class PlansFailed(TenantError):
    """Some of several tenants cannot be planned; ends with the highest of their exit codes."""

    def __init__(self, errors: Sequence[TenantError], number: int) -> None:
        super().__init__(
            f"{len(errors)} of {number} tenants cannot be planned; nothing was changed.",
            why="\n".join(line for error in errors for line in _told(error)),
        )
        self.exit_code = max(error.exit_code for error in errors)


def _told(error: TenantError) -> Iterator[str]:
    yield str(error)
    yield from (f"  {fault}" for fault in (error.faults if isinstance(error, BadInput) else ()))


@dataclass(frozen=True, slots=True)
class Applied:
    """What `create` or `apply` did. `run` None: there was nothing to do, and the cloud was not asked.

    `terms` are lines about what changed and is no resource, as in `Planned`.
    """

    record: Record
    run: Run | None = None
    terms: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether anything was done."""
        return self.run is not None and bool(self.run.pending or self.terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What an apply would do, and against what it was planned.

    `terms` are lines about what changes and is no resource: size, quotas and tools of the tenant. `base_serial` is the
    version of the state, `base_fingerprint` its content. `blueprint` is what would be applied, as
    plain data; both are empty for shared services, whose plans are not saved.
    """

    subject: str
    stack: str
    digest: str
    base_serial: int
    new: bool
    run: Run
    cost: CostChange
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])
    blueprint: Mapping[str, Any] = field(default_factory=dict[str, Any])
    base_fingerprint: str = ""
    incarnation: int = 1
    refresh: bool = False
    terms: tuple[str, ...] = ()

    @property
    def pending(self) -> bool:
        """Whether an apply would change anything."""
        return bool(self.run.pending or self.terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """One of several tenants: its plan, or why there is none (`error`), or that its profile is `gone` and it stands.

    `why` says what brought it here, e.g. `profile edited`; empty where somebody named it.
    """

    tenant: str
    file: str
    why: tuple[str, ...] = ()
    planned: Planned | None = None
    error: TenantError | None = None
    gone: bool = False

    @property
    def pending(self) -> bool:
        """Whether there is something to be done about it."""
        return self.gone or (self.planned is not None and self.planned.pending)


@dataclass(frozen=True, slots=True)
class Thing:
    """A resource that a destroy deletes or keeps."""

    type: str
    name: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What a destroy would do, for the confirmation. `archived` are older incarnations that a purge takes along.

    `along`: how many entries of the state go besides: logins, grants, passwords, groups of resources.
    `key_days`: days that KMS keeps the key after a purge, disabled; None where no key is deleted.
    """

    record: Record
    deleted: tuple[Thing, ...]
    kept: tuple[Thing, ...]
    snapshots: tuple[str, ...]
    final_snapshot: bool
    purge: bool
    archived: tuple[Record, ...] = ()
    along: int = 0
    key_days: int | None = None

    @property
    def needed(self) -> bool:
        """Whether there is anything to do at all."""
        return self.record.live or bool(self.archived) or (self.purge and not self.record.purged)


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What is left after a destroy: names of what is kept, and whether there was anything to do.

    `key_until`: when KMS deletes the key of what was purged now; None where none was.
    """

    record: Record
    kept: tuple[str, ...]
    changed: bool
    key_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Drifted:
    """What differs between a stack's state and the cloud."""

    subject: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A tenant, or shared services, as the registry knows them; `connect` says how to reach what was made.

    `kept` names what a destroyed tenant keeps until it is purged, `final_snapshot` those of its database and cache.
    `limits` are a live tenant's; `rooms` say how full is what the tenants of shared services share.
    """

    record: Record
    connect: Mapping[str, str | None]
    kept: tuple[str, ...] = ()
    final_snapshot: str = ""
    limits: tuple[Limit, ...] = ()
    rooms: tuple[Room, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a stack stands: its record, who is at work on it now, and its last runs, newest first."""

    record: Record
    lease: Lease | None
    abandoned: bool
    runs: tuple[RunRecord, ...]


@dataclass(frozen=True, slots=True)
class Owned:
    """Whose a cloud name is."""

    name: str
    record: Record
    role: str


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """One stack of the backend after a rebuild: `restored`, `known`, or why it was left alone."""

    stack: str
    subject: str
    result: str
