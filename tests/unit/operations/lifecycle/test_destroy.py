"""Destroying: what goes, what stays, and that it can be gone on with from anywhere."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from shutil import copytree

import pytest

from engine.runs import Output
from operations import prospects
from operations.lifecycle import shared
from operations.lifecycle.create import create
from operations.lifecycle.destroy import destroy, prospect
from operations.registry.model import Record, Status, Step
from operations.reports import RunFailed
from operations.settings import PACKAGED
from stacks.errors import BadInput, Refused
from tests.fakes import World


def made(world: World, tenant: str = "acme") -> Record:
    record = create(world.bundle, str(world.write(tenant))).record
    world.cloud.log.clear()
    return record


def known(world: World) -> Record:
    found = world.registry.find("local", "acme")
    assert found is not None
    return found


def test_a_destroy_leaves_snapshot_buckets_and_key(world: World) -> None:
    record = made(world)
    report = destroy(world.bundle, "acme", purge=False)
    assert world.cloud.verbs() == ["apply retiring", "apply archived"]
    assert world.cloud.names(record.stack) == ["encryption", "object_store"]
    (snapshot,) = world.cloud.snapshots
    assert snapshot.startswith(f"demo-local-{record.slug}-final-r2026")
    assert report.record.status is Status.DESTROYED
    assert not report.record.purged
    assert report.kept


def test_the_question_of_a_destroy_counts_what_its_run_will_count(world: World) -> None:
    record = made(world)
    rows = world.cloud.stacks[record.stack].rows
    plain = prospect(world.bundle, "acme", purge=False)

    def add(kind: str, name: str, **more: object) -> str:
        urn = f"urn:pulumi:{record.stack}::tenants::{kind}::{name}"
        rows[urn] = {"urn": urn, "type": kind, "protect": False, "snapshot": "", "inputs": {}, **more}
        return urn

    add("postgresql:index/role:Role", "login", custom=True)
    add("random:index/randomPassword:RandomPassword", "login", custom=True)
    add("pulumi:providers:aws", "aws", custom=True)
    around = add("tenant:objectStore:ObjectStore", "objectStore")
    inner = add("tenant:bucket:Bucket", "data", parent=around)
    add("tenant:network:Network", "network")
    next(row for row in rows.values() if row["type"] == "aws:s3/bucket:Bucket")["parent"] = inner
    kept, purged = (prospect(world.bundle, "acme", purge=purge) for purge in (False, True))
    assert (plain.along, kept.along, purged.along) == (0, 3, 5)
    assert kept.deleted == plain.deleted


def test_a_purge_leaves_nothing(world: World) -> None:
    record = made(world)
    report = destroy(world.bundle, "acme", purge=True)
    assert world.cloud.verbs() == ["apply retiring", "apply archived", "apply purging", "destroy purging"]
    assert record.stack not in world.cloud.stacks
    assert world.cloud.snapshots == set()
    assert report.record.purged
    assert report.kept == ()


def test_a_purge_says_how_long_the_key_is_pending(world: World) -> None:
    record = made(world)
    key = next(row for row in world.cloud.stacks[record.stack].rows.values() if row["type"] == "aws:kms/key:Key")
    key["inputs"]["deletionWindowInDays"] = 7
    assert prospect(world.bundle, "acme", purge=False).key_days is None
    assert prospect(world.bundle, "acme", purge=True).key_days == 7
    began = world.bundle.clock.now()
    until = destroy(world.bundle, "acme", purge=True).key_until
    assert until is not None
    assert timedelta(days=7) < until - began < timedelta(days=7, minutes=2)


def test_a_purge_without_a_key_speaks_of_none(world: World) -> None:
    world.cloud.refusals |= dict.fromkeys(("encryption", "object_store", "database"), "no")
    with pytest.raises(RunFailed):
        made(world)
    assert destroy(world.bundle, "acme", purge=True).key_until is None


def test_a_destroy_that_keeps_the_key_speaks_of_no_end_of_it(world: World) -> None:
    made(world)
    assert destroy(world.bundle, "acme", purge=False).key_until is None


def test_what_was_kept_is_purged_later(world: World) -> None:
    record = made(world)
    destroy(world.bundle, "acme", purge=False)
    assert destroy(world.bundle, "acme", purge=True).record.purged
    assert record.stack not in world.cloud.stacks


def test_a_purge_takes_archived_incarnations_along(world: World) -> None:
    first = made(world)
    destroy(world.bundle, "acme", purge=False)
    second = create(world.bundle, "acme").record
    assert [r.incarnation for r in prospect(world.bundle, "acme", purge=True).archived] == [1]
    destroy(world.bundle, "acme", purge=True)
    assert not {first.stack, second.stack} & world.cloud.stacks.keys()
    assert all(r.purged for r in world.registry.incarnations("local", "acme"))


def test_a_second_destroy_has_nothing_to_do(world: World) -> None:
    made(world)
    destroy(world.bundle, "acme", purge=False)
    world.cloud.log.clear()
    assert not destroy(world.bundle, "acme", purge=False).changed
    assert world.cloud.log == []


def test_the_other_tenant_is_not_touched(world: World) -> None:
    made(world)
    other = made(world, "globex")
    there, before = world.cloud.names(other.stack), world.registry.find("local", "globex")
    destroy(world.bundle, "acme", purge=True)
    assert world.cloud.names(other.stack) == there
    assert world.registry.find("local", "globex") == before


def test_an_unknown_tenant_is_told_with_the_nearest_one(world: World) -> None:
    made(world)
    with pytest.raises(BadInput, match="Did you mean acme"):
        destroy(world.bundle, "acmee", purge=False)


def test_its_place_is_free_for_the_next(world: World) -> None:
    record = made(world)
    destroy(world.bundle, "acme", purge=False)
    assert create(world.bundle, str(world.write("globex"))).record.cidrs == record.cidrs


@dataclass(frozen=True)
class Crash:
    """Where the process dies, and what is run when it is gone on with."""

    id: str
    at: str
    expected: list[str]


CRASHES = [
    Crash(
        "before retiring",
        "apply retiring",
        ["apply retiring", "apply archived", "apply purging", "destroy purging"],
    ),
    Crash("before archiving", "apply archived", ["apply archived", "apply purging", "destroy purging"]),
    Crash("before purging", "apply purging", ["apply purging", "destroy purging"]),
    Crash("before the last delete", "destroy purging", ["apply purging", "destroy purging"]),
]


class Died(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("crash", CRASHES, ids=lambda crash: crash.id)
def test_a_destroy_goes_on_where_it_ended_and_never_a_step_back(world: World, crash: Crash) -> None:
    record = made(world)

    def die(verb: str, stack: str) -> None:
        if f"{verb} {stack.rpartition(' ')[2]}" == crash.at:
            raise Died

    world.cloud.before = die
    with pytest.raises(Died):
        destroy(world.bundle, "acme", purge=True)
    world.cloud.before = lambda verb, stack: None
    world.cloud.log.clear()
    begun = known(world).destruction
    destroy(world.bundle, "acme", purge=True)
    assert world.cloud.verbs() == crash.expected
    assert record.stack not in world.cloud.stacks
    ended = known(world).destruction
    assert begun is not None
    assert ended is not None
    assert (ended.run_id, ended.step) == (begun.run_id, Step.PURGED)


def test_a_failed_destroy_says_what_failed_and_goes_on_later(world: World) -> None:
    record = made(world)
    world.cloud.refusals["cache"] = "InvalidReplicationGroupState"
    with pytest.raises(RunFailed, match="tenant destroy acme"):
        destroy(world.bundle, "acme", purge=False)
    assert known(world).status is Status.FAILED
    world.cloud.refusals.clear()
    destroy(world.bundle, "acme", purge=False)
    assert world.cloud.names(record.stack) == ["encryption", "object_store"]


def test_a_destroy_looks_at_the_cloud_only_where_an_earlier_one_failed(world: World) -> None:
    made(world)
    world.cloud.drifted.add("database")
    world.cloud.refusals["cache"] = "InvalidReplicationGroupState"
    with pytest.raises(RunFailed):
        destroy(world.bundle, "acme", purge=False)
    assert world.cloud.drifted == {"database"}
    world.cloud.refusals.clear()
    destroy(world.bundle, "acme", purge=False)
    assert world.cloud.drifted == set()


def test_a_purge_that_fails_leaves_the_tenant_destroyed(world: World) -> None:
    made(world)
    destroy(world.bundle, "acme", purge=False)
    world.cloud.refusals["object_store"] = "BucketNotEmpty"
    with pytest.raises(RunFailed):
        destroy(world.bundle, "acme", purge=True)
    assert known(world).status is Status.DESTROYED
    assert "BucketNotEmpty" in known(world).failure


def test_a_tenant_whose_creation_failed_is_destroyed_though_the_cause_is_still_there(world: World) -> None:
    world.cloud.refusals["database"] = "InsufficientDBInstanceCapacity"
    with pytest.raises(RunFailed):
        create(world.bundle, str(world.write("acme")))
    destroy(world.bundle, "acme", purge=True)
    assert known(world).purged
    assert not [name for name in world.cloud.stacks if "shared" not in name]


def test_an_attempt_that_made_nothing_of_value_is_just_deleted(world: World) -> None:
    world.cloud.refusals |= dict.fromkeys(("database", "encryption", "object_store"), "AccessDenied")
    with pytest.raises(RunFailed):
        create(world.bundle, str(world.write("acme")))
    world.cloud.log.clear()
    destroy(world.bundle, "acme", purge=False)
    assert world.cloud.verbs() == ["destroy purging"]
    assert known(world).purged


def test_the_prospect_names_what_goes_and_what_stays(world: World) -> None:
    made(world)
    told = prospect(world.bundle, "acme", purge=False)
    assert {thing.name for thing in told.kept} == {"encryption", "object_store"}
    assert "database" in {thing.name for thing in told.deleted}
    assert told.final_snapshot
    assert prospect(world.bundle, "acme", purge=True).kept == ()


def test_shared_services_with_live_tenants_refuse_to_be_destroyed_and_name_them(world: World) -> None:
    made(world)
    made(world, "globex")
    with pytest.raises(Refused, match="acme, globex") as refused:
        shared.destroy(world.bundle, shared.Place(), purge=False)
    assert refused.value.exit_code == 3
    assert world.cloud.log == []
    (cell,) = world.registry.shared("local")
    assert cell.status is Status.ACTIVE


def test_shared_services_keep_audit_and_key_and_come_back_in_the_same_stack(world: World) -> None:
    (cell,) = world.registry.shared("local")
    shared.destroy(world.bundle, shared.Place(), purge=False)
    assert world.cloud.names(cell.stack) == ["access", "audit"]
    again = shared.apply(world.bundle, shared.Place()).record
    assert (again.status, again.stack) == (Status.ACTIVE, cell.stack)
    assert world.cloud.names(cell.stack) == ["access", "audit", "network"]


def test_shared_services_are_not_purged_under_archived_data(world: World) -> None:
    made(world)
    destroy(world.bundle, "acme", purge=False)
    with pytest.raises(Refused, match="--purge"):
        shared.destroy(world.bundle, shared.Place(), purge=True)
    destroy(world.bundle, "acme", purge=True)
    assert shared.destroy(world.bundle, shared.Place(), purge=True).record.purged
    assert world.cloud.stacks == {}


def test_a_tenant_created_while_its_cell_is_destroyed_stops_the_destroy(world: World) -> None:
    """The create claims before the destroy looks: the destroy must see it."""
    made(world)
    with pytest.raises(Refused):
        shared.destroy(world.bundle, shared.Place(), purge=False)
    assert create(world.bundle, "acme").changed is False


def test_what_could_not_be_archived_is_not_called_destroyed_and_keeps_its_place(world: World) -> None:
    world.cloud.refusals["object_store"] = "no bucket today"
    with pytest.raises(RunFailed):
        create(world.bundle, str(world.write("acme")))
    with pytest.raises(RunFailed, match="failed"):
        destroy(world.bundle, "acme", purge=False)
    assert known(world).status is not Status.DESTROYED
    assert [one.subject for one in world.registry.taken("local")] == ["acme"]
    assert "database" in world.cloud.names(known(world).stack)
    world.cloud.refusals.clear()
    assert destroy(world.bundle, "acme", purge=False).record.status is Status.DESTROYED
    assert "database" not in world.cloud.names(known(world).stack)


def test_a_retiring_that_leaves_a_service_protected_is_not_forgiven(world: World) -> None:
    """What follows could never delete it, and there is no way back."""
    record = made(world)
    (urn,) = [urn for urn in world.cloud.stacks[record.stack].rows if urn.endswith("::cache")]
    del world.cloud.stacks[record.stack].rows[urn]
    world.cloud.refusals["cache"] = "no capacity"
    world.cloud.skipped = {"database"}  # it needs what failed
    with pytest.raises(RunFailed):
        destroy(world.bundle, "acme", purge=False)
    kept = known(world).destruction
    assert kept is not None
    assert kept.step is Step.RETIRING
    world.cloud.refusals.clear()
    world.cloud.skipped.clear()
    assert destroy(world.bundle, "acme", purge=False).record.status is Status.DESTROYED


def _locked(world: World, *, compliance: bool) -> Record:
    """A tenant whose models are locked for another three months."""
    path = world.write("acme", models={"days": 90, "compliance": compliance})
    record = create(world.bundle, str(path)).record
    bucket = record.blueprint["resources"]["object_store"]["models"]["bucket"]
    world.cloud.locks[bucket] = world.bundle.clock.now() + timedelta(days=90)
    world.cloud.log.clear()
    return record


def test_a_purge_that_would_meet_locks_that_nobody_lifts_is_not_begun(world: World) -> None:
    record = _locked(world, compliance=True)
    for ask in (prospect, destroy):
        with pytest.raises(Refused, match="can't be purged before"):
            ask(world.bundle, "acme", purge=True)
    assert world.cloud.log == []
    destroy(world.bundle, "acme", purge=False)
    world.cloud.locks.clear()
    assert destroy(world.bundle, "acme", purge=True).record.purged
    assert record.stack not in world.cloud.stacks


def test_locks_that_can_be_lifted_hold_up_no_purge(world: World) -> None:
    _locked(world, compliance=False)
    assert destroy(world.bundle, "acme", purge=True).record.purged


def sharing(world: World, tier: str) -> Record:
    """A tenant that shares its data services, on a cell that says where they are."""
    cell = world.registry.find("local", "shared.us-east-1.1")
    assert cell is not None
    databases = {"1": {"address": "db", "port": 5432, "deployerSecretArn": "arn:deployer"}}
    caches = {"1": {"address": "cache", "deployerSecretArn": "arn:sweeper"}}
    told = {**cell.outputs, "databases": Output(databases), "caches": Output(caches)}
    world.registry.save(replace(cell, outputs=told))
    file = world.write("acme", tier=tier, database={})
    record = create(world.bundle, str(file)).record
    world.cloud.log.clear()
    return record


@pytest.mark.parametrize(
    ("tier", "keys", "rows"),
    [
        ("standard", "keys * of database 1 by arn:sweeper", []),
        ("starter", "keys {slug}:* of database 0 by arn:sweeper", ["pool.app of {slug} by arn:deployer"]),
    ],
    ids=["bridge", "pool"],
)
def test_keys_go_with_the_tenant_and_the_rest_that_others_share_with_its_purge(
    world: World, tier: str, keys: str, rows: list[str]
) -> None:
    record = sharing(world, tier)
    destroy(world.bundle, "acme", purge=False)
    assert world.cloud.erased == [keys.format(slug=record.slug)]
    world.cloud.erased.clear()
    destroy(world.bundle, "acme", purge=True)
    cell = "demo-local-stj5e34rnl"
    folders = [f"{cell}-{bucket}/{record.slug}" for bucket in ("objects", "backups")]
    assert world.cloud.erased == [*(each.format(slug=record.slug) for each in rows), *folders]


def test_large_objects_of_a_schema_beside_others_go_with_its_purge(world: World) -> None:
    tiers = world.profiles.parent / "tiers"
    copytree(PACKAGED / "tiers", tiers)
    file = tiers / "standard" / "1.yaml"
    file.write_text(f"{file.read_text()}bridge_database: schema\n", encoding="utf-8")
    record = sharing(world, "standard")
    destroy(world.bundle, "acme", purge=True)
    assert f"bridge.{record.slug} of {record.slug} by arn:deployer" in world.cloud.erased


def test_a_tenant_with_buckets_of_its_own_has_nothing_in_others(world: World) -> None:
    made(world)
    destroy(world.bundle, "acme", purge=True)
    assert world.cloud.erased == []


@pytest.mark.parametrize(
    ("tier", "kept"),
    [
        ("standard", "database {slug} on demo-local-stj5e34rnl-database-1"),
        ("starter", "rows of {slug} in pool.app on demo-local-stj5e34rnl-database-1"),
    ],
    ids=["bridge", "pool"],
)
def test_of_what_is_shared_only_the_tenant_s_own_part_is_called_kept(world: World, tier: str, kept: str) -> None:
    record = sharing(world, tier)
    told = {"dataBucket": "objects", "backupBucket": "backups", "backupVault": "vault", "keyArn": "key"}
    named = replace(record, outputs={name: Output(value) for name, value in told.items()})
    own_key = ["key"] if tier == "standard" else []
    assert list(prospects.kept(named)) == [
        f"objects/{record.slug}",
        f"backups/{record.slug}",
        *own_key,
        kept.format(slug=record.slug),
    ]
