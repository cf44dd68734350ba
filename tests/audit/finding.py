"""What an outside tool says: findings, and how many things it has looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One remark. `check` is the tool's own id of it, `subject` what it is about as `rendered.subjects` calls it."""

    tool: str
    check: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """What came of one tool: what it is and looked at, what it remarks, or why it did not run."""

    tool: str
    looked: str
    findings: Sequence[Finding] = ()
    not_run: str = ""
