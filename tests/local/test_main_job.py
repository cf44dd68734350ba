"""The main job, as a platform engineer does it, and what ordinary clients find behind it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, cast

import boto3
import psycopg
import pytest
import redis
from botocore.exceptions import ClientError
from psycopg import sql

from tests.local import rest_api
from tests.local.conftest import WHOLE, Desk

pytestmark = pytest.mark.xdist_group("main-job")


@pytest.fixture(scope="module")
def two(desk: Desk) -> Iterator[Desk]:
    """Two tenants, of an environment with an API, which the first may call twice a day."""
    with rest_api.offered(desk):
        for tenant in ("north", "south"):
            desk.profile(tenant, whole=tenant == "north")
            if tenant == "north":
                desk.edit(tenant, "api_calls_daily: 100000", "api_calls_daily: 2")
            desk.run("create", tenant)
        yield desk


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
        db=known["database"],
        username=known["username"],
        password=known["password"],
        ssl=True,
        ssl_ca_certs=str(desk.environment.ca_file),
    )


def _as(desk: Desk, tenant: str, service: str) -> Any:
    """A client as the tenant's workloads have it: with its role."""
    assumed = desk.aws("sts").assume_role(RoleArn=desk.outputs(tenant)["roleArn"], RoleSessionName="proof")
    keys = assumed["Credentials"]
    return cast("Any", boto3).client(
        service,
        region_name="us-east-1",
        endpoint_url=desk.environment.endpoints[service],
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
    own = _as(two, "north", "s3")
    own.put_object(Bucket=bucket, Key="report", Body=b"numbers")
    found = own.get_object(Bucket=bucket, Key="report")
    assert (found["Body"].read(), found["SSEKMSKeyId"]) == (b"numbers", outputs["keyArn"])
    with pytest.raises(ClientError, match="AccessDenied"):
        _as(two, "south", "s3").get_object(Bucket=bucket, Key="report")


def test_calls_of_the_api_are_counted_by_the_tenant_s_own_key(two: Desk) -> None:
    """Each key is read with its tenant's role out of its secret, which the neighbour's role does not open."""
    north, south = (_api(two, tenant, tenant) for tenant in ("north", "south"))
    assert (north["api"], north["stage"], north["header"]) == (south["api"], "live", "x-api-key")
    assert [rest_api.call(two, north["api"], north["key"]) for _ in range(3)] == [200, 200, 429]
    assert rest_api.call(two, south["api"], south["key"]) == 200
    assert rest_api.call(two, south["api"], "a-key-that-nobody-was-given") == 403
    with pytest.raises(ClientError, match="AccessDenied"):
        _api(two, "north", "south")
    with pytest.raises(ClientError, match="AccessDenied"):
        _as(two, "south", "apigateway").get_api_keys(includeValues=True)
    told = two.run("show", "north").out
    assert "enforced, best effort" in next(line for line in told.splitlines() if "api calls" in line)
    assert north["key"] not in told


def _api(desk: Desk, of: str, by: str) -> dict[str, str]:
    """What a client of a tenant's calls the API with, as one's role reads it."""
    secret = desk.outputs(of)["apiKeySecretArn"]
    return json.loads(_as(desk, by, "secretsmanager").get_secret_value(SecretId=secret)["SecretString"])


def test_a_model_is_read_by_its_tenant_and_deleted_before_its_time_by_nobody(two: Desk) -> None:
    bucket = two.outputs("north")["modelBucket"]
    own = _as(two, "north", "s3")
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
    words.append(two.secret(outputs["apiKeySecretArn"])["key"])
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
    api = _api(two, "north", "north")
    assert two.try_("destroy", "north", "--confirm", "south").code == 2
    two.run("destroy", "north", "--confirm", "north")
    left = two.count(slug)
    assert left == {**dict.fromkeys(WHOLE, 0), "buckets": 3, "aliases": 1}
    assert rest_api.call(two, api["api"], api["key"]) == 403
    assert _keys_and_plans(two) == [two.slug("south")] * 2
    assert two.status("south") == "active"
    assert two.run("drift", "south", "--output", "json").json["tenants"][0]["drifted"] is False
    assert two.aws("s3").get_object(Bucket=bucket, Key="report")["Body"].read() == b"numbers"
    assert _rows_in_final_snapshot(two, slug) >= 1
    two.run("destroy", "north", "--purge", "--confirm", "north")
    assert two.count(slug) == dict.fromkeys(WHOLE, 0)
    assert _final_snapshots(two, slug) == []
    two.run("create", "north")
    assert two.slug("north") != slug


def _keys_and_plans(desk: Desk) -> list[str]:
    """Whose API keys and usage plans of these two there are, by their slugs."""
    gateway, slugs = desk.aws("apigateway"), [desk.slug(tenant) for tenant in ("north", "south")]
    listed = [gateway.get_api_keys(limit=500), gateway.get_usage_plans(limit=500)]
    return [slug for found in listed for each in found["items"] for slug in slugs if slug in each["name"]]


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
