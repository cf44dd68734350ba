"""What is asserted of tenants' isolation, what was tried, and what follows from it. Pure.

The verdict is never a check's own: a check reports outcomes, of its positive control and of its attempts, and
`verdict` judges them by one rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from stacks.blueprint.model import Blueprint
from stacks.inputs.environment import Target
from stacks.inputs.fields import Isolation


class Verdict(StrEnum):
    """What a check came to. Only HELD says that the assertion is true."""

    HELD = "HELD"
    BROKEN = "BROKEN"
    INCONCLUSIVE = "INCONCLUSIVE"
    NOT_OBSERVABLE = "NOT_OBSERVABLE"


class Level(StrEnum):
    """How it is found out: by settings as they are, by proof over policies, by trying it as the tenant."""

    CONFIG = "config"
    PROOF = "proof"
    LIVE = "live"


class Came(StrEnum):
    """What came of one attempt. Of a setting: whether it is closed, open, or could not be read."""

    REFUSED = "refused"
    WORKED = "worked"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was tried, what came of it, and the answer in short.

    Of what was read and not tried, `read` says in a word how it is.
    """

    tried: str
    came: Came
    answer: str = ""
    read: str = ""

    def __str__(self) -> str:
        return f"{self.tried}: {self.read or self.came}" + (f" ({self.answer})" if self.answer else "")


class NotObservable(Exception):  # noqa: N818 - an answer, not a fault
    """This target cannot show it; the text says why."""


class Refusal(Exception):  # noqa: N818 - an answer, not a fault
    """Somebody who decides said no."""


class Unclear(Exception):  # noqa: N818 - an answer, not a fault
    """It failed and nobody said no: a timeout, a missing thing, an answer that can't be read."""


class Halted(Unclear):
    """Whoever decides let it in, and a rule on the data stopped it: a constraint, a duplicate."""


class Unasked(Unclear):
    """A rule on the data stopped it before whoever decides was asked: a missing partition, a domain, a trigger."""


class Missing(Unclear):
    """The thing is not there. No refusal; of a setting, that nobody has set it."""


@dataclass(frozen=True, slots=True)
class Shows:
    """How far each target can show an assertion, in one line each."""

    local: str
    aws: str

    def on(self, target: Target) -> str:
        """The line for one target."""
        return self.local if target is Target.LOCAL else self.aws


EVERYWHERE: Final = Shows(local="as on AWS", aws="yes")
"""The same call is decided by an emulator that enforces it, or read from its record."""
EVERY_MODEL: Final = frozenset(Isolation)
SILO: Final = frozenset({Isolation.SILO})
BRIDGE: Final = frozenset({Isolation.BRIDGE})
POOL: Final = frozenset({Isolation.POOL})
SHARED: Final = BRIDGE | POOL


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """One thing that must be true.

    `numbers` are its places in the list of assertions of docs/reference/assertions.md. It holds where the tenant's
    `kind` of resource is of one of `models`. `pairwise`: subject A tries it on B, else it is about A alone. `answers`
    names claims of specs, as `kind.CLAIM`. `control` says what must work for a refusal to count; `remedy` what to do
    when it is broken.
    """

    id: str
    numbers: tuple[int, ...]
    claim: str
    kind: str
    level: Level
    control: str
    remedy: str
    pairwise: bool = False
    models: frozenset[Isolation] = EVERY_MODEL
    answers: tuple[str, ...] = ()
    shows: Shows = EVERYWHERE


@dataclass(frozen=True, slots=True)
class Party:
    """A live tenant as it was last applied: blueprint, its digest, and the stack's outputs that are no secret."""

    tenant: str
    stack: str
    digest: str
    blueprint: Blueprint
    outputs: Mapping[str, Any] = field(repr=False)
    age: int = 0
    """Place among the tenants by the time of creation: the newest has the highest."""

    @property
    def slug(self) -> str:
        """Its name in the cloud."""
        return self.blueprint.slug

    @property
    def region(self) -> str:
        """Where it is."""
        return self.blueprint.region

    def model(self, kind: str) -> Isolation | None:
        """How far its resource of a kind is apart; None where it has none."""
        spec = self.blueprint.specs.get(kind)
        return spec.isolation if spec else None

    def said(self, output: str) -> str:
        """An output as text. Raises Unclear where the stack has none of this name."""
        if output not in self.outputs:
            raise Unclear(f"the stack of {self.tenant} has no output {output}")
        return str(self.outputs[output])


@dataclass(frozen=True, slots=True)
class Report:
    """What a check saw: `control` must have worked, every one of `attempts` must have been refused."""

    control: tuple[Outcome, ...]
    attempts: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The verdict on one assertion of one tenant, or of one ordered pair: `against` is empty for one alone.

    `seconds` it took, waiting for others included; None where nobody counted. Two that differ in it alone are equal.
    """

    assertion: Assertion
    subject: str
    against: str
    verdict: Verdict
    why: str
    evidence: tuple[str, ...] = ()
    seconds: float | None = field(default=None, compare=False)

    @property
    def place(self) -> tuple[str, str, str]:
        """What results are sorted by."""
        return (self.assertion.id, self.subject, self.against)


def verdict(report: Report) -> tuple[Verdict, str]:
    """The one rule, and why. An attempt that worked is broken whatever else failed; silence proves nothing."""
    for outcome in report.attempts:
        if outcome.came is Came.WORKED:
            return Verdict.BROKEN, str(outcome)
    for outcome in report.control:
        if outcome.came is not Came.WORKED:
            return Verdict.INCONCLUSIVE, f"its positive control failed: {outcome}"
    if not report.control or not report.attempts:
        return Verdict.INCONCLUSIVE, "nothing was tried"
    for outcome in report.attempts:
        if outcome.came is Came.UNCLEAR:
            return Verdict.INCONCLUSIVE, f"no refusal: {outcome}"
    return Verdict.HELD, f"{len(report.attempts)} of {len(report.attempts)} closed"


def trying(tried: str, attempt: Callable[[], object], answer: str = "") -> Outcome:
    """Do it and say what came of it; `answer` is what to say where it worked. What it gives back is not told."""
    try:
        attempt()
    except Refusal as refusal:
        return Outcome(tried, Came.REFUSED, _short(str(refusal)))
    except Unclear as unclear:
        return Outcome(tried, Came.UNCLEAR, _short(str(unclear)))
    return Outcome(tried, Came.WORKED, answer)


def setting(what: str, look: Callable[[], bool], answer: str = "") -> Outcome:
    """A setting: `look` says whether it is as it should be, which counts as a refusal."""
    return _read(what, look, Came.REFUSED, Came.WORKED, answer)


def there(what: str, look: Callable[[], bool]) -> Outcome:
    """The control of a setting: `look` says whether it is as the tenant itself needs it, which counts as work."""
    return _read(what, look, Came.WORKED, Came.REFUSED, "")


def finding(what: str, look: Callable[[], Sequence[str]]) -> Outcome:
    """Things of which there must be none: `look` gives those that are there."""
    try:
        found = look()
    except (Refusal, Unclear) as error:
        return Outcome(what, Came.UNCLEAR, _short(str(error)))
    return Outcome(what, Came.WORKED if found else Came.REFUSED, "", _short(", ".join(found)) or "none")


def _read(what: str, look: Callable[[], bool], good: Came, bad: Came, answer: str) -> Outcome:
    try:
        fine = look()
    except (Refusal, Unclear) as error:
        return Outcome(what, Came.UNCLEAR, _short(str(error)))
    return Outcome(what, good if fine else bad, answer, "as it should be" if fine else "not as it should be")


_LONGEST: Final = 200


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
