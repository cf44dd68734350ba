"""What a tenant logs in with, by whether it has a key of the application's API."""

from __future__ import annotations

from dataclasses import replace

import pytest

from operations.isolation import logins, pairs
from operations.isolation.assertions import api_key_own_plan, api_keys_others, proof_api_keys
from operations.isolation.model import Party, Unclear
from stacks.blueprint.model import Blueprint
from tests.unit.operations.isolation.given import party
from tests.unit.stacks.given import local
from tests.unit.stacks.resources.test_api_access import having, made

DATABASE, CACHE, KEY, PEOPLE = (f"{name}SecretArn" for name in ("database", "cache", "apiKey", "databasePeople"))
CALLING, SILENT = made(having()), made(having(), quotas={"api_calls_daily": 0})
WITHOUT_API = made(local())


def of(blueprint: Blueprint, **outputs: str) -> Party:
    return replace(party("acme"), blueprint=blueprint, outputs=outputs)


def old() -> Blueprint:
    specs = {kind: spec for kind, spec in WITHOUT_API.specs.items() if kind != "api_access"}
    return replace(WITHOUT_API, specs=specs)


def test_the_key_is_among_what_workloads_log_in_with() -> None:
    one = of(CALLING, **{DATABASE: "d", CACHE: "c", KEY: "k"})
    assert logins.names(one) == (DATABASE, CACHE, KEY)
    assert logins.of(one) == ("d", "c", "k")
    assert logins.names_of_people(one) == ()
    assert logins.names_of_people(of(CALLING, **{PEOPLE: "p"})) == (PEOPLE,)


def test_a_key_that_the_stack_does_not_tell_is_unclear_and_not_left_out() -> None:
    with pytest.raises(Unclear, match=KEY):
        logins.of(of(CALLING, **{DATABASE: "d", CACHE: "c"}))


@pytest.mark.parametrize("blueprint", [SILENT, WITHOUT_API, old()], ids=["no-calls", "no-api", "old"])
def test_who_has_no_key_logs_in_with_none(blueprint: Blueprint) -> None:
    assert logins.names(of(blueprint)) == (DATABASE, CACHE)


def test_who_has_no_key_is_tried_on_those_who_have_one() -> None:
    silent, calling = of(SILENT), of(CALLING)
    assert api_keys_others.applies(silent, calling)
    assert not api_keys_others.applies(calling, silent)
    assert proof_api_keys.applies(silent, None)
    assert not api_key_own_plan.applies(silent, None)
    assert not proof_api_keys.applies(of(WITHOUT_API), None)


def test_a_tenant_with_a_key_stands_for_none_without() -> None:
    assert pairs.symmetry(of(CALLING)) != pairs.symmetry(of(SILENT))
