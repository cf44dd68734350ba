"""The boundary never opens on the way: assertions hold between every two steps of create, update, destroy and purge.

In the suite one tenant of each form stands there, and is tried in turn with the one who comes. In `make campaign-steps`
eleven stand there, so that twelve tenants of all tiers are there at once, and after every step each class is tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from operations.isolation.model import Verdict
from tests.control_plane_fixture import control_plane
from tests.local import rest_api
from tests.local.conftest import Desk, opened
from tests.local.on_the_way.patrol import Beat, Opening
from tests.local.on_the_way.stepping import Step
from tests.local.on_the_way.town import FORMS, Town

__all__ = ["control_plane"]
pytestmark = pytest.mark.xdist_group("on-the-way")

SAMPLE: Final = Beat(stride=24, whole=1000, every_class=False)
EVERY_STEP: Final = Beat(stride=1, whole=15, every_class=True)
FEW: Final = {"pool": ("ash",), "bridge-database": ("elm",), "bridge-schema": ("hazel",), "silo": ("larch",)}
ELEVEN: Final = {
    "pool": ("ash", "birch", "cherry"),
    "bridge-database": ("elm", "fig", "gum"),
    "bridge-schema": ("hazel", "ivy", "juniper"),
    "silo": ("larch", "maple"),
}
OPENS: Final = "create postgresql:index/schema:Schema own"
SHUTS: Final = "create postgresql:index/defaultPrivileges:DefaultPrivileges login-tables"


@pytest.fixture(scope="module", params=[FEW], ids=["few"])
def town(request: pytest.FixtureRequest, control_plane: Path) -> Iterator[Town]:
    """A desk of its own: here are tiers, a table and an API that other tests don't look for."""
    with opened() as made, rest_api.offered(made):
        yield Town(made, request.param)


@pytest.fixture
def desk(town: Town) -> Desk:
    return town.desk


@pytest.mark.parametrize("form", FORMS)
def test_the_boundary_stays_closed_while_a_tenant_comes_changes_and_goes(town: Town, form: str) -> None:
    _lives(town, form, SAMPLE)


@pytest.mark.campaign
@pytest.mark.parametrize("town", [ELEVEN], ids=["eleven"], indirect=True)
@pytest.mark.parametrize("form", FORMS)
def test_it_stays_closed_after_every_step_among_twelve(town: Town, form: str) -> None:
    _lives(town, form, EVERY_STEP)


def test_a_hole_that_is_open_for_some_steps_only_is_named_by_them(town: Town) -> None:
    statements = {OPENS: "GRANT CONNECT ON DATABASE {} TO PUBLIC", SHUTS: "REVOKE CONNECT ON DATABASE {} FROM PUBLIC"}

    def meddle(step: Step) -> None:
        if str(step) in statements:
            visitor.past_all_rules(statements[str(step)])

    visitor = town.visitor("passer-by", FORMS["bridge-database"], SAMPLE, meddle)
    visitor.come()
    openings = visitor.patrol.openings
    assert {each.result.assertion.id for each in openings} >= {"pg-connect-others", "pg-public-closed"}
    assert str(openings[0].step) == OPENS
    assert SHUTS not in {str(each.step) for each in openings}


def _lives(town: Town, form: str, beat: Beat) -> None:
    visitor = town.visitor("visitor", FORMS[form], beat)
    visitor.come()
    visitor.change()
    visitor.go()
    patrol = visitor.patrol
    assert not patrol.openings, _told(patrol.openings)
    # the moment that PostgreSQL leaves open is seen where it is, and nowhere else
    assert bool(patrol.moment) == (form == "bridge-database"), _told(patrol.moment)
    assert patrol.verdicts[Verdict.HELD] > 200


def _told(openings: list[Opening]) -> str:
    return "\n".join(map(str, openings))
