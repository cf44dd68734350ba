"""Which roles a member's login is in, and who is in it, is written in the server's list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from operations.isolation import membership
from operations.isolation.model import Assertion, Level, Party, Report, finding, there
from operations.isolation.ports import Case
from stacks.blueprint.data import DEPLOYER, MASTER
from stacks.resources.members.spec import MembersSpec

ASSERTION = Assertion(
    id="members-roles",
    numbers=(35, 44),
    claim="Each member's login is in the group that lets it connect and in those by which its tenant reads reference "
    "tables, nobody is in it, and who left can't log in.",
    kind="members",
    level=Level.CONFIG,
    answers=("members.MEMBERS_DATA_APART",),
    control="Every member's login is there, in its group.",
    remedy="Take the membership away, as master; `tenant apply TENANT --refresh` puts the members' roles back.",
)

_LISTED = """
SELECT r.rolname::text, r.rolcanlogin, r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolbypassrls,
       ARRAY(SELECT DISTINCT pg_get_userbyid(m.roleid)::text FROM pg_auth_members m WHERE m.member = r.oid ORDER BY 1),
       ARRAY(SELECT DISTINCT pg_get_userbyid(m.member)::text FROM pg_auth_members m WHERE m.roleid = r.oid ORDER BY 1)
FROM pg_roles r WHERE r.rolname LIKE '{slug}\\_m%' AND r.rolname <> '{group}'
"""


def applies(a: Party, b: Party | None) -> bool:
    """Of tenants with members, those too that get in no more."""
    return bool(a.blueprint.of(MembersSpec).members)


def check(case: Case) -> Report:
    """Read by the tenant's own login; who makes the roles is in them, to hand on what they own."""
    spec = case.a.blueprint.of(MembersSpec)
    rows = case.acting.sql(case.a, _LISTED.format(slug=case.a.slug, group=spec.group))
    found = {str(row[0]): row[1:] for row in rows}
    return Report(
        tuple(
            there(
                f"{membership.name(case.a, member)} in its group",
                lambda m=member: m.login in found and spec.group in found[m.login][2],
            )
            for member in spec.members
        ),
        (finding("logins that are or may more", lambda: list(_wrong(spec, found))),),
    )


def _wrong(spec: MembersSpec, found: Mapping[str, Sequence[Any]]) -> Iterator[str]:
    known = {member.login: member for member in spec.members}
    for role, (logs_in, powerful, groups, inside) in sorted(found.items()):
        if role not in known:
            yield f"{role}: nobody in the profile"
            continue
        if logs_in and not known[role].active:
            yield f"{role}: logs in, and is not active"
        if powerful:
            yield f"{role}: rules over the server"
        for group in sorted({*groups} - {spec.group, *spec.reads}):
            yield f"{role}: in {group}"
        for other in sorted({*inside} - {DEPLOYER, MASTER}):
            yield f"{role}: {other} is in it"
