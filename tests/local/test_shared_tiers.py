"""Tenants that share: two with own slices (bridge), two with own rows (pool), and what ordinary clients find."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import boto3
import psycopg
import pytest
import redis
from botocore.exceptions import ClientError
from redis.exceptions import NoPermissionError

from tests.local.conftest import Desk

pytestmark = pytest.mark.xdist_group("shared-tiers")

BRIDGE, POOL = ("initech", "initrode"), ("hooli", "hoovers")
SHARED = {"databases": 0, "caches": 0, "buckets": 0, "roles": 1, "subnets": 0, "groups": 1}
"""What of its own a tenant has whose data services are its cell's; bridge tenants have a key besides."""


@pytest.fixture(scope="module")
def four(desk: Desk) -> Iterator[Desk]:
    for tenant in BRIDGE:
        desk.write(tenant, tier="standard")
    for tenant in POOL:
        desk.write(tenant, tier="starter")
    for tenant in (*BRIDGE, *POOL):
        desk.run("create", tenant)
    yield desk
    with desk.application() as application:
        application.execute("drop table if exists app.orders, app.currencies")


def _login(desk: Desk, tenant: str) -> dict[str, Any]:
    return desk.secret(desk.outputs(tenant)["databaseSecretArn"])


def _cache(desk: Desk, tenant: str) -> Any:
    return _cache_as(desk, desk.secret(desk.outputs(tenant)["cacheSecretArn"]))


def _cache_as(desk: Desk, known: dict[str, Any]) -> Any:
    return redis.Redis(
        host=known["host"],
        port=known["port"],
        username=known["username"],
        password=known["password"],
        db=known["database"],
        ssl=True,
        ssl_ca_certs=str(desk.environment.ca_file),
    )


def _left(desk: Desk, database: int) -> list[bytes]:
    """Keys of a numbered database of the shared cache, as its deployer finds them."""
    found = _cache_as(desk, {**desk.secret(_deployers(desk)["cache"]), "database": database})
    return sorted(found.scan_iter())


def _deployers(desk: Desk) -> dict[str, str]:
    listed = desk.aws("secretsmanager").list_secrets()["SecretList"]
    return {each["Name"].split("-")[-4]: each["ARN"] for each in listed if each["Name"].endswith("-1-deployer-login")}


def _as(desk: Desk, tenant: str, service: str) -> Any:
    keys = desk.aws("sts").assume_role(RoleArn=desk.outputs(tenant)["roleArn"], RoleSessionName="proof")["Credentials"]
    return cast("Any", boto3).client(
        service,
        region_name="us-east-1",
        endpoint_url=desk.environment.endpoints[service],
        verify=str(desk.environment.ca_file),
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )


def test_they_have_nothing_of_their_own_that_is_shared_and_a_second_plan_is_empty(four: Desk) -> None:
    for tenant in (*BRIDGE, *POOL):
        aliases = 1 if tenant in BRIDGE else 0
        assert four.count(four.slug(tenant)) == {**SHARED, "aliases": aliases}
        assert four.try_("plan", tenant, "--detailed-exitcode").code == 0
    endpoints = {four.outputs(tenant)["databaseEndpoint"] for tenant in (*BRIDGE, *POOL)}
    assert len(endpoints) == 1


