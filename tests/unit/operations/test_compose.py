"""What the bundle is made of, and which combinations are refused with a sentence."""

from __future__ import annotations

import os
import socket
import stat
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from operations import compose, keys
from operations.bundle import Rights
from operations.registry.model import Destruction, Kind, Record, Status, Step
from operations.settings import PACKAGED, Settings, default_home
from stacks.errors import BadInput, CloudUnreachable


def settings(folder: Path, **changes: str) -> Settings:
    return replace(Settings(folder / "home", "local", PACKAGED / "profiles"), **changes)  # pyright: ignore[reportArgumentType]


def never() -> bool:
    return False


def on_account(folder: Path) -> Settings:
    """Settings of an environment on a real account."""
    text = (PACKAGED / "environments" / "local.yaml").read_text(encoding="utf-8")
    (folder / "environments").mkdir()
    (folder / "profiles").mkdir()
    changed = text.replace("name: local", "name: prod").replace("target: local", "target: aws")
    changed = changed.replace("engine: embedded", "engine: pulumi").replace("domain:", "# domain:")
    changed += "deployer_role: arn:aws:iam::123456789012:role/deployer\n"
    (folder / "environments" / "prod.yaml").write_text(changed, encoding="utf-8")
    return Settings(folder / "home", "prod", folder / "profiles")


def test_a_local_cloud_that_does_not_run_is_told_when_it_is_needed_and_not_before(tmp_path: Path) -> None:
    bundle = compose.bundle(settings(tmp_path), never)
    assert bundle.registry.tenants("local") == ()
    with pytest.raises(CloudUnreachable, match="tenant local start"):
        bundle.open(Rights())


def test_an_unknown_environment_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="local"):
        compose.bundle(settings(tmp_path, environment="moon"), never)


def test_an_unknown_engine_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="embedded, pulumi"):
        compose.bundle(settings(tmp_path, engine="steam"), never)


def test_the_embedded_engine_is_refused_on_a_real_account(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="--engine pulumi"):
        compose.bundle(replace(on_account(tmp_path), engine="embedded"), never)


def test_a_missing_pulumi_cli_is_said_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    bundle = compose.bundle(on_account(tmp_path), never)
    with pytest.raises(BadInput, match="Pulumi CLI is not installed"):
        bundle.open(Rights())


def test_the_pulumi_cli_finds_our_own_provider_served_by_this_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli = tmp_path / "pulumi"
    cli.write_text("#!/bin/sh\necho v3.200.0\n")
    cli.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("PULUMI_DEBUG_PROVIDERS", "")
    bundle = compose.bundle(on_account(tmp_path), never)
    bundle.open(Rights())
    package, _, port = os.environ["PULUMI_DEBUG_PROVIDERS"].partition(":")
    assert package == "rowsecurity"
    socket.create_connection(("127.0.0.1", int(port)), timeout=5).close()
    bundle.open(Rights())
    assert os.environ["PULUMI_DEBUG_PROVIDERS"] == f"{package}:{port}"


def test_states_are_read_without_a_cloud(tmp_path: Path) -> None:
    assert compose.bundle(settings(tmp_path), never).records().stacks() == ()


def test_home_registry_and_workspaces_are_for_their_owner_only(tmp_path: Path) -> None:
    chosen = settings(tmp_path)
    compose.bundle(chosen, never).records()
    assert [stat.S_IMODE(path.stat().st_mode) for path in (chosen.home, chosen.workspaces)] == [0o700, 0o700]
    assert stat.S_IMODE(chosen.registry_file.stat().st_mode) == 0o600


def test_a_registry_that_was_open_to_others_is_shut(tmp_path: Path) -> None:
    compose.bundle(settings(tmp_path), never)
    settings(tmp_path).registry_file.chmod(0o644)
    compose.bundle(settings(tmp_path), never)
    assert stat.S_IMODE(settings(tmp_path).registry_file.stat().st_mode) == 0o600


def test_a_damaged_registry_is_told_with_the_way_to_restore_it(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    settings(tmp_path).registry_file.write_text("this was a registry once" * 100)
    with pytest.raises(BadInput, match="tenant registry rebuild"):
        compose.bundle(settings(tmp_path), never)


def test_a_home_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("no folder")
    with pytest.raises(BadInput, match="--home"):
        compose.bundle(settings(tmp_path), never)


def test_key_and_passphrase_are_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    assert keys.key(tmp_path / "e") == keys.key(tmp_path / "e")
    assert keys.passphrase(tmp_path / "e") != keys.key(tmp_path / "e").hex()
    for name in ("key", "passphrase"):
        assert stat.S_IMODE((tmp_path / "e" / name).stat().st_mode) == 0o600
    assert sorted(path.name for path in (tmp_path / "e").iterdir()) == ["key", "passphrase"]


def test_of_many_who_make_the_key_at_once_all_get_the_same(tmp_path: Path) -> None:
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(keys.key(tmp_path / "e"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_a_damaged_key_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("not a key", encoding="ascii")
    with pytest.raises(BadInput, match="backup"):
        keys.key(tmp_path)
    assert (tmp_path / "key").read_text(encoding="ascii") == "not a key"


def test_the_key_is_not_shown_with_the_bundle(tmp_path: Path) -> None:
    bundle = compose.bundle(settings(tmp_path), never)
    assert bundle.key.hex() not in repr(bundle)
    assert repr(bundle.key) not in repr(bundle)


def test_templates_beside_the_profiles_win_over_those_that_come_with_the_tool(tmp_path: Path) -> None:
    beside = on_account(tmp_path)
    assert beside.environments == tmp_path.resolve() / "environments"
    assert beside.tiers.resolve() == PACKAGED / "tiers"


def test_the_default_home_is_the_users_data_folder() -> None:
    assert default_home().name == "tenant"


def test_what_was_purged_outlives_the_registry(tmp_path: Path) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    gone = Record(
        environment="local",
        kind=Kind.TENANT,
        subject="acme",
        incarnation=3,
        stack="local.tabcdefghi",
        region="us-east-1",
        cell=1,
        slug="tabcdefghi",
        status=Status.DESTROYED,
        destruction=Destruction("", Step.PURGED),
        created_at=now,
        updated_at=now,
    )
    compose.bundle(settings(tmp_path), never).endings.note(gone)
    settings(tmp_path).registry_file.unlink()
    assert compose.bundle(settings(tmp_path), never).endings.all() == (gone,)
