"""A local cloud with a cell and the three tenants of the templates, made by the command line: an account to audit."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.audit import installed, rendered
from tests.audit.installed import CHECKOUT

_COMMAND: Final = CHECKOUT / ".venv" / "bin" / "tenant"


@dataclass(frozen=True, slots=True)
class Made:
    """Variables that clients of AWS reach it by, and of each ARN in the states of stacks what reports call it."""

    variables: Mapping[str, str]
    subjects: Mapping[str, str]


@contextmanager
def cloud(home: Path) -> Generator[Made]:
    """Start it in this folder, and stop it at the end. Raises RuntimeError where a command fails."""
    try:
        _tenant(home, "local", "start")
        _tenant(home, "--yes", "shared", "apply")
        for name in rendered.TENANTS:
            _tenant(home, "--yes", "create", f"tenant_templates/profiles/{name}.yaml")
        yield Made(_variables(home), subjects(home))
    finally:
        _tenant(home, "local", "stop")


def _tenant(home: Path, *arguments: str) -> str:
    done = subprocess.run(
        [_COMMAND, *arguments],
        cwd=CHECKOUT,
        env={**installed.outside(), "TENANT_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"tenant {' '.join(arguments)} said: {done.stderr.strip()[-400:]}")
    return done.stdout


def _variables(home: Path) -> dict[str, str]:
    lines = map(shlex.split, _tenant(home, "local", "env", "--format", "shell").splitlines())
    pairs = (line[1].partition("=") for line in lines if line[:1] == ["export"])
    return {name: value for name, _, value in pairs}


def subjects(home: Path) -> Mapping[str, str]:
    """Resources of the cloud by their ARNs. A secret's version has the secret's own, and stands after it."""
    return dict(reversed(list(_told(home))))


def _told(home: Path) -> Iterator[tuple[str, str]]:
    for file in (home / "state").rglob("stacks/tenants/*.json"):
        latest = json.loads(file.read_text(encoding="utf-8"))["checkpoint"]["latest"]
        resources: list[dict[str, Any]] = latest["resources"]
        (root,) = (each for each in resources if each["type"] == "pulumi:pulumi:Stack")
        stack = str(root["outputs"].get("tenant", rendered.CELL))
        for each in resources:
            arn = each.get("outputs", {}).get("arn")
            if each["custom"] and arn:
                yield arn, f"{stack}/{rendered.short(each['type'])} {each['urn'].rpartition('::')[2]}"
