"""What one resource type of this provider has to answer; the provider does what all types share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

from engine.providers.port import Call, CheckFailure, PropertyChange, Props
from engine.providers.postgresql.properties import Property
from engine.providers.postgresql.server import Server


class Row(ABC):
    """One resource type. `wanted` is a completed set of inputs: every property of the table, in normal form.

    `identity` names the properties by which the live thing is found; `named` says whether it has a name that may be
    generated; `unreadable` are those that can be set and that no look tells; `computed` are outputs that only a look
    tells. Methods that reach the server raise
    ProviderError or AnswerLost.
    """

    resource_type: str
    noun: str
    table: Sequence[Property]
    identity: tuple[str, ...]
    named: bool = True
    holds_data: bool = False
    unreadable: tuple[str, ...] = ()
    computed: tuple[str, ...] = ()

    @abstractmethod
    def id(self, wanted: Props) -> str:
        """The id that the official provider would give."""

    def faults(self, inputs: Props) -> Iterator[CheckFailure]:
        """Rules between properties, beyond the table."""
        yield from ()

    @abstractmethod
    def look(self, server: Server, wanted: Props) -> Props | None:
        """What is there under this identity, in the words of `wanted` where they mean the same, or None."""

    @abstractmethod
    def make(self, server: Server, wanted: Props, call: Call) -> None:
        """Make it whole or not at all: one transaction, or the one statement CREATE DATABASE, which knows none."""

    @abstractmethod
    def alter(self, server: Server, live: Props, old: Props, wanted: Props, call: Call) -> None:
        """Make the live thing as wanted; `old` tells what can't be read. Doing it twice does no harm.

        Roles, schemas and grants are altered in one transaction: what is refused there came to nothing. A database is
        altered in steps, and what a refused step leaves is seen by the next look.
        """

    @abstractmethod
    def drop(self, server: Server, there: Props, call: Call) -> None:
        """Drop it; no error when it is gone already."""

    def drift(self, outputs: Props) -> Iterator[PropertyChange]:
        """What the last look found to be wrong, where no input can say it."""
        yield from ()

    def is_ours(self, server: Server, wanted: Props, drift: Props) -> bool:
        """Whether what stands there can only be what an interrupted create of `wanted` has left."""
        return not drift

    def may_be_taken(self, wanted: Props) -> bool:
        """Whether a create makes do with what stands there."""
        return False
