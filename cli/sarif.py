"""Findings as SARIF 2.1.0, which code hosts show at the line. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from cli.findings import Checked, Finding, Rule
from stacks.errors import Span

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT: Final = "%SRCROOT%"
_RULES: Final = tuple(Rule)


def document(checked: Iterable[Checked], root: Path, version: str) -> str:
    """One run of the tool; files below `root` are told relative to it. Columns count characters, as ours do."""
    results = [_result(finding, root) for one in checked for finding in one.findings]
    driver = {"name": "tenant", "semanticVersion": version, "rules": [_rule(rule) for rule in _RULES]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder that the tool was run in."}}},
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.meaning},
        "defaultConfiguration": {"level": rule.level},
    }


def _result(finding: Finding, root: Path) -> dict[str, Any]:
    key = hashlib.sha256(f"{finding.rule.id}:{finding.key}".encode(errors="replace")).hexdigest()
    return {
        "ruleId": finding.rule.id,
        "ruleIndex": _RULES.index(finding.rule),
        "level": finding.rule.level,
        "message": {"text": finding.text},
        "locations": [_location(finding.where, root)] if finding.where else [],
        "partialFingerprints": {"tenantFinding/v1": key},
    }


def _location(where: Span, root: Path) -> dict[str, Any]:
    region = {"startLine": where.line, "startColumn": where.column}
    return {"physicalLocation": {"artifactLocation": _artifact(Path(where.file), root), "region": region}}


def _artifact(file: Path, root: Path) -> dict[str, str]:
    whole = root / file
    if whole.is_relative_to(root):
        return {"uri": quote(whole.relative_to(root).as_posix()), "uriBaseId": _ROOT}
    return {"uri": whole.as_uri()}
