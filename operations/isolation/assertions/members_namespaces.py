"""Who works in a member's namespace works in no other, and the tenant's people not in it."""

from __future__ import annotations

from collections.abc import Iterator

from operations.isolation import membership
from operations.isolation.model import Assertion, Level, Outcome, Party, Report, trying
from operations.isolation.ports import Acting, As, Ask, Case
from stacks.resources.members.spec import MemberPlan

ASSERTION = Assertion(
    id="members-namespaces",
    numbers=(58,),
    claim="A member's people see and touch nothing outside of its namespace; its tenant's people nothing inside.",
    kind="namespace",
    level=Level.LIVE,
    answers=("namespace.MEMBERS_NAMESPACES_APART",),
    control="Its people list pods in its namespace.",
    remedy="Look for role bindings in these namespaces that name another's group.",
)

_KINDS = ("pods", "secrets", "configmaps")


def applies(a: Party, b: Party | None) -> bool:
    """Where members have namespaces of their own."""
    return any(member.namespace for member in membership.active(a))


def check(case: Case) -> Report:
    """The server decides, and changes nothing."""
    a = case.a
    found = [member for member in membership.active(a) if member.namespace][:2]
    return Report(
        tuple(_list(f"people of {member.id}", case.member(member), a, member.namespace, "pods") for member in found),
        tuple(outcome for member in found for outcome in _tried(case, member, found)),
    )


def _tried(case: Case, member: MemberPlan, found: list[MemberPlan]) -> Iterator[Outcome]:
    a, who = case.a, case.member(member)
    others = [a.said("namespace"), *(each.namespace for each in found if each is not member)]
    for kind in _KINDS:
        for namespace in others:
            yield _list(f"people of {member.id}", who, a, namespace, kind)
        yield _list(f"people of {a.tenant}", case.acting, a, member.namespace, kind)


def _list(whose: str, who: Acting, at: Party, namespace: str, kind: str) -> Outcome:
    ask = Ask("GET", f"/api/v1/namespaces/{namespace}/{kind}")
    return trying(f"{whose} list {kind} of {namespace}", lambda: who.kubernetes(As.PEOPLE, at, ask))
