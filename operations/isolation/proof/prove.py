"""Does a request exist? Asked of the solver, answered with a proof that there is none, or with the request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType
from typing import Any, Final

from operations.isolation.proof import logic
from operations.isolation.proof.actions import expand
from operations.isolation.proof.concrete import Evaluator
from operations.isolation.proof.encode import Encoder, Question, documents
from operations.isolation.proof.language import TooMany
from operations.isolation.proof.logic import z3
from operations.isolation.proof.policy import Reading
from operations.isolation.proof.request import Assumption, Facts, Free, Known, Request
from operations.isolation.proof.world import Endpoint, Principal, Thing

TIMEOUT: Final = 20_000
"""Milliseconds for one question to the solver."""
_SEARCHES: Final[tuple[tuple[Any, dict[str, Any], int], ...]] = (
    (z3.Solver, {}, 1),
    (z3.SimpleSolver, {"auto_config": False, "phase_selection": 1}, 1),
    (z3.SimpleSolver, {}, 8),
)
"""Ways to search, one after the other, with tenths of the time. All are sound; few questions need a second."""


class Contradiction(Exception):
    """The solver found a request that the concrete evaluator does not allow: a fault of the prover; says which."""


class Verdict(Enum):
    """CLOSED: no such request exists. OPEN: one does. UNDECIDED: neither is shown."""

    CLOSED = "closed"
    OPEN = "open"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A request that works. `matters` are the keys without which it would not; `by` are statements that allow it."""

    principal: str
    request: Request
    matters: Mapping[str, tuple[str, ...]]
    by: tuple[str, ...]

    def __str__(self) -> str:
        keys = [f"{key} = {', '.join(values)}" for key, values in sorted(self.matters.items())]
        given = f" with {' and '.join(keys)}" if keys else ""
        return (
            f"{self.principal} may {self.request.action} on {self.request.resource}{given}; "
            f"allowed by {', '.join(self.by)}."
        )


@dataclass(frozen=True, slots=True)
class Proof:
    """An answer. `why` says what an UNDECIDED one foundered on, a sentence a cause."""

    verdict: Verdict
    counterexample: Counterexample | None = None
    why: tuple[str, ...] = ()

    def __str__(self) -> str:
        match self.verdict:
            case Verdict.CLOSED:
                return "No request gets through."
            case Verdict.OPEN:
                return str(self.counterexample)
            case Verdict.UNDECIDED:
                return f"Not decided: {'; '.join(self.why)}."


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What else is taken as given: the endpoint that requests go through, and context keys.

    `timeout` is in milliseconds, for each question.
    """

    endpoint: Endpoint | None = None
    keys: Mapping[str, Assumption] = field(default_factory=lambda: MappingProxyType({}))
    timeout: int = TIMEOUT


NOTHING: Final = Assumptions()


def find(
    principal: Principal, actions: Sequence[str], things: Sequence[Thing], assumptions: Assumptions = NOTHING
) -> Proof:
    """A request by which the principal does any of the actions to any of the things.

    An action may have wildcards after its service, and then stands for every name that fits, ones that AWS does not
    have yet among them. Raises ValueError for an action without service, Contradiction for a fault of the prover.
    """
    why: dict[str, None] = {}
    for thing in things:
        facts = Facts(principal, thing, assumptions.endpoint, assumptions.keys)
        for question in _questions(actions, facts):
            if isinstance(question, str):
                why[question] = None
                continue
            proof = _ask(question, assumptions.timeout)
            if proof.verdict is Verdict.OPEN:
                return proof
            why.update(dict.fromkeys(proof.why))
    return Proof(Verdict.UNDECIDED, why=tuple(why)) if why else Proof(Verdict.CLOSED)


def who_can(
    actions: Sequence[str], thing: Thing, principals: Iterable[Principal], assumptions: Assumptions = NOTHING
) -> tuple[str, ...]:
    """Names of the principals for whom it is not closed, sorted: whoever can, and whoever can't be ruled out."""
    found = (
        each.name for each in principals if find(each, actions, [thing], assumptions).verdict is not Verdict.CLOSED
    )
    return tuple(sorted(found))


def _questions(asked: Sequence[str], facts: Facts) -> Iterator[Question | str]:
    """A question for each action, of which a pattern may stand for many; a sentence where it stands for too many."""
    for action in asked:
        spoken = (each for document in documents(action, facts) for each in document.statements)
        try:
            yield from (Question(each, facts) for each in expand(action, (each.actions for each in spoken)))
        except TooMany as many:
            yield f"{action}: {many}"


def _ask(question: Question, timeout: int) -> Proof:
    """One question: first as openly as the policies may be read, and only where that opens, as closely."""
    encoder = Encoder(question, Reading.OPENING)
    answer, request = _solve(encoder, timeout)
    if answer == z3.unsat:
        return Proof(Verdict.CLOSED)
    if answer == z3.sat and encoder.doubts:
        answer, request = _solve(Encoder(question, Reading.CLOSING), timeout)
    if answer == z3.sat and request is not None:
        return Proof(Verdict.OPEN, _counterexample(question, request))
    if answer == z3.unsat:
        return Proof(Verdict.UNDECIDED, why=tuple(encoder.doubts))
    return Proof(Verdict.UNDECIDED, why=(f"no answer on {question.action} within {timeout / 1000:g} s",))


def _solve(encoder: Encoder, timeout: int) -> tuple[object, Request | None]:
    """The solver's answer, and the request where there is one. Texts that are compared may lead one search astray."""
    formula = encoder.allowed()
    if formula is logic.FALSE:
        return z3.unsat, None
    answer = z3.unknown
    for make, settings, tenths in _SEARCHES:
        solver = make()
        for name, value in settings.items():
            solver.set(name, value)
        solver.add(formula)
        answer = logic.check(solver, max(1, timeout * tenths // 10))
        if answer == z3.sat:
            return answer, encoder.request.request(solver.model())
        if answer == z3.unsat:
            break
    return answer, None


def _counterexample(question: Question, found: Request) -> Counterexample:
    """The found request, confirmed, and with nothing in it that it does not need."""
    facts = question.facts
    evaluator = Evaluator(facts.principal, facts.thing, facts.endpoint)
    if not evaluator.decide(found).allowed:
        raise Contradiction(f"The solver opens {found}, and the policies do not.")
    request = _told(_simplest(found, facts, evaluator), facts, evaluator)
    matters = {key: values for key, values in request.context.items() if not _works(request, key, evaluator)}
    return Counterexample(facts.principal.name, request, matters, evaluator.decide(request).by)


def _simplest(found: Request, facts: Facts, evaluator: Evaluator) -> Request:
    """Without the keys that may be absent and are not needed."""
    for key in sorted(found.context):
        if not _always(facts, key):
            without = _without(found, key)
            found = without if evaluator.decide(without).allowed else found
    return found


def _told(found: Request, facts: Facts, evaluator: Evaluator) -> Request:
    """On a resource that people can read, where one of the thing's own does as well."""
    for arn in facts.thing.arns:
        plain = replace(found, resource=arn.replace("*", "example").replace("?", "x"))
        if evaluator.decide(plain).allowed:
            return plain
    return found


def _always(facts: Facts, key: str) -> bool:
    known = facts.of(key)
    return isinstance(known, Known) or (isinstance(known, Free) and known.always)


def _works(request: Request, key: str, evaluator: Evaluator) -> bool:
    """Whether it is allowed without this key."""
    return evaluator.decide(_without(request, key)).allowed


def _without(request: Request, key: str) -> Request:
    return replace(request, context={name: values for name, values in request.context.items() if name != key})
