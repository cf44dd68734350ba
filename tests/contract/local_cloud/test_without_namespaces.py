"""Where user namespaces are forbidden, root's PostgreSQL runs as nobody."""

from __future__ import annotations

import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.local_cloud.home import Home
from engine.local_cloud.servers import doors
from engine.local_cloud.servers import postgres_binaries as binaries
from engine.local_cloud.servers.postgres import Postgres
from engine.local_cloud.servers.wanted import Wanted


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    def not_allowed() -> pwd.struct_passwd | None:
        return pwd.getpwnam("nobody") if os.geteuid() == 0 else None

    def no_supervisor(_: Home, __: Wanted) -> bool:
        return False

    monkeypatch.setattr(binaries, "account", not_allowed)
    monkeypatch.setattr(doors, "wait", no_supervisor)
    folder = Path(tempfile.mkdtemp(prefix="lc-"))
    folder.chmod(0o711)
    made = Home(folder / "local-cloud")
    made.make()
    yield made
    shutil.rmtree(folder)


def test_a_cluster_is_made_used_copied_and_removed(home: Home) -> None:
    server = Postgres(home, "a.b.c")
    server.create(16, 5432, {"work_mem": "8MB"})
    try:
        server.make_master("master", "password", "app")
        with server.admin() as session:
            assert session.execute("show work_mem").fetchone() == ("8MB",)
        pid = server.pid()
        assert pid
        expected = os.geteuid() or pwd.getpwnam("nobody").pw_uid
        assert Path(f"/proc/{pid}").stat().st_uid == expected
        home.snapshots.mkdir(mode=0o700)
        server.snapshot(home.snapshots / "one")
        assert (home.snapshots / "one" / "data" / "PG_VERSION").read_text() == "16\n"
    finally:
        server.delete()
    assert not server.folder.exists()
    assert not server.is_running()
