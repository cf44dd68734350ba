"""What every registry keeps to, in memory or in a database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.runs import Output
from operations.registry import database
from operations.registry.memory import MemoryRegistry
from operations.registry.model import Destruction, Kind, Record, RunKind, RunRecord, Status, Step
from operations.registry.port import FactsTaken, Registry, StaleWriter
from operations.registry.sql import SqlRegistry
from stacks.blueprint.facts import Facts
from stacks.inputs.shared_services import SharedCaches, SharedData, SharedDatabases

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def in_memory(_: Path) -> Registry:
    return MemoryRegistry()


def in_sqlite(folder: Path) -> Registry:
    return SqlRegistry(database.connect(folder / "registry.sqlite"))


@pytest.fixture(params=[in_memory, in_sqlite])
def registry(request: pytest.FixtureRequest, tmp_path: Path) -> Registry:
    make: Callable[[Path], Registry] = request.param
    return make(tmp_path)


def tenant(subject: str, incarnation: int = 1, slug: str = "", cidrs: tuple[str, ...] = ()) -> Record:
    return Record(
        environment="local",
        kind=Kind.TENANT,
        subject=subject,
        incarnation=incarnation,
        stack=f"local.{slug or subject}",
        slug=slug or f"t{subject}{incarnation}",
        region="eu-central-1",
        cell=1,
        cidrs=cidrs,
        status=Status.PROVISIONING,
        created_at=NOON,
        updated_at=NOON,
        token=1,
    )


def shared(cell: int) -> Record:
    subject = f"shared.eu-central-1.{cell}"
    return replace(tenant(subject), kind=Kind.SHARED, slug="", cell=cell)


def test_a_claimed_record_comes_back_whole(registry: Registry) -> None:
    full = replace(
        tenant("acme", cidrs=("10.1.0.0/27", "10.1.0.32/27")),
        tier="enterprise",
        tier_version=1,
        facts={"slug": "tacme1", "cell": "a"},
        blueprint={"tags": {"tenant": "acme"}},
        digest="d" * 64,
        outputs={"databasePort": Output(5432)},
        settled="e" * 64,
        failure="quota",
        destruction=Destruction("r1", Step.RETIRING),
        active_since=NOON + timedelta(minutes=3),
    )
    registry.claim(full)
    assert registry.find("local", "acme") == full


def test_what_was_never_claimed_is_not_found(registry: Registry) -> None:
    assert registry.find("local", "acme") is None
    assert registry.incarnations("local", "acme") == ()


def test_environments_do_not_see_each_other(registry: Registry) -> None:
    registry.claim(tenant("acme"))
    assert registry.tenants("staging") == ()
    registry.claim(replace(tenant("acme"), environment="staging"))
    assert [r.environment for r in registry.tenants("staging")] == ["staging"]


def test_tenants_are_listed_by_id_each_with_its_newest_incarnation(registry: Registry) -> None:
    for record in (tenant("zeta"), tenant("acme"), shared(1)):
        registry.claim(record)
    registry.save(replace(tenant("acme"), status=Status.DESTROYED))
    registry.claim(tenant("acme", 2))
    assert [(r.subject, r.incarnation) for r in registry.tenants("local")] == [("acme", 2), ("zeta", 1)]
    assert [r.incarnation for r in registry.incarnations("local", "acme")] == [1, 2]


def test_shared_services_are_listed_apart_from_tenants(registry: Registry) -> None:
    for record in (shared(2), shared(1), tenant("acme")):
        registry.claim(record)
    assert [r.cell for r in registry.shared("local")] == [1, 2]


def test_only_what_is_not_destroyed_occupies_its_place(registry: Registry) -> None:
    registry.claim(tenant("acme"))
    registry.claim(tenant("zeta"))
    registry.save(replace(tenant("acme"), status=Status.DESTROYED))
    assert [r.subject for r in registry.taken("local")] == ["zeta"]


def test_an_incarnation_is_claimed_once(registry: Registry) -> None:
    registry.claim(tenant("acme"))
    with pytest.raises(FactsTaken):
        registry.claim(tenant("acme", slug="tother"))


def test_a_slug_is_never_given_twice_not_even_after_a_destroy(registry: Registry) -> None:
    registry.claim(tenant("acme", slug="tsame"))
    registry.save(replace(tenant("acme", slug="tsame"), status=Status.DESTROYED))
    with pytest.raises(FactsTaken):
        registry.claim(tenant("zeta", slug="tsame"))


@pytest.mark.parametrize("theirs", ["10.1.0.0/27", "10.1.0.0/20", "10.1.0.8/29"])
def test_overlapping_addresses_are_refused_also_in_another_cell(registry: Registry, theirs: str) -> None:
    registry.claim(tenant("acme", cidrs=("10.1.0.0/27",)))
    with pytest.raises(FactsTaken):
        registry.claim(replace(tenant("zeta", cidrs=(theirs,)), cell=2))
    assert registry.find("local", "zeta") is None


def test_no_two_tenants_of_a_cache_have_one_numbered_database(registry: Registry) -> None:
    def bridge(subject: str, shard: int = 1, number: int | None = 2) -> Record:
        return replace(tenant(subject), facts={"cache_shard": shard, "cache_database": number})

    registry.claim(bridge("acme"))
    with pytest.raises(FactsTaken):
        registry.claim(bridge("zeta"))
    for beside in (bridge("zeta", number=3), bridge("other", shard=2), replace(bridge("third"), cell=2)):
        registry.claim(beside)
    for pool in ("fourth", "fifth"):
        registry.claim(bridge(pool, number=None))
    registry.save(replace(bridge("acme"), status=Status.DESTROYED))
    registry.claim(bridge("sixth"))


ROOM = SharedData(databases=SharedDatabases(connections=100, tables=1000), caches=SharedCaches(users=5))


def sharing(subject: str, connections: int, users: int = 1, cell: int = 1) -> Record:
    slug = f"t{subject}1"
    place = Facts(slug, 1, (), cell, "eu-central-1", 1, 1, connections=connections, cache_users=users)
    return replace(tenant(subject), facts=place.to_json(), cell=cell, digest=f"{connections} {users}")


def test_a_shard_is_not_claimed_beyond_its_room(registry: Registry) -> None:
    registry.claim(sharing("acme", 60), ROOM)
    with pytest.raises(FactsTaken, match="shared database 1 of cell 1 has no room for 50 connections"):
        registry.claim(sharing("zeta", 50), ROOM)
    with pytest.raises(FactsTaken, match="shared cache 1 of cell 1 has no room for 5 users"):
        registry.claim(sharing("zeta", 40, users=5), ROOM)
    assert registry.find("local", "zeta") is None
    registry.claim(sharing("zeta", 40), ROOM)
    registry.claim(sharing("other", 50, cell=2), ROOM)
    registry.save(replace(sharing("acme", 60), status=Status.DESTROYED))
    registry.claim(sharing("third", 50), ROOM)


def test_what_a_tenant_wants_more_must_be_there_and_what_it_gives_back_need_not(registry: Registry) -> None:
    for subject in ("acme", "zeta"):
        registry.claim(sharing(subject, 50), ROOM)
    with pytest.raises(FactsTaken, match="no room for 51 connections"):
        registry.save(sharing("acme", 51), ROOM)
    assert registry.find("local", "acme") == sharing("acme", 50)
    less = ROOM.model_copy(update={"databases": SharedDatabases(connections=60)})
    registry.save(sharing("acme", 40), less)
    registry.save(replace(sharing("acme", 40), status=Status.FAILED), less)


def test_who_came_before_owner_reader_and_members_were_counted_is_not_refused_for_being_counted(
    registry: Registry,
) -> None:
    def counted(subject: str, connections: int, others: int) -> Record:
        one = sharing(subject, connections)
        return replace(one, facts={**one.facts, "other_connections": others}, digest=f"{connections} {others}")

    registry.claim(sharing("acme", 50), ROOM)
    registry.claim(sharing("zeta", 40), ROOM)
    registry.save(counted("acme", 50, 100), ROOM)
    with pytest.raises(FactsTaken, match="no room for 151 connections"):
        registry.save(counted("acme", 50, 101), ROOM)
    with pytest.raises(FactsTaken, match="no room for 1 connections"):
        registry.claim(counted("other", 1, 0), ROOM)
    registry.save(counted("acme", 20, 40), ROOM)


def test_whoever_becomes_a_member_is_one_of_nobody_else(registry: Registry) -> None:
    def of(subject: str, *logins: str) -> Record:
        members = [{"active": True, "signs_in_as": login, "role": ""} for login in logins]
        return replace(sharing(subject, 1), blueprint={"resources": {"members": {"members": members}}})

    registry.claim(of("acme", "ada@example.com"))
    registry.claim(of("zeta", "bob@example.com"))
    with pytest.raises(FactsTaken, match="of tenant acme already"):
        registry.save(replace(of("zeta", "bob@example.com", "ada@example.com"), digest="another"))


def test_a_destroyed_tenant_gives_its_addresses_back(registry: Registry) -> None:
    first = tenant("acme", cidrs=("10.1.0.0/27",))
    registry.claim(first)
    registry.save(replace(first, status=Status.DESTROYED))
    registry.claim(tenant("zeta", cidrs=("10.1.0.0/27",)))
    assert len(registry.tenants("local")) == 2


@pytest.mark.parametrize("order", [("acme", "zeta"), ("zeta", "acme")])
def test_a_registry_made_again_takes_in_who_is_destroyed_beside_who_has_the_addresses_now(
    registry: Registry, order: tuple[str, str]
) -> None:
    gone = replace(tenant("acme", cidrs=("10.1.0.0/27",)), status=Status.DESTROYED)
    records = {"acme": gone, "zeta": tenant("zeta", cidrs=("10.1.0.0/27",))}
    for subject in order:
        registry.claim(records[subject])
    assert registry.tenants("local") == (records["acme"], records["zeta"])
    with pytest.raises(FactsTaken):
        registry.claim(tenant("other", cidrs=("10.1.0.0/27",)))


def test_a_writer_with_an_older_token_is_refused_and_changes_nothing(registry: Registry) -> None:
    registry.claim(replace(tenant("acme"), token=5))
    registry.save(replace(tenant("acme"), token=6, status=Status.ACTIVE))
    with pytest.raises(StaleWriter):
        registry.save(replace(tenant("acme"), token=5, status=Status.FAILED))
    kept = registry.find("local", "acme")
    assert kept is not None
    assert kept.status is Status.ACTIVE


def test_runs_come_newest_first_and_show_how_they_ended(registry: Registry) -> None:
    first = RunRecord(id="r1", environment="local", subject="acme", incarnation=1, kind=RunKind.CREATE, started=NOON)
    second = replace(first, id="r2", kind=RunKind.APPLY, started=NOON + timedelta(hours=1))
    registry.begin(first)
    registry.begin(second)
    over = replace(
        first, ended=NOON + timedelta(minutes=1), outcome="failed", summary={"create": 3}, error="no capacity"
    )
    registry.end(over)
    assert registry.runs("local", "acme") == (second, over)
    assert registry.runs("local", "acme", limit=1) == (second,)
    assert registry.runs("local", "zeta") == ()
