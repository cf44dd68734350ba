"""Two blueprints of one tenant: which changes can't be made to what exists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from stacks import catalog
from stacks.blueprint.model import Blueprint
from stacks.errors import Fault
from stacks.inputs import promises
from stacks.inputs.fields import Isolation
from stacks.inputs.profile import Profile
from stacks.inputs.promises import Edit
from stacks.inputs.tier import Tier
from stacks.resources.kind import Kind

_APART: Final = {Isolation.POOL: 0, Isolation.BRIDGE: 1, Isolation.SILO: 2}


def refusals(old: Blueprint, new: Blueprint) -> tuple[Fault, ...]:
    """Faults in the words of the profile's fields; empty where an apply can do it all."""
    return (*_whole(old, new), *_by_kind(old, new))


def of_tier(old: Blueprint, tier: Tier) -> tuple[Fault, ...]:
    """The same of a tier alone, which is told before anything is resolved: facts of other isolation are not there."""
    return (*_ranks(old, tier.tier, tier.rank), *(fault for _, fault in _isolations(old, tier)))


def edits(old: Blueprint, tier: Tier, profile: Profile) -> Iterator[Edit]:
    """What the file of a tenant's own tier version says now that it can't have: it was made by another text of it."""
    for kind, _ in _isolations(old, tier):
        was, now = old.specs[kind].isolation, tier.of(kind)
        why = "a live tenant is kept less apart" if _APART[now] < _APART[was] else "what exists needs a migration"
        yield Edit(("isolation", kind), was, now, why, fixed=True)
    if old.tier_rank != tier.rank:
        why = "a tenant climbs by it, from the rank that it was made with"
        yield Edit(("rank",), old.tier_rank, tier.rank, why, fixed=tier.rank < old.tier_rank)
    yield from promises.broken(old.promised, profile, tier)


def located(faults: tuple[Fault, ...], profile: Profile) -> tuple[Fault, ...]:
    """The same faults with their places in the profile; what a tier's version brings stands at what brought it."""
    chosen = "tier" if profile.tier_version is None else "tier_version"
    fields = (chosen if fault.field == "tier_version" else fault.field for fault in faults)
    return tuple(
        replace(fault, field=field, where=profile.where(*field.split(".")))
        for fault, field in zip(faults, fields, strict=True)
    )


def _whole(old: Blueprint, new: Blueprint) -> Iterator[Fault]:
    if (old.tenant_id, old.slug) != (new.tenant_id, new.slug):
        yield Fault(
            None, "tenant", f"`{old.tenant_id}` can't become `{new.tenant_id}`: its slug is fixed", old.tenant_id
        )
    if old.region != new.region:
        yield Fault(None, "region", f"{old.region} -> {new.region} refused: data can't be moved in place", old.region)
    if old.facts.cell != new.facts.cell:
        yield Fault(None, "region", f"cell {old.facts.cell} -> {new.facts.cell} refused: data can't be moved in place")
    yield from _ranks(old, new.tier, new.tier_rank)
    if new.tier == old.tier and new.tier_version < old.tier_version:
        why = f"version {old.tier_version} -> {new.tier_version} refused: a tenant can't go back"
        yield Fault(None, "tier_version", why, f"{old.tier_version} or later", str(old.tier_version))


def _ranks(old: Blueprint, tier: str, rank: int) -> Iterator[Fault]:
    if rank < old.tier_rank:
        why = f"{old.tier} -> {tier} refused: a tenant can't go to a lower tier"
        yield Fault(None, "tier", why, f"{old.tier} or higher", old.tier)


def _isolations(old: Blueprint, tier: Tier) -> Iterator[tuple[str, Fault]]:
    for kind in catalog.kinds():
        before, after = old.specs.get(kind.name), tier.of(kind.name)
        decides = len(kind.offers) > 1 and not kind.asked
        if before is not None and decides and before.isolation != after:
            yield kind.name, _moved(kind, before.isolation, after)


def _moved(kind: Kind[Any], before: Isolation, after: Isolation) -> Fault:
    why = f"{kind.title.lower()}: {before} -> {after} needs a migration"
    return Fault(None, "tier", why, f"a tier with {kind.name}: {before}")


def _by_kind(old: Blueprint, new: Blueprint) -> Iterator[Fault]:
    for kind in catalog.kinds():
        before, after = old.specs.get(kind.name), new.specs.get(kind.name)
        if before is None or after is None:
            continue
        if before.isolation != after.isolation:
            yield _moved(kind, before.isolation, after.isolation)
        yield from kind.refusals(before, after)
