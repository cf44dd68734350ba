"""`make audit`: tools that nobody here wrote look at what three tenants and their cell declare, and at what they are.

Ends with 1 where they say what is not explained, where an explanation fits nothing any more, where the record is not
what they said, or where a tool did not run. `--update` takes what they say for the record, and explains nothing.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from tests.audit import checkov, cloudsplaining, explained, page, parliament, prowler, recorded, simulate
from tests.audit.finding import Finding, Report
from tests.audit.installed import NotInstalled

_TOOLS: Final[dict[str, Callable[[Path], Report]]] = {
    each.TOOL: each.audit for each in (checkov, cloudsplaining, simulate, parliament, prowler)
}


def main(arguments: Sequence[str]) -> int:
    """Run all, say what came of it."""
    if list(arguments) not in ([], ["--update"]):
        sys.stderr.write("Usage: python -m tests.audit [--update]\n")
        return 2
    reports = [_run(tool, audit) for tool, audit in _TOOLS.items()]
    ran = not any(each.not_run for each in reports)
    if arguments and ran:
        recorded.write(reports)
        page.FILE.write_text(page.text(), encoding="utf-8")
    faults = list(_faults(reports)) if ran else []
    sys.stdout.write("\n".join(["", *_table(reports), "", *faults, *([""] if faults else [])]) + "\n")
    return 1 if faults or not ran else 0


def _run(tool: str, audit: Callable[[Path], Report]) -> Report:
    sys.stderr.write(f"{tool} …\n")
    with tempfile.TemporaryDirectory() as work:
        try:
            return audit(Path(work).resolve())
        except (NotInstalled, RuntimeError) as error:
            return Report(tool, "", not_run=str(error))


def _table(reports: Sequence[Report]) -> Iterator[str]:
    known = explained.load()
    yield f"{'tool':<16}{'remarks':>8}{'explained':>11}{'new':>5}  looked at"
    for each in reports:
        if each.not_run:
            yield f"{each.tool:<16}not run: {each.not_run}"
            continue
        many, new = len(set(each.findings)), len(set(explained.unexplained(each.findings, known)))
        yield f"{each.tool:<16}{many:>8}{many - new:>11}{new:>5}  {each.looked}"


def _faults(reports: Sequence[Report]) -> Iterator[str]:
    findings = {each for report in reports for each in report.findings}
    known, before = explained.load(), set(recorded.load())
    new = explained.unexplained(findings, known)
    yield from _listed("Not explained: mend it, or say in tests/audit/findings.toml why it stands.", map(_told, new))
    yield from _listed(
        "Explained, and found no more: take it out of tests/audit/findings.toml.", explained.stale(findings, known)
    )
    changed = [f"+ {_told(each)}" for each in sorted(findings - before)]
    changed += [f"- {_told(each)}" for each in sorted(before - findings)]
    yield from _listed("Not as recorded: look at it, then `make audit-update`.", changed)


def _listed(title: str, lines: Sequence[str] | Iterator[str]) -> Iterator[str]:
    told = [f"  {line}" for line in lines]
    if told:
        yield from ("", title, *told)


def _told(finding: Finding) -> str:
    return f"{finding.tool} {finding.check}: {finding.subject}: {finding.text}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
