"""What members of a tenant have, what they can't ask for, and how they come and go."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stacks.blueprint import diff, placement, resolve
from stacks.blueprint.model import Blueprint
from stacks.blueprint.shards import Need
from stacks.errors import BadInput, Refused
from stacks.inputs import tier
from stacks.inputs.shared_services import SharedServices
from stacks.inputs.tier import OwnSlice
from stacks.resources.database.spec import DatabaseSpec
from stacks.resources.members.spec import MembersSpec
from stacks.resources.namespace.spec import NamespaceSpec
from tests.unit.stacks.given import KEY, TIERS, asked, local

SHARE = {"cpu": 1, "memory_gb": 4, "pods": 5, "storage_gb": 10}


def made(name: str, form: OwnSlice = OwnSlice.DATABASE, **changes: Any) -> Blueprint:
    wanted = tier.load_version(TIERS, name, 1).model_copy(update={"bridge_database": form})
    profile = asked(tier=name, **changes)
    return resolve.tenant(profile, wanted, local(), placement.place(profile, wanted, local(), (), KEY, 1))


def of(one: Blueprint) -> MembersSpec:
    return one.of(MembersSpec)


def refused(name: str, **changes: Any) -> list[tuple[str, str]]:
    with pytest.raises(BadInput) as caught:
        made(name, **changes)
    return [(fault.field, fault.why) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("name", "form", "database", "group", "has_schema"),
    [
        ("enterprise", OwnSlice.DATABASE, "{slug}", "{slug}_members", True),
        ("standard", OwnSlice.DATABASE, "{slug}", "{slug}_members", True),
        ("standard", OwnSlice.SCHEMA, "bridge", "bridged_tenants", True),
        ("starter", OwnSlice.DATABASE, "pool", "pooled_tenants", False),
    ],
)
def test_a_member_has_a_role_and_a_schema_or_rows(
    name: str, form: OwnSlice, database: str, group: str, has_schema: bool
) -> None:
    one = made(name, form, members=[{"id": "ada"}])
    (member,) = of(one).members
    assert of(one).database == database.format(slug=one.slug)
    assert of(one).group == group.format(slug=one.slug)
    assert member.login == f"{one.slug}_{member.code}"
    assert member.schema == (member.login if has_schema else "")


@pytest.mark.parametrize(("name", "folder", "prefix"), [("enterprise", "", ""), ("starter", "{slug}/", "{slug}:")])
def test_its_folder_and_its_keys_lie_within_the_tenant_s(name: str, folder: str, prefix: str) -> None:
    one = made(name, members=[{"id": "ada"}], data_locations={"blob_container": "lake"})
    (member,) = of(one).members
    assert member.folder == f"{folder.format(slug=one.slug)}lake/members/{member.code}"
    assert member.prefix == f"{prefix.format(slug=one.slug)}{member.code}:"
    assert f"~{member.prefix}*" in member.access
    assert "~*" not in member.access.split()


def test_the_first_active_ones_have_cache_users_as_far_as_the_tier_goes() -> None:
    members = [{"id": f"m-{number}", "active": number != 1} for number in range(6)]
    one = made("starter", members=members)
    assert [member.id for member in of(one).members if member.user] == ["m-0", "m-2", "m-3"]
    assert one.facts.cache_users == 4


def test_a_share_is_taken_from_the_tenant_s_own_namespace() -> None:
    alone, shared = made("standard"), made("standard", members=[{"id": "ada", "namespace": SHARE}, {"id": "bob"}])
    before, after = alone.of(NamespaceSpec), shared.of(NamespaceSpec)
    (share,) = after.shares
    for name, amount in SHARE.items():
        assert getattr(after, name) + amount == getattr(before, name)
    space = after.of(share)
    assert (space.name, space.slug, space.cpu) == (f"{shared.slug}-{share.member}", shared.slug, 1)
    assert (space.web_port, space.shares) == (0, ())
    assert of(shared).members[0].namespace == share.name


@settings(deadline=None)
@given(st.lists(st.integers(0, 2), max_size=8))
def test_shares_and_what_is_left_are_the_tenant_s_together(cpus: list[int]) -> None:
    members = [{"id": f"m-{n}", "namespace": SHARE | {"cpu": cpu}} for n, cpu in enumerate(cpus) if cpu]
    try:
        one = made("standard", members=members, namespace={"cpu": 4, "memory_gb": 16, "pods": 30})
    except BadInput:
        assert sum(cpus) > 3 or len(members) * 4 > 15 or len(members) * 5 > 28 or len(members) * 10 > 50
        return
    spec = one.of(NamespaceSpec)
    assert spec.cpu + sum(share.cpu for share in spec.shares) == 4
    assert spec.cpu >= 1


@pytest.mark.parametrize(
    ("name", "changes", "field", "why"),
    [
        ("starter", {"members": [{"id": f"m-{n}"} for n in range(51)]}, "members", "51 members are more"),
        (
            "starter",
            {"members": [{"id": "ada", "namespace": SHARE}]},
            "members[0].namespace",
            "members of tier `starter` have no",
        ),
        (
            "standard",
            {"members": [{"id": "ada", "namespace": SHARE | {"cpu": 4}}]},
            "members[0].namespace.cpu",
            "members have 4 together; the tenant has 4, and its own pods need 1",
        ),
        (
            "standard",
            {"members": [{"id": "ada", "namespace": SHARE | {"gpus": 1}}]},
            "members[0].namespace.gpus",
            "members have 1 together; the tenant has 0, and its own pods need 0",
        ),
        (
            "standard",
            {"members": [{"id": "ada", "quotas": {"storage_gb": 51}}]},
            "members[0].quotas.storage_gb",
            "51 is more than the tenant has",
        ),
        (
            "standard",
            {"members": [{"id": "ada", "enabled_tools": ["slack"]}]},
            "members[0].enabled_tools[0]",
            "the tenant has no `slack`",
        ),
        (
            "standard",
            {"members": [{"id": "ada", "role": "arn:aws:iam::123456789012:role/ada"}]},
            "members[0].role",
            "the role would work nowhere: this member has no `namespace`",
        ),
        (
            "enterprise",
            {"members": [{"id": "ada"}, *({"id": f"m-{n}", "active": False} for n in range(401))]},
            "members[401].active",
            "401 members are not active, and the members' role can refuse 400 by name: take out",
        ),
    ],
)
def test_what_the_tenant_has_not_its_members_have_not(name: str, changes: Any, field: str, why: str) -> None:
    assert any(at == field and said.startswith(why) for at, said in refused(name, **changes))


def test_who_is_a_member_is_taken_out_in_two_steps() -> None:
    there, gone = made("standard", members=[{"id": "ada"}, {"id": "bob"}]), made("standard", members=[{"id": "bob"}])
    (fault,) = diff.refusals(there, gone)
    assert (fault.field, fault.allowed) == ("members", "first `active: false` for ada, applied")
    leaving = made("standard", members=[{"id": "ada", "active": False}, {"id": "bob"}])
    assert diff.refusals(there, leaving) == diff.refusals(leaving, gone) == ()
    rows, renamed = made("starter", members=[{"id": "ada"}]), made("starter", members=[{"id": "eve"}])
    assert [fault.field for fault in diff.refusals(rows, renamed)] == ["members"]


def test_nobody_loses_a_cache_user_to_one_who_stands_before() -> None:
    three = [{"id": "ada"}, {"id": "bob"}, {"id": "cyd"}]
    there = made("starter", members=three)
    (fault,) = diff.refusals(there, made("starter", members=[{"id": "abe"}, *three]))
    assert fault.field == "members"
    assert fault.why.startswith("member `cyd` would lose its cache user: the first 3 active")
    assert diff.refusals(there, made("starter", members=[*three, {"id": "abe"}])) == ()
    left = [{"id": "ada"}, {"id": "bob", "active": False}, {"id": "cyd"}, {"id": "abe"}]
    assert diff.refusals(there, made("starter", members=left)) == ()


def test_as_many_as_one_role_can_refuse_by_name_may_be_there_without_being_active() -> None:
    members = [{"id": "ada"}, *({"id": f"m-{number}", "active": False} for number in range(400))]
    spec = of(made("enterprise", members=members))
    assert (len(spec.active), len(spec.left)) == (1, 400)


def test_one_that_is_not_active_gets_in_nowhere() -> None:
    spec = of(made("standard", members=[{"id": "ada", "active": False, "namespace": SHARE}]))
    (member,) = spec.members
    assert (spec.active, member.user, member.namespace) == ((), "", "")
    assert member.schema


def test_members_take_room_for_tables_and_users_and_are_refused_where_there_is_none() -> None:
    members = [{"id": f"m-{number}"} for number in range(20)]
    one = made("standard", members=members)
    assert (one.facts.tables, one.facts.cache_users) == (200, 11)
    shared = local().shared.model_dump()
    shared["data"]["caches"]["users"] = 5
    narrow = local().model_copy(update={"shared": SharedServices.model_validate(shared)})
    wanted, few = tier.load_version(TIERS, "standard", 1), made("standard", members=members[:2])
    with pytest.raises(Refused, match="The shared cache 1 of cell 1 has no room for 11 users"):
        placement.regrown(few.facts, asked(tier="standard", members=members), wanted, narrow, ())
    fewer = placement.regrown(one.facts, asked(tier="standard", members=members[:8]), wanted, narrow, ())
    assert fewer.cache_users == 9  # no room for that many either, and yet it gives some back


@given(
    name=st.sampled_from(["standard", "starter", "enterprise"]),
    form=st.sampled_from(OwnSlice),
    size=st.sampled_from(["small", "medium"]),
    active=st.lists(st.booleans(), max_size=6),
)
def test_room_is_kept_for_every_connection_that_a_role_of_the_tenant_s_may_hold(
    name: str, form: OwnSlice, size: str, active: list[bool]
) -> None:
    members = [{"id": f"m-{number}", "active": each} for number, each in enumerate(active)]
    one = made(name, form, size=size, members=members)
    database = one.of(DatabaseSpec)
    roles = [role for role in (database.login, database.owner, database.reader) if role]
    held = len(roles) * database.connection_limit + len(of(one).active) * of(one).connection_limit
    assert Need.of(one.facts).connections == (0 if database.plan else held)


def test_who_was_placed_before_members_were_counted_is_asked_for_room_only_once_it_wants_more() -> None:
    members = [{"id": f"m-{number}"} for number in range(20)]
    one, wanted = made("standard", members=members), tier.load_version(TIERS, "standard", 1)
    before = replace(one.facts, other_connections=None)
    shared = local().shared.model_dump()
    shared["data"]["databases"]["connections"] = 50
    narrow = local().model_copy(update={"shared": SharedServices.model_validate(shared)})
    assert placement.regrown(before, asked(tier="standard", members=members), wanted, narrow, ()) == before
    fewer = placement.regrown(before, asked(tier="standard", members=members[:8]), wanted, narrow, ())
    assert (fewer.connections, fewer.other_connections) == (10, 36)
    with pytest.raises(Refused, match="The shared database 1 of cell 1 has no room for 100 connections"):
        placement.regrown(before, asked(tier="standard", size="medium", members=members), wanted, narrow, ())


def test_quotas_say_what_each_may_use_of_the_tenant_s() -> None:
    asked_for = {"id": "ada", "name": "Ada", "login": "ada@example.com", "quotas": {"storage_gb": 5}}
    (member,) = of(made("standard", members=[asked_for])).members
    assert (member.storage_gb, member.api_calls_daily) == (5, None)
    assert (member.name, member.signs_in_as) == ("Ada", "ada@example.com")
