"""Findings as SARIF and JUnit: every fault at its place, in files that other programs can read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli import findings, junit, sarif
from cli.findings import Checked, Finding, Rule
from operations.reports import Considered
from stacks.errors import BadInput, CloudFailed, Fault, NotBuiltYet, Refused, Span, TenantError

ROOT = Path("/work/repository")
FAULTS = (
    Fault(Span("/elsewhere/tiers/1.yaml", 2, 1), "rank", "it is no number"),
    Fault(Span("profiles/a b.yaml", 5, 7), "size", "`gigantic` is no size", "small, medium", "small"),
    Fault(None, "tenant", "reserved"),
)


def considered(error: TenantError | None = None, **more: Any) -> Considered:
    return Considered(tenant="acme", file="profiles/acme.yaml", error=error, **more)


def text(least: int = 0) -> dict[str, Any]:
    return {"type": "object", "properties": {"text": {"type": "string", "minLength": least}}, "required": ["text"]}


ESSENTIALS: dict[str, Any] = {  # of the OASIS schema, what a result needs and what readers of code hosts ask for
    "type": "object",
    "required": ["$schema", "version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "additionalProperties": False,
                "properties": {
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "originalUriBaseIds": {"type": "object"},
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name", "rules"],
                                "properties": {
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "type": "object",
                                            "required": ["id"],
                                            "properties": {"shortDescription": text(1)},
                                        },
                                    }
                                },
                            }
                        },
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["ruleId", "message", "level", "locations"],
                            "additionalProperties": False,
                            "properties": {
                                "ruleId": {"enum": [rule.id for rule in Rule]},
                                "ruleIndex": {"type": "integer", "minimum": 0, "maximum": len(Rule) - 1},
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "message": text(1),
                                "partialFingerprints": {
                                    "type": "object",
                                    "additionalProperties": {"type": "string"},
                                },
                                "locations": {
                                    "type": "array",
                                    "items": {
                                        "type": "object",
                                        "required": ["physicalLocation"],
                                        "properties": {
                                            "physicalLocation": {
                                                "type": "object",
                                                "required": ["artifactLocation", "region"],
                                                "properties": {
                                                    "artifactLocation": {
                                                        "type": "object",
                                                        "required": ["uri"],
                                                        "properties": {"uri": {"type": "string", "pattern": r"^\S+$"}},
                                                    },
                                                    "region": {
                                                        "type": "object",
                                                        "required": ["startLine", "startColumn"],
                                                        "additionalProperties": False,
                                                        "properties": {
                                                            "startLine": {"type": "integer", "minimum": 1},
                                                            "startColumn": {"type": "integer", "minimum": 1},
                                                        },
                                                    },
                                                },
                                            }
                                        },
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


def results(*answers: Considered) -> list[dict[str, Any]]:
    data = json.loads(sarif.document(map(findings.of, answers), ROOT, "0.1.0"))
    jsonschema.validate(data, ESSENTIALS)
    rules = data["runs"][0]["tool"]["driver"]["rules"]
    assert all(rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in data["runs"][0]["results"])
    return data["runs"][0]["results"]


def place(result: dict[str, Any]) -> tuple[Any, ...]:
    physical = result["locations"][0]["physicalLocation"]
    region = physical["region"]
    return (physical["artifactLocation"]["uri"], region["startLine"], region["startColumn"])


def test_every_fault_is_a_result_at_its_place() -> None:
    found = results(considered(BadInput("can't be used", faults=FAULTS)))
    assert [place(each) for each in found] == [
        ("file:///elsewhere/tiers/1.yaml", 2, 1),
        ("profiles/a%20b.yaml", 5, 7),
        ("profiles/acme.yaml", 1, 1),
    ]
    assert found[1]["message"]["text"] == "size: `gigantic` is no size. Allowed: small, medium. Did you mean small?"


@pytest.mark.parametrize(
    ("error", "rule"),
    [
        (BadInput("no"), "bad-input"),
        (NotBuiltYet("no", faults=FAULTS[:1]), "not-built-yet"),
        (Refused("no", why="Full.", next="Wait."), "refused"),
        (CloudFailed("no"), "cloud-failed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_kind_of_error_has_its_rule(error: TenantError, rule: str) -> None:
    (found,) = results(considered(error))
    assert (found["ruleId"], found["level"]) == (rule, "error")


def test_a_profile_that_is_gone_is_a_warning_with_the_command() -> None:
    (found,) = results(considered(gone=True))
    assert found["level"] == "warning"
    assert "tenant destroy acme" in found["message"]["text"]


def test_what_is_fine_has_no_result() -> None:
    assert results(considered()) == []


def test_a_finding_is_known_again_when_its_lines_move() -> None:
    moved = Fault(Span("profiles/a b.yaml", 50, 7), *[getattr(FAULTS[1], n) for n in ("field", "why", "allowed")])
    first, second = (results(considered(BadInput("x", faults=(fault,))))[0] for fault in (FAULTS[1], moved))
    assert first["partialFingerprints"] == second["partialFingerprints"]
    assert first["partialFingerprints"] != results(considered(BadInput("x", faults=FAULTS)))[0]["partialFingerprints"]


def suite(*answers: Considered) -> Xml.Element:
    root = Xml.fromstring(junit.document([findings.of(each, "fine") for each in answers], "tenant plan"))
    (found,) = root
    assert int(found.attrib["tests"]) == len(found)
    return found


def test_a_case_each_and_all_faults_of_one_in_one() -> None:
    cases = suite(
        considered(BadInput("x", faults=FAULTS)), considered(), considered(CloudFailed("x")), considered(gone=True)
    )
    assert [[inner.tag for inner in case] for case in cases] == [["failure"], ["system-out"], ["error"], ["skipped"]]
    assert {key: cases.attrib[key] for key in ("failures", "errors", "skipped")} == {
        "failures": "1",
        "errors": "1",
        "skipped": "1",
    }
    failure = cases[0][0]
    assert "profiles/a b.yaml:5:7: size" in str(failure.text)
    assert "/elsewhere/tiers/1.yaml:2:1" in str(failure.text)
    assert failure.attrib["type"] == "bad-input"


@given(st.text(), st.text())
@settings(deadline=None)
def test_any_text_makes_files_that_can_be_read(subject: str, told: str) -> None:
    checked = [Checked(subject, subject, (Finding(Rule.REFUSED, told, Span("f", 1, 1), told),))]
    Xml.fromstring(junit.document(checked, "s").encode("utf-8"))
    assert json.loads(sarif.document(checked, ROOT, "1"))["runs"][0]["results"][0]["message"]["text"] == told
