"""The registry's records: frozen data, the same whichever adapter keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from engine.runs import Output


class Kind(StrEnum):
    """Whose stack it is."""

    TENANT = "tenant"
    SHARED = "shared"


class Status(StrEnum):
    """Where a stack stands in its life."""

    PROVISIONING = "provisioning"
    ACTIVE = "active"
    UPDATING = "updating"
    FAILED = "failed"
    DESTROYING = "destroying"
    DESTROYED = "destroyed"


class Step(StrEnum):
    """How far a destroy has come. Written before the step begins, so that a resumed destroy never goes back.

    Going back would be dear: a stack that is half archived would be made whole again only to be deleted.
    """

    RETIRING = "retiring"
    ARCHIVING = "archiving"
    ARCHIVED = "archived"
    PURGING = "purging"
    PURGED = "purged"


@dataclass(frozen=True, slots=True)
class Destruction:
    """A destroy under way or done; `run_id` names the final snapshot and stays the same when it is resumed."""

    run_id: str
    step: Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One incarnation of a tenant, or the shared services of one cell.

    `subject` is the tenant's id, or `shared.<region>.<cell>`; `tier_version` is 0 for shared services. `blueprint`
    and `digest` are of the last attempt, `applied` is the blueprint of the last one that came to a good end;
    `active_since` is None until the stack was complete for the first time.
    `token` is the fencing token of the last writer. `failure` says why the last run failed, empty otherwise. Values
    of secret outputs are not kept. `settled` is the mark of that last good run's end: see `operations.settled`.
    """

    environment: str
    kind: Kind
    subject: str
    incarnation: int
    stack: str
    region: str
    cell: int
    status: Status
    created_at: datetime
    updated_at: datetime
    slug: str = ""
    tier: str = ""
    tier_version: int = 0
    cidrs: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])
    blueprint: Mapping[str, Any] = field(default_factory=dict[str, Any])
    digest: str = ""
    applied: Mapping[str, Any] = field(default_factory=dict[str, Any])
    outputs: Mapping[str, Output] = field(default_factory=dict[str, Output])
    settled: str = ""
    failure: str = ""
    destruction: Destruction | None = None
    active_since: datetime | None = None
    token: int = 0

    @property
    def live(self) -> bool:
        """Whether it occupies its place: everything but what is destroyed."""
        return self.status is not Status.DESTROYED

    @property
    def purged(self) -> bool:
        """Whether nothing of it is left anywhere."""
        return self.destruction is not None and self.destruction.step is Step.PURGED


class RunKind(StrEnum):
    """What a run was for."""

    CREATE = "create"
    APPLY = "apply"
    DESTROY = "destroy"
    PURGE = "purge"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One run of one stack. `ended` None: under way, or its process died. `outcome` as in `engine.runs.Outcome`.

    `plan` names the saved plan that it applied, empty where there was none.
    """

    id: str
    environment: str
    subject: str
    incarnation: int
    kind: RunKind
    started: datetime
    ended: datetime | None = None
    outcome: str = ""
    summary: Mapping[str, int] = field(default_factory=dict[str, int])
    error: str = ""
    plan: str = ""
