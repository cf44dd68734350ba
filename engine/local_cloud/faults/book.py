"""The faults that are in force: one file of the home, read by both emulators at each call."""

from __future__ import annotations

import difflib
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from engine.local_cloud import locks, routing
from engine.local_cloud.faults.model import ApiFault
from engine.local_cloud.home import Home, read_json, write
from stacks.errors import BadInput

_NEAR: Final = 0.65


class FaultBook:
    """Adds, lists, clears and takes faults. Several processes may do so at once."""

    def __init__(self, home: Home) -> None:
        self._home = home

    @property
    def _file(self) -> Path:
        return self._home.folder / "faults.json"

    def list(self) -> tuple[ApiFault, ...]:
        """What is in force, in the order it was added; `times` is how often it is still to happen."""
        return tuple(ApiFault(**one) for one in read_json(self._file) or ())

    def add(self, fault: ApiFault) -> None:
        """Put a fault in force. Raises BadInput for a call that the local cloud does not have."""
        _check(fault)
        self._home.make()
        with locks.held(self._home.locks / "faults"):
            self._write((*self.list(), fault))

    def clear(self) -> int:
        """Nothing fails from now on. How many were in force."""
        self._home.make()
        with locks.held(self._home.locks / "faults"):
            before = len(self.list())
            self._write(())
        return before

    def take(self, service: str, operation: str) -> ApiFault | None:
        """The fault that happens to this call, counted down; None for nearly all calls, and cheap then."""
        if not self._file.exists():
            return None
        with locks.held(self._home.locks / "faults"):
            faults = list(self.list())
            for place, fault in enumerate(faults):
                if (fault.service, fault.operation) == (service, operation):
                    left = [replace(fault, times=fault.times - 1)] if fault.times > 1 else []
                    faults[place : place + 1] = left if fault.times else [fault]
                    self._write(tuple(faults))
                    return fault
        return None

    def _write(self, faults: tuple[ApiFault, ...]) -> None:
        if faults:
            write(self._file, json.dumps([asdict(fault) for fault in faults], indent=1))
        else:
            self._file.unlink(missing_ok=True)


def _check(fault: ApiFault) -> None:
    """Whether the call exists: a misspelt fault would never happen and nobody would know."""
    from engine.local_cloud.faults import shapes  # botocore: slow, and only needed when a fault is added

    known = sorted(routing.BY_NAME)
    if fault.service not in known:
        near = _nearest(fault.service, known)
        next_step = near or f"Services: {', '.join(known)}."
        raise BadInput(f"The local cloud has no service {fault.service}.", next=next_step)
    operations: list[str] = list(shapes.service(fault.service).operation_names)
    if fault.operation not in operations:
        near = _nearest(fault.operation, operations)
        raise BadInput(f"{fault.service} has no operation {fault.operation}.", next=near)


def _nearest(word: str, known: list[str]) -> str:
    """A hint, or nothing: of names as short as these, many share half of their letters (`postgres`, `sts`)."""
    found = difflib.get_close_matches(word, known, n=1, cutoff=_NEAR)
    return f"Did you mean {found[0]}?" if found else ""
