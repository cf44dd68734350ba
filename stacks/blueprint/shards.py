"""Which shared database instance and which shared cache of a cell a tenant gets its slice of. Pure.

The least filled that has room; of equals the one with the lowest number. Nobody is moved: a tenant keeps its shard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from stacks import plural
from stacks.blueprint.facts import Facts
from stacks.inputs.shared_services import SharedCaches, SharedData, SharedDatabases


@dataclass(frozen=True, slots=True)
class Need:
    """What a tenant takes of a shard: connections and tables of a database, users of a cache.

    `connections` are all that its roles may hold together, each up to its own limit.
    """

    connections: int = 0
    tables: int = 0
    users: int = 0

    @classmethod
    def of(cls, facts: Facts) -> Need:
        """What is kept for a tenant that has its place."""
        return cls(facts.connections + (facts.other_connections or 0), facts.tables, facts.cache_users)

    def within(self, other: Need) -> bool:
        """Whether it is no more than the other, of anything."""
        return self.connections <= other.connections and self.tables <= other.tables and self.users <= other.users


@dataclass(frozen=True, slots=True)
class Full:
    """What there is no room for, and the key of the environment's file that gives more of it, where one does.

    `never`: an empty one has no room for it either.
    """

    what: str
    key: str = ""
    never: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    """How full a `database` or `cache` of a cell is: what is kept for its tenants, of what the environment allows.

    `used` and `allowed` have the same keys: connections and tables, or users.
    """

    kind: str
    number: int
    tenants: int
    used: Mapping[str, int]
    allowed: Mapping[str, int]


def rooms(data: SharedData, cell: Sequence[Facts]) -> Iterator[Room]:
    """All shards of a cell, in order. `cell` are facts of all that are in it."""
    most = {"connections": data.databases.connections, "tables": data.databases.tables}
    for number in range(1, data.databases.count + 1):
        here = [facts for facts in cell if facts.database_shard == number]
        kept = _kept(here)
        yield Room("database", number, len(here), {"connections": kept.connections, "tables": kept.tables}, most)
    for number in range(1, data.caches.count + 1):
        here = [facts for facts in cell if facts.cache_shard == number]
        yield Room("cache", number, len(here), {"users": _kept(here).users}, {"users": data.caches.users})


@dataclass(frozen=True, slots=True)
class Short:
    """A budget that is less than what is kept for those who have their place, and the least that it may be.

    `key` is its path below `shared.data` in the environment's file.
    """

    key: tuple[str, str]
    budget: int
    least: int
    number: int
    region: str
    cell: int


def short(data: SharedData, taken: Iterable[Facts]) -> Iterator[Short]:
    """Budgets of all cells' shards that are too small by now, each with the shard that needs most."""
    cells: dict[tuple[str, int], list[Facts]] = {}
    for each in taken:
        cells.setdefault((each.region, each.cell), []).append(each)
    found: dict[tuple[str, str], Short] = {}
    for (region, cell), here in sorted(cells.items()):
        for room in rooms(data, here):
            for name, used in room.used.items():
                key = (f"{room.kind}s", name)
                if used > max(room.allowed[name], found[key].least if key in found else 0):
                    found[key] = Short(key, room.allowed[name], used, room.number, region, cell)
    yield from found.values()


def grows(new: Facts, old: Facts) -> bool:
    """Whether a tenant that has its place asks for more room than is kept for it.

    Who got it before owner, reader and members were counted does not ask for more by being counted.
    """
    counted = new if old.other_connections is not None else replace(new, other_connections=0)
    return not Need.of(counted).within(Need.of(old))


def database(settings: SharedDatabases, need: Need, cell: Sequence[Facts]) -> int | None:
    """Number of the instance, from 1; None where none of the cell has room. `cell` are facts of all that are in it."""

    return _least(range(1, settings.count + 1), lambda number: _filled(settings, number, need, cell))


def too_small(settings: SharedDatabases, need: Need) -> str:
    """What must be raised before any instance has room for this, an empty one too; nothing where one would have it."""
    if need.connections > settings.connections:
        return "connections"
    if need.tables > settings.tables:
        return "tables"
    return "" if settings.count else "count"


def too_few(settings: SharedCaches, need: Need) -> str:
    """The same of a cache's group."""
    if need.users > settings.users:
        return "users"
    return "" if settings.count else "count"


def overfilled(data: SharedData, facts: Facts, beside: Iterable[Facts]) -> Iterator[Full]:
    """Shards of the tenant that have no room for what is kept for it there, beside the others of `beside`."""
    cell = [each for each in beside if (each.region, each.cell) == (facts.region, facts.cell)]
    need, database, cache = Need.of(facts), facts.database_shard, facts.cache_shard
    if database is not None and _filled(data.databases, database, need, cell) > 1:
        wanted = f"{need.connections} connections and {need.tables} tables"
        yield Full(f"shared database {database} of cell {facts.cell} has no room for {wanted}", "shared.data.databases")
    if cache is not None and _taken(data.caches, cache, need, cell) > 1:
        yield Full(
            f"shared cache {cache} of cell {facts.cell} has no room for {plural.count(need.users, 'user')}",
            "shared.data.caches",
        )


def cache(settings: SharedCaches, need: Need, cell: Sequence[Facts]) -> int | None:
    """Number of the group, from 1; None where none of the cell has room."""
    return _least(range(1, settings.count + 1), lambda number: _taken(settings, number, need, cell))


def cache_database(number: int, cell: Sequence[Facts]) -> int:
    """The lowest free number of a database in a group, from 1: number 0 is of tenants that share one."""
    used = {facts.cache_database for facts in cell if facts.cache_shard == number}
    return next(free for free in count(1) if free not in used)


def _taken(settings: SharedCaches, number: int, need: Need, cell: Sequence[Facts]) -> float:
    """The share of a group's users that there are with this tenant in it."""
    kept = _kept(facts for facts in cell if facts.cache_shard == number)
    return (need.users + kept.users) / settings.users


def _filled(settings: SharedDatabases, number: int, need: Need, cell: Sequence[Facts]) -> float:
    """The share of an instance that is in use with this tenant in it, by what is scarcest."""
    kept = _kept(facts for facts in cell if facts.database_shard == number)
    return max(
        (need.connections + kept.connections) / settings.connections, (need.tables + kept.tables) / settings.tables
    )


def _kept(here: Iterable[Facts]) -> Need:
    """What is kept for all of these together."""
    needs = [Need.of(facts) for facts in here]
    return Need(
        sum(each.connections for each in needs), sum(each.tables for each in needs), sum(each.users for each in needs)
    )


def _least(numbers: Iterable[int], filled: Callable[[int], float]) -> int | None:
    """The number with the least that is filled once the tenant is in it; None where that is more than all of it."""
    rooms = [(share, number) for number in numbers if (share := filled(number)) <= 1]
    return min(rooms)[1] if rooms else None
