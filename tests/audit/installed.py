"""Where the outside tools are: each in an environment of its own, from the lock file in `.ci/audit`. Nothing is global.

They are no dependencies of the project: their own pull in a hundred packages, and iam-simulate's licence (AGPL) is one
for a tool that is run, not for one that is imported.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

CHECKOUT: Final = Path(__file__).parents[2]
LOCKS: Final = CHECKOUT / ".ci" / "audit"
_PLACE: Final = CHECKOUT / ".audit"
_UV: Final = CHECKOUT / ".venv" / "bin" / "uv"
_HERE: Final = CHECKOUT / ".venv" / "bin" / "python"


class NotInstalled(Exception):
    """A tool can't be had here; the text says why."""


def python(tool: str, interpreter: Path = _HERE) -> Path:
    """The folder of commands of a tool from PyPI, installed if it is not there yet. Raises NotInstalled."""
    lock, place = LOCKS / f"{tool}.lock", _PLACE / tool
    if _is_from(place, lock):
        return place / "bin"
    shutil.rmtree(place, ignore_errors=True)
    options = ("--quiet", "--no-config", "--no-cache")
    _run(_UV, *options, "venv", "--python", interpreter, place)
    target = ("--python", place / "bin" / "python")
    _run(_UV, *options, "--system-certs", "pip", "install", *target, "--require-hashes", "--requirement", lock)
    _keep(place, lock)
    return place / "bin"


def node(tool: str) -> tuple[Path, Path]:
    """The command `node`, and the folder with a tool's `node_modules`. Raises NotInstalled."""
    command, npm = shutil.which("node"), shutil.which("npm")
    if command is None or npm is None:
        raise NotInstalled("there is no node with npm on this machine")
    lock, place = LOCKS / tool / "package-lock.json", _PLACE / tool
    if not _is_from(place, lock):
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(lock.parent, place)
        _run(npm, "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", place)
        _keep(place, lock)
    return Path(command), place


def version(tool: str) -> str:
    """The version that a tool's lock file pins."""
    lines = (LOCKS / f"{tool}.lock").read_text(encoding="utf-8").splitlines()
    (found,) = [line.split("==")[1].split()[0] for line in lines if line.startswith(f"{tool}==")]
    return found


def _is_from(place: Path, lock: Path) -> bool:
    kept = place / "installed-from"
    return kept.is_file() and kept.read_bytes() == lock.read_bytes()


def _keep(place: Path, lock: Path) -> None:
    """Written last, so that what was interrupted is done again."""
    shutil.copy(lock, place / "installed-from")


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    if done.returncode:
        raise NotInstalled(f"{Path(command[0]).name} said: {(done.stderr or done.stdout).strip()[-400:]}")


def outside() -> dict[str, str]:
    """The caller's environment without what would lead a command to another cloud or home."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TENANT_"))}
