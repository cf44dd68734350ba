"""Engine events of the Automation API, read into our own words as they come. Foreign errors end here."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping
from typing import Any, Final, cast

from pulumi.automation import EngineEvent
from pulumi.automation.events import DiagnosticEvent, StepEventMetadata

from engine.runs import (
    Change,
    Failure,
    Listener,
    Op,
    Outcome,
    PathChange,
    Run,
    Said,
    StepEnded,
    StepStarted,
)

_OPS: Final[Mapping[str, Op]] = {
    "same": Op.SAME,
    "create": Op.CREATE,
    "update": Op.UPDATE,
    "delete": Op.DELETE,
    "discard": Op.DELETE,
    "replace": Op.REPLACE,
    "create-replacement": Op.REPLACE,
    "delete-replaced": Op.REPLACE,
    "read": Op.READ,
    "refresh": Op.REFRESH,
}
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_COLOUR: Final = re.compile(r"<\{%[^%]*%\}>")
_INTERRUPTED: Final = re.compile(r"^error: (interrupted|update canceled|operation canceled)", re.MULTILINE)
_LOGICAL_TYPES: Final = ("pulumi:pulumi:Stack", "pulumi:providers:")


class Reader:
    """Takes events of one run and tells what it did. `planning`: nothing was really done."""

    def __init__(self, listen: Listener, *, planning: bool = False, refreshing: bool = False) -> None:
        self._listen, self._planning, self._refreshing = listen, planning, refreshing
        self._lock = threading.Lock()
        self._changes: dict[str, Change] = {}
        self._failures: list[Failure] = []
        self._started: dict[str, float] = {}
        self._looking: set[str] = set()
        self._done: set[str] = set()

    def take(self, event: EngineEvent) -> None:
        """Read one event; called on the event stream's thread."""
        with self._lock:
            if event.resource_pre_event is not None:
                self._begin(event.resource_pre_event.metadata)
            elif event.res_outputs_event is not None:
                self._end(event.res_outputs_event.metadata, ok=True)
            elif event.res_op_failed_event is not None:
                self._end(event.res_op_failed_event.metadata, ok=False)
            elif event.diagnostic_event is not None:
                self._said(event.diagnostic_event)

    def run(self, stack: str, error: str, seconds: float) -> Run:
        """The run, once it is over. `error` is what the command said on a non-zero exit."""
        with self._lock:
            failures = tuple(self._failures)
            interrupted = _INTERRUPTED.search(error) is not None
            if error and not failures and not interrupted:
                failures = (Failure("", error.removeprefix("error: ")),)
            outcome = Outcome.SUCCEEDED
            if error:
                outcome = Outcome.INTERRUPTED if interrupted else Outcome.FAILED
            done = self._changes if self._planning else {u: c for u, c in self._changes.items() if u in self._done}
            changes = tuple(sorted(done.values(), key=lambda change: change.urn))
        return Run(stack, outcome, changes, failures, seconds=seconds)

    def _begin(self, metadata: StepEventMetadata) -> None:
        op = _op(metadata)
        if op is None or _is_logical(metadata.type):
            return
        self._started.setdefault(metadata.urn, time.monotonic())
        if op is Op.REFRESH:
            self._looking.add(metadata.urn)
        elif not self._refreshing:
            self._note(metadata, op)
        if metadata.new is not None and not metadata.new.custom:
            # a component is done when it is declared; its outputs may never be told
            self._done.add(metadata.urn)
        if op is not Op.SAME:
            self._listen(StepStarted(metadata.urn, metadata.type, _name(metadata.urn), op))

    def _end(self, metadata: StepEventMetadata, *, ok: bool) -> None:
        op = _op(metadata)
        if op is None or _is_logical(metadata.type):
            return
        # a look ends with the op of what it saw, e.g. update for drift: nothing of that was done by this run
        looked = metadata.urn in self._looking
        self._looking.discard(metadata.urn)
        if ok and (self._refreshing or not looked):
            self._done.add(metadata.urn)
        if self._refreshing and ok:
            self._note(metadata, op)
        if looked or self._refreshing or op is not Op.SAME:
            seconds = time.monotonic() - self._started.get(metadata.urn, time.monotonic())
            self._listen(StepEnded(metadata.urn, Op.REFRESH if looked else op, ok, seconds))
        if looked:
            self._started.pop(metadata.urn, None)

    def _note(self, metadata: StepEventMetadata, op: Op) -> None:
        before = self._changes.get(metadata.urn)
        if before is not None and before.op is Op.REPLACE:
            return
        paths = _paths(metadata)
        if before is not None and op is Op.REPLACE and not paths:
            paths = before.paths
        self._changes[metadata.urn] = Change(metadata.urn, metadata.type, _name(metadata.urn), op, paths)

    def _said(self, event: DiagnosticEvent) -> None:
        text = _COLOUR.sub("", event.message).strip()
        if not text or event.severity == "debug":
            return
        if event.severity == "error":
            self._failures.append(Failure(event.urn or "", text))
        self._listen(Said(event.severity.replace("info#err", "warning"), text, event.urn or ""))


def _op(metadata: StepEventMetadata) -> Op | None:
    return _OPS.get(getattr(metadata.op, "value", str(metadata.op)))


def _is_logical(type: str) -> bool:
    return type.startswith(_LOGICAL_TYPES)


def _name(urn: str) -> str:
    return urn.split("::", 3)[3]


def _paths(metadata: StepEventMetadata) -> tuple[PathChange, ...]:
    names = sorted(metadata.detailed_diff or metadata.diffs or ())
    return tuple(_path(metadata, name) for name in names)


def _path(metadata: StepEventMetadata, name: str) -> PathChange:
    """Of what nobody asked for, and only a look tells, the outputs say what it was and is."""
    old, new = metadata.old, metadata.new
    before, after = (old.inputs if old else None) or {}, (new.inputs if new else None) or {}
    key = _KEYS.match(name)
    if key and not {key[1], key[3]} & {*before, *after}:
        before, after = (old.outputs if old else None) or {}, (new.outputs if new else None) or {}
    return PathChange(name, _at(before, name), _at(after, name))


_KEYS: Final = re.compile(r'([^.\[\]"]+)|\[(\d+)\]|\["([^"]*)"\]')


def _at(value: Any, path: str) -> Any:
    for name, index, quoted in _KEYS.findall(path):
        if isinstance(value, dict):
            value = cast("dict[str, Any]", value).get(name or quoted)
        elif isinstance(value, list) and index:
            items = cast("list[Any]", value)
            value = items[int(index)] if int(index) < len(items) else None
        else:
            return None
    return _readable(value)


def _readable(value: Any) -> Any:
    if isinstance(value, dict) and _SIGNATURE in value:
        return "[secret]"
    return "(known after apply)" if value == _UNKNOWN else cast("Any", value)
