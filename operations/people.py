"""Who is a member of which tenant: one login, or one IAM role, lets its person into one tenant only. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any, TypeAlias

from operations.registry.model import Record
from stacks.inputs.document import Complaint, Path
from stacks.inputs.profile import Profile

Listed: TypeAlias = Mapping[tuple[str, str], Set[str]]
"""Tenants by whom their profiles name: `login` or `role`, and which."""


def elsewhere(asked: Profile, others: Iterable[Record]) -> Iterator[Complaint]:
    """Members of the profile who are members, or work in the namespace, of another tenant that is there."""
    known: dict[tuple[str, str], str] = {}
    for record in others:
        if record.live and record.subject != asked.tenant:
            known |= dict.fromkeys(_of(record.blueprint), record.subject)
    for path, person, said in _members(asked):
        if tenant := known.get(person):
            why = f"`{said}` is of tenant {tenant} already: whoever has it would be let into both"
            yield Complaint(path, why, "one that is nobody else's")


def of_profile(asked: Profile) -> Iterator[tuple[str, str]]:
    """Logins, without regard to case, and roles that a profile names for somebody; inactive members get in nowhere."""
    yield from (person for _, person, _ in _members(asked))
    yield from (("role", role) for role in asked.namespace.members)


def listed(profiles: Iterable[Profile]) -> Listed:
    """Which tenants' profiles name whom."""
    known: dict[tuple[str, str], set[str]] = {}
    for each in profiles:
        for person in of_profile(each):
            known.setdefault(person, set()).add(each.tenant)
    return known


def beside(asked: Profile, others: Listed) -> Iterator[Complaint]:
    """Members of the profile whom another tenant's profile names too: whoever is made first would have them."""
    for path, person, said in _members(asked):
        if tenants := sorted(others.get(person, frozenset()) - {asked.tenant}):
            why = f"`{said}` stands in the profile of {', '.join(tenants)} too: whoever has it would be let into both"
            yield Complaint(path, why, "one that is nobody else's")


def of_both(subject: str, blueprint: Mapping[str, Any], other: Record) -> Iterator[str]:
    """Who would get in to a tenant with this blueprint, and gets in to another one that is there."""
    if not other.live or other.subject == subject:
        return
    for _, said in sorted(set(_of(blueprint)) & set(_of(other.blueprint))):
        if said:
            yield f"`{said}` is of tenant {other.subject} already: whoever has it would be let into both."


def _members(asked: Profile) -> Iterator[tuple[Path, tuple[str, str], str]]:
    """Logins and roles of members who get in: where each stands, by what it is known, and how it is written."""
    for index, member in enumerate(asked.members):
        if member.login and member.active:
            yield ("members", index, "login"), ("login", member.login.lower()), member.login
        if member.role and member.active:
            yield ("members", index, "role"), ("role", member.role), member.role


def _of(blueprint: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Logins, without regard to case, and roles of those who get in to a tenant."""
    resources = blueprint.get("resources", {})
    for member in resources.get("members", {}).get("members", ()):
        if member["active"]:
            yield "login", member["signs_in_as"].lower()
            yield "role", member["role"]
    for role in resources.get("namespace", {}).get("members", ()):
        yield "role", role
