"""Members of whom nothing changes: a run leaves what is theirs as it is, and need not declare it again. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from stacks.blueprint import canonical
from stacks.blueprint.model import Blueprint
from stacks.resources.members.spec import MemberPlan, MembersSpec
from stacks.resources.namespace.spec import NamespaceSpec


@dataclass(frozen=True, slots=True)
class Settled:
    """Codes of members that are not declared, and what the tenant's services were told of those that get in, by id."""

    codes: frozenset[str] = frozenset()
    told: Mapping[str, Any] = field(default_factory=dict[str, Any])


NOBODY: Final = Settled()


def ground(blueprint: Blueprint) -> str:
    """Digest of all that members are made on: what the stack has and carries, but for who they are.

    The tenant's own namespace is no part of it: what is left to it changes with each member that has a share, and what
    a share takes after it is looked at by `same`.
    """
    kept = {name: spec for name, spec in blueprint.specs.items() if not isinstance(spec, NamespaceSpec)}
    specs = {n: replace(spec, members=()) if isinstance(spec, MembersSpec) else spec for n, spec in kept.items()}
    return canonical.digest(
        {
            "org": blueprint.org,
            "account": blueprint.account,
            "stack": blueprint.stack,
            "shared": blueprint.shared_stack,
            "tags": dict(blueprint.tags),
            "resources": {name: canonical.plain(asdict(spec)) for name, spec in specs.items()},  # pyright: ignore[reportArgumentType]  # each kind's spec is a dataclass; the protocol can't say so
        }
    )


def same(before: Blueprint, after: Blueprint) -> frozenset[str]:
    """Codes of members that shall have what they have, on the same ground."""
    had = _had(before)
    return frozenset(code for code, asked in _had(after).items() if had.get(code) == asked)


def _had(blueprint: Blueprint) -> Mapping[str, tuple[MemberPlan, NamespaceSpec | None]]:
    """All that each member's part of the program reads of the blueprint, but for the ground."""
    namespace = blueprint.of(NamespaceSpec)
    spaces = {share.member: namespace.of(share) for share in namespace.shares}
    return {each.code: (each, spaces.get(each.code)) for each in blueprint.of(MembersSpec).members}
