"""`tenant verify` on two tenants: apart they are all held, and each planted hole is seen by what is about it alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from operations import compose
from operations.isolation.model import Result, Verdict
from operations.lifecycle import verify
from operations.lifecycle.verify import Wish
from operations.settings import Settings
from tests.control_plane_fixture import control_plane
from tests.local import holes
from tests.local.conftest import Desk
from tests.local.holes import Hole
from tests.local.holes.site import Site

__all__ = ["control_plane"]
pytestmark = pytest.mark.xdist_group("verify")

A, B = "amber", "beryl"
HOLES = tuple(holes.every())


@pytest.fixture(scope="module")
def site(desk: Desk, control_plane: Path) -> Iterator[Site]:
    for tenant in (A, B):
        desk.profile(tenant)
        desk.run("create", tenant)
    yield Site(desk, A, B)
    for tenant in (A, B):
        desk.run("destroy", tenant, "--purge", "--confirm", tenant)


def results(site: Site) -> tuple[Result, ...]:
    """All that is found between the two, in this process: a hole a process would be mostly imports."""
    settings = Settings(site.desk.home, "local", site.desk.profiles)
    bundle = compose.bundle(settings, lambda: False)
    return verify.verify(bundle, Wish((A,), B, None, "test")).results


def told(found: tuple[Result, ...], verdict: Verdict) -> set[str]:
    """`s3-read-others A>B`, `iam-boundary A`."""
    name = {A: "A", B: "B"}
    return {
        f"{each.assertion.id} {name[each.subject]}" + (f">{name[each.against]}" if each.against else "")
        for each in found
        if each.verdict is verdict
    }


def why(found: tuple[Result, ...]) -> str:
    bad = (Verdict.BROKEN, Verdict.INCONCLUSIVE)
    return "\n".join(
        f"{each.verdict} {each.assertion.id} {each.subject} {each.against}: {each.why}"
        for each in found
        if each.verdict in bad
    )


def test_two_tenants_are_apart_and_the_evidence_of_it_is_believed(site: Site, tmp_path: Path) -> None:
    desk, file = site.desk, tmp_path / "evidence.json"
    answer = desk.run("verify", A, "--against", B, "--output", "json", "--evidence", str(file))
    summary = answer.json["summary"]
    assert (summary["BROKEN"], summary["INCONCLUSIVE"]) == (0, 0), answer.out
    assert summary["HELD"] > 80
    hidden = {each["assertion"] for each in answer.json["assertions"] if each["verdict"] == "NOT_OBSERVABLE"}
    assert hidden == {
        "gpu-asked",
        "gpu-memory",
        "gpu-unasked",
        "pods-connect-others",
        "pods-first-seconds",
        "pods-metadata",
    }
    assert "as it was signed" in desk.run("verify", "--check", str(file)).out
    passwords = [
        desk.secret(place.outputs[name])["password"]
        for place in (site.a, site.b)
        for name in ("databaseSecretArn", "cacheSecretArn")
    ]
    assert not [word for word in passwords if word in answer.out + answer.err + file.read_text()]


@pytest.mark.parametrize("hole", HOLES, ids=lambda hole: hole.id)
def test_each_hole_is_seen_by_what_is_about_it_and_by_nothing_else(site: Site, hole: Hole) -> None:
    with hole.open(site):
        found = results(site)
    assert told(found, Verdict.BROKEN) == hole.breaks, why(found)
    assert told(found, Verdict.INCONCLUSIVE) == hole.unproven, why(found)


def test_when_all_holes_are_closed_again_all_is_held(site: Site) -> None:
    found = results(site)
    assert not told(found, Verdict.BROKEN) | told(found, Verdict.INCONCLUSIVE), why(found)
