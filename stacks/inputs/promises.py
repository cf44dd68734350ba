"""What a tier's version promises to tenants that live by it: figures that no edit of its file may make weaker.

`PROMISES` is the one table of them. A blueprint carries those that its tenant leaves to the tier, so that an edit is
told from a change of the profile: what the profile says itself, and what is of another size, is no promise of the tier.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final, TypeAlias

from stacks.inputs import fields
from stacks.inputs.fields import Isolation
from stacks.inputs.profile import Profile
from stacks.inputs.tier import Tier

Value: TypeAlias = bool | int | str


class Weaker(Enum):
    """What of a figure is weaker than before."""

    LESS = auto()
    MORE = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Promise:
    """One figure of a tier: its key, in the row of a tenant's size where `sized`, and the weaker direction.

    `why` says what the change would do. `holds` says for whom; a profile that has `key` decides itself.
    A figure that is `endless` at 0 is the most of all there. What is `fixed` no other version changes either, for who
    exists.
    """

    path: tuple[str, ...]
    weaker: Weaker
    why: str
    holds: Callable[[Profile, Tier], bool] = lambda _profile, _tier: True
    key: tuple[str, ...] = ()
    sized: bool = False
    endless: bool = False
    fixed: bool = False

    def __str__(self) -> str:
        """The key as it stands in a tier's file."""
        return ".".join(("sizes", "<size>", *self.path) if self.sized else self.path)

    def breaks(self, was: Value, now: Value) -> bool:
        """Whether the new value is weaker than the old one."""
        if self.weaker is Weaker.OTHER or isinstance(was, str) or isinstance(now, str):
            return was != now
        before, after = (float("inf") if self.endless and value == 0 else value for value in (was, now))
        return after < before if self.weaker is Weaker.LESS else after > before


def _own(kind: str) -> Callable[[Profile, Tier], bool]:
    return lambda _profile, tier: tier.of(kind) is Isolation.SILO


def _shares_database(_profile: Profile, tier: Tier) -> bool:
    return tier.of("database") is not Isolation.SILO


def _bridge_database(_profile: Profile, tier: Tier) -> bool:
    return tier.of("database") is Isolation.BRIDGE


def _members(profile: Profile, _tier: Tier) -> bool:
    return bool(profile.members)


def _size(kind: str, name: str, why: str, *, said: bool = True) -> Promise:
    """A figure of an own instance, which is lower where it is weaker; `said`: profiles may say another one."""
    return Promise((kind, name), Weaker.LESS, why, _own(kind), (kind, name) if said else (), sized=True)


def _together(section: str, name: str, why: str) -> Promise:
    return Promise((section, name), Weaker.LESS, why, key=(section, name), sized=True)


_RUNS: Final = "what runs there was sized for it"
_USES: Final = "tenants use it by right"

PROMISES: Final = (
    Promise(
        ("bridge_database",),
        Weaker.OTHER,
        "data does not move between databases by itself",
        holds=_bridge_database,
        fixed=True,
    ),
    replace(_size("database", "storage_gb", "RDS can't shrink a disk"), fixed=True),
    _size("database", "backup_days", "moments that can be gone back to are lost at once"),
    _size("database", "multi_az", "the standby in a second zone goes"),
    _size("cache", "replicas", "there is one less to fail over to"),
    _size("cache", "snapshot_days", "older snapshots are deleted", said=False),
    Promise(
        ("database_slice", "connections"),
        Weaker.OTHER,
        "less cuts off who is connected, more is taken from its neighbours",
        holds=_shares_database,
        sized=True,
    ),
    Promise(
        ("database_slice", "tables"),
        Weaker.LESS,
        "room that was kept for it goes to others",
        holds=_bridge_database,
        sized=True,
    ),
    Promise(
        ("database_slice", "statement_seconds"),
        Weaker.MORE,
        "one statement holds up its neighbours for longer",
        holds=_shares_database,
        sized=True,
        endless=True,
    ),
    *(_together("namespace", name, _RUNS) for name in ("cpu", "memory_gb", "pods", "storage_gb", "gpus")),
    *(
        _together("quotas", name, _USES)
        for name in ("gpu_hours_monthly", "storage_gb", "api_calls_daily", "concurrent_research")
    ),
    Promise(
        ("members", "connections"), Weaker.OTHER, "less cuts off who is connected, more is taken from others", _members
    ),
    Promise(("members", "tables"), Weaker.LESS, "room that was kept for members goes to others", _members),
    Promise(("members", "cache_users"), Weaker.LESS, "members lose their own users of the cache", _members),
    Promise(("retention", "logs"), Weaker.LESS, "older logs are deleted, the record of who did what among them"),
    Promise(
        ("retention", "noncurrent_objects"), Weaker.LESS, "overwritten objects are lost earlier", _own("object_store")
    ),
    Promise(("retention", "vault"), Weaker.LESS, "the vault keeps less", _own("backup"), ("backups", "days")),
    Promise(("retention", "backups"), Weaker.LESS, "older backups are deleted", _own("object_store")),
)
"""The table. A tier says nothing of TLS, of the trail or of keys' rotation: these are the same for all tenants."""

