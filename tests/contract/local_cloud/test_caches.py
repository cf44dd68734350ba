"""A real Valkey stands behind each replication group, and its users are live."""

from __future__ import annotations

import pytest
from redis import exceptions

from engine.local_cloud import LocalCloud
from tests.contract.local_cloud import clients
from tests.contract.local_cloud.clients import Cache


def test_each_user_reaches_only_its_own_keys(cache: Cache, name: str) -> None:
    one, other = cache.connect(f"{name}-a"), cache.connect(f"{name}-b")
    assert one.set("a:k", "1") is True
    with pytest.raises(exceptions.NoPermissionError):
        one.set("b:k", "1")
    with pytest.raises(exceptions.NoPermissionError):
        other.get("a:k")
    assert cache.port == 6379


def test_the_neighbours_password_and_the_default_user_are_refused(cache: Cache, name: str) -> None:
    for user, password in ((f"{name}-a", cache.passwords[f"{name}-b"]), ("default", ""), ("default", "guess")):
        with pytest.raises((exceptions.AuthenticationError, exceptions.ResponseError)):
            cache.connect(user, password).ping()


def test_what_elasticache_withholds_is_refused(cache: Cache, name: str) -> None:
    for command in ("CONFIG GET maxmemory", "ACL SETUSER x on", "BGSAVE"):
        with pytest.raises(exceptions.NoPermissionError):
            cache.connect(f"{name}-a").execute_command(*command.split())


def test_a_changed_access_string_holds_on_an_open_connection(local_cloud: LocalCloud, cache: Cache, name: str) -> None:
    connection = cache.connect(f"{name}-a")
    connection.set("a:k", "1")
    clients.of(local_cloud, "elasticache").modify_user(UserId=f"{name}-a", AccessString="on ~new:* +@all")
    assert connection.set("new:k", "1") is True
    with pytest.raises(exceptions.NoPermissionError):
        connection.get("a:k")


def test_who_leaves_the_group_is_refused(local_cloud: LocalCloud, cache: Cache, name: str) -> None:
    cache.connect(f"{name}-b").ping()
    clients.of(local_cloud, "elasticache").modify_user_group(UserGroupId=name, UserIdsToRemove=[f"{name}-b"])
    with pytest.raises(exceptions.AuthenticationError):
        cache.connect(f"{name}-b").ping()
    assert cache.connect(f"{name}-a").ping() is True


def test_who_joins_the_group_of_a_running_cache_is_let_in_at_once_and_out_again(
    local_cloud: LocalCloud, cache: Cache, name: str
) -> None:
    client, late, password = clients.of(local_cloud, "elasticache"), f"{name}-late", "a-password-of-16-characters"
    client.create_user(
        UserId=late,
        UserName=late,
        Engine="valkey",
        AccessString="on ~late:* +@all",
        AuthenticationMode={"Type": "password", "Passwords": [password]},
    )
    try:
        with pytest.raises(exceptions.AuthenticationError):
            cache.connect(late, password).ping()
        neighbour = cache.connect(f"{name}-a")
        neighbour.ping()
        client.modify_user_group(UserGroupId=name, UserIdsToAdd=[late])
        joined = cache.connect(late, password)
        assert joined.set("late:k", "1") is True
        with pytest.raises(exceptions.NoPermissionError):
            joined.get("a:k")
        assert neighbour.ping() is True
        client.modify_user_group(UserGroupId=name, UserIdsToRemove=[late])
        with pytest.raises(exceptions.RedisError):
            joined.get("late:k")
        with pytest.raises(exceptions.AuthenticationError):
            cache.connect(late, password).ping()
    finally:
        client.delete_user(UserId=late)


def test_a_snapshot_carries_data_into_a_restored_group(local_cloud: LocalCloud, cache: Cache, name: str) -> None:
    client, restored = clients.of(local_cloud, "elasticache"), f"{name}-r"
    cache.connect(f"{name}-a").set("a:k", "kept")
    client.create_snapshot(SnapshotName=name, ReplicationGroupId=name)
    client.create_replication_group(
        ReplicationGroupId=restored,
        ReplicationGroupDescription="restored",
        Engine="valkey",
        CacheNodeType="cache.t4g.micro",
        TransitEncryptionEnabled=True,
        UserGroupIds=[name],
        SnapshotName=name,
    )
    try:
        found = clients.find_cache(local_cloud, restored, cache.passwords)
        assert found.connect(f"{name}-a").get("a:k") == b"kept"
    finally:
        client.delete_replication_group(ReplicationGroupId=restored)


def test_passwords_are_nowhere_in_the_answers(local_cloud: LocalCloud, cache: Cache, name: str) -> None:
    answer = clients.of(local_cloud, "elasticache").describe_users(UserId=f"{name}-a")
    assert cache.passwords[f"{name}-a"] not in str(answer)
    assert answer["Users"][0]["Authentication"] == {"Type": "password", "PasswordCount": 1}
