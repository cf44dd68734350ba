"""Budgets of what a cell's tenants share: an edit never takes room from those who have their place."""

from __future__ import annotations

from collections.abc import Iterator

from operations.bundle import Bundle
from stacks.blueprint import facts, shards
from stacks.blueprint.shards import Short
from stacks.errors import BadInput
from stacks.inputs.document import Complaint


def check(bundle: Bundle, subject: str, kinds: tuple[str, ...] = ("databases", "caches")) -> None:
    """Raise BadInput where the environment's file gives less than what is kept for tenants, of these kinds."""
    environment, data = bundle.environment, bundle.environment.shared.data
    if data is None:
        return
    places = (facts.from_json(each.facts) for each in bundle.registry.taken(environment.name))
    short = (each for each in shards.short(data, places) if each.key[0] in kinds)
    faults = tuple(map(environment.fault, _told(short)))
    if faults:
        raise BadInput(
            f"{subject}: the environment's file gives tenants less room than is kept for them; nothing was touched.",
            faults=faults,
            next="Put the file back, or give as much as is kept: `tenant shared show` lists it by shard.",
        )


def _told(short: Iterator[Short]) -> Iterator[Complaint]:
    for each in short:
        why = (
            f"{each.budget} of each of the shared {each.key[0]}, and {each.least} are kept on number {each.number}"
            f" of cell {each.cell} in {each.region}"
        )
        yield Complaint(("shared", "data", *each.key), why, f"{each.least} or more", str(each.least))
