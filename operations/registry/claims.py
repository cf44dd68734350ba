"""When a record's facts collide with those of others: pure, the same rule in every adapter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from ipaddress import ip_network
from itertools import chain
from typing import Any

from operations import people
from operations.registry.model import Kind, Record
from operations.registry.port import FactsTaken, StaleWriter
from stacks.blueprint import facts, shards
from stacks.blueprint.facts import Facts
from stacks.inputs.shared_services import SharedData


def check(new: Record, others: Iterable[Record], room: SharedData | None) -> None:
    """Raise FactsTaken where `new` cannot be claimed beside `others` (all other records of its environment).

    No two ranges of an environment overlap, in whatever cell or region, so that its networks can be joined one day; no
    two tenants have one numbered database of a cache, or one person among their members; and no shard is filled beyond
    the `room` that the environment says it has.
    Who is destroyed occupies none: its ranges may be another's by now.
    """
    beside = tuple(others)
    for why in chain(_collisions(new, beside), _overfilled(new, beside, room)):
        raise FactsTaken(
            f"{new.subject}: its place was taken by someone else since the plan was made.",
            why=why,
            next=f"Plan again: `tenant plan {new.subject}`.",
        )


def check_change(new: Record, stored: Record, others: Callable[[], Iterable[Record]], room: SharedData | None) -> None:
    """Raise FactsTaken where a claimed record wants more than before, and others have it."""
    if new.kind is Kind.TENANT and new.live and new.digest != stored.digest:
        beside = (each for each in others() if (each.subject, each.incarnation) != (new.subject, new.incarnation))
        check(new, beside, room if shards.grows(_facts(new), _facts(stored)) else None)


def check_token(new: Record, stored: Record) -> None:
    """Raise StaleWriter where a later holder of the lease has written already."""
    if new.token < stored.token:
        raise StaleWriter(
            f"{new.subject}: this run lost its lease and may not write any more.",
            why=f"A run with the newer token {stored.token} has written; ours is {new.token}.",
            next=f"See what the other run did: `tenant status {new.subject}`.",
        )


def _collisions(new: Record, others: Iterable[Record]) -> Iterator[str]:
    for other in others:
        if (other.subject, other.incarnation) == (new.subject, new.incarnation):
            yield f"Incarnation {new.incarnation} of {new.subject} exists."
        elif new.slug and other.slug == new.slug:
            yield f"The slug {new.slug} belongs to incarnation {other.incarnation} of {other.subject}."
        elif new.live and other.live:
            yield from _overlaps(new, other)
            yield from _same_database(new, other)
            yield from people.of_both(new.subject, new.blueprint, other)


def _overlaps(new: Record, other: Record) -> Iterator[str]:
    for ours in new.cidrs:
        for theirs in other.cidrs:
            if ip_network(ours).overlaps(ip_network(theirs)):
                yield f"{ours} overlaps {theirs} of {other.subject} in cell {other.cell} of {other.region}."


def _same_database(new: Record, other: Record) -> Iterator[str]:
    number = new.facts.get("cache_database")
    if number is not None and _database(new) == _database(other):
        yield f"Database {number} of cache {new.facts['cache_shard']} of cell {new.cell} is {other.subject}'s."


def _facts(record: Record) -> Facts:
    return facts.from_json(record.facts)


def _overfilled(new: Record, others: Iterable[Record], room: SharedData | None) -> Iterator[str]:
    if room is None or not new.live or new.kind is not Kind.TENANT:
        return
    beside = (_facts(each) for each in others if each.live and each.kind is Kind.TENANT)
    for full in shards.overfilled(room, _facts(new), beside):
        yield f"The {full.what} any more."


def _database(record: Record) -> tuple[Any, ...]:
    return record.region, record.cell, record.facts.get("cache_shard"), record.facts.get("cache_database")
