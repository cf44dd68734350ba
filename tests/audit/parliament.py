"""Parliament: policies that say what AWS does not know, or that open more than they seem to."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, cast

from tests.audit import installed, rendered
from tests.audit.finding import Finding, Report

TOOL: Final = "parliament"


def audit(work: Path) -> Report:
    """Lint every policy but those of trust, of which it knows no form: they have no resource. Raises NotInstalled."""
    folder = work / TOOL
    folder.mkdir()
    given = [
        each
        for each in rendered.policies()
        if all("Resource" in one or "NotResource" in one for one in each.document["Statement"])
    ]
    for number, each in enumerate(given):
        (folder / f"{number}.json").write_text(json.dumps(each.document), encoding="utf-8")
    command = (installed.python(TOOL) / TOOL, "--directory", folder, "--include_policy_extension", "json", "--json")
    # it ends with 1 where it finds anything
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1) or "Traceback" in done.stderr:
        raise RuntimeError(done.stderr)
    names = {str(folder / f"{number}.json"): each.subject for number, each in enumerate(given)}
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return Report(TOOL, f"{len(given)} policies", tuple(_findings(found, names)))


def _findings(found: list[Mapping[str, Any]], names: Mapping[str, str]) -> Iterator[Finding]:
    for each in found:
        detail = each["detail"]
        said = ", ".join(cast("list[str]", detail)) if isinstance(detail, list) else str(detail)
        yield Finding(TOOL, each["issue"], names[each["location"]["filepath"]], said or each["title"])
