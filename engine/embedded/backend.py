"""Pulumi's self-managed backend on a file system: `.pulumi/{stacks,history,locks}` below a root folder.

Layout and file contents are those of the CLI's `file://` backend (version 1, stacks scoped by project). During a run,
and after a crash, `<stack>.log.jsonl` beside a checkpoint holds what has changed since; the CLI passes it by.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import time
import uuid
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlparse

from engine import processes
from engine.embedded import log

ORGANIZATION: Final = "organization"  # the only one that self-managed backends know
LOG: Final = ".log.jsonl"


@dataclass(frozen=True, slots=True)
class StackName:
    """Where a stack stands: `organization/<project>/<stack>`."""

    project: str
    stack: str

    def __str__(self) -> str:
        return f"{ORGANIZATION}/{self.project}/{self.stack}"


class NoStackError(Exception):
    """The backend has no such stack."""


class StackExistsError(Exception):
    """The backend has that stack already."""


class StackLockedError(Exception):
    """Another process that is alive holds the stack's lock."""


def at(url: str, base: Path) -> FileBackend:
    """The backend of a `file://` URL; a relative path is below `base`. Raises ValueError for another scheme."""
    parsed = urlparse(url)
    if parsed.scheme != "file":
        raise ValueError(f"backend {url or '(none)'} is not of the form file://…")
    return FileBackend(base / Path(parsed.netloc + parsed.path).expanduser())


