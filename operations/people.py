"""Who is a member of which tenant: one login, or one IAM role, lets its person into one tenant only. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from operations.registry.model import Record
from stacks.inputs.document import Complaint
from stacks.inputs.profile import Profile


def elsewhere(asked: Profile, others: Iterable[Record]) -> Iterator[Complaint]:
    """Members of the profile who are members, or work in the namespace, of another tenant that is there."""
    known: dict[tuple[str, str], str] = {}
    for record in others:
        if record.live and record.subject != asked.tenant:
            known |= dict.fromkeys(_of(record.blueprint), record.subject)
    for index, member in enumerate(asked.members):
        for key, said in (("login", member.login), ("role", member.role)):
            tenant = known.get((key, said.lower() if key == "login" else said)) if said else None
            if tenant:
                why = f"`{said}` is of tenant {tenant} already: whoever has it would be let into both"
                yield Complaint(("members", index, key), why, "one that is nobody else's")


def of_both(subject: str, blueprint: Mapping[str, Any], other: Record) -> Iterator[str]:
    """Who would get in to a tenant with this blueprint, and gets in to another one that is there."""
    if not other.live or other.subject == subject:
        return
    for _, said in sorted(set(_of(blueprint)) & set(_of(other.blueprint))):
        if said:
            yield f"`{said}` is of tenant {other.subject} already: whoever has it would be let into both."


def _of(blueprint: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Logins, without regard to case, and roles of those who get in to a tenant."""
    resources = blueprint.get("resources", {})
    for member in resources.get("members", {}).get("members", ()):
        if member["active"]:
            yield "login", member["signs_in_as"].lower()
            yield "role", member["role"]
    for role in resources.get("namespace", {}).get("members", ()):
        yield "role", role
