"""Evidence is believed as it was signed, in the environment that signed it, or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from operations.isolation import evidence
from operations.isolation.evidence import Verified
from operations.isolation.model import Result, Verdict
from stacks.errors import BadInput, Refused
from tests.unit.operations.isolation.given import assertion, party

SEED = b"s" * 32
NOW = datetime(2026, 3, 1, 12, 30, 5, tzinfo=UTC)
HELD = Result(assertion(), "acme", "globex", Verdict.HELD, "1 of 1 closed", ("control: own: worked",))
RUN = Verified("local", NOW, "1.2.3", (party("acme"), party("globex")), (HELD,))


def test_what_was_signed_is_told() -> None:
    told = evidence.read(evidence.write(RUN, SEED), "e.json", SEED, "local")
    assert (told.environment, told.time, told.tool, told.good) == ("local", "2026-03-01T12:30:05Z", "1.2.3", True)
    assert told.summary == {"HELD": 1, "BROKEN": 0, "INCONCLUSIVE": 0, "NOT_OBSERVABLE": 0}
    assert [line.split()[0] for line in told.tenants] == ["acme", "globex"]


def test_the_same_results_give_the_same_file() -> None:
    assert evidence.write(RUN, SEED) == evidence.write(RUN, SEED)


def test_a_file_may_be_laid_out_anew() -> None:
    text = json.dumps(json.loads(evidence.write(RUN, SEED)))
    assert evidence.read(text, "e.json", SEED, "local").good


@pytest.mark.parametrize("verdict", [Verdict.BROKEN, Verdict.INCONCLUSIVE])
def test_evidence_of_what_is_not_held_is_not_good(verdict: Verdict) -> None:
    run = replace(RUN, results=(replace(HELD, verdict=verdict),))
    assert not run.good
    assert not evidence.read(evidence.write(run, SEED), "e.json", SEED, "local").good


def _verdict(data: Any) -> None:
    data["evidence"]["assertions"][0]["verdict"] = "BROKEN"


def _dropped(data: Any) -> None:
    data["evidence"]["assertions"].clear()


def _tenant(data: Any) -> None:
    data["evidence"]["tenants"][0]["blueprint_digest"] = "0"


def _signature(data: Any) -> None:
    data["signature"]["value"] = data["signature"]["value"][::-1]


def _algorithm(data: Any) -> None:
    data["signature"]["algorithm"] = "none"


@pytest.mark.parametrize("edit", [_verdict, _dropped, _tenant, _signature, _algorithm])
def test_an_edited_file_is_refused(edit: Callable[[Any], None]) -> None:
    data = json.loads(evidence.write(RUN, SEED))
    edit(data)
    with pytest.raises(Refused, match="changed after it was signed"):
        evidence.read(json.dumps(data), "e.json", SEED, "local")


def test_another_environment_s_and_another_home_s_evidence_is_refused() -> None:
    text = evidence.write(RUN, SEED)
    with pytest.raises(Refused, match="'local'"):
        evidence.read(text, "e.json", SEED, "prod")
    with pytest.raises(Refused, match="another home"):
        evidence.read(text, "e.json", b"t" * 32, "local")


def _edited(edit: Callable[[Any], None]) -> str:
    data = json.loads(evidence.write(RUN, SEED))
    edit(data)
    return json.dumps(data)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"kind": "tenant-plan"}',
        _edited(lambda data: data.update(format=2)),
        _edited(lambda data: data.update(format=True)),
        _edited(lambda data: data.update(more=1)),
        _edited(lambda data: data["signature"].pop("key")),
        _edited(lambda data: data["evidence"].pop("time")),
        _edited(lambda data: data.update(evidence=[])),
        '{"kind": "tenant-evidence", "a": "\\ud800"}',
    ],
)
def test_what_is_no_evidence_is_bad_input(text: str) -> None:
    with pytest.raises(BadInput, match="is not evidence"):
        evidence.read(text, "e.json", SEED, "local")
