"""The folder of a home: what is kept, what is locked, what faults are in force."""

from __future__ import annotations

import os
import socket
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from engine.local_cloud import ApiFault, locks
from engine.local_cloud.faults.book import FaultBook
from engine.local_cloud.home import Home, write
from engine.local_cloud.network.gateway import Tls
from engine.local_cloud.servers import wanted
from engine.local_cloud.servers.wanted import Wanted


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "local-cloud")
    made.make()
    return made


def test_settings_outlive_the_process(home: Home) -> None:
    assert home.settings() is None
    first = home.choose_settings()
    assert home.choose_settings() == first
    assert Home(home.folder).settings() == first
    assert first.secret_key not in repr(first)


def test_a_port_that_someone_took_is_chosen_anew_and_the_keys_stay(home: Home) -> None:
    first = home.choose_settings()
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", first.moto_port))
        stranger.listen()
        second = home.choose_settings()
    assert second.moto_port != first.moto_port
    assert (second.access_key, second.secret_key) == (first.access_key, first.secret_key)


def test_only_the_owner_reads_what_is_written(home: Home) -> None:
    home.choose_settings()
    assert home.settings_file.stat().st_mode & 0o077 == 0
    assert home.folder.stat().st_mode & 0o077 == 0


def test_a_file_is_replaced_whole_and_leaves_nothing_beside_it(home: Home) -> None:
    target = home.folder / "x"
    threads = [threading.Thread(target=write, args=(target, str(number) * 5000)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(target.read_text())) == 1
    assert not list(home.folder.glob("*.new"))


def test_a_lock_has_one_holder_and_ends_with_it(home: Home) -> None:
    path = home.locks / "x"
    assert not locks.is_held(path)
    first = locks.take(path)
    assert first
    assert locks.take(path) is None
    assert locks.is_held(path)
    first.release()
    assert not locks.is_held(path)


def test_what_is_wanted_of_a_server_is_read_back_as_it_was(home: Home) -> None:
    one = Wanted(wanted.POSTGRES, "a.b.c", "127.1.2.3", 5432, Tls.POSTGRES_FORCED, 16)
    wanted.folder(home, one.kind, one.name).mkdir(parents=True)
    wanted.save(home, one)
    assert list(wanted.every(home)) == [one]
    wanted.save(home, one.stopped())
    assert wanted.load(home, one.kind, one.name) == replace(one, running=False)
    assert wanted.load(home, one.kind, "other") is None


def test_faults_are_counted_down_and_go_away(home: Home) -> None:
    book = FaultBook(home)
    book.add(ApiFault("rds", "CreateDBInstance", error="X", times=2))
    book.add(ApiFault("rds", "CreateDBInstance", hang=1.0))
    book.add(ApiFault("kms", "CreateKey", error="Y", times=0))
    assert book.take("rds", "DeleteDBInstance") is None
    taken = [book.take("rds", "CreateDBInstance") for _ in range(4)]
    assert [fault.effect() if fault else None for fault in taken] == ["fails with X", "fails with X", "hangs 1 s", None]
    assert book.take("kms", "CreateKey") == book.take("kms", "CreateKey") == book.list()[0]
    assert book.clear() == len(["kms CreateKey"])
    assert book.list() == ()
    assert os.listdir(home.folder).count("faults.json") == 0
