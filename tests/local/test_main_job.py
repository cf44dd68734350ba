"""The main job, as a platform engineer does it, and what ordinary clients find behind it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import boto3
import psycopg
import pytest
import redis
from botocore.exceptions import ClientError
from psycopg import sql

from tests.local.conftest import WHOLE, Desk

pytestmark = pytest.mark.xdist_group("main-job")


@pytest.fixture(scope="module")
def two(desk: Desk) -> Desk:
    """Two tenants."""
    for tenant in ("north", "south"):
        desk.profile(tenant, whole=tenant == "north")
        desk.run("create", tenant)
    return desk


def _sql(desk: Desk, tenant: str, login: str | None = None) -> psycopg.Connection[Any]:
    outputs = desk.outputs(tenant)
    known = desk.secret(desk.outputs(login or tenant)["databaseSecretArn"])
    return psycopg.connect(
        host=outputs["databaseEndpoint"],
        port=outputs["databasePort"],
        dbname=outputs["databaseName"],
        user=known["username"],
        password=known["password"],
        sslmode="verify-full",
        sslrootcert=str(desk.environment.ca_file),
        connect_timeout=10,
    )


def _cache(desk: Desk, tenant: str, login: str | None = None) -> Any:
    outputs = desk.outputs(tenant)
    known = desk.secret(desk.outputs(login or tenant)["cacheSecretArn"])
    return redis.Redis(
        host=outputs["cacheEndpoint"],
        port=outputs["cachePort"],
        username=known["username"],
        password=known["password"],
        ssl=True,
        ssl_ca_certs=str(desk.environment.ca_file),
    )


def _s3_as(desk: Desk, tenant: str) -> Any:
    assumed = desk.aws("sts").assume_role(RoleArn=desk.outputs(tenant)["roleArn"], RoleSessionName="proof")
    keys = assumed["Credentials"]
    return cast("Any", boto3).client(
        "s3",
        region_name="us-east-1",
        endpoint_url=desk.environment.endpoints["s3"],
        verify=str(desk.environment.ca_file),
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )


def test_both_stand_whole_and_a_second_create_changes_nothing(two: Desk) -> None:
    for tenant in ("north", "south"):
        assert two.count(two.slug(tenant)) == {**WHOLE, "buckets": 3 if tenant == "north" else 2}
    answer = two.run("create", "north")
    assert "no changes" in answer.out
    plan = two.run("plan", "north", "--output", "json").json
    assert (plan["changes"], plan["summary"]["create"]) == ([], 0)


def test_workloads_reach_their_own_database_and_not_the_neighbours(two: Desk) -> None:
    with _sql(two, "north") as connection:
        connection.execute("create table if not exists notes (text text)")
        connection.execute("insert into notes values ('kept')")
        assert connection.execute("select session_user <> 'postgres', current_schema()").fetchone() is not None
        (ssl,) = connection.execute("select count(*) from notes").fetchone() or (0,)
        assert ssl >= 1
    with pytest.raises(psycopg.OperationalError, match="authentication failed|password"):
        _sql(two, "north", login="south")


def test_nobody_gets_in_without_tls(two: Desk) -> None:
    outputs = two.outputs("north")
    known = two.secret(outputs["databaseSecretArn"])
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(
            host=outputs["databaseEndpoint"],
            port=outputs["databasePort"],
            dbname=outputs["databaseName"],
            user=known["username"],
            password=known["password"],
            sslmode="disable",
            connect_timeout=10,
        )


def test_workloads_reach_their_own_cache_and_not_the_neighbours(two: Desk) -> None:
    own = _cache(two, "north")
    assert own.set("greeting", "hello")
    assert own.get("greeting") == b"hello"
    with pytest.raises(redis.AuthenticationError):
        _cache(two, "north", login="south").ping()


def test_objects_lie_under_the_tenants_key_and_the_neighbour_is_refused(two: Desk) -> None:
    outputs = two.outputs("north")
    bucket = outputs["dataBucket"]
    own = _s3_as(two, "north")
    own.put_object(Bucket=bucket, Key="report", Body=b"numbers")
    found = own.get_object(Bucket=bucket, Key="report")
    assert (found["Body"].read(), found["SSEKMSKeyId"]) == (b"numbers", outputs["keyArn"])
    with pytest.raises(ClientError, match="AccessDenied"):
        _s3_as(two, "south").get_object(Bucket=bucket, Key="report")


def test_a_model_is_read_by_its_tenant_and_deleted_before_its_time_by_nobody(two: Desk) -> None:
    bucket = two.outputs("north")["modelBucket"]
    own = _s3_as(two, "north")
    version = own.put_object(Bucket=bucket, Key="weights", Body=b"0.1")["VersionId"]
    assert own.get_object(Bucket=bucket, Key="weights")["Body"].read() == b"0.1"
    lock = two.aws("s3").get_object_retention(Bucket=bucket, Key="weights")["Retention"]
    assert lock["Mode"] == "GOVERNANCE"
    assert (lock["RetainUntilDate"] - datetime.now(UTC)).days in (89, 90)
    for bypass in (False, True):
        with pytest.raises(ClientError, match="AccessDenied"):
            own.delete_object(Bucket=bucket, Key="weights", VersionId=version, BypassGovernanceRetention=bypass)
    # not even who may do everything, unless the lock is got around on purpose
    with pytest.raises(ClientError, match="AccessDenied"):
        two.aws("s3").delete_object(Bucket=bucket, Key="weights", VersionId=version)


def test_an_edit_shows_just_itself_and_is_applied(two: Desk) -> None:
    two.edit("south", "storage_gb: 200", "storage_gb: 300")
    two.edit("south", "cache.t4g.small", "cache.t4g.medium")
    assert two.try_("plan", "south", "--detailed-exitcode").code == 6
    plan = two.run("plan", "south", "--output", "json").json
    paths = {(change["type"], path["path"]) for change in plan["changes"] for path in change["paths"]}
    assert paths == {
        ("aws:rds/instance:Instance", "allocatedStorage"),
        ("aws:elasticache/replicationGroup:ReplicationGroup", "nodeType"),
    }
    assert two.try_("create", "south").code == 2
    two.run("apply", "south")
    assert two.try_("plan", "south", "--detailed-exitcode").code == 0
    databases = two.aws("rds").describe_db_instances()["DBInstances"]
    assert [d["AllocatedStorage"] for d in databases if two.slug("south") in d["DBInstanceIdentifier"]] == [300]


def test_drift_is_seen_and_changes_nothing(two: Desk) -> None:
    assert two.run("drift", "south", "--output", "json").json["tenants"][0]["drifted"] is False
    bucket = two.outputs("south")["dataBucket"]
    two.aws("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    (told,) = two.run("drift", "south", "--output", "json").json["tenants"]
    assert told["drifted"] is True
    assert [change["type"] for change in told["changes"]] == ["aws:s3/bucketVersioning:BucketVersioning"]
    assert two.aws("s3").get_bucket_versioning(Bucket=bucket)["Status"] == "Suspended"
    assert two.try_("plan", "south", "--refresh", "--detailed-exitcode").code == 6
    two.run("apply", "south", "--refresh")
    assert two.aws("s3").get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"


def test_no_secret_is_in_clear_in_any_state_or_registry(two: Desk) -> None:
    outputs = two.outputs("north")
    words = [two.secret(outputs[name])["password"] for name in ("databaseSecretArn", "cacheSecretArn")]
    for path in (p for p in two.home.rglob("*") if p.is_file() and "local-cloud" not in p.parts):
        content = path.read_bytes()
        assert not [word for word in words if word.encode() in content], path


def test_the_registry_is_rebuilt_from_states(two: Desk) -> None:
    before = two.run("list", "--output", "json").json["tenants"]
    (two.home / "registry.sqlite").unlink()
    two.run("registry", "rebuild")
    after = two.run("list", "--output", "json").json["tenants"]
    kept = ("id", "slug", "incarnation", "tier", "status")
    assert [[row[key] for key in kept] for row in after] == [[row[key] for key in kept] for row in before]


def test_shared_services_with_live_tenants_are_not_destroyed(two: Desk) -> None:
    answer = two.try_("shared", "destroy", "--confirm", "shared.us-east-1.1")
    assert answer.code == 3
    assert "north" in answer.err
    assert "south" in answer.err


def test_destroy_keeps_the_data_and_touches_nobody_else_and_purge_takes_the_rest(two: Desk) -> None:
    """Last: it ends `north`."""
    slug, bucket = two.slug("north"), two.outputs("north")["dataBucket"]
    assert two.try_("destroy", "north", "--confirm", "south").code == 2
    two.run("destroy", "north", "--confirm", "north")
    left = two.count(slug)
    assert left == {**dict.fromkeys(WHOLE, 0), "buckets": 3, "aliases": 1}
    assert two.status("south") == "active"
    assert two.run("drift", "south", "--output", "json").json["tenants"][0]["drifted"] is False
    assert two.aws("s3").get_object(Bucket=bucket, Key="report")["Body"].read() == b"numbers"
    assert _rows_in_final_snapshot(two, slug) >= 1
    two.run("destroy", "north", "--purge", "--confirm", "north")
    assert two.count(slug) == dict.fromkeys(WHOLE, 0)
    assert _final_snapshots(two, slug) == []
    two.run("create", "north")
    assert two.slug("north") != slug


def _final_snapshots(desk: Desk, slug: str) -> list[str]:
    """Manual snapshots under a slug; automated ones go with their instance on AWS."""
    found = desk.aws("rds").describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    return [s["DBSnapshotIdentifier"] for s in found if slug in s["DBSnapshotIdentifier"]]


def _rows_in_final_snapshot(desk: Desk, slug: str) -> int:
    """Restore the final snapshot beside everything else and count what the tenant had written."""
    rds = desk.aws("rds")
    (snapshot,) = _final_snapshots(desk, slug)
    name = f"restored-{slug}"
    instances = rds.describe_db_instances()["DBInstances"]
    (neighbour,) = [d for d in instances if desk.slug("south") in d["DBInstanceIdentifier"]]
    rds.restore_db_instance_from_db_snapshot(
        DBInstanceIdentifier=name,
        DBSnapshotIdentifier=snapshot,
        DBSubnetGroupName=neighbour["DBSubnetGroup"]["DBSubnetGroupName"],
        DBParameterGroupName=neighbour["DBParameterGroups"][0]["DBParameterGroupName"],
    )
    endpoint = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
    try:
        with psycopg.connect(
            host=endpoint["Endpoint"]["Address"],
            port=endpoint["Endpoint"]["Port"],
            dbname=slug,
            user=endpoint["MasterUsername"],
            password=desk.secret(endpoint["MasterUserSecret"]["SecretArn"])["password"],
            sslmode="require",
        ) as connection:
            owner = sql.Identifier(slug)
            connection.execute(sql.SQL("grant {} to current_user").format(owner))
            connection.execute(sql.SQL("set role {}").format(owner))
            found = connection.execute(sql.SQL("select count(*) from {}.notes").format(owner)).fetchone()
            return int(found[0]) if found else 0
    finally:
        rds.modify_db_instance(DBInstanceIdentifier=name, DeletionProtection=False, ApplyImmediately=True)
        rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
