"""Two blueprints of one tenant: which changes can't be made to what exists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from stacks import catalog
from stacks.blueprint.model import Blueprint
from stacks.errors import Fault
from stacks.inputs.profile import Profile


def refusals(old: Blueprint, new: Blueprint) -> tuple[Fault, ...]:
    """Faults in the words of the profile's fields; empty where an apply can do it all."""
    return (*_whole(old, new), *_by_kind(old, new))


def located(faults: tuple[Fault, ...], profile: Profile) -> tuple[Fault, ...]:
    """The same faults with their places in the profile."""
    return tuple(replace(fault, where=profile.where(*fault.field.split("."))) for fault in faults)


def _whole(old: Blueprint, new: Blueprint) -> Iterator[Fault]:
    if (old.tenant_id, old.slug) != (new.tenant_id, new.slug):
        yield Fault(
            None, "tenant", f"`{old.tenant_id}` can't become `{new.tenant_id}`: its slug is fixed", old.tenant_id
        )
    if old.region != new.region:
        yield Fault(None, "region", f"{old.region} -> {new.region} refused: data can't be moved in place", old.region)
    if old.facts.cell != new.facts.cell:
        yield Fault(None, "region", f"cell {old.facts.cell} -> {new.facts.cell} refused: data can't be moved in place")
    if new.tier_rank < old.tier_rank:
        why = f"{old.tier} -> {new.tier} refused: a tenant can't go to a lower tier"
        yield Fault(None, "tier", why, f"{old.tier} or higher", old.tier)
    if new.tier == old.tier and new.tier_version < old.tier_version:
        why = f"version {old.tier_version} -> {new.tier_version} refused: a tenant can't go back"
        yield Fault(None, "tier_version", why, f"{old.tier_version} or later", str(old.tier_version))


def _by_kind(old: Blueprint, new: Blueprint) -> Iterator[Fault]:
    for kind in catalog.kinds():
        before, after = old.specs.get(kind.name), new.specs.get(kind.name)
        if before is None or after is None:
            continue
        if before.isolation != after.isolation:
            why = f"{kind.title.lower()}: {before.isolation} -> {after.isolation} needs a migration"
            yield Fault(None, "tier", why, f"a tier with {kind.name}: {before.isolation}")
        yield from kind.refusals(before, after)
