"""When a record's facts collide with those of others: pure, the same rule in every adapter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import ip_network
from typing import Any

from operations import people
from operations.registry.model import Record
from operations.registry.port import FactsTaken, StaleWriter


def check(new: Record, others: Iterable[Record]) -> None:
    """Raise FactsTaken where `new` cannot be claimed beside `others` (all records of its environment).

    No two ranges of an environment overlap, in whatever cell or region, so that its networks can be joined one day; and
    no two tenants have one numbered database of a cache, or one person among their members.
    Who is destroyed occupies none: its ranges may be another's by now.
    """
    for why in _collisions(new, others):
        raise FactsTaken(
            f"{new.subject}: its place was taken by someone else since the plan was made.",
            why=why,
            next=f"Plan again: `tenant plan {new.subject}`.",
        )


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


def _database(record: Record) -> tuple[Any, ...]:
    return record.region, record.cell, record.facts.get("cache_shard"), record.facts.get("cache_database")
