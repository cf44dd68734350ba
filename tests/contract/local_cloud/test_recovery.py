"""Any one part may be killed: it comes back, and nothing that was answered is lost."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from botocore.exceptions import BotoCoreError, ClientError
from redis import exceptions

from engine.local_cloud import LocalCloud
from tests.contract.local_cloud import clients
from tests.contract.local_cloud.clients import Cache, Database

AGAIN = (AssertionError, BotoCoreError, ClientError, psycopg.OperationalError, exceptions.RedisError, OSError)


def pid_of(cloud: LocalCloud, part: str) -> int:
    found = [each for each in cloud.status() if each.name.startswith(part) and each.pid]
    assert found, f"no {part} runs"
    assert found[0].pid
    return found[0].pid


def everything_is_there(cloud: LocalCloud, database: Database, cache: Cache, name: str) -> Callable[[], None]:
    """A check that all that the test made is there, over every kind of connection.

    The emulators are asked before the servers: a first call after a start must not touch what the servers hold.
    """

    def check() -> None:
        assert clients.of(cloud, "elasticache", 1).describe_replication_groups(ReplicationGroupId=name)
        assert database.ask("select answer from kept") == (42,)
        assert cache.connect(f"{name}-a").get("a:k") == b"kept"
        body = clients.of(cloud, "s3", 1).get_object(Bucket=name, Key="k")["Body"].read()
        assert body == b"kept"
        assert clients.find_database(cloud, name) == database
        groups = clients.of(cloud, "ec2", 1).describe_security_groups(Filters=[_named(name)])["SecurityGroups"]
        assert len(groups) == 1
        for part in ("supervisor", "moto", "ministack", f"postgres 123456789012.us-east-1.{name}", "valkey"):
            pid_of(cloud, part)

    return check


def _named(name: str) -> dict[str, Any]:
    return {"Name": "group-name", "Values": [name]}


@pytest.mark.parametrize("part", ["supervisor", "moto", "ministack", "postgres", "valkey"])
def test_a_killed_part_comes_back_with_everything(
    local_cloud: LocalCloud, database: Database, cache: Cache, name: str, part: str
) -> None:
    database.do("create table kept as select 42 as answer")
    cache.connect(f"{name}-a").set("a:k", "kept")
    clients.of(local_cloud, "s3").create_bucket(Bucket=name)
    clients.of(local_cloud, "s3").put_object(Bucket=name, Key="k", Body=b"kept")
    clients.of(local_cloud, "ec2").create_security_group(GroupName=name, Description=name)
    exact = f"{part} 123456789012.us-east-1.{name}" if part in ("postgres", "valkey") else part
    before = pid_of(local_cloud, exact)
    if part == "valkey":
        _wait_for_the_disk(cache, name)
    os.kill(before, signal.SIGKILL)
    clients.eventually(everything_is_there(local_cloud, database, cache, name), *AGAIN)
    assert pid_of(local_cloud, exact) != before


def _wait_for_the_disk(cache: Cache, name: str) -> None:
    """Valkey writes its log once a second: what is younger may be lost, as with ElastiCache altogether."""
    assert cache.connect(f"{name}-a").execute_command("WAITAOF", 1, 0, 5000)[0] == 1


def test_stop_and_start_lose_nothing_and_leave_no_process(
    local_cloud: LocalCloud, database: Database, cache: Cache, name: str
) -> None:
    database.do("create table kept as select 42 as answer")
    cache.connect(f"{name}-a").set("a:k", "kept")
    clients.of(local_cloud, "s3").create_bucket(Bucket=name)
    clients.of(local_cloud, "s3").put_object(Bucket=name, Key="k", Body=b"kept")
    clients.of(local_cloud, "ec2").create_security_group(GroupName=name, Description=name)
    endpoints = local_cloud.environment().endpoints
    pids = [part.pid for part in local_cloud.status() if part.pid]
    ended = local_cloud.stop()
    try:
        assert len(ended) == len(pids)
        assert not [pid for pid in pids if _lives(pid)]
        assert not local_cloud.running()
        assert local_cloud.stop() == ()
    finally:
        local_cloud.start()
    clients.eventually(everything_is_there(local_cloud, database, cache, name), *AGAIN)
    assert local_cloud.environment().endpoints == endpoints


def _lives(pid: int) -> bool:
    """An entry without a command line is a process that ended and whose parent has not asked yet."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_text())
    except OSError:
        return False


def test_a_second_start_is_harmless(local_cloud: LocalCloud, database: Database) -> None:
    before = {part.pid for part in local_cloud.status()}
    said: list[str] = []
    local_cloud.start(said.append)
    assert {part.pid for part in local_cloud.status()} == before
    assert database.ask("select 1") == (1,)
    assert said == ["The local cloud is running already."]
