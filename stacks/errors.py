"""Every error a user can meet, as one tree. One boundary (`cli.errors`) prints them.

TenantError                     what happened · where · why · what to do next · exit code
├── BadInput              (2)   profile, tier, environment, flags: nothing was touched
│   └── NotBuiltYet       (2)   a thing the model knows and this version cannot make
├── Refused               (3)   a guard, a quota, protection, a moved base
├── CloudFailed           (4)   the cloud said no or could not be reached; the same command goes on
│   └── CloudUnreachable  (4)
├── LeaseHeld             (5)   someone else is at work on this tenant
└── Interrupted         (130)   stopped by a signal, state consistent
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a file a person edits. Lines and columns count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an input: where, which field, why, what is allowed, the nearest valid value."""

    where: Span | None
    field: str
    why: str
    allowed: str = ""
    nearest: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        allowed = f" Allowed: {self.allowed}." if self.allowed else ""
        # where one value is all that is allowed, to ask for it again tells nothing
        nearest = f" Did you mean {self.nearest}?" if self.nearest and self.nearest != self.allowed else ""
        return f"{place}{self.field}: {self.why}.{allowed}{nearest}"


class TenantError(Exception):
    """Base of all errors that are told to a person.

    `what` happened to what, `where` (file:line or resource), `why`, and what to do `next`.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", why: str = "", next: str = "") -> None:
        self.what, self.where, self.why, self.next = what, where, why, next
        super().__init__(what)

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.why, self.next) if part)


class BadInput(TenantError):
    """A profile, tier, environment or flag that cannot be used; carries all faults found at once, as they stand."""

    exit_code = 2

    def __init__(
        self, what: str, *, faults: tuple[Fault, ...] = (), where: str = "", why: str = "", next: str = ""
    ) -> None:
        super().__init__(what, where=where, why=why, next=next)
        self.faults = tuple(sorted(faults, key=_order))


def _order(fault: Fault) -> tuple[bool, str, int, int]:
    place = fault.where or Span("", 0, 0)
    return fault.where is None, place.file, place.line, place.column


class NotBuiltYet(BadInput):
    """A choice that the model and schema know and this version cannot make."""


class Refused(TenantError):
    """A guard, a policy, a quota or a moved base said no before anything was sent."""

    exit_code = 3


class CloudFailed(TenantError):
    """The cloud refused or failed a call. What was made is recorded, the same command goes on."""

    exit_code = 4


class CloudUnreachable(CloudFailed):
    """No answer from the cloud: not running, or no path to it."""


class LeaseHeld(TenantError):
    """Someone else holds the lease on this tenant."""

    exit_code = 5


class Interrupted(TenantError):
    """A signal stopped the run; running steps were finished and saved."""

    exit_code = 130
