"""A question put into logic: when statements fit a request, and when a request gets through all the policies.

A question that nothing answers under the OPENING reading is closed, whatever AWS does where it does not say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from operations.isolation.proof import conditions, logic, matching, symbols
from operations.isolation.proof.actions import chosen
from operations.isolation.proof.logic import Formula
from operations.isolation.proof.matching import Match
from operations.isolation.proof.pattern import Pattern
from operations.isolation.proof.policy import Document, Effect, Reading, Statement
from operations.isolation.proof.request import Facts
from operations.isolation.proof.symbols import Doubt, Symbols
from operations.isolation.proof.world import Standing, Voice, standings, voice


@dataclass(frozen=True, slots=True)
class Question:
    """May the facts' principal do this to the facts' thing? `action` is one, without wildcards."""

    action: str
    facts: Facts


def documents(action: str, facts: Facts) -> Iterator[Document]:
    """Every policy that has a say. Raises ValueError where the action does not say its service."""
    principal, thing, endpoint = facts.principal, facts.thing, facts.endpoint
    if principal.has_identity_policies:
        yield from (*principal.identity, *principal.session, *principal.guardrails)
        if principal.boundary is not None:
            yield principal.boundary
    if thing.policy is not None and voice(action) is not Voice.NONE:
        yield thing.policy
    if endpoint is not None:
        yield endpoint.policy


@dataclass(slots=True)
class Encoder:
    """One question under one reading. `doubts` are the sentences about what made the reading matter."""

    question: Question
    reading: Reading
    doubts: dict[str, None] = field(default_factory=dict[str, None])
    request: Symbols = field(init=False)

    def __post_init__(self) -> None:
        facts, action = self.question.facts, self.question.action
        spoken = (each for document in documents(action, facts) for each in document.statements)
        read = symbols.uses(each for each in spoken if chosen(each.actions, action))
        self.request = Symbols(action, facts, read)

    def allowed(self) -> Formula:
        """When the request is allowed. Sources: see `world.Voice`, `world.Standing`; access_policies_boundaries."""
        facts = self.question.facts
        principal, endpoint = facts.principal, facts.endpoint
        granted = self._granted()
        if granted is logic.FALSE:  # whatever denies it, too
            return granted
        spoken = documents(self.question.action, facts)
        denied = logic.either(self._any(each, Effect.DENY) for each in spoken)
        limits = [self._any(endpoint.policy, Effect.ALLOW)] if endpoint is not None else []
        if principal.has_identity_policies:
            limits.extend(self._any(each, Effect.ALLOW) for each in principal.guardrails)
        return logic.both([granted, logic.opposite(denied), *limits, self.request.bounds()])

    def _granted(self) -> Formula:
        principal, thing = self.question.facts.principal, self.question.facts.thing
        direct, by_role, by_account = self._grants()
        if not principal.has_identity_policies:
            return direct
        limited = [self._any(principal.boundary, Effect.ALLOW)] if principal.boundary is not None else []
        if principal.session:
            limited.append(self._each(principal.session, Effect.ALLOW))
        own = logic.both([self._each(principal.identity, Effect.ALLOW), *limited])
        says = voice(self.question.action)
        if principal.account != thing.account:
            named = logic.either([direct, by_role, by_account])
            return logic.FALSE if says is Voice.NONE else logic.both([own, named])
        alone = [direct, logic.both([by_role, *limited])]
        return logic.either([*alone, logic.both([own, by_account]) if says is Voice.REQUIRED else own])

    def _grants(self) -> tuple[Formula, Formula, Formula]:
        """When the thing's policy lets the principal through: by itself, by its role's ARN, by its account."""
        policy, says = self.question.facts.thing.policy, voice(self.question.action)
        if says is Voice.NONE:
            return logic.FALSE, logic.FALSE, logic.FALSE
        if policy is None:
            missing = says is Voice.REQUIRED
            if missing:
                self._doubt(f"the policy of {', '.join(self.question.facts.thing.arns)} is not known")
            return logic.FALSE, logic.FALSE, logic.known(missing and self.reading is Reading.OPENING)
        return (
            self._any(policy, Effect.ALLOW, Standing.DIRECT),
            self._any(policy, Effect.ALLOW, Standing.ROLE),
            self._any(policy, Effect.ALLOW, Standing.ACCOUNT),
        )

    def _each(self, documents: Iterable[Document], effect: Effect) -> Formula:
        return logic.either(self._any(each, effect) for each in documents)

    def _any(self, document: Document, effect: Effect, standing: Standing | None = None) -> Formula:
        """When any statement with this effect fits; where `standing` is given, one that names the principal so."""
        return logic.either(
            self._fits(each, standing)
            for each in document.statements
            if each.effect is effect and chosen(each.actions, self.question.action)
        )

    def _fits(self, statement: Statement, standing: Standing | None) -> Formula:
        """When the request fits the statement. What is not understood of it counts as the reading has it."""
        unsure = self.reading.fits(statement.effect)
        who = self._names(statement, standing, unsure)
        if who is logic.FALSE:
            return logic.FALSE
        for gap in statement.gaps:
            self._doubt(f"{statement.name}: {gap}")
        try:
            rest = [self._resources(statement, unsure), *self._conditions(statement, unsure)]
        except Doubt as doubt:
            self._doubt(f"{statement.name}: {doubt}")
            return logic.both([who, logic.known(unsure)])
        return logic.both([who, *rest, logic.known(unsure or not statement.gaps)])

    def _names(self, statement: Statement, standing: Standing | None, unsure: bool) -> Formula:
        """Whether the statement speaks of the principal, in the standing that is asked for."""
        who = statement.principals
        if who is None:
            return logic.TRUE
        found = standings(self.question.facts.principal, who)
        if Standing.UNSURE in found:
            self._doubt(f"{statement.name}: whom it names can't be read")
        if who.negated:
            return self._names_others(statement, standing, found, unsure)
        if standing is None:
            return logic.known(bool(found - {Standing.UNSURE}) or (Standing.UNSURE in found and unsure))
        unread = standing is Standing.DIRECT and Standing.UNSURE in found and unsure
        return logic.known(standing in found or unread)

    def _names_others(
        self, statement: Statement, standing: Standing | None, found: frozenset[Standing], unsure: bool
    ) -> Formula:
        """NotPrincipal: everyone else, who then is meant as everyone is. Naming the account only is read both ways."""
        if standing not in (None, Standing.DIRECT) or found & {Standing.DIRECT, Standing.ROLE}:
            return logic.FALSE
        if found:
            self._doubt(f"{statement.name}: NotPrincipal names the account of the principal, and not itself")
            return logic.known(unsure)
        return logic.TRUE

    def _resources(self, statement: Statement, unsure: bool) -> Formula:
        named = statement.resources
        if named is None:
            return logic.TRUE
        wide = unsure is not named.negated
        matches = [self._resource(each, wide, statement) for each in named.patterns]
        if not named.negated:
            return logic.either(each.holds for each in matches)
        if not all(each.surely_resolved for each in matches):
            self._doubt(f"{statement.name}: NotResource has a variable that may be absent")
        return matching.none(matches, unsure)

    def _resource(self, given: Pattern, wide: bool, statement: Statement) -> Match:
        """A pattern of Resource. AWS does not say whether its wildcards reach over colons: `wide` lets them."""
        if not matching.reaches_over_parts(given):
            return matching.text(self.request.resource, given, self.request)
        self._doubt(f"{statement.name}: a wildcard before the sixth part of an ARN")
        match = matching.text if wide else matching.arn
        return match(self.request.resource, given, self.request)

    def _conditions(self, statement: Statement, unsure: bool) -> Iterator[Formula]:
        def note(doubt: str) -> None:
            self._doubt(f"{statement.name}: {doubt}")

        for each in statement.conditions:
            yield conditions.holds(each, self.request, unsure, note)

    def _doubt(self, sentence: str) -> None:
        self.doubts[sentence] = None
