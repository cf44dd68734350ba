"""A real PostgreSQL stands behind each RDS instance."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from botocore.exceptions import ClientError

from engine.local_cloud import LocalCloud
from tests.contract.local_cloud import clients
from tests.contract.local_cloud.clients import Database


def test_the_secrets_login_works_over_verified_tls(database: Database) -> None:
    assert database.ask("select current_user, inet_server_port() > 0") == ("master", True)
    assert database.port == 5432


def test_a_connection_without_tls_is_sent_away_with_a_sentence(database: Database) -> None:
    with pytest.raises(psycopg.OperationalError, match="force_ssl"):
        database.connect(sslmode="disable")


def test_the_neighbours_password_is_refused(make_database: Callable[..., Database], name: str) -> None:
    one, other = make_database(f"{name}-a"), make_database(f"{name}-b")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        one.connect(password=other.password)
    assert other.ask("select 1") == (1,)


def test_the_master_is_no_superuser(database: Database) -> None:
    for statement in ("select pg_read_file('/etc/hostname')", "alter system set work_mem = '1MB'"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            database.do(statement)
    database.do("create role worker login password 'x'")
    database.do("create database second")


def test_a_snapshot_carries_data_into_a_restored_instance(
    local_cloud: LocalCloud, database: Database, name: str, make_database: Callable[..., Database]
) -> None:
    rds, restored = clients.of(local_cloud, "rds"), f"{name}-r"
    database.do("create table kept as select 42 as answer")
    rds.create_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier=f"{name}-s")
    database.do("update kept set answer = 43")
    rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier=restored, DBSnapshotIdentifier=f"{name}-s")
    try:
        found = clients.find_database(local_cloud, restored)
        assert found.ask("select answer from kept") == (42,)
        assert found.password != database.password
        assert found.host != database.host
    finally:
        clients.delete_database(local_cloud, restored)


def test_the_final_snapshot_outlives_the_instance(local_cloud: LocalCloud, database: Database, name: str) -> None:
    rds = clients.of(local_cloud, "rds")
    database.do("create table kept as select 'last words' as said")
    rds.delete_db_instance(DBInstanceIdentifier=name, FinalDBSnapshotIdentifier=f"{name}-final")
    with pytest.raises(psycopg.OperationalError):
        clients.eventually(lambda: _must_fail(database), AssertionError)
    rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier=f"{name}-final")
    assert clients.find_database(local_cloud, name).ask("select said from kept") == ("last words",)


def _must_fail(database: Database) -> None:
    database.ask("select 1")
    raise AssertionError("the database still answers")


def test_a_protected_instance_keeps_its_server(local_cloud: LocalCloud, database: Database, name: str) -> None:
    rds = clients.of(local_cloud, "rds")
    rds.modify_db_instance(DBInstanceIdentifier=name, DeletionProtection=True, ApplyImmediately=True)
    with pytest.raises(ClientError, match="protect"):
        rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
    assert database.ask("select 1") == (1,)
    rds.modify_db_instance(DBInstanceIdentifier=name, DeletionProtection=False, ApplyImmediately=True)


def test_parameter_groups_reach_the_server(
    local_cloud: LocalCloud, make_database: Callable[..., Database], name: str
) -> None:
    rds = clients.of(local_cloud, "rds")
    rds.create_db_parameter_group(DBParameterGroupName=name, DBParameterGroupFamily="postgres16", Description="x")
    parameters = [
        {"ParameterName": "work_mem", "ParameterValue": "8192", "ApplyMethod": "immediate"},
        {"ParameterName": "rds.force_ssl", "ParameterValue": "0", "ApplyMethod": "immediate"},
    ]
    rds.modify_db_parameter_group(DBParameterGroupName=name, Parameters=parameters)
    database = make_database(name, DBParameterGroupName=name)
    assert database.ask("show work_mem") == ("8MB",)
    with database.connect(sslmode="disable") as plain:
        assert plain.execute("select 1").fetchone() == (1,)


def test_a_rotated_master_password_is_the_only_one_that_works(
    local_cloud: LocalCloud, database: Database, name: str
) -> None:
    clients.of(local_cloud, "rds").modify_db_instance(
        DBInstanceIdentifier=name, RotateMasterUserPassword=True, ApplyImmediately=True
    )
    rotated = clients.find_database(local_cloud, name)
    assert rotated.ask("select 1") == (1,)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        database.connect()


def test_a_stopped_instance_does_not_answer_until_it_is_started(
    local_cloud: LocalCloud, database: Database, name: str
) -> None:
    rds = clients.of(local_cloud, "rds")
    rds.stop_db_instance(DBInstanceIdentifier=name)
    with pytest.raises(psycopg.OperationalError):
        clients.eventually(lambda: _must_fail(database), AssertionError)
    rds.start_db_instance(DBInstanceIdentifier=name)
    assert clients.eventually(lambda: database.ask("select 1"), psycopg.OperationalError) == (1,)
