"""What every row promises, against a real server whose master is no superuser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from engine.providers.port import Created, Props, Resource
from engine.providers.postgresql.provider import ConfiguredPostgresql
from tests.contract.providers.postgresql.cases import CALL, CASES, Case, Drift, prepare, resource
from tests.postgres_servers import Running


@dataclass(frozen=True)
class Made:
    """A case's resource, alive."""

    case: Case
    name: str
    resource: Resource
    inputs: Props
    created: Created


@pytest.fixture(params=CASES, ids=lambda case: case.id)
def case(request: pytest.FixtureRequest) -> Case:
    return request.param


@pytest.fixture
def made(case: Case, provider: ConfiguredPostgresql, unique: str) -> Iterator[Made]:
    undo = prepare(case, provider, unique)
    here = resource(case.type)
    checked = provider.check(here, None, case.of(unique), b"seed")
    assert not checked.failures
    created = provider.create(here, checked.inputs, CALL)
    yield Made(case, unique, here, checked.inputs, created)
    provider.delete(here, created.id, checked.inputs, created.outputs, CALL)
    undo()


def test_what_was_made_is_read_back_without_a_difference(made: Made, provider: ConfiguredPostgresql) -> None:
    found = provider.read(made.resource, made.created.id, made.inputs, made.created.outputs)
    assert found is not None
    assert found.inputs == made.inputs
    assert found.outputs == made.created.outputs
    assert not provider.diff(made.resource, found.id, made.inputs, found.outputs, made.inputs).changes


def test_a_change_in_place_is_made_and_read_back(made: Made, provider: ConfiguredPostgresql) -> None:
    checked = provider.check(made.resource, made.inputs, made.case.changed(made.name), b"seed")
    assert not checked.failures
    diff = provider.diff(made.resource, made.created.id, made.inputs, made.created.outputs, checked.inputs)
    assert {change.path for change in diff.changes} == set(made.case.change)
    assert not diff.replaces
    outputs = provider.update(made.resource, made.created.id, made.inputs, made.created.outputs, checked.inputs, CALL)
    found = provider.read(made.resource, made.created.id, checked.inputs, outputs)
    assert found is not None
    assert found.inputs == checked.inputs
    assert found.outputs == outputs


def test_an_update_sent_twice_does_no_harm(made: Made, provider: ConfiguredPostgresql) -> None:
    news = provider.check(made.resource, made.inputs, made.case.changed(made.name), b"seed").inputs
    args = (made.resource, made.created.id, made.inputs, made.created.outputs, news, CALL)
    assert provider.update(*args) == provider.update(*args)


def test_what_cannot_change_in_place_replaces(made: Made, provider: ConfiguredPostgresql) -> None:
    diff = provider.diff(
        made.resource, made.created.id, made.inputs, made.created.outputs, made.inputs | made.case.replacing
    )
    assert {change.path for change in diff.changes if change.replace} == set(made.case.replacing)


def test_a_refused_input_is_named(made: Made, provider: ConfiguredPostgresql) -> None:
    checked = provider.check(made.resource, made.inputs, made.inputs | made.case.refused, b"seed")
    assert [failure.property for failure in checked.failures] == list(made.case.refused)


def test_a_second_delete_is_no_error_and_what_is_gone_reads_as_gone(made: Made, provider: ConfiguredPostgresql) -> None:
    args = (made.resource, made.created.id, made.inputs, made.created.outputs)
    provider.delete(*args, CALL)
    provider.delete(*args, CALL)
    found = provider.read(*args)
    # Privileges of everybody, or by default, have no thing of their own: they are none any more.
    assert found is None or found.outputs["privileges"] == []


def test_an_interrupted_create_is_found_by_its_name(made: Made, provider: ConfiguredPostgresql) -> None:
    found = provider.find(made.resource, made.inputs)
    assert found is not None
    assert (found.id, found.outputs) == (made.created.id, made.created.outputs)


DRIFTS = [
    pytest.param(case, drift, id=f"{case.id}: {drift.property} by {drift.statement.replace('{n}', 'it')}")
    for case in CASES
    for drift in case.drifts
]


@pytest.mark.parametrize(("case", "drift"), DRIFTS)
def test_drift_made_behind_its_back_is_seen_and_mended(
    made: Made, drift: Drift, provider: ConfiguredPostgresql, running: Running
) -> None:
    running.run(drift.statement.replace("{n}", made.name), made.name if drift.inside else "postgres")
    found = provider.read(made.resource, made.created.id, made.inputs, made.created.outputs)
    assert found is not None
    assert {key for key in found.inputs if found.inputs[key] != made.inputs.get(key)} == {drift.property}
    diff = provider.diff(made.resource, found.id, found.inputs, found.outputs, made.inputs)
    assert [change.path for change in diff.changes] == [drift.property]
    if drift.property in _ONLY_A_SUPERUSER or "rdsadmin" in drift.statement or diff.replaces:
        running.run(_undone(drift, made.name), made.name if drift.inside else "postgres")
    else:
        provider.update(made.resource, found.id, found.inputs, found.outputs, made.inputs, CALL)
    mended = provider.read(made.resource, made.created.id, made.inputs, made.created.outputs)
    assert mended is not None
    assert mended.inputs == made.inputs


_ONLY_A_SUPERUSER = {"superuser", "replication", "bypassRowLevelSecurity", "roles"}


def _undone(drift: Drift, name: str) -> str:
    if drift.undo:
        return drift.undo.replace("{n}", name)
    statement = drift.statement.replace("{n}", name)
    for word, opposite in (
        ("SUPERUSER", "NOSUPERUSER"),
        ("REPLICATION", "NOREPLICATION"),
        ("BYPASSRLS", "NOBYPASSRLS"),
        ("GRANT pg_monitor TO", "REVOKE pg_monitor FROM"),
        ("TO rdsadmin", f"TO {name}_owner"),
    ):
        if word in statement:
            return statement.replace(word, opposite)
    return (
        statement.replace("GRANT", "REVOKE GRANT OPTION FOR")
        .replace(" TO ", " FROM ")
        .replace(" WITH REVOKE GRANT OPTION FOR OPTION", "")
    )
