"""What a profile asks for its members against what its tier gives the tenant. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from stacks import plural
from stacks.conventions import capacity
from stacks.inputs.document import Complaint
from stacks.inputs.profile import Member, Profile, Quotas
from stacks.inputs.tier import Tier
from stacks.policies.workload import MOST_LEFT

_SHARED: Final = ("cpu", "memory_gb", "pods", "storage_gb")
"""What members' namespaces take away from the tenant's own."""


def complaints(profile: Profile, tier: Tier) -> Iterator[Complaint]:
    """Everything that can't be had."""
    most = tier.members.most
    if len(profile.members) > most:
        are = f"{plural.count(len(profile.members), 'member')} {plural.either(len(profile.members), 'is', 'are')}"
        why = f"{are} more than tier `{tier.tier}` gives" if most else f"tier `{tier.tier}` has no members"
        yield Complaint(("members",), why, f"up to {most}" if most else "no such key")
    yield from _left(profile)
    for index, member in enumerate(profile.members):
        yield from _quotas(profile, tier, index, member)
        yield from _tools(profile, index, member)
        if member.role and not member.namespace:
            why = "the role would work nowhere: this member has no `namespace`"
            yield Complaint(("members", index, "role"), why, "with a namespace, or no such key")
    if profile.size in tier.sizes:
        yield from _shares(profile, tier)


def _left(profile: Profile) -> Iterator[Complaint]:
    left = [index for index, each in enumerate(profile.members) if not each.active]
    if len(left) > MOST_LEFT:
        why = (
            f"{len(left)} members are not active, and the members' role can refuse {MOST_LEFT} by name: take out "
            "those who left longest ago, once what they have may go"
        )
        yield Complaint(("members", left[MOST_LEFT], "active"), why, f"up to {MOST_LEFT} that are `active: false`")


def _quotas(profile: Profile, tier: Tier, index: int, member: Member) -> Iterator[Complaint]:
    for name in Quotas.model_fields if profile.size in tier.sizes else ():
        asked, own = getattr(member.quotas, name), getattr(profile.quotas, name)
        most = getattr(tier.sizes[profile.size].quotas, name) if own is None else own
        if asked is not None and asked > most:
            path = ("members", index, "quotas", name)
            yield Complaint(path, f"{asked} is more than the tenant has", f"up to {most}", str(most))


def _tools(profile: Profile, index: int, member: Member) -> Iterator[Complaint]:
    for number, tool in enumerate(member.enabled_tools):
        if tool not in profile.enabled_tools:
            allowed = ", ".join(profile.enabled_tools) or "none"
            yield Complaint(("members", index, "enabled_tools", number), f"the tenant has no `{tool}`", allowed)


def _shares(profile: Profile, tier: Tier) -> Iterator[Complaint]:
    """Shares leave the tenant's own namespace what its own pods need."""
    shares = [(index, each.namespace) for index, each in enumerate(profile.members) if each.namespace]
    if not shares:
        return
    most = tier.members.namespaces
    if not most:
        why = f"members of tier `{tier.tier}` have no namespaces"
        yield from (Complaint(("members", index, "namespace"), why, "no such key") for index, _ in shares)
        return
    if len(shares) > most:
        why = f"{len(shares)} namespaces of members are more than tier `{tier.tier}` gives"
        yield Complaint(("members", shares[most][0], "namespace"), why, f"up to {most}")
    figures, asked = tier.sizes[profile.size], profile.quotas.concurrent_research
    needs = capacity.needed(figures.quotas.concurrent_research if asked is None else asked)
    left = {"cpu": needs.cpu, "memory_gb": needs.memory_gb, "pods": needs.pods, "storage_gb": 0}
    whole = {name: _whole(profile, tier, name) for name in _SHARED} | {
        "gpus": profile.gpu.together if profile.gpu else 0
    }
    for name, has in whole.items():
        together = sum(getattr(share, name) for _, share in shares)
        if together > has - left.get(name, 0):
            index = shares[-1][0]
            why = f"members have {together} together; the tenant has {has}, and its own pods need {left.get(name, 0)}"
            allowed = f"up to {max(has - left.get(name, 0), 0)} together"
            yield Complaint(("members", index, "namespace", name), why, allowed)


def _whole(profile: Profile, tier: Tier, name: str) -> int:
    asked = getattr(profile.namespace, name)
    return int(getattr(tier.sizes[profile.size].namespace, name) if asked is None else asked)
