"""Between two steps of one tenant: is the boundary closed, around it and between all others?

What is on its way is not all there yet, so most of what is asked of it is INCONCLUSIVE, which is honest and no opening.
BROKEN is one, whoever it is of. Those whom nobody changes must stay what they are: among them INCONCLUSIVE counts too.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any, Final

from operations.bundle import Bundle
from operations.isolation import catalogue, pairs, verifying
from operations.isolation.catalogue import Entry
from operations.isolation.model import Level, Party, Result, Verdict
from operations.isolation.ports import World
from operations.isolation.verifying import Scope
from stacks.resources.database.spec import DatabaseSpec
from tests.local.on_the_way.halfway import Halfway
from tests.local.on_the_way.hands import Hands
from tests.local.on_the_way.stepping import Step

_CONCERNS: Final = {
    "aws:iam": ("iam-", "proof-"),
    "aws:kms": ("kms-", "proof-kms-"),
    "aws:s3": ("s3-", "proof-s3-"),
    "aws:secretsmanager": ("proof-secrets-", "secret-", "state-"),
    "aws:rds": ("net-", "pg-"),
    "aws:elasticache": ("cache-",),
    "aws:apigateway": ("api-", "proof-api-"),
    "aws:ec2": ("net-",),
    "aws:vpc": ("net-",),
    "aws:eks": ("k8s-",),
    "aws:backup": ("backups-",),
    "aws:cloudwatch": ("logs-",),
    "kubernetes:": ("k8s-",),
    "postgresql:": ("pg-",),
}
"""Assertions that a step of a service could turn, by the beginning of their ids."""
_MOOT: Final = {
    "k8s-default-deny": ("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", "members"),
    "k8s-quota": ("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", "members"),
    "s3-default-key": ("aws:iam/rolePolicy:RolePolicy", "workload"),
    "backups-locked": ("aws:backup/selection:Selection", "daily"),
    "kms-key-kept": ("aws:kms/key:Key", "key"),
}
"""Settings that keep nobody out where there is nobody: asked for only while this stands, which lets the tenant in.

No cloud makes a bucket, a vault or a namespace together with all that closes it, and a purge ends a key.
"""


_DATABASE: Final = "postgresql:index/database:Database", "own"
_CLOSED: Final = "postgresql:index/grant:Grant", "public-database"
_PUBLIC: Final = ("pg-connect-others", "pg-public-closed")
"""The one moment that is known: PostgreSQL lets PUBLIC into each new database, until that is taken back.

See docs/explanation/shared-tiers.md.
"""
_LATE: Final = ("k8s-quota",)
_LATE_SECONDS: Final = 2.0
"""A cluster refuses by a quota some milliseconds after it has stored it, where a pod was asked for before.

