"""Cloudsplaining: what a role could do with its policies if somebody took it over."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.audit import installed, rendered
from tests.audit.finding import Finding, Report

TOOL: Final = "cloudsplaining"
_DATE: Final = "2026-01-01 00:00:00+00:00"
_RISKS: Final = (
    "PrivilegeEscalation",
    "DataExfiltration",
    "ResourceExposure",
    "ServiceWildcard",
    "CredentialsExposure",
    "InfrastructureModification",
)
_SCAN: Final = """
import json, sys
from cloudsplaining.scan.policy_document import PolicyDocument
risks = {
    "PrivilegeEscalation": lambda one: [each["type"] for each in one.allows_privilege_escalation],
    "DataExfiltration": lambda one: one.allows_data_exfiltration_actions,
    "ResourceExposure": lambda one: one.permissions_management_without_constraints,
    "ServiceWildcard": lambda one: one.service_wildcard,
    "CredentialsExposure": lambda one: one.credentials_exposure,
    "InfrastructureModification": lambda one: one.infrastructure_modification,
}
for subject, document in json.load(sys.stdin):
    read = PolicyDocument(document, flag_resource_arn_statements=False)
    found = {risk: sorted(set(look(read))) for risk, look in risks.items()}
    print(json.dumps([subject, found]))
"""
"""Run by the tool's own Python: its library says the same as its report, and in a form to read."""


def audit(work: Path) -> Report:
    """Look at every policy of a role, and at the boundary. Raises NotInstalled."""
    given = rendered.identities()
    told = json.dumps([(each.subject, each.document) for each in given])
    done = subprocess.run(
        [installed.python(TOOL) / "python", "-c", _SCAN],
        input=told,
        capture_output=True,
        text=True,
        check=True,
        cwd=work,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return Report(TOOL, f"{len(answers)} policies of roles", tuple(_findings(answers)))


def _findings(answers: list[Any]) -> Iterator[Finding]:
    for subject, risks in answers:
        for risk, actions in risks.items():
            if actions:
                yield Finding(TOOL, risk, subject, ", ".join(actions))
