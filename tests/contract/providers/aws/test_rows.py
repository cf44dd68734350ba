"""Every row against the local cloud, by one suite."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from engine.providers.aws.rows import ROWS
from engine.providers.port import Call, Props, ProviderError, Secret
from tests.contract.providers.aws import (
    cases_balancers,
    cases_clusters,
    cases_edge,
    cases_gateway,
    cases_network,
    cases_nodes,
    cases_operations,
    cases_queues,
    cases_services,
    cases_storage,
    retagging,
)
from tests.contract.providers.aws.case import Case, Live
from tests.contract.providers.aws.world import World, resource

CASES = (
    *cases_network.CASES,
    *cases_storage.CASES,
    *cases_services.CASES,
    *cases_clusters.CASES,
    *cases_nodes.CASES,
    *cases_operations.CASES,
    *cases_queues.CASES,
    *cases_edge.CASES,
    *cases_balancers.CASES,
    *cases_gateway.CASES,
)

pytestmark = pytest.mark.xdist_group("aws-rows")


def id_of(case: Case) -> str:
    """What a case is called in the list of tests."""
    module, name = case.type.split(":")[1].split("/")
    return f"{module}-{name}{case.label}"


def _names(case: Case) -> str:
    return id_of(case).lower().replace("replicationgroup", "rg")


ALL = [pytest.param(case, id=id_of(case)) for case in CASES]
UPDATES = [pytest.param(case, id=id_of(case)) for case in CASES if case.update]
REPLACES = [pytest.param(case, id=id_of(case)) for case in CASES if case.replace]
TAGGED = [pytest.param(case, id=id_of(case)) for case in CASES if ROWS[case.type].tags]
DRIFTS = [pytest.param(case, name, id=f"{id_of(case)}-{name}") for case in CASES for name in case.drift]


def make(world: World, case: Case) -> Live:
    name = world.unique(_names(case))[-40:].lstrip("-0123456789")
    inputs = world.checked(case.type, name, case.inputs(world, name))
    created = world.provider.create(resource(case.type, name), inputs, Call(timeout=60))
    return Live(created.id, inputs, opened(created.outputs))


def opened(outputs: Props) -> Props:
    """As the engine hands them back: secrets unwrapped."""
    return {key: value.value if isinstance(value, Secret) else value for key, value in outputs.items()}


def thing(case: Case) -> Any:
    return resource(case.type, "x")


def remove(world: World, case: Case, live: Live) -> None:
    world.provider.delete(thing(case), live.id, live.inputs, live.outputs, Call(timeout=60))


def later(world: World, case: Case, live: Live, change: Props) -> Props:
    """Inputs of the next run: laid over the last ones, None takes one away."""
    wanted = {key: value for key, value in {**live.inputs, **change}.items() if value is not None}
    checked = world.provider.check(thing(case), live.inputs, wanted, b"seed")
    assert not checked.failures, checked.failures
    return checked.inputs


def read(world: World, case: Case, live: Live) -> Any:
    return world.provider.read(thing(case), live.id, live.inputs, live.outputs)


@pytest.fixture(scope="module")
def made(world: World, case: Case) -> Iterator[Live]:
    """One that no test changes."""
    live = make(world, case)
    yield live
    remove(world, case, live)


@pytest.mark.parametrize("case", ALL, scope="module")
def test_what_was_created_reads_back_without_drift(world: World, case: Case, made: Live) -> None:
    found = read(world, case, made)
    assert found is not None
    assert found.id == made.id
    assert found.inputs == made.inputs
    assert opened(found.outputs) == made.outputs


@pytest.mark.parametrize("case", ALL, scope="module")
def test_a_second_run_changes_nothing(world: World, case: Case, made: Live) -> None:
    again = later(world, case, made, {})
    assert again == made.inputs
    assert not world.provider.diff(thing(case), made.id, made.inputs, made.outputs, again).changes


@pytest.mark.parametrize("case", ALL, scope="module")
def test_find_after_create_finds_it(world: World, case: Case, made: Live) -> None:
    found = world.provider.find(thing(case), made.inputs)
    assert found is not None
    assert found.id == made.id


@pytest.mark.parametrize("case", ALL, scope="module")
def test_somebody_elses_is_not_adopted(world: World, case: Case, made: Live) -> None:
    if ROWS[case.type].tags:
        tags = {**made.inputs["tags"], "stack": "local.somebody-else"}
        foreign = {**made.inputs, "tags": tags}
    elif case.foreign:
        foreign = case.foreign(world, made.inputs)
    else:  # a setting of a thing that is ours: nobody else can own it
        return
    try:
        found = world.provider.find(thing(case), foreign)
    except ProviderError as error:
        assert made.id in str(error)  # noqa: PT017 - either answer is right: refused, or not seen at all
    else:
        assert found is None


@pytest.mark.parametrize("case", REPLACES, scope="module")
def test_what_cant_be_changed_asks_for_a_successor(world: World, case: Case, made: Live) -> None:
    assert case.replace is not None
    change = case.replace(world, made.inputs)
    wanted = {key: value for key, value in {**made.inputs, **change}.items() if value is not None}
    diff = world.provider.diff(thing(case), made.id, made.inputs, made.outputs, wanted)
    assert diff.replaces
    assert {one.path for one in diff.changes if one.replace} <= set(change)


@pytest.mark.parametrize("case", ALL, scope="module")
def test_an_input_the_row_does_not_know_is_refused_by_name(world: World, case: Case, made: Live) -> None:
    checked = world.provider.check(thing(case), None, {**made.inputs, **case.refused}, b"seed")
    assert {failure.property for failure in checked.failures} & set(case.refused)


@pytest.mark.parametrize("case", UPDATES)
def test_an_update_makes_it_so(world: World, case: Case) -> None:
    assert case.update is not None
    live = make(world, case)
    news = later(world, case, live, case.update(world, live.inputs))
    diff = world.provider.diff(thing(case), live.id, live.inputs, live.outputs, news)
    assert diff.changes
    assert not diff.replaces
    outputs = world.provider.update(thing(case), live.id, live.inputs, live.outputs, news, Call(timeout=60))
    after = Live(live.id, news, opened(outputs))
    found = read(world, case, after)
    assert found is not None
    assert found.inputs == news
    remove(world, case, after)


@pytest.mark.parametrize("case", TAGGED)
def test_tags_changed_behind_its_back_are_seen_and_put_right(world: World, case: Case) -> None:
    live = make(world, case)
    retagging.BY_SERVICE[ROWS[case.type].service](world, live.id, live.outputs)
    found = read(world, case, live)
    assert found is not None
    assert found.inputs["tags"] == {**live.inputs["tags"], retagging.KEY: retagging.VALUE}
    outputs = opened(found.outputs)
    world.provider.update(thing(case), live.id, found.inputs, outputs, live.inputs, Call(timeout=60))
    mended = read(world, case, live)
    assert mended is not None
    assert mended.inputs == live.inputs
    remove(world, case, live)


@pytest.mark.parametrize(("case", "name"), DRIFTS)
def test_drift_is_seen_and_put_right(world: World, case: Case, name: str) -> None:
    live = make(world, case)
    case.drift[name](world, live)
    found = read(world, case, live)
    assert found is not None
    assert found.inputs.get(name) != live.inputs.get(name)
    diff = world.provider.diff(thing(case), live.id, found.inputs, opened(found.outputs), live.inputs)
    assert name in {change.path for change in diff.changes}
    world.provider.update(thing(case), live.id, found.inputs, opened(found.outputs), live.inputs, Call(timeout=60))
    mended = read(world, case, live)
    assert mended is not None
    assert mended.inputs == live.inputs
    remove(world, case, live)


@pytest.mark.parametrize("case", ALL)
def test_what_is_deleted_is_gone_and_a_second_delete_is_no_error(world: World, case: Case) -> None:
    live = make(world, case)
    remove(world, case, live)
    if not case.lasts:
        assert read(world, case, live) is None
        assert world.provider.find(thing(case), live.inputs) is None
    remove(world, case, live)


def test_every_row_has_a_case() -> None:
    assert {case.type for case in CASES} == set(ROWS)
