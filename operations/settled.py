"""What of a tenant a run need not look at: members of whom nothing changed since the last run that went well.

A program declares all that a stack has, and each resource takes its time, changed or not. What is a member's own is
read by no other resource, so it is left alone where nothing it is made of has changed: the member itself, what the
tenant has beside its members, the cell's outputs, the programs, and the state.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from operations.bundle import Bundle
from operations.desired import Desired
from stacks.blueprint import canonical, model, settled
from stacks.blueprint.model import Blueprint
from stacks.blueprint.settled import NOBODY, Settled
from stacks.resources.members.spec import MembersSpec

if TYPE_CHECKING:
    from engine.workspaces import Workspaces

_OWN: Final = re.compile(r"(?:member-)?(m[a-z2-7]{8})(?:-.*)?")


@dataclass(frozen=True, slots=True)
class Rest:
    """Members that a run does not declare, and the URNs of what they have."""

    members: Settled = NOBODY
    urns: tuple[str, ...] = ()


def mark(bundle: Bundle, workspaces: Workspaces, blueprint: Blueprint) -> str:
    """What a run's end is known by again: SHA-256 of all that its members are made of beside themselves.

    Empty where there are none.
    """
    if not blueprint.of(MembersSpec).members:
        return ""
    cell = workspaces.outputs(blueprint.shared_stack)
    return canonical.digest(
        {
            "ground": settled.ground(blueprint),
            "programs": bundle.programs.version,
            "cell": {name: output.value for name, output in cell.items() if not output.secret},
            "state": workspaces.fingerprint(blueprint.stack),
        }
    )


def of(bundle: Bundle, workspaces: Workspaces, wanted: Desired, *, refresh: bool) -> Rest:
    """What a run may leave alone: nothing where any of that is another, or where it looks at the cloud (`refresh`)."""
    recorded = wanted.recorded
    if refresh or recorded is None or not recorded.settled:
        return Rest()
    if recorded.settled != mark(bundle, workspaces, wanted.blueprint):
        return Rest()
    told: Mapping[str, Any] = recorded.outputs["members"].value if "members" in recorded.outputs else {}
    same = settled.same(model.from_json(dict(recorded.applied)), wanted.blueprint)
    members = [each for each in wanted.blueprint.of(MembersSpec).members if each.code in same]
    left = {each.id: each.code for each in members if not each.active or each.id in told}
    codes = frozenset(left.values())
    urns = (str(row["urn"]) for row in workspaces.resources(wanted.blueprint.stack))
    return Rest(
        Settled(codes, {id: told[id] for id in left if id in told}), tuple(urn for urn in urns if owner(urn) in codes)
    )


def owner(urn: str) -> str:
    """Code of the member whose own a resource is, by what the programs call it; empty where it is the tenant's."""
    own = _OWN.fullmatch(urn.rpartition("::")[2])
    return own[1] if own else ""
