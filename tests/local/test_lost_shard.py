"""An instance that tenants share is gone: nothing is done on top of it, and what is advised brings it back."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.control_plane_fixture import control_plane
from tests.local.conftest import Desk, opened

__all__ = ["control_plane"]
pytestmark = pytest.mark.xdist_group("lost-shard")

_REFUSED: Final = 3
_COMMANDS: Final = (
    ("plan", "pooled"),
    ("apply", "bridged"),
    ("create", "newcomer"),
    ("destroy", "bridged", "--confirm", "bridged"),
    ("verify", "bridged"),
    ("data", "pooler"),
    ("shared", "plan"),
    ("shared", "apply", "--refresh"),
)


@pytest.fixture(scope="module")
def desk(control_plane: Path) -> Iterator[Desk]:
    """A desk of its own: it takes away what others stand on."""
    with opened() as made:
        yield made


def test_nothing_is_done_on_a_shard_that_is_gone_and_what_is_advised_brings_it_back(desk: Desk) -> None:
    for tenant, tier in (("pooled", "starter"), ("bridged", "standard")):
        desk.write(tenant, tier=tier)
        desk.run("create", tenant)
    desk.write("newcomer", tier="starter")
    shard = _lose(desk)

    refused = {command: desk.try_(*command) for command in _COMMANDS}

    assert {command: answer.code for command, answer in refused.items()} == dict.fromkeys(_COMMANDS, _REFUSED)
    for answer in refused.values():
        assert f"the shared database {shard} is gone; nothing was done" in answer.err
        assert "2 tenants have a place in it: bridged, pooled" in answer.err
    assert not desk.aws("rds").describe_db_instances()["DBInstances"]

    _restore(desk, refused["shared", "plan"].err)
    desk.run("shared", "apply")
    desk.run("shared", "apply", "--refresh")
    for tenant in ("pooled", "bridged"):
        assert "no changes" in desk.run("plan", tenant, "--refresh").out
    desk.run("verify", "pooled", "bridged", "--level", "live")
    desk.run("destroy", "bridged", "--purge", "--confirm", "bridged")


def test_a_cache_that_is_gone_is_made_anew_only_by_who_looks_at_the_cloud(desk: Desk) -> None:
    caches = desk.aws("elasticache")
    (group,) = [each["ReplicationGroupId"] for each in caches.describe_replication_groups()["ReplicationGroups"]]
    caches.delete_replication_group(ReplicationGroupId=group)
    for command in (("plan", "pooled"), ("shared", "apply")):
        answer = desk.try_(*command)
        assert answer.code == _REFUSED
        assert f"the shared cache {group} is gone" in answer.err
    desk.run("shared", "apply", "--refresh")
    desk.run("verify", "pooled", "--level", "live")


def _lose(desk: Desk) -> str:
    """Somebody deletes the one instance of the cell, but for a snapshot; its name."""
    rds = desk.aws("rds")
    (name,) = [each["DBInstanceIdentifier"] for each in rds.describe_db_instances()["DBInstances"]]
    rds.create_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier="the-newest")
    rds.modify_db_instance(DBInstanceIdentifier=name, DeletionProtection=False, ApplyImmediately=True)
    rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
    return str(name)


def _restore(desk: Desk, told: str) -> None:
    """The command of the AWS CLI that was told, word by word."""
    (command,) = re.findall(r"`aws rds restore-db-instance-from-db-snapshot ([^`]+)`", " ".join(told.split()))
    given: dict[str, Any] = {}
    for part in re.split(r"(?:^|\s)--", command)[1:]:
        name, *values = shlex.split(part)
        given[name] = values
    assert given.pop("region") == ["us-east-1"]
    client = desk.aws("rds")
    members = client.meta.service_model.operation_model("RestoreDBInstanceFromDBSnapshot").input_shape.members
    names = {member.lower(): (member, shape.type_name) for member, shape in members.items()}
    asked: dict[str, Any] = {}
    for option, values in given.items():
        member, kind = names[option.replace("-", "")]
        asked[member] = True if kind == "boolean" else values if kind == "list" else values[0]
    client.restore_db_instance_from_db_snapshot(**asked)
