"""`tenant verify` on two tenants of each tier: apart all is held, and each hole is seen by what is about it alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from operations import compose
from operations.isolation.model import Level, Result, Verdict
from operations.lifecycle import verify
from operations.lifecycle.verify import Wish
from operations.settings import Settings
from tests.control_plane_fixture import control_plane
from tests.local import holes, rest_api
from tests.local.conftest import Desk
from tests.local.holes import Among, Hole
from tests.local.holes.site import Site

__all__ = ["control_plane"]
pytestmark = pytest.mark.xdist_group("verify")

PAIRS = {
    Among.ENTERPRISE: ("amber", "beryl"),
    Among.STANDARD: ("cedar", "dogwood"),
    Among.STARTER: ("elder", "fir"),
}
A, B = PAIRS[Among.ENTERPRISE]
SHARE = {"cpu": 1, "memory_gb": 4, "pods": 5}
LEFT = {"id": "grace", "active": False}
MEMBERS = {
    PAIRS[Among.STANDARD][0]: [
        {"id": "ada", "namespace": SHARE},
        {"id": "bob", "namespace": SHARE},
        {"id": "cyd"},
        {"id": "dan"},
        LEFT,
    ],
    PAIRS[Among.STARTER][0]: [{"id": "ada"}, {"id": "bob"}, LEFT],
}
"""Of the first of each pair."""
NAMES = {
    PAIRS[Among.STANDARD][0]: {"queues": ["jobs"]},
    PAIRS[Among.STARTER][0]: {"reference": ["reference"]},
}
"""Beside models; the other of each pair is given neither."""
_EVERY = 8


def _planted() -> Iterator[Any]:
    """Every hole; one in eight of each module in the suite, the rest in `make campaign-holes`."""
    inside = Counter[str]()
    for hole in holes.every():
        module = hole.opening.__module__
        marks = [] if inside[module] % _EVERY == 0 else [pytest.mark.campaign]
        inside[module] += 1
        yield pytest.param(hole, id=hole.id, marks=marks)


Sites = dict[Among, Site]
NOWHERE = {"gpu-asked", "gpu-memory", "gpu-unasked", "pods-connect-others", "pods-first-seconds", "pods-metadata"}
"""What the local cloud can't show of any tenant."""


@pytest.fixture(scope="module")
def sites(desk: Desk, control_plane: Path) -> Iterator[Sites]:
    """Two tenants of each tier, in an environment with an API. They end with the desk's cloud, what they share here."""
    with rest_api.offered(desk):
        yield _two_of_each(desk)
    with desk.application() as application:
        application.execute("DROP TABLE app.orders, app.notes, app.events, reference.currencies")


def _two_of_each(desk: Desk) -> Sites:
    for among, pair in PAIRS.items():
        for tenant in pair:
            members, shared = MEMBERS.get(tenant, []), {"models": ["llama-3"], **NAMES.get(tenant, {})}
            if among is Among.ENTERPRISE:
                path = desk.profile(tenant)
                path.write_text(f"{path.read_text()}namespace:\n  gpus: 1\ngpu:\n  instance_types: [g5.2xlarge]\n")
            else:
                desk.write(tenant, tier=str(among), members=members, shared=shared)
            desk.run("create", tenant)
    made = {among: Site(desk, *pair) for among, pair in PAIRS.items()}
    made[Among.STARTER].share_a_table(PAIRS[Among.STARTER][0])
    return made


@pytest.fixture(scope="module")
def site(sites: Sites) -> Site:
    return sites[Among.ENTERPRISE]


def results(site: Site, among: Among = Among.ENTERPRISE, levels: tuple[Level, ...] = ()) -> tuple[Result, ...]:
    """All that is found between the two, in this process: a hole a process would be mostly imports."""
    settings = Settings(site.desk.home, "local", site.desk.profiles)
    bundle = compose.bundle(settings, lambda: False)
    one, other = PAIRS[among]
    wishes = [Wish((one,), other, level, "test") for level in levels or (None,)]
    return tuple(result for wish in wishes for result in verify.verify(bundle, wish).results)


def told(found: tuple[Result, ...], verdict: Verdict) -> set[str]:
    """`s3-read-others A>B`, `iam-boundary A`."""
    name = {tenant: letter for pair in PAIRS.values() for tenant, letter in zip(pair, "AB", strict=True)}
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
    assert hidden == NOWHERE
    assert "as it was signed" in desk.run("verify", "--check", str(file)).out
    words = [
        desk.secret(place.outputs[f"{name}SecretArn"])[word]
        for place in (site.a, site.b)
        for name, word in (("database", "password"), ("cache", "password"), ("apiKey", "key"))
    ]
    assert not [word for word in words if word in answer.out + answer.err + file.read_text()]


@pytest.mark.parametrize("hole", tuple(_planted()))
def test_each_hole_is_seen_by_what_is_about_it_and_by_nothing_else(sites: Sites, hole: Hole) -> None:
    site = sites[hole.among]
    with hole.open(site):
        found = results(site, hole.among, hole.levels)
    assert told(found, Verdict.BROKEN) == hole.breaks, why(found)
    assert told(found, Verdict.INCONCLUSIVE) == hole.unproven, why(found)


@pytest.mark.parametrize("among", Among)
def test_when_all_holes_are_closed_again_all_is_held(sites: Sites, among: Among) -> None:
    found = results(sites[among], among)
    assert not told(found, Verdict.BROKEN) | told(found, Verdict.INCONCLUSIVE), why(found)


def test_tenants_of_different_tiers_are_apart(desk: Desk, sites: Sites) -> None:
    standard, starter = PAIRS[Among.STANDARD][0], PAIRS[Among.STARTER][0]
    for one, other in ((standard, starter), (A, starter)):
        summary = desk.run("verify", one, "--against", other, "--output", "json").json["summary"]
        assert (summary["BROKEN"], summary["INCONCLUSIVE"]) == (0, 0)


def test_what_tenants_share_is_tried_on_tables_that_are_there(sites: Sites) -> None:
    """Each assertion of rows has seen the table: none is held because there was nothing."""
    found = results(sites[Among.STARTER], Among.STARTER, (Level.LIVE,))
    held = {each.assertion.id for each in found if each.verdict is Verdict.HELD}
    assert {"pg-rows-read", "pg-rows-forge", "pg-rows-fixed"} <= held
    assert {"shared-reference-read-only", "shared-reference-others"} <= held
    assert {each.assertion.id for each in found if each.verdict is Verdict.NOT_OBSERVABLE} == NOWHERE
