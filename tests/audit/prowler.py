"""Prowler: how an account is set, by its checks for AWS, over a local cloud with a cell and three tenants in it.

The others look at what programs declare, this one at what there is when it is made. What no stack declares (the
account's password policy, a VPC's default network ACL) it is told of as `account/` and the service.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tests.audit import installed, made
from tests.audit.finding import Finding, Report
from tests.audit.rendered import REGION

TOOL: Final = "prowler"
ACCOUNT: Final = "account"
_SERVICES: Final = (
    *("acm", "backup", "cloudtrail", "cloudwatch", "ec2", "eks", "elasticache", "elbv2", "iam", "kms", "rds"),
    *("route53", "s3", "secretsmanager", "sns", "sqs", "vpc", "wafv2"),
)
"""Those that stacks use and the local cloud has."""
_OPTIONS: Final = ("--no-banner", "--no-color", "--ignore-exit-code-3", "--output-formats", "json-ocsf")


def audit(work: Path) -> Report:
    """Make the cloud, look at it, take it down. Raises NotInstalled; RuntimeError where the cloud can't be made."""
    commands = installed.python(TOOL)
    with made.cloud(work / "home") as there:
        answers = _run(commands, work, there.variables)
    checks = {each["metadata"]["event_code"] for each in answers}
    looked = f"{len(answers)} answers of {len(checks)} checks on {len(_SERVICES)} services"
    return Report(TOOL, looked, tuple(findings(answers, there.subjects)))


def _run(commands: Path, work: Path, variables: Mapping[str, str]) -> Sequence[Mapping[str, Any]]:
    """Its answers. It asks STS at the general endpoint, so that one must be the local cloud's STS."""
    there = {**variables, "AWS_ENDPOINT_URL": variables["AWS_ENDPOINT_URL_STS"], "HOME": str(work)}
    place = ("--output-directory", work, "--output-filename", TOOL)
    done = subprocess.run(
        [commands / TOOL, "aws", "--region", REGION, "--services", *_SERVICES, *_OPTIONS, *place],
        cwd=work,
        env={**installed.outside(), **there},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"prowler ended with {done.returncode}: {done.stderr.strip()[-400:]}")
    return json.loads((work / f"{TOOL}.ocsf.json").read_text(encoding="utf-8"))


def findings(answers: Sequence[Mapping[str, Any]], subjects: Mapping[str, str]) -> Iterator[Finding]:
    """What it takes for faults, of what stacks made by its ARN, and of the account where none did."""
    for each in answers:
        if each["status_code"] == "FAIL":
            (resource,) = each["resources"]
            subject = subjects.get(resource["uid"].removesuffix(":*"), f"{ACCOUNT}/{resource['group']['name']}")
            yield Finding(TOOL, each["metadata"]["event_code"], subject, each["finding_info"]["title"])
