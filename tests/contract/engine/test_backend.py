from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from engine.embedded import snapshot
from engine.embedded.backend import FileBackend, NoStackError, StackExistsError, StackLockedError, StackName

_NAME = StackName("tenants", "local.tabc")
_EMPTY = snapshot.deployment([], [], "salt", "2026-01-01T00:00:00Z")


@pytest.fixture
def backend(tmp_path: Path) -> FileBackend:
    return FileBackend(tmp_path)


def test_files_stand_where_the_cli_looks_for_them(backend: FileBackend, tmp_path: Path) -> None:
    backend.create(_NAME, _EMPTY)
    stored = json.loads((tmp_path / ".pulumi/stacks/tenants/local.tabc.json").read_text())
    assert stored["checkpoint"]["stack"] == "organization/tenants/local.tabc"
    assert (tmp_path / ".pulumi/meta.yaml").read_text() == "version: 1\n"
    assert backend.stacks("tenants") == ("local.tabc",)


def test_a_stack_is_made_once_and_an_unknown_one_is_said(backend: FileBackend) -> None:
    backend.create(_NAME, _EMPTY)
    with pytest.raises(StackExistsError, match="already exists"):
        backend.create(_NAME, _EMPTY)
    with pytest.raises(NoStackError, match="no stack named"):
        backend.load(StackName("tenants", "other"))


def test_the_checkpoint_before_the_last_is_kept_and_state_is_private(backend: FileBackend, tmp_path: Path) -> None:
    backend.create(_NAME, _EMPTY)
    backend.save(_NAME, json.dumps({**_EMPTY, "metadata": {"n": 1}}))
    path = tmp_path / ".pulumi/stacks/tenants/local.tabc.json"
    assert "n" not in json.loads(path.with_suffix(".json.bak").read_text())["checkpoint"]["latest"]["metadata"]
    assert backend.load(_NAME)["deployment"]["metadata"] == {"n": 1}
    assert path.stat().st_mode & 0o077 == 0


def test_history_is_newest_first(backend: FileBackend) -> None:
    for kind in ("update", "refresh", "destroy"):
        backend.record(backend.begin(_NAME), {"kind": kind})
    assert [update["kind"] for update in backend.history(_NAME)] == ["destroy", "refresh", "update"]


def test_a_second_writer_is_told_who_holds_the_stack(backend: FileBackend) -> None:
    with backend.locked(_NAME), pytest.raises(StackLockedError, match=str(os.getpid())), backend.locked(_NAME):
        pass
    with backend.locked(_NAME):
        pass


def test_a_dead_process_holds_nothing(backend: FileBackend, tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    lock = tmp_path / ".pulumi/locks/organization/tenants/local.tabc/x.json"
    lock.parent.mkdir(parents=True)
    lock.write_text(json.dumps({"pid": dead.pid, "hostname": socket.gethostname(), "timestamp": "t"}))
    with backend.locked(_NAME):
        assert not lock.exists()


def test_a_later_process_with_the_same_pid_holds_nothing(backend: FileBackend, tmp_path: Path) -> None:
    lock = tmp_path / ".pulumi/locks/organization/tenants/local.tabc/x.json"
    lock.parent.mkdir(parents=True)
    ours = {"pid": os.getpid(), "hostname": socket.gethostname(), "timestamp": "t"}
    lock.write_text(json.dumps({**ours, "started": "1"}))
    with backend.locked(_NAME):
        assert not lock.exists()
    lock.write_text(json.dumps({**ours, "boot": "another boot"}))
    with backend.locked(_NAME):
        assert not lock.exists()


def test_a_lock_from_another_machine_is_not_judged(backend: FileBackend, tmp_path: Path) -> None:
    lock = tmp_path / ".pulumi/locks/organization/tenants/local.tabc/x.json"
    lock.parent.mkdir(parents=True)
    lock.write_text(json.dumps({"pid": 1, "hostname": "elsewhere", "timestamp": "t"}))
    with pytest.raises(StackLockedError, match="elsewhere"), backend.locked(_NAME):
        pass
