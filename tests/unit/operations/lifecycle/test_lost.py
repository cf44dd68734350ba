"""A shard that is gone: whoever would work on top of it is refused before anything is done, and told what to do."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from operations.bundle import Bundle
from operations.lifecycle import shared
from operations.lifecycle.apply import apply
from operations.lifecycle.create import create
from operations.lifecycle.destroy import destroy, prospect
from operations.lifecycle.drift import drift
from operations.lifecycle.plan import plan
from operations.lifecycle.pooler import pools
from operations.lifecycle.shared import Place
from operations.lifecycle.verify import Wish, verify
from stacks.errors import Refused
from tests.fakes import World

DATABASE, CACHE = "demo-local-stj5e34rnl-database-1", "demo-local-stj5e34rnl-cache-1"
CALLS: dict[str, Callable[[Bundle], object]] = {
    "plan": lambda bundle: plan(bundle, "initech"),
    "apply": lambda bundle: apply(bundle, "initech"),
    "drift": lambda bundle: drift(bundle, "initech"),
    "prospect": lambda bundle: prospect(bundle, "initech", purge=False),
    "destroy": lambda bundle: destroy(bundle, "initech", purge=True),
    "verify": lambda bundle: verify(bundle, Wish(("initech",), "", None, "test")),
    "verify all": lambda bundle: verify(bundle, Wish((), "", None, "test")),
    "data pooler": lambda bundle: pools(bundle, shared.show(bundle, Place()).record),
    "shared plan": lambda bundle: shared.plan(bundle, Place()),
    "shared apply": lambda bundle: shared.apply(bundle, Place()),
    "shared apply --refresh": lambda bundle: shared.apply(bundle, Place(), refresh=True),
}


@pytest.fixture
def settled(world: World) -> World:
    """Two tenants who share a database and a cache, one of old whose data is kept, one with all of its own."""
    for tenant, tier in (("initech", "standard"), ("hooli", "starter"), ("gone", "standard"), ("acme", "enterprise")):
        create(world.bundle, str(world.write(tenant, tier=tier, database={})))
    destroy(world.bundle, "gone", purge=False)
    world.cloud.log.clear()
    return world


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_nothing_is_done_while_a_database_is_gone(settled: World, call: Callable[[Bundle], object]) -> None:
    settled.cloud.lost.add(DATABASE)
    with pytest.raises(Refused) as told:
        call(settled.bundle)
    assert f"{DATABASE} is gone; nothing was done" in told.value.what
    assert "2 tenants have a place in it: hooli, initech." in told.value.why
    assert "destroyed tenants is in it too: gone." in told.value.why
    assert settled.cloud.log == []


def test_a_snapshot_that_there_is_stands_in_the_command_that_restores_it(settled: World) -> None:
    settled.cloud.lost.add(DATABASE)
    look = partial(plan, settled.bundle, "hooli")
    with pytest.raises(Refused, match="no snapshot of it") as told:
        look()
    assert "recovery point in" in told.value.next
    assert "where there is none, its tenants' data is lost: docs/how-to/share-data-services.md, section 9" in " ".join(
        told.value.next.split()
    )
    settled.cloud.snapshots |= {f"rds:{DATABASE}-2026-03-01", f"rds:{DATABASE}-2026-02-28"}
    with pytest.raises(Refused, match=f"--db-snapshot-identifier rds:{DATABASE}-2026-03-01 "):
        look()


def test_who_has_nothing_in_it_goes_on(settled: World) -> None:
    settled.cloud.lost |= {DATABASE, CACHE}
    assert not plan(settled.bundle, "acme").run.pending
    destroy(settled.bundle, "acme", purge=True)


def test_pools_before_databases_ask_for_no_cache(settled: World) -> None:
    settled.cloud.lost.add(CACHE)
    assert {pool.tenant for pool in pools(settled.bundle, shared.show(settled.bundle, Place()).record)} == {
        "initech",
        "hooli",
    }


def test_a_cache_is_made_anew_by_a_run_that_looks_at_the_cloud(settled: World) -> None:
    settled.cloud.lost.add(CACHE)
    for refused in (partial(shared.apply, settled.bundle, Place()), partial(plan, settled.bundle, "hooli")):
        with pytest.raises(Refused, match=f"{CACHE} is gone") as told:
            refused()
        assert "tenant shared apply --region us-east-1 --cell 1 --refresh" in told.value.next
    shared.apply(settled.bundle, Place(), refresh=True)


def test_what_is_purged_already_asks_for_no_shard(settled: World) -> None:
    destroy(settled.bundle, "gone", purge=True)
    settled.cloud.lost.add(DATABASE)
    assert not destroy(settled.bundle, "gone", purge=True).changed
