"""Whether a live tenant can have its tier as that is now: edited under it, or another one.

Raised before anything is resolved: a tenant whose tier keeps it less apart has no facts for what it says now.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from operations.bundle import Bundle
from operations.registry.model import Record
from stacks import plural
from stacks.blueprint import diff, model
from stacks.blueprint.model import Blueprint
from stacks.errors import BadInput, Refused
from stacks.inputs import tier
from stacks.inputs.profile import Profile
from stacks.inputs.tier import Tier

_NAMED: Final = 5
"""How many tenants are named where more live by the same version."""


def check(bundle: Bundle, recorded: Record, asked: Profile, tiered: Tier) -> None:
    """Isolation is changed by a migration, and what a version promises by another version; never by an edit.

    Raises Refused where the tier's file was edited and would weaken the tenant, BadInput for another tier that it can't
    have.
    """
    known = recorded.applied or recorded.blueprint
    if not known:
        return
    old = model.from_json(dict(known))
    if not recorded.applied:  # nobody lives by what was only tried, and may be mended
        old = replace(old, promised={})
    if (old.tier, old.tier_version) == (tiered.tier, tiered.version):
        _check_edit(bundle, old, asked, tiered)
    elif faults := diff.of_tier(old, tiered):
        raise BadInput(
            f"{asked.tenant}: this change cannot be made to a tenant that exists; nothing was touched.",
            faults=diff.located(faults, asked),
            next="Choose a tier that keeps its resources as they are, or destroy the tenant and make it anew.",
        )


def of(bundle: Bundle, recorded: Record, asked: Profile, pinned: int | None) -> Tier:
    """A live tenant's tier. Raises BadInput and Refused that say what was done to its file, where it is no tier now."""
    folder = bundle.settings.tiers
    try:
        return tier.of(asked, folder, pinned)
    except BadInput:
        version = asked.tier_version or pinned
        file = folder / asked.tier / f"{version}.yaml"
        if version is None or version != pinned:
            raise
        if not file.is_file():
            raise _gone(bundle, asked, version, file) from None
        if (rest := tier.remainder(file)) is not None:
            check(bundle, recorded, asked, rest)
        raise


def _gone(bundle: Bundle, asked: Profile, version: int, file: Path) -> BadInput:
    return BadInput(
        f"{asked.tenant}: the file of its tier is gone: tier `{asked.tier}` has no version {version}.",
        where=str(file),
        why=f"A tenant is pinned to the version it was made with. {_living(bundle, asked.tier, version)}",
        next=f"Put the file back as it was, from your repository say: `git checkout REV -- {file}`. It may go when"
        " nobody lives by it any more.",
    )


def _check_edit(bundle: Bundle, old: Blueprint, asked: Profile, tiered: Tier) -> None:
    edits = tuple(diff.edits(old, tiered, asked))
    if not edits:
        return
    places = [tiered.where(*edit.path) for edit in edits]
    lines = (f"line {place.line}: {edit}" if place else f"{edit}" for place, edit in zip(places, edits, strict=True))
    says = f"Tier `{tiered.tier}` version {tiered.version} says now:"
    following = max(tier.versions(bundle.settings.tiers, tiered.tier), default=tiered.version) + 1
    file = f"{tiered.tier}/{following}.yaml"
    who = "new tenants get that"
    if not any(edit.fixed for edit in edits):
        who += f", and a live one gets it with `tier_version: {following}` in its profile"
    raise Refused(
        f"{asked.tenant}: its tier's file was edited in what live tenants have by it; nothing was touched.",
        where=str(places[0] or ""),
        why="\n".join((says, *lines, _living(bundle, tiered.tier, tiered.version))),
        next=f"Put the file back. Write what is to be had instead as a version of its own, {file} beside it: {who}.",
    )


def _living(bundle: Bundle, name: str, number: int) -> str:
    """Who lives by this version, the first few by name."""
    records = bundle.registry.tenants(bundle.environment.name)
    version = (name, number)
    names = sorted(each.subject for each in records if each.live and (each.tier, each.tier_version) == version)
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    live = plural.either(len(names), "lives", "live")
    return f"{plural.count(len(names), 'tenant')} {live} by it: {', '.join(names[:_NAMED])}{more}."
