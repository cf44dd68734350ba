"""Runs assertions over tenants and pairs of them: many at once, since they wait for answers; results in order."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final

from operations.isolation import model
from operations.isolation.catalogue import Entry
from operations.isolation.model import Level, NotObservable, Party, Refusal, Result, Unclear, Verdict
from operations.isolation.once import Once
from operations.isolation.pairs import Pair
from operations.isolation.ports import Case, World
from stacks.errors import Interrupted

_THREADS: Final = 8


@dataclass(frozen=True, slots=True)
class Scope:
    """What is to be verified: tenants alone, ordered pairs, and at which levels."""

    alone: Sequence[Party]
    pairs: Sequence[Pair]
    levels: Collection[Level]


def run(
    entries: Sequence[Entry],
    scope: Scope,
    world: World,
    stopping: Callable[[], bool],
    now: Callable[[], float] = time.monotonic,
) -> tuple[Result, ...]:
    """Results sorted by assertion, subject and against. Raises Interrupted when stopped on the way."""
    wanted = list(_wanted(entries, scope, replace(world, readings=Once(world.readings))))

    def judge(one: tuple[Entry, Case]) -> Result | None:
        if stopping():
            return None
        began = now()
        return replace(judged(*one), seconds=now() - began)

    with ThreadPoolExecutor(_THREADS) as pool:
        found = list(pool.map(judge, wanted))
    done = [result for result in found if result is not None]
    if len(done) < len(wanted):
        raise Interrupted("Verifying was interrupted; nothing was changed.", next="Run the same command again.")
    return tuple(sorted(done, key=lambda result: result.place))


def judged(entry: Entry, case: Case) -> Result:
    """The result of one check. One that cannot even begin is inconclusive, and says why."""
    against = case.other.tenant if case.other else ""
    place = (entry.assertion, case.a.tenant, against)
    try:
        report = entry.check(case)
    except NotObservable as reason:
        return Result(*place, Verdict.NOT_OBSERVABLE, str(reason))
    except Refusal as refusal:
        return Result(*place, Verdict.INCONCLUSIVE, f"the verifier was refused: {refusal}")
    except Unclear as unclear:
        return Result(*place, Verdict.INCONCLUSIVE, str(unclear))
    except (LookupError, TypeError, ValueError) as error:  # an answer of another shape than the one that is documented
        return Result(*place, Verdict.INCONCLUSIVE, f"an answer can't be read: {type(error).__name__}: {error}")
    found, why = model.verdict(report)
    evidence = (*(f"control: {each}" for each in report.control), *map(str, report.attempts))
    return Result(*place, found, why, evidence)


def _wanted(entries: Sequence[Entry], scope: Scope, world: World) -> Iterator[tuple[Entry, Case]]:
    for entry in entries:
        if entry.assertion.level not in scope.levels:
            continue
        alone = ((party, None) for party in scope.alone)
        for a, b in scope.pairs if entry.assertion.pairwise else alone:
            if entry.holds_for(a, b):
                yield entry, Case(a, b, world)
