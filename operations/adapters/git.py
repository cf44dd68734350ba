"""History as git tells it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from operations.revisions.port import Edit
from stacks.errors import BadInput

_SECONDS: Final = 60
_STRAY: Final = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
"""Set by git for its hooks: they would name another repository than the one that the folder is in."""


class GitRevisions:
    """Repositories, by the git on the PATH. Nothing is written, and nothing is fetched."""

    def edits(self, revision: str, home: Path, others: Sequence[Path]) -> tuple[Edit, ...]:
        """What was edited since this branch left the revision. Raises BadInput."""
        home = home.resolve()
        if not home.is_dir():
            raise BadInput(f"There is no folder {home}.", next="Name the folder of the profiles: `--profiles DIR`.")
        root = Path(_root(home))
        base = _base(home, revision)
        inside = [str(each) for each in (home, *(other.resolve() for other in others)) if each.is_relative_to(root)]
        differing = _names(_git(home, "diff", "--name-only", "--no-renames", "-z", base, "--", *inside))
        unknown = _names(_git(home, "ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--", *inside))
        return tuple(_edit(root, base, name) for name in sorted({*differing, *unknown}))


def _root(home: Path) -> str:
    try:
        return _git(home, "rev-parse", "--show-toplevel").strip()
    except subprocess.CalledProcessError as error:
        raise BadInput(
            f"{home} is not in a git repository, so nothing is known of what it was.",
            why=error.stderr.strip(),
            next="Plan tenants by name instead: `tenant plan TENANT`.",
        ) from error


def _base(home: Path, revision: str) -> str:
    """Where this branch left the revision."""
    try:
        commit = _git(home, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").strip()
    except subprocess.CalledProcessError as error:
        raise BadInput(
            f"The repository of {home} has no revision {revision!r}.",
            next="Fetch it first; a pipeline needs the whole history (`fetch-depth: 0`, `GIT_DEPTH: 0`).",
        ) from error
    try:
        return _git(home, "merge-base", commit, "HEAD").strip()
    except subprocess.CalledProcessError as error:
        raise BadInput(
            f"Revision {revision!r} has no history in common with what is checked out.",
            why=error.stderr.strip(),
            next="Fetch the whole history: `git fetch --unshallow`.",
        ) from error


def _edit(root: Path, base: str, name: str) -> Edit:
    path = root / name
    try:
        before = _git(root, "cat-file", "blob", f"{base}:{name}")
    except subprocess.CalledProcessError:
        before = None  # it was not there
    return Edit(path, before, path.is_file())


def _names(answer: str) -> list[str]:
    return [name for name in answer.split("\0") if name]


def _git(folder: Path, *words: str) -> str:
    environment = {key: value for key, value in os.environ.items() if key not in _STRAY}
    environment |= {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_LITERAL_PATHSPECS": "1"}
    try:
        answer = subprocess.run(
            ["git", *words],
            cwd=folder,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=_SECONDS,
            check=True,
        )
    except FileNotFoundError as error:
        raise BadInput("git is not installed, or not on the PATH.", next="Install git.") from error
    return answer.stdout
