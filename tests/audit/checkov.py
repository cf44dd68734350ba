"""Checkov: how resources are set, by its checks for Terraform's AWS provider and for Kubernetes.

It reads nothing of Pulumi's (bridgecrewio/checkov#7601): it gets what the programs declare in the form of a Terraform
plan, and objects of Kubernetes as they are.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from tests.audit import installed, rendered, terraform
from tests.audit.finding import Finding, Report

TOOL: Final = "checkov"


def audit(work: Path) -> Report:
    """Look at every AWS resource and every object of Kubernetes. Raises NotInstalled."""
    plan, places = terraform.plan(rendered.stacks())
    file = work / "plan.json"
    file.write_text(json.dumps(plan), encoding="utf-8")
    aws = _run("terraform_plan", "--file", file)
    folder = work / "manifests"
    folder.mkdir()
    subjects = dict[str, str]()
    for number, (subject, manifest) in enumerate(rendered.manifests()):
        (folder / f"{number}.json").write_text(json.dumps(manifest), encoding="utf-8")
        subjects[f"/{number}.json"] = subject
    kubernetes = _run("kubernetes", "--directory", folder)
    findings = (
        *_findings(aws, lambda found: places[found["resource"]]),
        *_findings(kubernetes, lambda found: subjects[found["file_path"]]),
    )
    looked = f"{len(places)} resources of AWS, {len(subjects)} objects of Kubernetes"
    return Report(TOOL, looked, findings)


def _run(framework: str, *given: str | Path) -> Mapping[str, Any]:
    """Its answer; it reaches for no server of its maker's. Raises RuntimeError where it could not read all."""
    options = ("--framework", framework, "--output", "json", "--compact", "--quiet", "--skip-download", "--soft-fail")
    command = (installed.python(TOOL) / TOOL, *given, *options)
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    if answer["summary"]["parsing_errors"] or not answer["summary"]["resource_count"]:
        raise RuntimeError(f"checkov could not read what it was given: {answer['summary']}")
    return answer["results"]


def _findings(results: Mapping[str, Any], subject: Callable[[Mapping[str, Any]], str]) -> Iterator[Finding]:
    for each in results["failed_checks"]:
        yield Finding(TOOL, each["check_id"], subject(each), each["check_name"])
