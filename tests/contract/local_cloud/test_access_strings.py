"""What our access strings let in, asked of a real Valkey: of commands without a key none that tells of others."""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from redis import exceptions

from engine.local_cloud import processes
from engine.local_cloud.servers import valkey
from stacks.policies import cache

OF_THE_CONNECTION = {
    *("asking", "auth", "discard", "echo", "exec", "hello", "multi", "ping", "quit", "readonly", "readwrite", "reset"),
    *("unwatch", "wait", "waitaof", "xgroup|help", "xinfo|help"),
    *("command|count", "command|docs", "command|getkeys", "command|getkeysandflags"),
    *("command|help", "command|info", "command|list"),
    *("client|caching", "client|capa", "client|getname", "client|getredir", "client|help", "client|id", "client|info"),
    *("client|no-touch", "client|reply", "client|setinfo", "client|setname", "client|trackinginfo"),
    *("client|import-source", "unsubscribe", "punsubscribe"),
}
OF_AN_OWN_DATABASE = {"dbsize", "flushdb", "object|help", "randomkey", "scan"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """An administrator's connection to a Valkey of its own, by a socket in its folder."""
    folder = tmp_path_factory.mktemp("valkey")
    process = subprocess.Popen(
        [valkey.program(), "--port", "0", "--unixsocket", "socket", "--save", ""],
        cwd=folder,
        stdout=subprocess.DEVNULL,
    )
    client = _connect(folder / "socket")
    client.response_callbacks.clear()
    try:
        assert processes.wait_until(lambda: _answers(client), 20)
        yield client
    finally:
        client.close()
        process.terminate()
        process.wait(10)


@pytest.mark.parametrize(
    ("access", "database", "expected"),
    [
        (cache.within("t0:", 0), 0, OF_THE_CONNECTION | {"select"}),
        (cache.alone_in(3, "t0:"), 3, OF_THE_CONNECTION | OF_AN_OWN_DATABASE),
        (cache.DEPLOYER_ACCESS, 0, {"auth", "flushdb", "hello", "ping", "quit", "reset", "scan", "select"}),
    ],
    ids=["pool", "bridge", "deployer"],
)
def test_of_commands_without_a_key_only_those_are_let_in_that_tell_of_nobody(
    server: Any, access: str, database: int, expected: set[str]
) -> None:
    server.execute_command("ACL", "SETUSER", "tenant", "reset", *access.split())
    server.execute_command("SELECT", database)
    assert set(_keyless(server, "tenant")) == expected


def test_nobody_is_told_the_names_of_keys_that_others_write(server: Any) -> None:
    for access in (cache.within("t0:", 0), cache.alone_in(3, "t0:")):
        own = _user(server, access)
        for command in ("CLIENT TRACKING ON BCAST", "PSUBSCRIBE __keyspace@4__:*", "PUBSUB CHANNELS", "FUNCTION LIST"):
            with pytest.raises(exceptions.NoPermissionError):
                own.execute_command(*command.split())


def test_a_database_of_its_own_is_looked_through_and_emptied_and_no_other_is(server: Any) -> None:
    own, theirs = (_user(server, cache.alone_in(number, f"t{number}:"), number) for number in (3, 4))
    own.set("note", "own")
    theirs.set("note", "theirs")
    assert own.scan()[1] == ["note"]
    for command in ("SELECT 4", "MOVE note 4", "COPY note note DB 4", "SWAPDB 3 4", "FLUSHALL", "KEYS *"):
        with pytest.raises(exceptions.NoPermissionError):
            own.execute_command(*command.split())
    own.flushdb()
    assert (own.dbsize(), theirs.get("note")) == (0, "theirs")


def test_the_deployer_takes_keys_away_and_reads_none(server: Any) -> None:
    _user(server, cache.within("t0:", 0)).set("t0:note", "secret")
    deployer = _user(server, cache.DEPLOYER_ACCESS)
    with pytest.raises(exceptions.NoPermissionError):
        deployer.get("t0:note")
    assert list(deployer.scan_iter(match="t0:*")) == ["t0:note"]
    assert deployer.unlink("t0:note") == 1


def _connect(path: Path, **more: Any) -> Any:
    return redis.Redis(unix_socket_path=str(path), decode_responses=True, **more)


def _user(server: Any, access: str, database: int = 0) -> Any:
    name, password = f"u{secrets.token_hex(4)}", secrets.token_hex(8)
    server.execute_command("ACL", "SETUSER", name, "reset", f">{password}", *access.split())
    path = server.connection_pool.connection_kwargs["path"]
    return _connect(path, username=name, password=password, db=database)


def _answers(client: Any) -> bool:
    try:
        return client.execute_command("PING") == "PONG"
    except exceptions.RedisError:
        return False


def _keyless(server: Any, user: str) -> Iterator[str]:
    """Commands that name no key and that the user may give."""
    known: list[list[Any]] = server.execute_command("COMMAND", "INFO")
    every: list[list[Any]] = [each for command in known for each in (command[9] or [command])]
    for name, arity, *_, keys, _ in every:
        words = str(name).split("|")
        padding = ["0"] * (abs(arity) - len(words))
        if not keys and _may(server, user, [*words, *padding]):
            yield name


def _may(server: Any, user: str, words: list[str]) -> bool:
    try:
        answer = server.execute_command("ACL", "DRYRUN", user, *words)
    except exceptions.ResponseError as error:
        answer = str(error)
    return "no permissions to" not in answer.lower()
