"""Which ordered pairs of tenants are tried: N tenants have N(N-1), and most of them are alike. Pure.

Two tenants are of one class where everything that decides on their isolation is the same: tier, its version, the model
of each kind, cell and shards, the reference tables they read, whether there are members, and whether there is a key of
the API. Of each ordered pair of classes one pair of tenants stands for all. The newest tenant is tried with every other
in both directions: what it broke, nobody has looked at yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from operations.isolation import logins
from operations.isolation.model import Party
from stacks.resources.database.spec import DatabaseSpec
from stacks.resources.members.spec import MembersSpec

Pair: TypeAlias = tuple[Party, Party]
Class: TypeAlias = tuple[object, ...]


def symmetry(party: Party) -> Class:
    """What two tenants must share to stand for each other; members are tried with their tenant."""
    blueprint = party.blueprint
    models = tuple(sorted((kind, str(spec.isolation)) for kind, spec in blueprint.specs.items()))
    facts = blueprint.facts
    shards = (facts.database_shard or 0, facts.cache_shard or 0)
    has_members = bool(blueprint.of(MembersSpec).active)
    given, has_key = blueprint.of(DatabaseSpec).reference, logins.has_key(party)
    place = (blueprint.tier, blueprint.tier_version, facts.region, facts.cell, *shards)
    return (*place, models, given, has_members, has_key)


def choose(parties: Sequence[Party], subjects: Sequence[Party] = (), against: Party | None = None) -> tuple[Pair, ...]:
    """Ordered pairs, sorted by names.

    Without `subjects` every class and the newest tenant; with them only pairs with one of them, in both directions;
    with `against` exactly each of them and that one.
    """
    found = {(one.tenant, other.tenant): (one, other) for one, other in _chosen(parties, subjects, against)}
    return tuple(found[names] for names in sorted(found))


def _chosen(parties: Sequence[Party], subjects: Sequence[Party], against: Party | None) -> Iterator[Pair]:
    if against is not None:
        for one in subjects or parties:
            yield from _both(one, against)
    elif subjects:
        for one in subjects:
            for other in _partners(parties, one):
                yield from _both(one, other)
    else:
        yield from _representatives(parties)
        yield from _with_newest(parties)


def _partners(parties: Sequence[Party], one: Party) -> Iterator[Party]:
    """One of each class that is not the tenant itself, and the newest."""
    for members in _classes(parties):
        yield from [party for party in members if party.tenant != one.tenant][:1]
    yield from _newest(parties)


def _representatives(parties: Sequence[Party]) -> Iterator[Pair]:
    classes = _classes(parties)
    for mine in classes:
        for theirs in classes:
            for other in [party for party in theirs if party.tenant != mine[0].tenant][:1]:
                yield from _both(mine[0], other)


def _with_newest(parties: Sequence[Party]) -> Iterator[Pair]:
    for newest in _newest(parties):
        for other in parties:
            yield from _both(newest, other)


def _newest(parties: Sequence[Party]) -> list[Party]:
    return [max(parties, key=lambda party: (party.age, party.tenant))] if parties else []


def _both(one: Party, other: Party) -> Iterator[Pair]:
    if one.tenant != other.tenant:
        yield one, other
        yield other, one


def _classes(parties: Sequence[Party]) -> list[list[Party]]:
    """Members by class; both in the order of names, so that the same tenants always stand for it."""
    found: dict[Class, list[Party]] = {}
    for party in sorted(parties, key=lambda party: party.tenant):
        found.setdefault(symmetry(party), []).append(party)
    return list(found.values())
