"""One given request against the policies of a world, without a solver.

Written apart from the encoder, from the same pages of AWS, so that each finds the other's mistakes. They share how
documents are read (`policy`, `pattern`, `scale`) and how a Principal element names somebody (`world.standings`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from operations.isolation.proof import scale
from operations.isolation.proof.operators import Each, Family, Relation
from operations.isolation.proof.pattern import Literal, Pattern, Variable, Wild
from operations.isolation.proof.policy import Condition, Document, Effect, Reading, Statement
from operations.isolation.proof.request import Request
from operations.isolation.proof.world import Endpoint, Principal, Standing, Thing, Voice, standings, voice


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a request, and which statements did it: `by` allows it, or denies it where it is not allowed.

    A request that nobody speaks of is not allowed, by nobody.
    """

    allowed: bool
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evaluator:
    """A world under one reading of what is not sure; see `policy.Reading`."""

    principal: Principal
    thing: Thing
    endpoint: Endpoint | None = None
    reading: Reading = Reading.CLOSING

    def decide(self, request: Request) -> Decision:
        """Whether the request is allowed, and by which statements."""
        denying = tuple(each.name for each in self._spoken(request) if each.effect is Effect.DENY)
        if denying:
            return Decision(False, denying)
        allowed = self._granted(request) and all(self._allows(each, request) for each in self._ceilings())
        names = tuple(dict.fromkeys(each.name for each in self._spoken(request)))
        return Decision(allowed, names if allowed else ())

    def _spoken(self, request: Request) -> Iterator[Statement]:
        """Statements of every policy that has a say, as far as they fit."""
        documents = list(self._ceilings())
        if self._is_identity:
            documents = [*self.principal.identity, *self.principal.session, *self._boundary, *documents]
        if self.thing.policy is not None and voice(request.action) is not Voice.NONE:
            documents.append(self.thing.policy)
        return (each for document in documents for each in document.statements if self._fits(each, request))

    @property
    def _is_identity(self) -> bool:
        return self.principal.has_identity_policies

    @property
    def _boundary(self) -> tuple[Document, ...]:
        return (self.principal.boundary,) if self.principal.boundary is not None else ()

    def _ceilings(self) -> tuple[Document, ...]:
        """Policies that grant nothing and must each allow."""
        endpoint = (self.endpoint.policy,) if self.endpoint is not None else ()
        return (*(self.principal.guardrails if self._is_identity else ()), *endpoint)

    def _granted(self, request: Request) -> bool:
        says = voice(request.action)
        direct, by_role, by_account = (
            self._thing_grants(request, each) for each in (Standing.DIRECT, Standing.ROLE, Standing.ACCOUNT)
        )
        if not self._is_identity:
            return direct
        limited = self._within(self._boundary, request) and self._within(self.principal.session, request)
        own = limited and any(self._allows(each, request) for each in self.principal.identity)
        if self.principal.account != self.thing.account:
            return own and (direct or by_role or by_account)
        if direct or (by_role and limited):
            return True
        return own and (by_account if says is Voice.REQUIRED else True)

    def _within(self, limits: tuple[Document, ...], request: Request) -> bool:
        """A boundary, or a session's policies: one allows, or there are none."""
        return not limits or any(self._allows(each, request) for each in limits)

    def _thing_grants(self, request: Request, standing: Standing) -> bool:
        says, policy = voice(request.action), self.thing.policy
        if says is Voice.NONE:
            return False
        if policy is None:
            opening = self.reading is Reading.OPENING
            return says is Voice.REQUIRED and standing is Standing.ACCOUNT and opening
        return any(
            each.effect is Effect.ALLOW and self._fits(each, request) and standing in self._standings(each)
            for each in policy.statements
        )

    def _allows(self, document: Document, request: Request) -> bool:
        return any(each.effect is Effect.ALLOW and self._fits(each, request) for each in document.statements)

    def _standings(self, statement: Statement) -> frozenset[Standing]:
        """How a statement names the principal, with what can't be read taken as the reading has it."""
        who = statement.principals
        if who is None:
            return frozenset(Standing)
        named = standings(self.principal, who)
        direct, nobody = frozenset({Standing.DIRECT}), frozenset[Standing]()
        unsure = direct if self._unsure(statement) else nobody
        if who.negated:
            if named & {Standing.DIRECT, Standing.ROLE}:
                return nobody
            return unsure if named else direct
        return (named - {Standing.UNSURE}) | (unsure if Standing.UNSURE in named else nobody)

    def _unsure(self, statement: Statement) -> bool:
        return self.reading.fits(statement.effect)

    def _fits(self, statement: Statement, request: Request) -> bool:
        unsure = self._unsure(statement)
        texts = _Texts(request, unsure)
        chosen = statement.actions
        named = any(texts.fits(_lower(each), request.action.lower()) is True for each in chosen.patterns)
        return (
            named is not chosen.negated
            and bool(self._standings(statement))
            and (unsure or not statement.gaps)
            and _speaks_of_resource(statement, request, texts)
            and all(_holds(each, request, texts) for each in statement.conditions)
        )


