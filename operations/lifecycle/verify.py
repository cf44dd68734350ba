"""Verify that tenants are apart: as their settings say, and by what they can do to each other. Changes nothing.

What it writes while it tries is its own and small: an object `tenant-verify` in a tenant's bucket, an entry in its
cache that ends by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from operations import known, lost
from operations.bundle import Bundle
from operations.isolation import catalogue, evidence, pairs, verifying
from operations.isolation.evidence import Verified
from operations.isolation.model import Level, Party
from operations.isolation.verifying import Scope
from operations.registry.model import Record
from stacks.blueprint import model as blueprints
from stacks.errors import BadInput


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom to verify, empty for all; against whom, empty for one of each class; one level, None for all; who says so.

    `tool` is the version that evidence names.
    """

    tenants: tuple[str, ...]
    against: str
    level: Level | None
    tool: str


def verify(bundle: Bundle, wish: Wish) -> Verified:
    """Results of every assertion that is about these. Raises BadInput, CloudUnreachable, Interrupted.

    Refused where what they share is gone: every answer would be about that, and none about who is apart.
    """
    subjects = [_live(bundle, tenant) for tenant in dict.fromkeys(wish.tenants)]
    against = _live(bundle, wish.against) if wish.against else None
    parties = _parties(bundle)
    if not parties:
        raise BadInput(f"No tenant stands in environment {bundle.environment.name}.", next="Make one: `tenant create`.")
    chosen = [parties[record.subject] for record in subjects]
    other = parties[against.subject] if against else None
    every = list(parties.values())
    if other:
        _check_against(other, chosen, every)
    alone = [*chosen, *([other] if other and other not in chosen else [])] if chosen or other else every
    levels = frozenset(Level) if wish.level is None else frozenset({wish.level})
    scope = Scope(alone, pairs.choose(every, chosen, other), levels)
    tried = [*alone, *(party for pair in scope.pairs for party in pair)]
    lost.check_tenants(bundle, [party.blueprint for party in tried])
    results = verifying.run(catalogue.entries(), scope, bundle.isolation(), bundle.stopping)
    seen = {result.subject for result in results} | {result.against for result in results}
    told = tuple(party for party in every if party.tenant in seen)
    return Verified(bundle.environment.name, bundle.clock.now(), wish.tool, told, results)


def keep(bundle: Bundle, verified: Verified, file: Path) -> None:
    """Write a signed file of evidence. Raises BadInput where it cannot be written."""
    try:
        file.write_text(evidence.write(verified, bundle.signing), encoding="utf-8")
    except OSError as error:
        raise BadInput(f"Evidence cannot be written to {file}.", why=f"{error.strerror or error}.") from error


def _live(bundle: Bundle, tenant: str) -> Record:
    record = known.tenant(bundle, tenant)
    if not record.live or record.active_since is None:
        raise BadInput(f"{tenant} is {record.status}: there is nothing to verify.", next="See: `tenant status`.")
    return record


def _check_against(other: Party, chosen: Sequence[Party], every: Sequence[Party]) -> None:
    """Raise BadInput where a tenant would be tried on itself, which shows nothing, or on nobody."""
    if other in chosen:
        raise BadInput(
            f"{other.tenant} can't be verified against itself.",
            why="What a tenant does to its own is what it is there for.",
            next="Name another tenant after --against, or leave it out: one of each class of others is tried then.",
        )
    if list(every) == [other]:
        raise BadInput(
            f"Nobody is there to be tried on {other.tenant}: it is the environment's only tenant.",
            next=f"Verify it alone: `tenant verify {other.tenant}`.",
        )


def _parties(bundle: Bundle) -> dict[str, Party]:
    """Live tenants that were complete once, by id, sorted."""
    records = [each for each in bundle.registry.taken(bundle.environment.name) if each.live and each.active_since]
    ages = {record.stack: age for age, record in enumerate(_by_time(records))}
    return {record.subject: _party(record, ages[record.stack]) for record in records}


def _by_time(records: Sequence[Record]) -> list[Record]:
    return sorted(records, key=lambda record: (record.created_at, record.subject))


def _party(record: Record, age: int) -> Party:
    """As it was last applied to a good end; outputs that are secret stay away."""
    plain = {name: output.value for name, output in record.outputs.items() if not output.secret}
    blueprint = blueprints.from_json(record.applied or record.blueprint)
    return Party(record.subject, record.stack, record.digest, blueprint, plain, age)
