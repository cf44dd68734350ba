"""Evidence is believed as it was signed, in the environment that signed it, or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from operations.isolation import evidence, signers
from operations.isolation.evidence import Verified
from operations.isolation.model import Result, Verdict
from operations.plans import signing
from stacks.errors import BadInput, Refused
from tests.unit.operations.isolation.given import assertion, party

SEED = b"s" * 32
ROOT = Path(__file__).parents[4]
OURS = signers.of(SEED, "local")
NOW = datetime(2026, 3, 1, 12, 30, 5, tzinfo=UTC)
HELD = Result(assertion(), "acme", "globex", Verdict.HELD, "1 of 1 closed", ("control: own: worked",))
RUN = Verified("local", NOW, "1.2.3", (party("acme"), party("globex")), (HELD,))


def test_what_was_signed_is_told() -> None:
    told = evidence.read(evidence.write(RUN, SEED), "e.json", OURS)
    assert (told.environment, told.time, told.tool, told.good) == ("local", "2026-03-01T12:30:05Z", "1.2.3", True)
    assert told.summary == {"HELD": 1, "BROKEN": 0, "INCONCLUSIVE": 0, "NOT_OBSERVABLE": 0}
    assert [line.split()[0] for line in told.tenants] == ["acme", "globex"]


def test_the_same_results_give_the_same_file() -> None:
    assert evidence.write(RUN, SEED) == evidence.write(RUN, SEED)


def test_a_file_may_be_laid_out_anew() -> None:
    text = json.dumps(json.loads(evidence.write(RUN, SEED)))
    assert evidence.read(text, "e.json", OURS).good


@pytest.mark.parametrize("verdict", [Verdict.BROKEN, Verdict.INCONCLUSIVE])
def test_evidence_of_what_is_not_held_is_not_good(verdict: Verdict) -> None:
    run = replace(RUN, results=(replace(HELD, verdict=verdict),))
    assert not run.good
    assert not evidence.read(evidence.write(run, SEED), "e.json", OURS).good


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
        evidence.read(json.dumps(data), "e.json", OURS)


def test_another_environment_s_and_another_key_s_evidence_is_refused() -> None:
    text = evidence.write(RUN, SEED)
    with pytest.raises(Refused, match="of environment 'local'") as found:
        evidence.read(text, "e.json", signers.of(SEED, "prod"))
    assert "'prod'" in found.value.why
    assert "--env" in found.value.next
    with pytest.raises(Refused, match="signed with another key") as found:
        evidence.read(text, "e.json", signers.of(b"t" * 32, "local"))
    assert OURS.key in found.value.why
    assert "--key FILE" in found.value.next


def test_whoever_has_the_public_key_only_can_check() -> None:
    key = signers.read(signers.write(OURS), "key.pem")
    assert key == OURS
    assert evidence.read(evidence.write(RUN, SEED), "e.json", key).key == OURS.key


def test_a_key_without_the_line_that_says_whose_it_is_checks_any_environment_s() -> None:
    bare = signers.read(signing.pem(OURS.public), "key.pem")
    assert bare.environment == ""
    assert evidence.read(evidence.write(RUN, SEED), "e.json", bare).environment == "local"


def test_the_public_key_s_file_tells_nothing_of_the_private_one() -> None:
    text = signers.write(OURS)
    assert "PRIVATE" not in text
    assert SEED.hex() not in text


RSA = """-----BEGIN PUBLIC KEY-----
MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBALqIkPmcwcvlRvEvkwRf7iSr6mVW1zA2
-----END PUBLIC KEY-----
"""


@pytest.mark.parametrize("text", ["", "no key", "s" * 64, RSA])
def test_what_is_no_public_key_of_this_kind_is_bad_input(text: str) -> None:
    with pytest.raises(BadInput, match="is not a public key of Ed25519"):
        signers.read(text, "key.pem")


def test_a_file_of_evidence_is_as_its_schema_says() -> None:
    rules = json.loads((ROOT / "docs/reference/json/evidence.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(evidence.write(RUN, SEED)), rules, jsonschema.Draft202012Validator)


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
        evidence.read(text, "e.json", OURS)
