"""What of a tenant changes and is no resource, as lines: size, quotas and tools, and who comes and goes among members.

Members are called by a code in the cloud, so a plan's resources do not say whose they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from operations import differences
from operations.desired import Desired
from stacks.blueprint import model
from stacks.resources.members.spec import MemberPlan, MembersSpec

_TERMS: Final = ("entitlements", "size", "tier", "tier_version")
_MOST: Final = 20


def of(desired: Desired) -> tuple[str, ...]:
    """Lines about what changes; none for who is new."""
    recorded, asked = desired.recorded, desired.blueprint.to_json()
    if recorded is None or not recorded.applied:
        return ()
    told = differences.lines({key: recorded.applied[key] for key in _TERMS}, {key: asked[key] for key in _TERMS})
    before = model.from_json(dict(recorded.applied)).of(MembersSpec)
    moved = list(_moved(before, desired.blueprint.of(MembersSpec)))
    more = (f"and {len(moved) - _MOST:,} members more",) if len(moved) > _MOST else ()
    return (*told, *moved[:_MOST], *more)


def _moved(before: MembersSpec, after: MembersSpec) -> Iterator[str]:
    """Who goes first, for that can't be undone."""
    old, new = ({member.id: member for member in spec.members} for spec in (before, after))
    yield from (f"member {id} goes, {_lost(old[id])}" for id in sorted(old.keys() - new.keys()))
    for id in sorted(old.keys() & new.keys()):
        if old[id].active and not new[id].active:
            yield f"member {id} ({new[id].code}) gets in no more; what it has is kept"
        elif new[id].active and not old[id].active:
            yield f"member {id} ({new[id].code}) gets in again"
    yield from (f"member {id} comes, as {new[id].code}" for id in sorted(new.keys() - old.keys()))


def _lost(member: MemberPlan) -> str:
    if member.schema:
        return f"and its schema {member.schema} with all that is in it; its objects are kept"
    return f"and nobody is {member.code} any more; its rows and objects are kept"
