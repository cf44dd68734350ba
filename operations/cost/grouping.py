"""Estimates by what finance splits them by: the kind of resource, or a tag. Every line is in just one group."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from operations.cost import estimate
from operations.cost.estimate import Estimate, Line
from stacks.errors import BadInput

KIND: Final = "kind"
TAG: Final = "tag"
PAYER: Final = "cost-center"
"""The tag that is meant where only `tag` is said: who pays."""


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that have one value; `value` is empty where a tag is not there."""

    value: str
    lines: tuple[Line, ...]

    @property
    def total(self) -> Decimal | None:
        """See `estimate.total`."""
        return estimate.total(self.lines)

    @property
    def unknown(self) -> tuple[Line, ...]:
        """See `estimate.unknown`."""
        return estimate.unknown(self.lines)


def by(estimates: Iterable[Estimate], key: str) -> tuple[Group, ...]:
    """Groups sorted by value; `key` is `kind`, `tag` or `tag:KEY`. Raises BadInput for another key."""
    every = tuple(estimates)
    known = sorted({tag for each in every for tag in each.tags})
    tag = _tag(key, known)
    found: dict[str, list[Line]] = {}
    for each in every:
        for line in each.lines:
            found.setdefault(each.tags.get(tag, "") if tag else line.kind, []).append(line)
    return tuple(Group(value, tuple(lines)) for value, lines in sorted(found.items()))


def _tag(key: str, known: list[str]) -> str:
    """The tag to group by; empty for `kind`."""
    if key == KIND:
        return ""
    start, _, named = key.partition(":")
    tag = named or PAYER
    if start != TAG or tag not in known:
        raise BadInput(
            f"An estimate can't be grouped by {key}.",
            next=f"Choose kind, tag (which is tag:{PAYER}), or one of: {', '.join(f'tag:{each}' for each in known)}.",
        )
    return tag
