"""What the tools said when somebody last looked: `found.json`. Whatever they say else is a change to look at."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from tests.audit.finding import Finding, Report

FILE: Final = Path(__file__).with_name("found.json")


def load() -> tuple[Finding, ...]:
    """Findings of the record."""
    given: dict[str, dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
    return tuple(
        Finding(tool, check, subject, text)
        for tool, kept in given.items()
        for check, subjects in kept["findings"].items()
        for subject, texts in subjects.items()
        for text in texts
    )


def looked() -> dict[str, str]:
    """What each tool had looked at."""
    return {tool: kept["looked"] for tool, kept in json.loads(FILE.read_text(encoding="utf-8")).items()}


def write(reports: Iterable[Report]) -> None:
    """Take what was found for the record."""
    told = {each.tool: {"looked": each.looked, "findings": _told(each.findings)} for each in reports}
    FILE.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _told(findings: Iterable[Finding]) -> dict[str, dict[str, list[str]]]:
    told: dict[str, dict[str, list[str]]] = {}
    for each in sorted(set(findings)):
        told.setdefault(each.check, {}).setdefault(each.subject, []).append(each.text)
    return told
