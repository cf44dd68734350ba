"""What `tenant verify` does: verify, keep the evidence, show it; or say what a file of evidence says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cli import junit, render, verify_text
from operations.bundle import Bundle
from operations.isolation import evidence
from operations.isolation.model import Level
from operations.lifecycle import verify
from stacks.errors import BadInput


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom to verify, against whom, at which level (empty for all); files to write; or the file to be checked."""

    tenants: tuple[str, ...]
    against: str
    level: str
    evidence: Path | None
    junit: Path | None
    file: Path | None

    def check(self) -> None:
        """Raise BadInput where a file is to be checked and tenants to be verified, both."""
        if self.file and (self.tenants or self.against or self.level or self.evidence or self.junit):
            raise BadInput(
                "It is not clear what is wanted: to verify tenants, or to check a file of evidence.",
                next="Give `--check FILE` alone, or leave it out.",
            )


def carry_out(bundle: Bundle, wish: Wish, *, as_json: bool) -> bool:
    """Do it and show it; whether nothing is broken and nothing inconclusive. A file that checks out is good."""
    if wish.file is not None:
        return _told(bundle, wish.file, as_json=as_json)
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


def _told(bundle: Bundle, file: Path, *, as_json: bool) -> bool:
    told = verify.check(bundle, file)
    if as_json:
        render.as_json(verify_text.told_shape(told))
    else:
        render.lines(verify_text.told(told))
    return True