@dataclass(frozen=True, slots=True)
class _Texts:
    """Patterns against texts of a request. What is not sure is None: neither a match nor none."""

    request: Request
    unsure: bool

    def fits(self, given: Pattern, text: str) -> bool | None:
        """Wildcards reach anywhere. None where a variable has no value."""
        written = self._written(given, parts=False)
        return None if written is None else written.fullmatch(text) is not None

    def fits_arn(self, given: Pattern, text: str) -> bool | None:
        """Wildcards stay within the first five parts. None where the pattern has fewer than six, too."""
        written = self._written(given, parts=True) if _has_six_parts(given) else None
        return None if written is None else written.fullmatch(text) is not None

    def _written(self, given: Pattern, *, parts: bool) -> re.Pattern[str] | None:
        values: list[str] = []
        for piece in given:
            if isinstance(piece, Variable):
                found = self.request.context.get(piece.key, () if piece.default is None else (piece.default,))
                if len(found) != 1:
                    return None
                values.append(found[0])
        return _expression(given, tuple(values), parts)


@lru_cache(maxsize=4096)
def _expression(given: Pattern, values: tuple[str, ...], parts: bool) -> re.Pattern[str]:
    """A pattern with the values of its variables. Most have none, and are asked for again with every request."""
    written, colons, left = "", 0, iter(values)
    for piece in given:
        if isinstance(piece, Variable):
            written += re.escape(next(left))
        elif isinstance(piece, Wild):
            character = "[^:]" if parts and colons < 5 else "."  # noqa: PLR2004 - parts of an ARN
            written += character + ("*" if piece is Wild.MANY else "")
        else:
            colons += piece.text.count(":")
            written += re.escape(piece.text)
    return re.compile(written, re.DOTALL)


def _speaks_of_resource(statement: Statement, request: Request, texts: _Texts) -> bool:
    chosen = statement.resources
    if chosen is None:
        return True
    answers = [_resource(each, request, texts, wide=texts.unsure is not chosen.negated) for each in chosen.patterns]
    if not chosen.negated:
        return any(answers)
    return not any(answers) and (texts.unsure or None not in answers)


def _resource(given: Pattern, request: Request, texts: _Texts, *, wide: bool) -> bool | None:
    """Whether wildcards of the first five parts reach over colons AWS does not say; only a sure answer is taken."""
    anywhere = texts.fits(given, request.resource)
    within = texts.fits_arn(given, request.resource)
    return anywhere if wide or within is None else within


def _holds(condition: Condition, request: Request, texts: _Texts) -> bool:
    operator, values = condition.operator, request.context.get(condition.key, ())
    if operator.family is Family.ABSENCE:
        return any((each.lower() == "true") is (not values) for each in condition.values)
    tests = [_test(condition, each, texts) for each in values]
    match operator.each:
        case Each.ALL:
            return all(tests)
        case Each.ANY:
            return any(tests) or (not values and operator.if_exists and texts.unsure)
        case Each.SINGLE:
            if not values:
                return operator.negated or operator.if_exists
            return tests[0] if len(tests) == 1 else texts.unsure


def _test(condition: Condition, value: str, texts: _Texts) -> bool:
    answers = list(_answers(condition, value, texts))
    if not condition.operator.negated:
        return any(answers)
    return not any(answers) and (texts.unsure or None not in answers)


def _answers(condition: Condition, value: str, texts: _Texts) -> Iterable[bool | None]:
    match condition.operator.family:
        case Family.TEXT | Family.LIKE:
            return (texts.fits(each, value) for each in condition.patterns)
        case Family.FOLDED_TEXT:
            return (
                _Texts(_folded(texts.request), texts.unsure).fits(_lower(each), value.lower())
                for each in condition.patterns
            )
        case Family.ARN:
            sure = (texts.fits_arn(each, value) for each in condition.patterns)
            short = texts.unsure is not condition.operator.negated
            return (
                answer if _has_six_parts(each) else short for each, answer in zip(condition.patterns, sure, strict=True)
            )
        case Family.FLAG:
            return (each.lower() == value for each in condition.values)
        case family:
            return (_ordered(family, condition.operator.relation, value, each) for each in condition.values)


def _has_six_parts(given: Pattern) -> bool:
    return sum(each.text.count(":") for each in given if isinstance(each, Literal)) >= 5  # noqa: PLR2004 - of an ARN


def _folded(request: Request) -> Request:
    context = {key: tuple(each.lower() for each in values) for key, values in request.context.items()}
    return Request(request.action, request.resource, context)


def _lower(given: Pattern) -> Pattern:
    return tuple(Literal(each.text.lower()) if isinstance(each, Literal) else each for each in given)


_RELATIONS: dict[Relation, Callable[[int, int, int], bool]] = {
    Relation.EQUAL: lambda value, first, last: first <= value <= last,
    Relation.LESS: lambda value, first, _: value < first,
    Relation.AT_MOST: lambda value, first, _: value <= first,
    Relation.MORE: lambda value, first, _: value > first,
    Relation.AT_LEAST: lambda value, first, _: value >= first,
}


def _ordered(family: Family, relation: Relation, value: str, given: str) -> bool | None:
    try:
        return _RELATIONS[relation](scale.point(family, value), *scale.span(family, given))
    except ValueError:
        return None