def test_a_bridge_tenant_works_in_its_own_database_with_what_its_owner_made(four: Desk) -> None:
    one, other = BRIDGE
    people = four.secret(four.outputs(one)["databasePeopleSecretArn"])
    with four.sql(people["owner"]) as owner:
        owner.execute("create table notes (id serial primary key, text text)")
    with four.sql(_login(four, one)) as own:
        own.execute("insert into notes (text) values ('kept')")
        assert own.execute("select text from notes").fetchall() == [("kept",)]
        for beyond in ("create table mine (id int)", "drop table notes", f"set role {four.slug(other)}"):
            with pytest.raises(psycopg.Error, match="permission denied|must be owner"):
                own.execute(cast("Any", beyond))
    with four.sql(people["reader"]) as reader:
        assert reader.execute("select count(*) from notes").fetchone() == (1,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("delete from notes")
    for database in (four.slug(one), "pool", "bridge", "postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            four.sql(_login(four, other), database)


def test_a_bridge_tenant_holds_as_many_connections_as_its_tier_says(four: Desk) -> None:
    login = _login(four, BRIDGE[0])
    with four.sql(login) as session:
        limit = session.execute("select rolconnlimit from pg_roles where rolname = current_user").fetchone()
        timeout = session.execute("show statement_timeout").fetchone()
    assert (limit, timeout) == ((20,), ("1min",))


def test_a_table_that_a_migration_adds_is_closed_until_its_policy_is_there(four: Desk) -> None:
    one, other = POOL
    with four.application() as application:
        application.execute("create table app.orders (tenant_id text, id int, what text, primary key (tenant_id, id))")
        application.execute("create table app.currencies (code text primary key)")
    with four.sql(_login(four, one)) as own, pytest.raises(psycopg.errors.InsufficientPrivilege):
        own.execute("select * from orders")
    (cell,) = four.run("shared", "drift", "--output", "json").json["shared"]
    (found,) = [path for change in cell["changes"] for path in change["paths"]]
    assert (found["path"], found["before"]) == ("unprotected[0]", None)
    assert found["after"].startswith("orders: row security is off")
    told = four.run("data", "policies", "apply", one, "--output", "json").json
    assert (told["protected"], told["closed"], told["unprotected"], told["exposed"]) == (
        ["orders"],
        ["currencies"],
        [],
        [],
    )
    for tenant in POOL:
        with four.sql(_login(four, tenant)) as own:
            own.execute("insert into orders values (current_user, 1, 'own')")
    with four.sql(_login(four, one)) as own:
        assert own.execute("select tenant_id from orders").fetchall() == [(four.slug(one),)]
        assert own.execute("update orders set what = 'changed'").rowcount == 1
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            own.execute("insert into orders values (%s, 2, 'forged')", (four.slug(other),))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            own.execute("truncate orders")
        own.execute("set row_security = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            own.execute("select * from orders")


def test_cache_users_see_neither_others_keys_nor_their_names(four: Desk) -> None:
    one, other = POOL
    own, beside = four.slug(one), four.slug(other)
    assert _cache(four, other).set(f"{beside}:secret", "theirs")
    cache = _cache(four, one)
    assert cache.set(f"{own}:greeting", "hello")
    assert cache.get(f"{own}:greeting") == b"hello"
    forbidden: list[tuple[Any, ...]] = [
        ("GET", f"{beside}:secret"),
        ("SET", f"{beside}:secret", "mine"),
        *(("SCAN", "0"), ("KEYS", "*"), ("RANDOMKEY",), ("DBSIZE",), ("SELECT", "1"), ("FLUSHALL",)),
        *(("PUBSUB", "CHANNELS"), ("PUBLISH", f"{beside}:news", "x"), ("CLIENT", "LIST"), ("ACL", "LIST")),
        *(("CLIENT", "TRACKING", "ON", "BCAST"), ("FUNCTION", "LIST")),
    ]
    for command in forbidden:
        with pytest.raises(NoPermissionError):
            cache.execute_command(*command)


def test_a_bridge_tenant_has_a_database_of_the_cache_to_itself(four: Desk) -> None:
    one, other = BRIDGE
    own, beside = _cache(four, one), _cache(four, other)
    assert own.set("greeting", "hello")
    assert beside.get("greeting") is None
    assert beside.set("greeting", "theirs")
    assert (own.dbsize(), own.scan()[1]) == (1, [b"greeting"])
    number = four.outputs(other)["cacheDatabase"]
    assert number not in {"0", four.outputs(one)["cacheDatabase"]}
    for command in (("SELECT", number), ("SELECT", "0"), ("MOVE", "greeting", number), ("FLUSHALL",)):
        with pytest.raises(NoPermissionError):
            own.execute_command(*command)
    own.flushdb()
    assert (own.dbsize(), beside.get("greeting")) == (0, b"theirs")


def test_objects_are_read_written_and_listed_in_the_own_folder_only(four: Desk) -> None:
    for one, other in (BRIDGE, POOL, (BRIDGE[0], POOL[0]), (POOL[0], BRIDGE[0])):
        own, beside = four.outputs(one), four.outputs(other)
        bucket, client = own["dataBucket"], _as(four, one, "s3")
        key = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": own["keyArn"]}
        client.put_object(Bucket=bucket, Key=f"{own['dataFolder']}/report", Body=b"numbers", **key)
        assert client.get_object(Bucket=bucket, Key=f"{own['dataFolder']}/report")["SSEKMSKeyId"] == own["keyArn"]
        assert client.list_objects_v2(Bucket=bucket, Prefix=f"{own['dataFolder']}/")["KeyCount"] >= 1
        with pytest.raises(ClientError, match="AccessDenied"):
            client.get_object(Bucket=bucket, Key=f"{beside['dataFolder']}/report")
        with pytest.raises(ClientError, match="AccessDenied"):
            client.put_object(Bucket=bucket, Key=f"{beside['dataFolder']}/report", Body=b"forged")
        for prefix in ("", f"{beside['dataFolder']}/", own["dataFolder"][:3]):
            with pytest.raises(ClientError, match="AccessDenied"):
                client.list_objects_v2(Bucket=bucket, Prefix=prefix)


def test_what_is_in_the_own_folder_is_measured_for_the_alarm_on_the_quota(four: Desk) -> None:
    known = four.outputs("hooli")
    s3, key, size = _as(four, "hooli", "s3"), f"{known['dataFolder']}/measured", 300_000
    for body in (b"a" * size, b"b" * size):  # the older version counts too, as it does on the bill
        s3.put_object(Bucket=known["dataBucket"], Key=key, Body=body)
    (told,) = four.run("usage", "record", "hooli", "--output", "json").json["tenants"]
    assert told["object_bytes"] >= 2 * size
    cloudwatch, slug = four.aws("cloudwatch"), four.slug("hooli")
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[f"demo-local-{slug}-objects"])["MetricAlarms"]
    assert alarm["Threshold"] == told["objects_gb_allowed"] * 1024**3
    now = datetime.now(UTC)
    found = cloudwatch.get_metric_statistics(
        Namespace=alarm["Namespace"],
        MetricName=alarm["MetricName"],
        Dimensions=alarm["Dimensions"],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=alarm["Period"],
        Statistics=[alarm["Statistic"]],
    )
    assert max(each[alarm["Statistic"]] for each in found["Datapoints"]) == told["object_bytes"]
    s3.delete_object(Bucket=known["dataBucket"], Key=key)


def test_the_cell_s_key_works_in_the_own_context_only(four: Desk) -> None:
    one, other = POOL
    key = four.outputs(one)["keyArn"]
    assert key == four.outputs(other)["keyArn"]
    client, own = _as(four, one, "kms"), {"tenant": four.slug(one)}
    sealed = client.encrypt(KeyId=key, Plaintext=b"word", EncryptionContext=own)["CiphertextBlob"]
    assert client.decrypt(CiphertextBlob=sealed, EncryptionContext=own)["Plaintext"] == b"word"
    neighbour = _as(four, other, "kms")
    for context in (own, {}, {"tenant": four.slug(other)}):
        with pytest.raises(ClientError, match="AccessDenied|InvalidCiphertext"):
            neighbour.decrypt(CiphertextBlob=sealed, EncryptionContext=context)


def test_the_deployers_of_what_is_shared_are_known_to_no_tenant(four: Desk) -> None:
    deployers = _deployers(four)
    people = four.outputs(BRIDGE[0])["databasePeopleSecretArn"]
    for tenant in (BRIDGE[0], POOL[0]):
        client = _as(four, tenant, "secretsmanager")
        for secret in (deployers["database"], deployers["cache"], people):
            with pytest.raises(ClientError, match="AccessDenied"):
                client.get_secret_value(SecretId=secret)


def test_a_destroyed_bridge_tenant_s_database_is_kept_closed_until_its_purge(four: Desk) -> None:
    one, other = BRIDGE
    slug, login = four.slug(one), _login(four, one)
    number = int(four.outputs(one)["cacheDatabase"])
    assert _cache(four, one).set("left", "behind")
    four.run("destroy", one, "--confirm", one)
    assert _left(four, number) == []
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        four.sql(login)
    assert slug in _databases(four)
    four.run("destroy", one, "--purge", "--confirm", one)
    assert slug not in _databases(four)
    assert [each for each in _roles(four) if each.startswith(slug)] == []
    objects = four.aws("s3").list_object_versions(Bucket=four.outputs(other)["dataBucket"], Prefix=f"{slug}/")
    assert not objects.get("Versions")
    assert four.try_("plan", other, "--detailed-exitcode").code == 0


def test_a_purged_pool_tenant_leaves_no_row_and_its_neighbour_s_stay(four: Desk) -> None:
    """Last: it ends `hooli`."""
    one, other = POOL
    slug = four.slug(one)
    for tenant in POOL:
        assert _cache(four, tenant).set(f"{four.slug(tenant)}:left", "behind")
        with four.sql(_login(four, tenant)) as own:
            own.execute("select lo_from_bytea(0, 'left behind')")
    four.run("destroy", one, "--confirm", one)
    assert [key for key in _left(four, 0) if key.startswith(slug.encode())] == []
    assert f"{four.slug(other)}:left".encode() in _left(four, 0)
    with four.application() as application:
        application.execute("alter table app.orders no force row level security")
        assert application.execute("select tenant_id from app.orders order by 1").fetchall() != []
        application.execute("alter table app.orders force row level security")
    four.run("destroy", one, "--purge", "--confirm", one)
    with four.application() as application:
        application.execute("alter table app.orders no force row level security")
        left = application.execute("select tenant_id from app.orders").fetchall()
        objects = application.execute("select lomowner::regrole::text from pg_largeobject_metadata").fetchall()
        application.execute("alter table app.orders force row level security")
    assert left == objects == [(four.slug(other),)]
    assert [each for each in _roles(four) if each.startswith(slug)] == []


def _databases(desk: Desk) -> list[str]:
    with desk.application() as application:
        return [row[0] for row in application.execute("select datname from pg_database").fetchall()]


def _roles(desk: Desk) -> list[str]:
    with desk.application() as application:
        return [row[0] for row in application.execute("select rolname from pg_roles").fetchall()]
