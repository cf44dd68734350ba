"""Members of a tenant as they are tried on each other: two stand for all, in both directions. Pure.

Members of a tenant are alike but for what they have: those with most of it are taken, so that everything is tried.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from operations.isolation.model import Party, Unclear
from stacks.resources.members.spec import MemberPlan, MembersSpec


def active(party: Party) -> tuple[MemberPlan, ...]:
    """Those that get in, who has most first."""
    spec = party.blueprint.of(MembersSpec)
    return tuple(sorted(spec.active, key=lambda each: (not each.user, not each.namespace, each.id)))


def some(a: Party, b: Party | None) -> bool:
    """Whether the tenant has members that get in."""
    return bool(active(a))


def directions(party: Party) -> tuple[tuple[MemberPlan, MemberPlan | None], ...]:
    """Who tries it on whom: two members on each other; the only one on nobody but its tenant."""
    found = active(party)[:2]
    one, other = found[0], found[1] if len(found) > 1 else None
    return ((one, other), (other, one)) if other else ((one, None),)


def told(party: Party, member: MemberPlan) -> Mapping[str, str]:
    """What the stack says of a member. Raises Unclear where it says nothing."""
    listed = cast("Mapping[str, Mapping[str, Any]]", party.outputs.get("members") or {})
    if member.id not in listed:
        raise Unclear(f"the stack of {party.tenant} says nothing of member {member.id}")
    return {name: str(value) for name, value in listed[member.id].items()}


def name(party: Party, member: MemberPlan) -> str:
    """How it is called in what is found."""
    return f"{member.id} of {party.tenant}"
