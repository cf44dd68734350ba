"""Planning what an edit concerns: every tenant of it, whatever becomes of the others."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from shutil import copytree

import pytest

from operations.lifecycle import plan_applying, plan_saving
from operations.lifecycle.create import create
from operations.lifecycle.plan_changed import plan_changed
from operations.reports import Considered
from operations.settings import PACKAGED
from stacks.errors import BadInput, CloudUnreachable
from tests.fakes import World


def since_main(world: World) -> dict[str, Considered]:
    return {one.tenant: one for one in plan_changed(world.bundle, "main")}


def was(world: World, name: str, text: str | None) -> None:
    world.revisions.then[world.profiles.resolve() / f"{name}.yaml"] = text


@pytest.fixture
def stands(world: World) -> World:
    """Acme and globex stand, as their profiles say."""
    for tenant in ("acme", "globex"):
        create(world.bundle, str(world.write(tenant)))
    return world


def test_only_what_was_edited_is_planned(stands: World) -> None:
    was(stands, "acme", "tenant: acme\n")
    stands.write("acme", database={"storage_gb": 300})
    found = since_main(stands)
    assert list(found) == ["acme"]
    assert found["acme"].pending
    assert found["acme"].why == ("profile edited",)
    assert found["acme"].file == str(stands.profiles / "acme.yaml")


def test_an_edit_that_changes_nothing_is_a_plan_of_nothing(stands: World) -> None:
    was(stands, "acme", "# a comment\n")
    assert not since_main(stands)["acme"].pending


def test_a_deleted_profile_is_told_and_nothing_is_planned(stands: World) -> None:
    was(stands, "acme", (stands.profiles / "acme.yaml").read_text())
    (stands.profiles / "acme.yaml").unlink()
    stands.cloud.log.clear()
    found = since_main(stands)
    assert found["acme"].gone
    assert found["acme"].pending
    assert stands.cloud.log == []
    assert stands.registry.find("local", "acme") is not None


def test_a_faulty_profile_does_not_keep_others_from_being_planned(stands: World) -> None:
    was(stands, "acme", "tenant: acme\n")
    was(stands, "globex", "tenant: globex\n")
    was(stands, "scribble", None)
    stands.write("acme", size="gigantic")
    (stands.profiles / "scribble.yaml").write_text("tenant: [\n")
    found = since_main(stands)
    assert isinstance(found["acme"].error, BadInput)
    assert isinstance(found["scribble"].error, BadInput)
    assert found["globex"].planned is not None


def test_the_environment_concerns_all(stands: World) -> None:
    stands.revisions.then[stands.bundle.settings.environments.resolve() / "local.yaml"] = "x: 1"
    assert list(since_main(stands)) == ["acme", "globex"]


def test_a_tier_version_concerns_who_is_pinned_to_it_and_not_who_has_another(stands: World) -> None:
    own = stands.profiles.parent / "tiers"
    copytree(PACKAGED / "tiers", own)
    newer = (own / "enterprise/1.yaml").read_text().replace("version: 1", "version: 2")
    (own / "enterprise/2.yaml").write_text(newer)
    stands.write("fresh")
    stands.revisions.then[own.resolve() / "enterprise/2.yaml"] = None
    assert list(since_main(stands)) == ["fresh"]
    stands.revisions.then[own.resolve() / "enterprise/1.yaml"] = "x: 1"
    assert list(since_main(stands)) == ["acme", "fresh", "globex"]


def test_new_tenants_are_placed_beside_each_other_so_that_all_plans_can_be_applied(world: World) -> None:
    for tenant in ("acme", "globex", "hooli"):
        world.write(tenant)
        was(world, tenant, None)
    for one in plan_changed(world.bundle, "main"):
        assert one.planned is not None
        file = world.profiles.parent / f"{one.tenant}.plan"
        plan_saving.save(world.bundle, one.planned, file, timedelta(hours=1))
        plan_applying.apply(world.bundle, plan_applying.read(world.bundle, file), file)
    assert [record.status for record in world.registry.tenants("local")] == ["active"] * 3


def test_a_cloud_that_is_not_reached_ends_it(stands: World) -> None:
    was(stands, "acme", "tenant: acme\n")
    stands.cloud.running = False
    with pytest.raises(CloudUnreachable):
        plan_changed(stands.bundle, "main")


def test_files_are_told_as_the_folder_was_named(stands: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(stands.profiles.parent)
    was(stands, "acme", "tenant: acme\n")
    stands.write("acme", size="gigantic")
    relative = replace(stands.bundle, settings=replace(stands.bundle.settings, profiles=Path("profiles")))
    (found,) = plan_changed(relative, "main")
    assert found.file == "profiles/acme.yaml"
    assert isinstance(found.error, BadInput)
    assert str(found.error.faults[0].where).startswith("profiles/acme.yaml:")
