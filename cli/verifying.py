"""What `tenant verify` does with tenants: verify, keep the evidence, show it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cli import junit, render, verify_text
from operations.bundle import Bundle
from operations.isolation import evidence
from operations.isolation.model import Level
from operations.lifecycle import verify


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom to verify, against whom, at which level (empty for all); files to write."""

    tenants: tuple[str, ...]
    against: str
    level: str
    evidence: Path | None
    junit: Path | None

    @property
    def anything(self) -> bool:
        """Whether any of it was said."""
        return bool(self.tenants or self.against or self.level or self.evidence or self.junit)


def carry_out(bundle: Bundle, wish: Wish, *, as_json: bool) -> bool:
    """Do it and show it; whether nothing is broken and nothing inconclusive."""
    level = Level(wish.level) if wish.level else None
    report = verify.verify(bundle, verify.Wish(wish.tenants, wish.against, level, render.version()))
    if wish.evidence is not None:
        verify.keep(bundle, report, wish.evidence)
        render.say(f"Evidence is in {wish.evidence}. Check it: tenant verify --check {wish.evidence}")
    if wish.junit is not None:
        render.document(junit.document(verify_text.checked(report.results), "tenant verify"), wish.junit)
    if as_json:
        render.as_json({"assertions": evidence.rows(report.results), "summary": report.summary})
    else:
        render.lines(verify_text.lines(report))
    return report.good
