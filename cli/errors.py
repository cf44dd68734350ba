"""The one boundary: what happened, where, why, what to do next, on stderr; and the exit code."""

from __future__ import annotations

import json
import re
import sys
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from typer import Abort, TyperException

from stacks.errors import BadInput, Fault, TenantError

UNEXPECTED = 1
BAD_USAGE = 2
INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Told:
    """An error as it is told, whatever it was raised as."""

    what: str
    exit_code: int
    where: str = ""
    why: str = ""
    next: str = ""
    faults: tuple[Fault, ...] = ()
    failures: tuple[dict[str, str], ...] = field(default=())

    def aimed(self, environment: str, commands: Iterable[str]) -> Told:
        """Its commands with the environment that the line said: without it they would mean another one's tenants."""
        if not environment:
            return self
        named = re.compile(rf"\btenant (?=(?:{'|'.join(commands)})\b)")
        return replace(self, next=named.sub(f"tenant --env {environment} ", self.next))

    def to_json(self) -> dict[str, Any]:
        """The object that `--output json` writes to stderr; see docs/reference/json/error.json."""
        faults = [
            {
                "where": str(fault.where) if fault.where else None,
                "field": fault.field,
                "why": fault.why,
                "allowed": fault.allowed,
                "nearest": fault.nearest,
            }
            for fault in self.faults
        ]
        return {
            "error": {
                "what": self.what,
                "where": self.where,
                "why": self.why,
                "next": self.next,
                "exit_code": self.exit_code,
                "faults": faults,
                "failures": list(self.failures),
            }
        }

    def lines(self) -> Iterator[str]:
        """The same for people."""
        yield f"error: {self.what}"
        if self.where:
            yield f"  where: {self.where}"
        yield from _grouped(self.faults)
        for number, line in enumerate(self.why.splitlines()):
            yield f"  why: {line}" if number == 0 else f"       {line}"
        if self.next:
            yield f"  next: {self.next}"


def _grouped(faults: tuple[Fault, ...]) -> Iterator[str]:
    """A fault a line; of several files, each file's below its name."""
    files = {fault.where.file if fault.where else "" for fault in faults}
    if len(files) <= 1:
        yield from (f"  {fault}" for fault in faults)
        return
    for file, those in groupby(faults, key=lambda fault: fault.where.file if fault.where else ""):
        yield f"  {file or 'elsewhere'}"
        yield from (f"    {fault}" for fault in those)


def report(told: Told, trace_of: BaseException | None, *, as_json: bool) -> int:
    """Print the error, with the trace of what raised it where that is given, and give its exit code."""
    if not told.what:  # a group without a command: its help was shown
        return told.exit_code
    if trace_of:
        traceback.print_exception(trace_of, file=sys.stderr)
    text = json.dumps(told.to_json(), indent=2) if as_json else "\n".join(told.lines())
    print(text, file=sys.stderr)  # noqa: T201 - the boundary: nothing else may write an error
    return told.exit_code


def tell(error: BaseException) -> Told:
    """What to say of an error, and with which exit code to end."""
    match error:
        case TenantError():
            return _ours(error)
        case TyperException():
            return Told(_usage(error), getattr(error, "exit_code", BAD_USAGE), next="See `--help` of the command.")
        case Abort():
            return Told("No answer was given; nothing was done.", BAD_USAGE, next="Scripts give --yes.")
        case KeyboardInterrupt():
            return Told("Interrupted.", INTERRUPTED, next="The same command goes on.")
        case _:
            return Told(
                f"Unexpected fault: {type(error).__name__}: {error}",
                UNEXPECTED,
                next="This is a defect of the tool. Run again with --debug for the trace.",
            )


def _ours(error: TenantError) -> Told:
    from operations.reports import RunFailed

    faults = error.faults if isinstance(error, BadInput) else ()
    failures = error.run.failures if isinstance(error, RunFailed) else ()
    told = tuple({"urn": failure.urn, "message": failure.message} for failure in failures)
    return Told(error.what, error.exit_code, error.where, error.why, error.next, faults, told)


def _usage(error: TyperException) -> str:
    format_message = getattr(error, "format_message", None)
    return str(format_message()) if format_message else str(error)