What is open between two steps stays so while it is looked at, for no step goes on then; what ends by itself is no such.
"""
_HANDS: Final = frozenset(
    {
        "aws:iam/role:Role",
        "aws:secretsmanager/secretVersion:SecretVersion",
        "kubernetes:core/v1:Namespace",
        "kubernetes:core/v1:ServiceAccount",
    }
)
"""What a tenant acts with."""
_ALWAYS: Final = "postgresql:"
"""A server that tenants share lets in whoever has a right to, from the moment that he has it."""


@dataclass(frozen=True, slots=True)
class Beat:
    """How closely it is looked.

    After every `stride`th step of each service, the first among them, and after every one inside of a database server,
    what the step could turn is tried; after every `whole`th look all there is. The tenant is tried with all classes of
    bystanders, or with one at a time, in turn.
    """

    stride: int
    whole: int
    every_class: bool


@dataclass(frozen=True, slots=True)
class Opening:
    """What was open after which step."""

    step: Step
    result: Result

    def __str__(self) -> str:
        found = self.result
        towards = f" > {found.against}" if found.against else ""
        return f"after {self.step}: {found.verdict} {found.assertion.id} {found.subject}{towards}: {found.why}"


class Patrol:
    """Looks after the steps of one tenant's runs.

    `openings` is what it found, `moment` what of it in the one moment that is known, `verdicts` how much it has seen.
    """

    def __init__(self, bundle: Bundle, subject: Halfway, bystanders: Sequence[Party], beat: Beat) -> None:
        self._bundle, self._subject, self._beat = bundle, subject, beat
        self._steady = bundle.isolation()
        self._partners = _one_of_each(bystanders)
        self._standing = list(permutations(bystanders, 2))
        self._steps, self._looks = Counter[str](), 0
        self._known, self._fresh = dict[str, Any](), self._steady
        self.openings, self.moment, self.verdicts = list[Opening](), list[Opening](), Counter[Verdict]()

    def look(self, step: Step) -> None:
        """One more step is done."""
        self._subject.take(step)
        if step.type in _HANDS:
            self._known = {}
        service = next((start for start in _CONCERNS if step.type.startswith(start)), "")
        self._steps[service] += 1
        due = service == _ALWAYS or (self._steps[service] - 1) % self._beat.stride == 0
        if not service or not due:
            return
        everything = self._looks % self._beat.whole == self._beat.whole - 1
        self._judge(step, catalogue.entries() if everything else _concerned(service))

    def look_at_all(self, at: str) -> list[Opening]:
        """Once nothing is under way. Gives what is not held, openings or not."""
        return self._judge(Step("all", "when", at), catalogue.entries())

    def _judge(self, step: Step, entries: Sequence[Entry]) -> list[Opening]:
        """In a change, open is what is open by what the tenant was and by what it is to be. Gives what is unproven."""
        to_be, *was = self._subject.parties()
        world = self._world()
        results = verifying.run(entries, self._scope(to_be, step), world, _never)
        self.verdicts.update(result.verdict for result in results)
        wrong = [result for result in results if self._wrong(result)]
        end = time.monotonic() + _LATE_SECONDS
        while time.monotonic() < end and (late := [each for each in wrong if each.assertion.id in _LATE]):
            still = self._still(late, self._scope(to_be, step), world)
            wrong = [result for result in wrong if result not in late or result.place in still]
        for party in was if wrong else ():
            still = self._still(wrong, self._scope(party, step), world)
            wrong = [result for result in wrong if result.place in still]
        for result in wrong:
            (self.moment if self._is_known(result) else self.openings).append(Opening(step, result))
        self._looks += 1
        return [Opening(step, each) for each in results if each.verdict in (Verdict.BROKEN, Verdict.INCONCLUSIVE)]

    def _still(self, wrong: Sequence[Result], scope: Scope, world: World) -> set[tuple[str, str, str]]:
        """Where it is wrong when it is looked at again."""
        again = verifying.run([*_entries(wrong)], scope, world, _never)
        return {result.place for result in again if self._wrong(result)}

    def _scope(self, party: Party, step: Step) -> Scope:
        """The tenant and whoever it is tried with, both ways; of the others one, and one pair, in turn."""
        turn, partners = self._looks, self._tried_with(party, step)
        if not self._beat.every_class:
            partners = [partners[turn % len(partners)]]
        around = [pair for other in partners for pair in ((party, other), (other, party))]
        standing = [self._standing[turn % len(self._standing)]] if self._standing else []
        return Scope([party, *(one for one, _ in standing)], [*around, *standing], frozenset(Level))

    def _tried_with(self, party: Party, step: Step) -> list[Party]:
        """Inside of a database server those who are on it, if any: what opens there for a step is open to no other."""
        server = party.blueprint.of(DatabaseSpec).identifier
        housemates = [other for other in self._partners if other.blueprint.of(DatabaseSpec).identifier == server]
        return housemates if housemates and step.type.startswith(_ALWAYS) else self._partners

    def _world(self) -> World:
        """The tenant is taken on anew where something was told of it, or it may have come by another key."""
        if self._known != self._subject.outputs:
            self._known, self._fresh = dict(self._subject.outputs), self._bundle.isolation()
        hands = Hands(self._steady, self._fresh, self._subject.blueprint.tenant_id)
        return World(self._steady.readings, hands, self._steady.target)

    def _is_known(self, result: Result) -> bool:
        there = self._subject.there
        return result.assertion.id in _PUBLIC and _DATABASE in there and _CLOSED not in there

    def _wrong(self, result: Result) -> bool:
        if self._subject.blueprint.tenant_id not in (result.subject, result.against):
            return result.verdict in (Verdict.BROKEN, Verdict.INCONCLUSIVE)
        if result.verdict is not Verdict.BROKEN:
            return False
        moot = result.assertion.id in _MOOT and _MOOT[result.assertion.id] not in self._subject.there
        return not (moot and result.subject == self._subject.blueprint.tenant_id)


def _never() -> bool:
    return False


def _one_of_each(parties: Sequence[Party]) -> list[Party]:
    """The first of each class of tenants that stand for each other."""
    return list({pairs.symmetry(party): party for party in reversed(parties)}.values())[::-1]


def _entries(results: Sequence[Result]) -> Iterator[Entry]:
    about = {result.assertion.id for result in results}
    yield from (entry for entry in catalogue.entries() if entry.assertion.id in about)


def _concerned(service: str) -> tuple[Entry, ...]:
    return tuple(entry for entry in catalogue.entries() if entry.assertion.id.startswith(_CONCERNS[service]))
