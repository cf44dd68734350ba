"""Forms that results are written in: for people who review, and for programs that show findings."""

from __future__ import annotations

from enum import StrEnum


class Checks(StrEnum):
    """How the answer of a check is written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"

    @property
    def tells_errors(self) -> bool:
        """Whether it has a place for what is wrong; else that is told on stderr alone."""
        return self in (Checks.SARIF, Checks.JUNIT)


class Plans(StrEnum):
    """How plans are written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    SARIF = "sarif"
    JUNIT = "junit"

    @property
    def tells_errors(self) -> bool:
        """Whether it has a place for what could not be planned; else that is told on stderr alone."""
        return self in (Plans.MARKDOWN, Plans.SARIF, Plans.JUNIT)
