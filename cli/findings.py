"""What is wrong, as data: a rule, a sentence, a place. Pure; `sarif` and `junit` write it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from operations.reports import Considered
from stacks.errors import BadInput, Fault, NotBuiltYet, Refused, Span, TenantError


class Rule(Enum):
    """Kinds of findings: name, level as SARIF has it, what it means."""

    BAD_INPUT = ("bad-input", "error", "A profile, tier or environment can't be used as it is written.")
    NOT_BUILT = ("not-built-yet", "error", "Something is asked for that this version of the tool can't make.")
    REFUSED = ("refused", "error", "A guard says no: protection, a full cell, a destroy under way, a moved base.")
    CLOUD_FAILED = ("cloud-failed", "error", "The cloud refused or failed a call, or was not reached.")
    BROKEN = ("isolation-broken", "error", "A tenant reaches what is another one's, or what holds it is gone.")
    INCONCLUSIVE = (
        "isolation-inconclusive",
        "error",
        "Nothing was proven: a positive control failed, or no one said no.",
    )
    NOT_OBSERVABLE = ("not-observable", "warning", "This target cannot show it, whether it is so or not.")
    GONE = ("profile-gone", "warning", "A profile was deleted, and its tenant still stands.")

    @property
    def id(self) -> str:
        """Its name in reports."""
        return self.value[0]

    @property
    def level(self) -> str:
        """`error` or `warning`."""
        return self.value[1]

    @property
    def meaning(self) -> str:
        """A sentence."""
        return self.value[2]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `key` stays the same when lines move: it says whether two runs found the same."""

    rule: Rule
    text: str
    where: Span | None
    key: str


@dataclass(frozen=True, slots=True)
class Checked:
    """One tenant, or one file, and what was found; `said` is told of what is fine.

    `group` is what it is among its like, nothing where all are one group; `seconds` it took, None if not known.
    """

    subject: str
    file: str
    findings: tuple[Finding, ...]
    said: str = ""
    group: str = ""
    seconds: float | None = None


def of(one: Considered, said: str = "") -> Checked:
    """What was found of one tenant."""
    found: list[Finding] = []
    if one.gone:
        found.append(Finding(Rule.GONE, gone(one), Span(one.file, 1, 1), one.tenant))
    if one.error is not None:
        found += _of_error(one.error, one.file)
    return Checked(one.tenant, one.file, tuple(found), said)


def gone(one: Considered) -> str:
    """What to say of a tenant without a profile."""
    return f"{one.tenant}: profile gone ({one.file}); tenant still stands: tenant destroy {one.tenant}"


def _of_error(error: TenantError, file: str) -> Iterator[Finding]:
    rule = _rule(error)
    faults = error.faults if isinstance(error, BadInput) else ()
    yield from (_of_fault(rule, fault, file) for fault in faults)
    if not faults:
        yield Finding(rule, str(error), Span(file, 1, 1) if file else None, error.what)


def _of_fault(rule: Rule, fault: Fault, file: str) -> Finding:
    where = fault.where or (Span(file, 1, 1) if file else None)
    text = str(fault).removeprefix(f"{fault.where}: ")
    return Finding(rule, text, where, f"{where.file if where else ''}:{fault.field}:{fault.why}")


def _rule(error: TenantError) -> Rule:
    match error:
        case NotBuiltYet():
            return Rule.NOT_BUILT
        case BadInput():
            return Rule.BAD_INPUT
        case Refused():
            return Rule.REFUSED
        case _:
            return Rule.CLOUD_FAILED