class FileBackend:
    """Checkpoints and their logs, history and locks of all stacks below one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root / ".pulumi"

    # ---- checkpoints

    def exists(self, name: StackName) -> bool:
        """Whether the stack has a checkpoint."""
        return self._checkpoint(name).exists()

    def create(self, name: StackName, deployment: Mapping[str, Any]) -> None:
        """Write the first checkpoint. Raises StackExistsError."""
        if self.exists(name):
            raise StackExistsError(f"stack '{name.stack}' already exists")
        meta = self._root / "meta.yaml"
        if not meta.exists():
            _write(meta, "version: 1\n")
        self.save(name, json.dumps(deployment))

    def load(self, name: StackName) -> dict[str, Any]:
        """`{version, deployment}` of the stack, with what its log says. Raises NoStackError."""
        checkpoint, since = self._read(name)
        data = json.loads(checkpoint)
        deployment: dict[str, Any] = data["checkpoint"].get("latest") or {}
        return {"version": data["version"], "deployment": log.folded(deployment, log.changes(since, checkpoint))}

    def save(self, name: StackName, deployment: str) -> None:
        """Write a checkpoint around the deployment's JSON text, in place of the log too; on disk when this returns."""
        text = f'{{"version": 3, "checkpoint": {{"stack": "{name}", "latest": {deployment}}}}}'
        path = self._checkpoint(name)
        if path.exists():
            backup = path.with_suffix(".json.bak")
            backup.unlink(missing_ok=True)
            os.link(path, backup)
        _write(path, text)
        self._log(name).unlink(missing_ok=True)

    def append(self, name: StackName, line: str) -> None:
        """Add a line to the log that goes on from the stack's checkpoint; on disk when this returns."""
        path = self._log(name)
        if path.exists():
            _append(path, line)
        else:
            _write(path, log.header(self._checkpoint(name).read_text()) + line)

    def fold(self, project: str) -> None:
        """Put every log that a crash left into its checkpoint: the Pulumi CLI reads no other file.

        A stack whose run is under way is left to it.
        """
        for path in (self._root / "stacks" / project).glob(f"*{LOG}"):
            name = StackName(project, path.name.removesuffix(LOG))
            with contextlib.suppress(StackLockedError), self.locked(name):
                self.save(name, json.dumps(self.load(name)["deployment"]))

    def remove(self, name: StackName) -> None:
        """Forget the stack and its history. Raises NoStackError."""
        if not self.exists(name):
            raise NoStackError(f"no stack named '{name.stack}' found")
        path = self._checkpoint(name)
        for file in (path, self._log(name), path.with_suffix(".json.bak"), *self._history(name).glob("*")):
            file.unlink(missing_ok=True)

    def stacks(self, project: str) -> tuple[str, ...]:
        """Names of a project's stacks, sorted."""
        return tuple(
            sorted(path.name.removesuffix(".json") for path in (self._root / "stacks" / project).glob("*.json"))
        )

    # ---- history

    def begin(self, name: StackName) -> Path:
        """The file of a new entry in the stack's history."""
        return self._history(name) / f"{name.stack}-{time.time_ns()}.history.json"

    def record(self, entry: Path, update: Mapping[str, Any]) -> None:
        """Write one update: kind, startTime, endTime (unix seconds), result, resourceChanges, message."""
        _write(entry, json.dumps(update))

    def history(self, name: StackName) -> tuple[dict[str, Any], ...]:
        """All updates, the newest first."""
        files = sorted(self._history(name).glob("*.history.json"), key=lambda path: path.name, reverse=True)
        return tuple(json.loads(path.read_text()) for path in files)

    # ---- locks

    @contextlib.contextmanager
    def locked(self, name: StackName) -> Generator[None]:
        """Hold the stack's lock file. A lock left by a dead process of this machine is cleared.

        Raises StackLockedError naming the holder.
        """
        folder = self._root / "locks" / ORGANIZATION / name.project / name.stack
        own = folder / f"{uuid.uuid4()}.json"
        self._refuse_if_held(folder, name)
        _write(own, json.dumps(_holder()))
        try:
            self._refuse_if_held(folder, name, own)
            yield
        finally:
            own.unlink(missing_ok=True)

    def _refuse_if_held(self, folder: Path, name: StackName, own: Path | None = None) -> None:
        for path in folder.glob("*.json"):
            if path == own:
                continue
            holder = json.loads(path.read_text())
            if _is_dead(holder):
                path.unlink(missing_ok=True)
                continue
            raise StackLockedError(
                f"stack {name.stack} is locked by process {holder.get('pid')} on {holder.get('hostname')} "
                f"since {holder.get('timestamp')}"
            )

    def _read(self, name: StackName) -> tuple[str, str]:
        """The texts of a checkpoint and of its log, of one moment: a run may write the next one meanwhile."""
        path, known = self._checkpoint(name), self._log(name)
        try:
            while True:
                before = path.stat()
                checkpoint, since = path.read_text(), ""
                with contextlib.suppress(FileNotFoundError):
                    since = known.read_text()
                after = path.stat()
                if (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns):
                    return checkpoint, since
        except FileNotFoundError:
            raise NoStackError(f"no stack named '{name.stack}' found") from None

    def _log(self, name: StackName) -> Path:
        return self._checkpoint(name).with_name(f"{name.stack}{LOG}")

    def _checkpoint(self, name: StackName) -> Path:
        return self._root / "stacks" / name.project / f"{name.stack}.json"

    def _history(self, name: StackName) -> Path:
        return self._root / "history" / name.project / name.stack


def _holder() -> dict[str, Any]:
    """The CLI's members, and two that tell a process from a later one with its pid."""
    pid = os.getpid()
    known = {"pid": pid, "username": "", "hostname": socket.gethostname(), "timestamp": _now()}
    return {**known, "started": processes.start_of(pid), "boot": processes.boot()}


def _is_dead(holder: Mapping[str, Any]) -> bool:
    """Whether the holder is provably gone: on this machine, and its process ended, or another one has its pid now."""
    if holder.get("hostname") != socket.gethostname():
        return False
    if holder.get("boot") and holder["boot"] != processes.boot():
        return True
    started = processes.start_of(int(holder.get("pid") or 0))
    return started is None or bool(holder.get("started") and holder["started"] != started)


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all, and durably: state is what a crash must not lose."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _append(path: Path, text: str) -> None:
    """Add to a file, durably."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
