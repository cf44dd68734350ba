from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from engine.embedded import log, snapshot
from engine.embedded.backend import LOG, FileBackend, NoStackError, StackExistsError, StackLockedError, StackName

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


def _row(name: str, *needed: str) -> dict[str, Any]:
    urn = f"urn:pulumi:local.tabc::tenants::w:i:T::{name}"
    return {"urn": urn, "custom": True, "type": "w:i:T", **({"dependencies": list(needed)} if needed else {})}


def _at(root: Path, ending: str) -> Path:
    return root / f".pulumi/stacks/tenants/local.tabc{ending}"


def _first_of_two(backend: FileBackend) -> tuple[dict[str, Any], dict[str, Any]]:
    """A checkpoint with one row, and in its log another that the first one needs now."""
    late = _row("late")
    early = _row("early", late["urn"])
    backend.create(_NAME, {**_EMPTY, "resources": [_row("early")]})
    backend.append(_NAME, log.line([0], [json.dumps(early)], ['{"resource": {}, "type": "creating"}']))
    backend.append(_NAME, log.line([], [json.dumps(late)], []))
    return late, early


def test_what_the_log_says_is_read_with_the_checkpoint_in_a_valid_order(backend: FileBackend, tmp_path: Path) -> None:
    late, early = _first_of_two(backend)
    assert backend.load(_NAME)["deployment"] == {**_EMPTY, "resources": [late, early]}
    assert _at(tmp_path, LOG).stat().st_mode & 0o077 == 0
    assert backend.stacks("tenants") == ("local.tabc",)


def test_a_line_that_was_torn_counts_for_nothing(backend: FileBackend, tmp_path: Path) -> None:
    _first_of_two(backend)
    path = _at(tmp_path, LOG)
    path.write_text(path.read_text()[:-1])
    told = backend.load(_NAME)["deployment"]
    assert [row["urn"].rpartition(":")[2] for row in told["resources"]] == ["early"]
    assert [item["type"] for item in told["pending_operations"]] == ["creating"]


def test_a_log_that_goes_on_from_an_older_checkpoint_is_passed_by(backend: FileBackend, tmp_path: Path) -> None:
    _first_of_two(backend)
    path = _at(tmp_path, LOG)
    old = path.read_text()
    backend.save(_NAME, json.dumps(_EMPTY))
    assert not path.exists()
    path.write_text(old)
    assert backend.load(_NAME)["deployment"] == _EMPTY


def test_logs_are_folded_into_checkpoints_for_the_cli_but_not_under_a_run(backend: FileBackend, tmp_path: Path) -> None:
    late, early = _first_of_two(backend)
    with backend.locked(_NAME):
        backend.fold("tenants")
    assert _at(tmp_path, LOG).exists()
    backend.fold("tenants")
    assert not _at(tmp_path, LOG).exists()
    assert json.loads(_at(tmp_path, ".json").read_text())["checkpoint"]["latest"]["resources"] == [late, early]


def test_a_removed_stack_leaves_no_log(backend: FileBackend, tmp_path: Path) -> None:
    _first_of_two(backend)
    backend.remove(_NAME)
    assert list(_at(tmp_path, "").parent.iterdir()) == []


def test_who_reads_while_checkpoints_are_written_sees_one_moment(backend: FileBackend) -> None:
    """Each checkpoint's log says the checkpoint's own number once more: another one's would not be believed."""
    backend.create(_NAME, {**_EMPTY, "metadata": {"n": 0}})

    def write() -> None:
        for number in range(1, 40):
            backend.save(_NAME, json.dumps({**_EMPTY, "metadata": {"n": number}}))
            backend.append(_NAME, log.line([], [json.dumps(_row(str(number)))], []))

    writer = threading.Thread(target=write)
    writer.start()
    while writer.is_alive():
        told = backend.load(_NAME)["deployment"]
        names = [row["urn"].rpartition(":")[2] for row in told.get("resources", [])]
        assert names in ([], [str(told["metadata"]["n"])])
    writer.join()


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
