"""Members of a tenant as they are tried on each other: three stand for all, two of them in both directions. Pure.

Members of a tenant are alike but for what they have: two with most of it are taken, so that everything is tried, and
the last one, who may lack what the first have. What all of them were given is read where it can be, and not tried.
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
    """Who tries it on whom: two members on each other, the last on the first; the only one on nobody but its tenant."""
    one, *others = active(party)
    if not others:
        return ((one, None),)
    last = ((others[-1], one),) if len(others) > 1 else ()
    return ((one, others[0]), (others[0], one), *last)


def told(party: Party, member: MemberPlan) -> Mapping[str, str]:
    """What the stack says of a member. Raises Unclear where it says nothing."""
    listed = cast("Mapping[str, Mapping[str, Any]]", party.outputs.get("members") or {})
    if member.id not in listed:
        raise Unclear(f"the stack of {party.tenant} says nothing of member {member.id}")
    return {name: str(value) for name, value in listed[member.id].items()}


def name(party: Party, member: MemberPlan) -> str:
    """How it is called in what is found."""
    return f"{member.id} of {party.tenant}"
