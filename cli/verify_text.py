"""What `tenant verify` says to people, and its results as findings. Pure."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from cli.findings import Checked, Finding, Rule
from operations.isolation.evidence import Told, Verified
from operations.isolation.model import Result, Verdict
from operations.isolation.signers import Signer
from operations.plans import signing
from stacks import plural

_BAD: Final = (Verdict.BROKEN, Verdict.INCONCLUSIVE)
_RULES: Final = {
    Verdict.BROKEN: Rule.BROKEN,
    Verdict.INCONCLUSIVE: Rule.INCONCLUSIVE,
    Verdict.NOT_OBSERVABLE: Rule.NOT_OBSERVABLE,
}
_WORDS: Final = {
    Verdict.BROKEN: "broken",
    Verdict.INCONCLUSIVE: "inconclusive",
    Verdict.HELD: "held",
    Verdict.NOT_OBSERVABLE: "not observable",
}
_NOT_HERE: Final = "cannot be shown on this target"
_NOT_YET: Final = "nothing there yet to be tried on"
_WIDTH: Final = 100


def lines(report: Verified) -> Iterator[str]:
    """What is not held first, with why and what to do; then a line a kind, what can't be shown, the one that counts."""
    for verdict in _BAD:
        for result in report.results:
            if result.verdict is verdict:
                yield from _fault(result)
    yield from _by_kind(report.results)
    yield from _hidden(report.results)
    yield from _last(report.summary, [party.tenant for party in report.parties])


def told(said: Told) -> Iterator[str]:
    """What a file of evidence says."""
    yield f"{said.file}: evidence of environment {said.environment}, as it was signed with key {said.key}."
    yield f"verified {said.time} by tenant {said.tool}: {', '.join(said.tenants) or 'nobody'}"
    yield from _last(said.summary, [])


def told_shape(said: Told) -> dict[str, Any]:
    """The same as JSON; see docs/reference/json/verify-check.json."""
    return {
        "file": said.file,
        "environment": said.environment,
        "key": said.key,
        "time": said.time,
        "tool": said.tool,
        "tenants": list(said.tenants),
        "summary": dict(said.summary),
        "good": said.good,
    }


def signer_shape(signer: Signer) -> dict[str, Any]:
    """A public key as JSON; see docs/reference/json/verify-public-key.json."""
    return {
        "environment": signer.environment,
        "algorithm": signing.ALGORITHM,
        "key": signer.key,
        "pem": signing.pem(signer.public),
    }


def checked(results: Sequence[Result]) -> list[Checked]:
    """A case for each result, among those about the same kind of resource: readers group by it."""
    return [
        Checked(
            subject=_subject(result),
            file="",
            findings=tuple(_findings(result)),
            said=result.why,
            group=f"tenant.{result.assertion.kind}",
            seconds=result.seconds,
        )
        for result in results
    ]


def _findings(result: Result) -> Iterator[Finding]:
    if result.verdict in _RULES:
        text = "\n".join((f"{result.assertion.claim} {result.why}", *result.evidence))
        yield Finding(_RULES[result.verdict], text, None, _subject(result))


def _subject(result: Result) -> str:
    """`s3-read-others acme -> globex`."""
    return f"{result.assertion.id} {_pair(result)}"


def _pair(result: Result) -> str:
    return f"{result.subject} -> {result.against}" if result.against else result.subject


def _fault(result: Result) -> Iterator[str]:
    yield f"{result.verdict}  {_subject(result)}"
    yield f"  claim: {result.assertion.claim}"
    yield f"  why: {result.why}"
    yield f"  do: {_what_to_do(result)}"


def _what_to_do(result: Result) -> str:
    if result.verdict is Verdict.BROKEN:
        return result.assertion.remedy
    return f"Nothing is proven until this works: {result.assertion.control} Then verify again."


def _by_kind(results: Iterable[Result]) -> Iterator[str]:
    """`object_store   18 held`, as wide as the longest name."""
    counted: dict[str, Counter[Verdict]] = {}
    for result in results:
        counted.setdefault(result.assertion.kind, Counter())[result.verdict] += 1
    width = max(map(len, counted), default=0)
    for kind in sorted(counted):
        yield f"{kind:<{width}}  {_counts(counted[kind])}"


def _counts(counted: Mapping[Verdict, int]) -> str:
    return ", ".join(f"{counted[verdict]} {word}" for verdict, word in _WORDS.items() if counted.get(verdict))


def _hidden(results: Iterable[Result]) -> Iterator[str]:
    """Which ones, by why: what this target can't show of any tenant, and what has nothing there yet to be tried on."""
    found: dict[str, set[str]] = {}
    for result in results:
        if result.verdict is Verdict.NOT_OBSERVABLE:
            shows = result.assertion.shows
            of_target = result.why in (shows.local, shows.aws)
            found.setdefault(_NOT_HERE if of_target else _NOT_YET, set()).add(result.assertion.id)
    for why in (_NOT_HERE, _NOT_YET):
        if why in found:
            told = f"{why}: {', '.join(sorted(found[why]))}"
            yield from textwrap.wrap(told, _WIDTH, subsequent_indent="  ", break_on_hyphens=False)


def _last(summary: Mapping[str, int], tenants: Sequence[str]) -> Iterator[str]:
    broken, unproven = summary[Verdict.BROKEN], summary[Verdict.INCONCLUSIVE]
    held, hidden = summary[Verdict.HELD], summary[Verdict.NOT_OBSERVABLE]
    whose = f"{plural.count(len(tenants), 'tenant')}: " if tenants else ""
    beside = f"; {hidden} cannot be shown and {plural.either(hidden, 'does', 'do')} not count"
    bad = [f"{broken} broken"] if broken else []
    bad += [f"{unproven} inconclusive"] if unproven else []
    all_well = f"all {held} that can be shown are held" if held else "nothing was shown"
    yield f"{whose}{', '.join([*bad, f'{held} held']) if bad else all_well}{beside if hidden else ''}."
