"""Every private name that is hooked or used exists in the pinned emulators, and their state can be saved."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from engine.local_cloud import hooks
from engine.local_cloud.home import Home
from engine.local_cloud.ministack_side.state import NotSaved as MinistackNotSaved
from engine.local_cloud.ministack_side.state import State as MinistackState
from engine.local_cloud.moto_side.state import NotSaved, State

_INSTALL = """
import pathlib, sys
from engine.local_cloud import hooks
from engine.local_cloud.home import Home
from engine.local_cloud.ministack_side.state import NotSaved as MinistackNotSaved
from engine.local_cloud.ministack_side.state import State as MinistackState
from engine.local_cloud.home import Home
home = Home(pathlib.Path(sys.argv[1]))
home.make()
settings = home.choose_settings()
if sys.argv[2] == "moto":
    from engine.local_cloud.moto_side import launcher
    from engine.local_cloud.moto_side.side import Side
    launcher.install_hooks(Side(home, settings))
else:
    from engine.local_cloud.ministack_side import launcher
    launcher.install_hooks(home, settings)
sys.stdout.write("\\n".join(hooks.HOOKED))
"""


@pytest.mark.parametrize(
    ("side", "some"),
    [
        ("moto", {"RDSBackend.create_db_instance", "RDSBackend.delete_db_instance", "DBInstance.address"}),
        (
            "ministack",
            {
                "ministack.services.elasticache._spawn_redis_container",
                "ministack.services.elasticache._ensure_live_containers",
                "ministack.services.eks._create_cluster",
                "TCPServer.run",
                "TCPServer._close",
                "ministack.app.pin_request_origin",
                "ministack.services.sns._subscribe",
                "ministack.services.cloudwatch._put_metric_alarm",
                "ministack.services.backup.handle_request",
                "ministack.services.cloudtrail._DISPATCH",
            },
        ),
    ],
)
def test_every_hooked_name_exists_in_the_pinned_version(tmp_path: Path, side: str, some: set[str]) -> None:
    environment = {**os.environ, "PERSIST_STATE": "0", "S3_PERSIST": "0", "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", _INSTALL, str(tmp_path / "home"), side],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert some <= set(done.stdout.splitlines())


def test_a_name_that_is_gone_stops_the_launcher() -> None:
    emulator = SimpleNamespace(__name__="emulator")
    with pytest.raises(hooks.MissingHook, match="emulator._moved is gone"):
        hooks.around(emulator, "_moved", str)


def test_one_object_that_cannot_be_pickled_stops_changes_until_it_is_gone(tmp_path: Path) -> None:
    models: Any = importlib.import_module("moto.kms.models")
    backend: Any = importlib.import_module("moto.backends").get_backend("kms")["999999999999"]["us-east-1"]
    assert models
    state = State(tmp_path / "state.pickle")
    state.save()
    backend.odd = (each for each in ())
    with pytest.raises(NotSaved, match="pickle"):
        state.save()
    assert not state.is_sound()
    del backend.odd
    assert state.is_sound()


def test_a_state_that_cannot_be_written_is_said_and_recovers(tmp_path: Path) -> None:
    folder = tmp_path / "moto"
    state = State(folder / "state.pickle")
    with pytest.raises(NotSaved, match="No such file"):
        state.save()
    assert not state.is_sound()
    folder.mkdir()
    assert state.is_sound()
    state.save()
    assert (folder / "state.pickle").stat().st_mode & 0o077 == 0


def test_services_that_change_while_another_is_written_are_written_together_and_one_that_fails_is_due_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = MinistackState(Home(tmp_path))
    writes, begun, go_on = list[set[str] | None](), threading.Event(), threading.Event()

    def write_all(modules: set[str] | None) -> None:
        writes.append(modules)
        begun.set()
        assert go_on.wait(10)
        if len(writes) == 1:
            raise OSError("the disk is full")

    monkeypatch.setattr(state, "_write_all", write_all)
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(state.save, ["kms"])
        assert begun.wait(10)
        later = [pool.submit(state.save, [service]) for service in ("s3", "sqs", "kms", "sqs")]
        while state._asked < 5:  # pyright: ignore[reportPrivateUsage]
            time.sleep(0.01)
        go_on.set()
        with pytest.raises(MinistackNotSaved, match="full"):
            first.result(10)
        for each in later:
            each.result(10)
    assert writes == [{"kms"}, None]
