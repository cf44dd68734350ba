"""Every side effect of the life cycle, in one frozen value: what `compose` builds and tests fake."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from operations.clock import Clock, Ids
from operations.cost.tagging import Carried, Finding, Resource
from operations.isolation.ports import World
from operations.leases.holder import Timing
from operations.leases.model import Liveness, Owner
from operations.leases.port import Leases
from operations.quotas import Standing
from operations.registry.model import Record
from operations.registry.port import Registry
from operations.revisions.port import Revisions
from operations.settings import Settings
from operations.usage.port import Meter, Uses
from stacks.blueprint.model import Blueprint
from stacks.blueprint.phase import Phase
from stacks.blueprint.settled import NOBODY, Settled
from stacks.blueprint.shared import SharedBlueprint
from stacks.inputs.environment import Environment

if TYPE_CHECKING:  # imports pulumi, which takes a second: reading the registry must not
    from engine.inline import Program
    from engine.workspaces import Workspaces


class Programs(Protocol):
    """Makes Pulumi programs of blueprints."""

    @property
    def version(self) -> str:
        """Another one wherever a program of the same blueprint may declare something else."""
        ...

    def tenant(self, blueprint: Blueprint, phase: Phase, settled: Settled = NOBODY) -> Program:
        """The program that declares a tenant as it shall be in this phase, but for the members that are settled."""
        ...

    def shared(self, blueprint: SharedBlueprint, phase: Phase) -> Program:
        """The program that declares a cell's shared services as they shall be in this phase."""
        ...


class Snapshots(Protocol):
    """Snapshots that outlive the database they were taken of."""

    def final(self, prefix: str, region: str) -> tuple[str, ...]:
        """Names that begin with `prefix`, sorted. Raises CloudFailed."""
        ...

    def delete(self, names: tuple[str, ...], region: str) -> None:
        """Delete them and wait until they are gone; those that are gone already are no error. Raises CloudFailed."""
        ...


@dataclass(frozen=True, slots=True)
class Shard:
    """An instance (`database`) or a group (`cache`) that tenants of a cell share, by its name in the cloud."""

    kind: str
    name: str


class Shards(Protocol):
    """What tenants share, in the cloud."""

    def gone(self, shards: Sequence[Shard], region: str) -> tuple[Shard, ...]:
        """Those of them that the cloud does not know. Raises CloudFailed."""
        ...

    def snapshot(self, shard: Shard, region: str) -> str:
        """The newest snapshot that there is of it; nothing where there is none. Raises CloudFailed."""
        ...


class Endings(Protocol):
    """What was purged, kept apart from the registry so that it outlives it."""

    def note(self, record: Record) -> None:
        """Write down that nothing of this incarnation is left."""
        ...

    def all(self) -> tuple[Record, ...]:
        """Records of what was purged, sorted by stack."""
        ...


class Tagging(Protocol):
    """Tags in the cloud."""

    def listed(self, region: str) -> tuple[Carried, ...]:
        """Everything in a region that carries tags, and what could and carries none. Raises CloudFailed."""
        ...

    def can_carry(self, type: str) -> bool | None:
        """Whether resources of a Pulumi type carry tags; None where it is not known."""
        ...

    def read(self, resource: Resource) -> Mapping[str, str] | None:
        """What one resource of a state carries, as its service says; None where it is gone. Raises CloudFailed."""
        ...

    def write(self, finding: Finding, fence: Callable[[], None]) -> None:
        """Put one resource's tags right; `fence` is asked before each call. Raises CloudFailed."""
        ...

    def activate(self, keys: Sequence[str]) -> Mapping[str, str]:
        """Make tags columns of the bill: why not, by key, for those that were refused. Raises CloudFailed."""
        ...


class Locks(Protocol):
    """Locks on objects."""

    def until(self, bucket: str, region: str) -> datetime | None:
        """When the last lock of a bucket's objects ends; None where there is none. Raises CloudFailed."""
        ...


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of a bucket that its cell's tenants share."""

    bucket: str
    name: str


@dataclass(frozen=True, slots=True)
class RowsOf:
    """Rows of a tenant's login in the tables of a schema, and its large objects in the database that it shares.

    ARN of the secret of who may act as it.
    """

    login: str
    database: str
    schema: str
    deployer_secret: str


@dataclass(frozen=True, slots=True)
class KeysOf:
    """A tenant's keys in a cache that it shares: all of a numbered database, or those in it that begin with `prefix`.

    ARN of the secret of who may delete them.
    """

    database: int
    prefix: str
    deployer_secret: str


class Leftovers(Protocol):
    """What a tenant leaves in things that others share: no stack declares it, so it is deleted as it ends."""

    def empty(self, folder: Folder, region: str, fence: Callable[[], None]) -> None:
        """Delete all objects of a folder. Raises CloudFailed."""
        ...

    def sweep(self, keys: KeysOf, region: str, fence: Callable[[], None]) -> None:
        """Delete all its keys. Raises CloudFailed."""
        ...

    def erase(self, rows: RowsOf, region: str, fence: Callable[[], None]) -> None:
        """Delete all rows and large objects of a login. Raises CloudFailed."""
        ...


class Quotas(Protocol):
    """Quotas of the account."""

    def standing(self, region: str, keys: Sequence[str]) -> Mapping[str, Standing]:
        """Limit and use of these quotas, by key. Raises CloudFailed."""
        ...


def _free() -> None:
    """No lease, no fence: for what only reads."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What a run may do: `fence` raises when the right to write is lost; without it, a run only reads."""

    fence: Callable[[], None] = _free


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """The environment with its adapters.

    `open` gives the stacks, and raises CloudUnreachable where the cloud does not run; `records` gives them for
    reading states only, which needs no cloud. `isolation` gives what `tenant verify` asks, `meter` what `tenant
    usage record` asks; both raise CloudUnreachable too. `stopping` turns true on Ctrl-C.
    """

    settings: Settings
    environment: Environment
    key: bytes = field(repr=False)
    signing: bytes = field(repr=False)
    clock: Clock
    ids: Ids
    registry: Registry
    leases: Leases
    owner: Owner
    liveness: Callable[[Owner], Liveness]
    timing: Timing
    programs: Programs
    snapshots: Snapshots
    shards: Shards
    locks: Locks
    leftovers: Leftovers
    endings: Endings
    tagging: Tagging
    revisions: Revisions
    quotas: Quotas
    uses: Uses
    open: Callable[[Rights], Workspaces]
    records: Callable[[], Workspaces]
    isolation: Callable[[], World]
    meter: Callable[[], Meter]
    stopping: Callable[[], bool]