FREE: Final = {
    "apiVersion": "tells how the file is read",
    "tier": "the file's folder",
    "version": "the file's name",
    "description": "for people",
    "rank": "refused by itself, in either direction",
    "isolation": "refused by itself, in either direction",
    "sizes.database.instance_class": "how fast, not how safe; the plan shows it",
    "sizes.cache.node_type": "how fast, not how safe; the plan shows it",
    "sizes.budget_usd": "an alarm for who pays, which stops nothing",
    "limits": "what a profile may ask for: who asked for more is refused, with exit 2",
    "options": "what a profile may ask for: who asked for more is refused, with exit 2",
    "members.most": "what a profile may ask for: who has more is refused, with exit 2",
    "members.namespaces": "what a profile may ask for: who has more is refused, with exit 2",
    "tools": "what a profile may ask for: who asked for more is refused, with exit 2",
}
"""Keys that no promise is made of, and why."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A key of a tier's file that says something else than a live tenant was promised, and what that would do.

    `fixed`: a tenant that exists can't have it by another version either.
    """

    path: tuple[str, ...]
    was: Value
    now: Value
    why: str
    fixed: bool

    def __str__(self) -> str:
        return f"{'.'.join(self.path)}: {_shown(self.was)} -> {_shown(self.now)}; {self.why}"


def of(profile: Profile, tier: Tier) -> dict[str, Value]:
    """What the tier promises to the tenant of this profile, by the key in the tier's file."""
    return {".".join(path): _value(tier, path) for path in _paths(profile, tier)}


def broken(promised: Mapping[str, Value], profile: Profile, tier: Tier) -> Iterator[Edit]:
    """Promises that were made to the tenant and are weaker now; none of what is no promise any more, as it wants."""
    for path, promise in _paths(profile, tier).items():
        key, now = ".".join(path), _value(tier, path)
        if key in promised and promise.breaks(promised[key], now):
            yield Edit(path, promised[key], now, promise.why, promise.fixed)


def _paths(profile: Profile, tier: Tier) -> dict[tuple[str, ...], Promise]:
    places = ((_place(promise, profile), promise) for promise in PROMISES if promise.holds(profile, tier))
    return {path: each for path, each in places if not _said(profile, each.key) and _there(tier, path)}


def _place(promise: Promise, profile: Profile) -> tuple[str, ...]:
    if not promise.sized:
        return promise.path
    sizes = {"database": profile.database.size, "cache": profile.cache.size}
    return ("sizes", sizes.get(promise.path[0]) or profile.size, *promise.path)


def _said(profile: Profile, key: tuple[str, ...]) -> bool:
    return bool(key) and getattr(getattr(profile, key[0]), key[1]) is not None


def _there(tier: Tier, path: tuple[str, ...]) -> bool:
    """Whether the tier has the size at all, and figures of the kind in it: what is missing is told elsewhere."""
    if path[0] != "sizes":
        return True
    row = tier.sizes.get(fields.Size(path[1]))
    return row is not None and getattr(row, path[2]) is not None


def _value(tier: Tier, path: tuple[str, ...]) -> Value:
    at: object = tier
    if path[0] == "sizes":
        at, path = tier.sizes[fields.Size(path[1])], path[2:]
    for part in path:
        at = getattr(at, part)
    assert isinstance(at, (bool, int, str))
    return str(at) if isinstance(at, str) else at


def _shown(value: Value) -> str:
    return str(value).lower()
