"""Plans of what was edited, as lines that people read. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cli import findings, text
from operations.reports import Considered


def lines(since: str, answers: Sequence[Considered]) -> Iterator[str]:
    """A paragraph a tenant, with what brought it here; errors are told at the end, on stderr."""
    if not answers:
        yield f"Nothing that concerns a tenant has changed since {since}."
    for number, one in enumerate(answers):
        if number:
            yield ""
        yield f"# {one.tenant}: {', '.join(one.why)}"
        if one.planned is not None:
            yield from text.planned(one.planned)
        else:
            yield brief(one)


def brief(one: Considered) -> str:
    """One line of a tenant."""
    if one.gone:
        return findings.gone(one)
    if one.error is not None:
        return f"{one.tenant}: cannot be planned: {one.error.what}"
    return f"{one.tenant}: {text.brief(one.planned) if one.planned and one.pending else 'no changes.'}"
