"""What only reads: drift, show, status, whois; and the registry made again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.runs import Output
from operations.lifecycle import drift
from operations.lifecycle.apply import apply
from operations.lifecycle.create import create
from operations.lifecycle.destroy import destroy
from operations.lifecycle.listing import listing
from operations.lifecycle.rebuild import rebuild
from operations.lifecycle.show import show
from operations.lifecycle.status import status
from operations.lifecycle.whois import whois
from operations.registry.memory import MemoryRegistry
from operations.registry.model import Record, Status, Step
from operations.reports import RunFailed
from stacks.errors import BadInput, Interrupted, Refused
from stacks.inputs.environment import Target
from tests.fakes import Owner, World


def made(world: World, tenant: str = "acme") -> Record:
    return create(world.bundle, str(world.write(tenant))).record


def test_drift_is_seen_per_tenant_and_changes_nothing(world: World) -> None:
    made(world)
    made(world, "globex")
    world.cloud.drifted = {"cache"}
    assert [change.name for change in drift.drift(world.bundle, "acme")[0].changes] == ["cache"]
    assert [report.subject for report in drift.drift_of_all(world.bundle)] == ["acme", "globex"]


def test_a_destroyed_tenant_cannot_drift(world: World) -> None:
    made(world)
    destroy(world.bundle, "acme", purge=False)
    with pytest.raises(BadInput):
        drift.drift(world.bundle, "acme")
    assert drift.drift_of_all(world.bundle) == ()


def test_show_tells_how_to_connect_and_no_password(world: World) -> None:
    made(world)
    connect = show(world.bundle, "acme").connect
    assert connect["psql"] is not None
    assert "127.1.2.3" in connect["psql"]
    assert connect["kubectl"] is not None
    assert "aws eks update-kubeconfig" in connect["kubectl"].replace('--endpoint-url "${AWS_ENDPOINT_URL_EKS:?}" ', "")
    assert " --name demo-cluster --region us-east-1 " in connect["kubectl"]
    assert "hunter2" not in str(connect)


def test_listing_and_show_need_no_cloud(world: World) -> None:
    made(world)
    world.cloud.running = False
    assert [record.subject for record in listing(world.bundle)] == ["acme"]
    assert show(world.bundle, "acme").record.status is Status.ACTIVE


def test_status_tells_who_is_at_work(world: World) -> None:
    made(world)
    assert status(world.bundle, "acme").lease is None
    bert = Owner("bert", "runner", "", "", 1, "")
    world.leases.acquire("local/acme", bert, 10_000)
    standing = status(world.bundle, "acme")
    assert standing.lease is not None
    assert standing.lease.owner == bert
    assert not standing.abandoned


def test_status_tells_a_run_that_nobody_goes_on_with(world: World) -> None:
    record = made(world)
    world.registry.save(replace(record, status=Status.UPDATING))
    bert = Owner("bert", "runner", "", "", 1, "")
    world.leases.acquire("local/acme", bert, 10_000)
    assert not status(world.bundle, "acme").abandoned
    world.dead.add(bert)
    assert status(world.bundle, "acme").abandoned


def test_whois_turns_names_back_into_their_owner(world: World) -> None:
    record = made(world)
    bucket = f"demo-local-{record.slug}-data"
    assert whois(world.bundle, bucket).record.subject == "acme"
    assert whois(world.bundle, bucket).role == "dataBucket"
    assert whois(world.bundle, f"demo-local-{record.slug}-backup").role == "backup"
    assert whois(world.bundle, f"arn:aws:iam::123456789012:role/demo-local-{record.slug}-workload").role == "roleArn"
    assert whois(world.bundle, f"arn:aws:iam::123456789012:role/demo-local-{record.slug}-reader").role == "reader"
    assert whois(world.bundle, record.stack).record.subject == "acme"


def test_whois_finds_what_is_inside_an_output_and_says_where(world: World) -> None:
    record = made(world)
    inner = {"securityGroups": {"workloads": "sg-1", "data": "sg-2"}, "subnets": {"data": ["subnet-1", "subnet-2"]}}
    outputs = {**record.outputs, **{name: Output(value) for name, value in inner.items()}}
    world.registry.save(replace(record, outputs=outputs))
    found = {name: whois(world.bundle, name).role for name in ("sg-2", "subnet-2")}
    assert found == {"sg-2": "securityGroups.data", "subnet-2": "subnets.data[1]"}


def test_whois_finds_no_secret(world: World) -> None:
    record = made(world)
    world.registry.save(replace(record, outputs={"login": Output({"password": "hunter3"}, secret=True)}))
    with pytest.raises(BadInput):
        whois(world.bundle, "hunter3")


def test_a_tenants_own_names_are_no_role_of_it(world: World) -> None:
    record = made(world)
    world.registry.save(replace(record, outputs={**record.outputs, "databaseName": Output(record.slug)}))
    assert [whois(world.bundle, name).role for name in (record.slug, record.stack, "acme")] == ["", "", ""]


def test_whois_knows_destroyed_incarnations(world: World) -> None:
    first = made(world)
    destroy(world.bundle, "acme", purge=False)
    create(world.bundle, "acme")
    assert whois(world.bundle, f"demo-local-{first.slug}-data").record.incarnation == 1


def test_a_name_of_nobody_is_bad_input(world: World) -> None:
    with pytest.raises(BadInput):
        whois(world.bundle, "demo-local-tzzzzzzzzz-data")


def lost(world: World) -> World:
    """The same world without its registry."""
    empty = MemoryRegistry()
    return replace(world, registry=empty, bundle=replace(world.bundle, registry=empty))


def test_a_lost_registry_is_made_again_from_the_states(world: World) -> None:
    made(world)
    made(world, "globex")
    made(world, "initech")
    destroy(world.bundle, "globex", purge=False)
    before = {r.subject: r for r in world.registry.tenants("local")}
    after = lost(world)
    assert {one.result for one in rebuild(after.bundle)} == {"restored"}
    for subject, was in before.items():
        now = after.registry.find("local", subject)
        assert now is not None
        assert (now.facts, now.digest, now.status, now.slug, now.cidrs) == (
            was.facts,
            was.digest,
            was.status,
            was.slug,
            was.cidrs,
        )
        assert now.blueprint == was.blueprint
    assert not create(after.bundle, "acme").changed
    assert destroy(after.bundle, "globex", purge=True).record.purged


def test_a_rebuild_leaves_alone_what_is_known(world: World) -> None:
    made(world)
    before = world.registry.find("local", "acme")
    assert {one.result for one in rebuild(world.bundle)} == {"known"}
    assert world.registry.find("local", "acme") == before


def test_a_tenant_without_outputs_is_restored_from_tags_and_can_be_gone_on_with(world: World) -> None:
    world.cloud.refusals["database"] = "no capacity"
    with pytest.raises(RunFailed):
        made(world)
    slug = world.registry.tenants("local")[0].slug
    after = lost(world)
    rebuild(after.bundle)
    found = after.registry.find("local", "acme")
    assert found is not None
    assert (found.status, found.slug, found.incarnation, found.tier) == (Status.FAILED, slug, 1, "enterprise")


def test_a_tenant_whose_outputs_lack_its_database_is_restored_as_unfinished(world: World) -> None:
    record = made(world)
    kept = world.cloud.stacks[record.stack]
    kept.outputs = {name: value for name, value in kept.outputs.items() if name != "databaseEndpoint"}
    after = lost(world)
    rebuild(after.bundle)
    found = after.registry.find("local", "acme")
    assert found is not None
    assert (found.status, found.active_since) == (Status.FAILED, None)
    assert create(after.bundle, "acme").record.status is Status.ACTIVE


def test_what_was_restored_from_tags_is_not_destroyed_before_its_create_has_ended(world: World) -> None:
    world.cloud.refusals["database"] = "no capacity"
    with pytest.raises(RunFailed):
        made(world)
    for stack in world.cloud.stacks.values():
        stack.outputs.clear()  # as where the run was killed before it could tell them
    after = lost(world)
    rebuild(after.bundle)
    with pytest.raises(Refused, match="tenant create acme"):
        destroy(after.bundle, "acme", purge=True)


def test_a_tenant_whose_last_run_failed_is_restored_as_failed_and_create_goes_on(world: World) -> None:
    made(world)
    world.write("acme", database={"storage_gb": 300})
    world.cloud.refusals["database"] = "not today"
    with pytest.raises(RunFailed):
        apply(world.bundle, "acme")
    world.cloud.refusals.clear()
    after = lost(world)
    rebuild(after.bundle)
    found = after.registry.find("local", "acme")
    assert found is not None
    assert found.status is Status.FAILED
    assert apply(after.bundle, "acme").record.status is Status.ACTIVE


def test_a_retiring_that_did_not_end_is_gone_on_with_as_retiring(world: World) -> None:
    made(world)
    world.cloud.interrupted = True
    with pytest.raises(Interrupted):
        destroy(world.bundle, "acme", purge=False)
    world.cloud.interrupted = False
    after = lost(world)
    rebuild(after.bundle)
    found = after.registry.find("local", "acme")
    assert found is not None
    assert found.destruction is not None
    assert found.destruction.step is Step.RETIRING
    assert found.destruction.run_id.startswith("r2026")


def test_an_archive_whose_deletions_did_not_end_is_still_being_destroyed(world: World) -> None:
    record = made(world)
    destroy(world.bundle, "acme", purge=False)
    rows = world.cloud.stacks[record.stack].rows
    rows["urn:pulumi:s::tenants::aws:rds/instance:Instance::database"] = {
        "urn": "urn:pulumi:s::tenants::aws:rds/instance:Instance::database",
        "type": "aws:rds/instance:Instance",
        "custom": True,
        "protect": False,
        "inputs": {},
    }
    after = lost(world)
    rebuild(after.bundle)
    found = after.registry.find("local", "acme")
    assert found is not None
    assert found.status is Status.DESTROYING
    assert found.destruction is not None
    assert found.destruction.step is Step.ARCHIVING


def test_a_purged_incarnation_is_known_after_a_rebuild_and_its_slug_is_not_used_again(world: World) -> None:
    first = made(world)
    destroy(world.bundle, "acme", purge=True)
    after = lost(world)
    rebuild(after.bundle)
    found = after.registry.find("local", "acme")
    assert found is not None
    assert (found.incarnation, found.slug, found.purged) == (1, first.slug, True)
    second = create(after.bundle, "acme").record
    assert (second.incarnation, second.slug != first.slug) == (2, True)


def test_local_connect_lines_reach_the_local_cloud_and_nothing_else(world: World) -> None:
    record = made(world)
    connect = show(world.bundle, "acme").connect
    assert all('eval "$(tenant local env)"' in (connect[name] or "") for name in ("role", "psql", "valkey"))
    assert all("--endpoint-url" in (connect[name] or "") for name in ("role", "s3"))
    assert "--cacert" in (connect["valkey"] or "")
    assert f"user={record.slug}" in (connect["psql"] or "")


def test_objects_are_listed_where_the_role_may_list_them(world: World) -> None:
    create(world.bundle, str(world.write("acme", data_locations={"blob_container": "documents"})))
    connect = show(world.bundle, "acme").connect
    assert "-data/documents/ " in (connect["s3"] or "")
    made(world, "globex")
    assert "-data/ " in (show(world.bundle, "globex").connect["s3"] or "")


def test_show_tells_how_to_take_the_role_on(world: World) -> None:
    record = made(world)
    role = show(world.bundle, "acme").connect["role"] or ""
    assert f"sts assume-role --role-arn {record.outputs['roleArn'].value} " in role


def test_a_role_that_only_pods_may_take_on_is_offered_to_nobody_else(world: World) -> None:
    alone = world.bundle.environment.model_copy(update={"workload_principals": []})
    bundle = replace(world.bundle, environment=alone)
    create(bundle, str(world.write("acme")))
    connect = show(bundle, "acme").connect
    assert connect["role"] is None
    assert "its pods" in (connect["s3"] or "")


def test_connect_lines_of_a_real_account_name_nothing_of_the_local_cloud(world: World) -> None:
    made(world)
    real = world.bundle.environment.model_copy(update={"target": Target.AWS})
    connect = show(replace(world.bundle, environment=real), "acme").connect
    for line in ("role", "s3"):
        assert connect[line]
        assert "local env" not in (connect[line] or "")
        assert "endpoint" not in (connect[line] or "")
