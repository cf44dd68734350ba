"""Which tenants an edit concerns."""

from __future__ import annotations

from pathlib import Path

from operations.revisions import selection
from operations.revisions.port import Edit
from operations.revisions.selection import Concerned, Folder, Head

PROFILES, TIERS = Path("/p/profiles"), Path("/p/tiers")
V1, V2 = TIERS / "enterprise/1.yaml", TIERS / "enterprise/2.yaml"
ACME, GLOBEX, HOOLI = (PROFILES / f"{name}.yaml" for name in ("acme", "globex", "hooli"))
ENVIRONMENT = Path("/p/environments/local.yaml")
FOLDER = Folder(
    {ACME: Head("acme", V1), GLOBEX: Head("globex", V2), HOOLI: Head("hooli", None)},
    ENVIRONMENT,
    {"acme", "globex", "initech"},
)


def edited(path: Path, before: str | None = "x: 1") -> Edit:
    return Edit(path, before, there=True)


def deleted(path: Path, before: str) -> Edit:
    return Edit(path, before, there=False)


def test_nothing_edited_concerns_nobody() -> None:
    assert selection.concerned([], FOLDER) == ()
    assert selection.concerned([edited(PROFILES / "README.md"), edited(TIERS / "starter/1.yaml")], FOLDER) == ()


def test_an_edited_and_an_added_profile_concern_their_tenants() -> None:
    assert selection.concerned([edited(GLOBEX), edited(ACME, None)], FOLDER) == (
        Concerned("acme", ACME, ("profile added",)),
        Concerned("globex", GLOBEX, ("profile edited",)),
    )


def test_a_tier_version_concerns_whoever_is_pinned_to_it() -> None:
    assert selection.concerned([edited(V1)], FOLDER) == (
        Concerned("acme", ACME, ("tier enterprise version 1 edited",)),
    )


def test_the_environment_concerns_everybody_and_each_reason_is_said() -> None:
    found = selection.concerned([edited(ENVIRONMENT), edited(ACME), deleted(V2, "")], FOLDER)
    assert [(one.tenant, one.why) for one in found] == [
        ("acme", ("profile edited", "environment local edited")),
        ("globex", ("tier enterprise version 2 deleted", "environment local edited")),
        ("hooli", ("environment local edited",)),
    ]


def test_another_environment_concerns_nobody() -> None:
    assert selection.concerned([edited(ENVIRONMENT.with_name("staging.yaml"))], FOLDER) == ()


def test_a_deleted_profile_of_a_tenant_that_stands_is_gone() -> None:
    file = PROFILES / "initech.yaml"
    assert selection.concerned([deleted(file, "tenant: initech")], FOLDER) == (
        Concerned("initech", file, ("profile deleted",), gone=True),
    )


def test_a_deleted_profile_of_a_tenant_that_does_not_stand_is_nothing() -> None:
    assert selection.concerned([deleted(PROFILES / "x.yaml", "tenant: umbrella")], FOLDER) == ()


def test_a_profile_that_moved_is_not_gone() -> None:
    found = selection.concerned([deleted(PROFILES / "old.yaml", "tenant: acme"), edited(ACME, None)], FOLDER)
    assert found == (Concerned("acme", ACME, ("profile added",)),)


def test_an_id_that_was_edited_leaves_a_tenant_without_profile() -> None:
    found = selection.concerned([edited(HOOLI, "tenant: initech\n")], FOLDER)
    assert found == (
        Concerned("hooli", HOOLI, ("profile edited",)),
        Concerned("initech", HOOLI, ("id edited",), gone=True),
    )


def test_what_was_no_profile_before_tells_nothing() -> None:
    texts = ("", "- a\n- b\n", "a: [", "tenant: [initech]", "tenant:\n")
    assert selection.concerned([deleted(PROFILES / f"{n}.yaml", text) for n, text in enumerate(texts)], FOLDER) == ()
