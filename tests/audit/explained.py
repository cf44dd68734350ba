"""Findings that stand, and why: `findings.toml`, in which each is told apart by tool, check and what it is about.

Checks and subjects are patterns.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from tests.audit.finding import Finding

FILE: Final = Path(__file__).with_name("findings.toml")


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why findings of a check stand on these subjects, and what would end that; check and subjects are patterns."""

    tool: str
    check: str
    subjects: tuple[str, ...]
    says: str
    why: str
    until: str

    def covers(self, finding: Finding) -> bool:
        """Whether it is about this finding."""
        return any(self.fits(finding, each) for each in self.subjects)

    def fits(self, finding: Finding, pattern: str) -> bool:
        """Whether this pattern of its subjects covers the finding."""
        same = finding.tool == self.tool and fnmatchcase(finding.check, self.check)
        return same and fnmatchcase(finding.subject, pattern)


def load() -> tuple[Explanation, ...]:
    """All of them, in the order of the file."""
    given: dict[str, dict[str, list[dict[str, Any]]]] = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return tuple(
        Explanation(tool, check, tuple(each["on"]), each["says"], each["why"], each["until"])
        for tool, checks in given.items()
        for check, entries in checks.items()
        for each in entries
    )


def unexplained(findings: Iterable[Finding], known: Iterable[Explanation]) -> tuple[Finding, ...]:
    """Findings that nothing covers, sorted."""
    every = tuple(known)
    return tuple(sorted(each for each in findings if not any(one.covers(each) for one in every)))


def stale(findings: Iterable[Finding], known: Iterable[Explanation]) -> tuple[str, ...]:
    """Patterns of explanations that no finding fits any more, as `tool check: pattern`."""
    every = tuple(findings)
    return tuple(
        f"{one.tool} {one.check}: {pattern}"
        for one in known
        for pattern in one.subjects
        if not any(one.fits(each, pattern) for each in every)
    )
