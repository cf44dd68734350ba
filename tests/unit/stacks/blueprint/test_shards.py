from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from stacks.blueprint import shards
from stacks.blueprint.facts import Facts, from_json
from stacks.blueprint.shards import Need
from stacks.inputs.shared_services import SharedCaches, SharedData, SharedDatabases

DATABASES = SharedDatabases(count=3, connections=100, tables=1000)
CACHES = SharedCaches(count=2, users=5)
NEEDS = st.builds(Need, connections=st.integers(1, 40), tables=st.integers(0, 400), users=st.just(1))


def grown(needs: list[Need]) -> list[Facts]:
    """Facts of tenants that came one after the other, as far as there was room."""
    taken: list[Facts] = []
    for number, need in enumerate(needs):
        shard = shards.database(DATABASES, need, taken)
        if shard is not None:
            facts = Facts(
                f"t{number:09}", 1, (), 1, "us-east-1", shard, None, connections=need.connections, tables=need.tables
            )
            taken.append(facts)
    return taken


def of(number: int, taken: list[Facts]) -> tuple[int, int]:
    here = [facts for facts in taken if facts.database_shard == number]
    return sum(facts.connections for facts in here), sum(facts.tables for facts in here)


@given(st.lists(NEEDS, max_size=40))
def test_no_instance_is_ever_asked_for_more_than_it_has(needs: list[Need]) -> None:
    taken = grown(needs)
    for number in (1, 2, 3):
        connections, tables = of(number, taken)
        assert connections <= DATABASES.connections
        assert tables <= DATABASES.tables


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 80)), max_size=40))
def test_all_roles_of_all_tenants_never_hold_more_connections_than_there_are(
    asked: list[tuple[int, int]],
) -> None:
    taken: list[Facts] = []
    for number, (own, others) in enumerate(asked):
        shard = shards.database(DATABASES, Need(own + others), taken)
        if shard is not None:
            facts = Facts(f"t{number:09}", 1, (), 1, "us-east-1", shard, connections=own, other_connections=others)
            taken.append(facts)
    for number in (1, 2, 3):
        here = [each for each in taken if each.database_shard == number]
        assert sum(each.connections + (each.other_connections or 0) for each in here) <= DATABASES.connections


def test_who_was_placed_before_others_than_its_workloads_were_counted_asks_for_no_more_by_being_counted() -> None:
    before = Facts("t000000001", 1, (), 1, "us-east-1", 1, connections=10, tables=100)
    counted = replace(before, other_connections=20)
    assert not shards.grows(counted, before)
    assert shards.grows(replace(counted, connections=11), before)
    assert shards.grows(replace(counted, other_connections=21), counted)
    assert not shards.grows(replace(counted, connections=15, other_connections=10), counted)
    assert from_json(before.to_json()) == before
    assert "other_connections" not in before.to_json()


@given(st.lists(NEEDS, max_size=40))
def test_a_tenant_is_refused_only_where_no_instance_has_room(needs: list[Need]) -> None:
    taken = grown(needs)
    for need in needs:
        room = [
            number
            for number in (1, 2, 3)
            if of(number, taken)[0] + need.connections <= DATABASES.connections
            and of(number, taken)[1] + need.tables <= DATABASES.tables
        ]
        assert (shards.database(DATABASES, need, taken) in room) is bool(room)


@given(st.lists(NEEDS, max_size=40))
def test_whoever_was_placed_fits_and_whoever_has_one_more_than_there_is_does_not(needs: list[Need]) -> None:
    data, taken = SharedData(databases=DATABASES, caches=CACHES), grown(needs)
    for facts in taken:
        beside = [each for each in taken if each is not facts]
        assert list(shards.overfilled(data, facts, beside)) == []
        rest = DATABASES.connections - sum(e.connections for e in beside if e.database_shard == facts.database_shard)
        (full,) = shards.overfilled(data, replace(facts, connections=rest + 1), beside)
        assert full.key == "shared.data.databases"


def test_tenants_are_spread_and_the_lowest_number_is_taken_of_equals() -> None:
    taken = grown([Need(10, 10)] * 6)
    assert [facts.database_shard for facts in taken] == [1, 2, 3, 1, 2, 3]


def test_what_is_scarcest_decides() -> None:
    taken = grown([Need(10, 900), Need(50, 10)])
    assert shards.database(DATABASES, Need(10, 200), taken) == 3
    assert shards.database(DATABASES, Need(60, 100), taken) == 3


def test_a_cache_takes_as_many_users_as_its_group_and_then_the_next_one() -> None:
    taken: list[Facts] = []
    found: list[int | None] = []
    for number in range(11):
        shard = shards.cache(CACHES, Need(users=1), taken)
        found.append(shard)
        taken.append(Facts(f"t{number:09}", 1, (), 1, "us-east-1", None, shard, cache_users=1))
    assert found == [1, 2] * 5 + [None]


@given(st.lists(st.booleans(), max_size=30))
def test_tenants_of_one_cache_never_have_one_database(stay: list[bool]) -> None:
    taken: list[Facts] = []
    for number, stays in enumerate(stay):
        inner = shards.cache_database(1, taken)
        assert 1 <= inner <= len(taken) + 1
        assert inner not in {facts.cache_database for facts in taken}
        if stays:
            taken.append(Facts(f"t{number:09}", 1, (), 1, "us-east-1", None, 1, inner))
    assert shards.cache_database(2, taken) == 1


def test_without_instances_there_is_no_room() -> None:
    assert shards.database(SharedDatabases(count=0), Need(1), []) is None
    assert shards.cache(SharedCaches(count=0), Need(users=1), []) is None


@given(st.lists(NEEDS, max_size=40))
def test_how_full_they_are_is_what_is_kept_for_all_who_are_there(needs: list[Need]) -> None:
    taken = grown(needs)
    found = list(shards.rooms(SharedData(databases=DATABASES, caches=CACHES), taken))
    assert [(room.kind, room.number) for room in found] == [
        *(("database", number) for number in (1, 2, 3)),
        *(("cache", number) for number in (1, 2)),
    ]
    assert sum(room.tenants for room in found) == len(taken)
    for room in found[:3]:
        assert (room.used["connections"], room.used["tables"]) == of(room.number, taken)
        assert all(room.used[name] <= most for name, most in room.allowed.items())


@given(st.lists(NEEDS, max_size=40))
def test_a_budget_is_short_of_what_the_fullest_shard_keeps_in_any_cell(needs: list[Need]) -> None:
    here = grown(needs)
    taken = [*here, *(replace(facts, cell=2) for facts in here[: len(here) // 2])]
    assert list(shards.short(SharedData(databases=DATABASES, caches=CACHES), taken)) == []
    fewer = DATABASES.model_copy(update={"connections": 10})
    found = list(shards.short(SharedData(databases=fewer, caches=CACHES), taken))
    most = max(of(number, here)[0] for number in (1, 2, 3))
    told = [(each.key, each.least, each.cell) for each in found]
    assert told == ([(("databases", "connections"), most, 1)] if most > 10 else [])
