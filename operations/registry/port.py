"""What the life cycle asks of a registry."""

from __future__ import annotations

from typing import Protocol

from operations.registry.model import Record, RunRecord
from stacks.errors import LeaseHeld, Refused
from stacks.inputs.shared_services import SharedData


class FactsTaken(Refused):
    """A plan's slug or addresses were claimed by someone else since it was made."""


class StaleWriter(LeaseHeld):
    """A writer whose lease was taken over tried to write; what its successor wrote stands."""


class Registry(Protocol):
    """Records of stacks and runs. Every method is one transaction, seen by all processes once it returns."""

    def tenants(self, environment: str) -> tuple[Record, ...]:
        """The newest incarnation of each tenant, sorted by id."""
        ...

    def shared(self, environment: str) -> tuple[Record, ...]:
        """The shared services of each cell, sorted by subject."""
        ...

    def find(self, environment: str, subject: str) -> Record | None:
        """The newest incarnation; None where the subject was never claimed."""
        ...

    def incarnations(self, environment: str, subject: str) -> tuple[Record, ...]:
        """All of a subject's incarnations, oldest first."""
        ...

    def taken(self, environment: str) -> tuple[Record, ...]:
        """Every incarnation of every tenant that occupies addresses and shards, sorted by id and incarnation."""
        ...

    def claim(self, record: Record, room: SharedData | None = None) -> None:
        """Write a new incarnation and occupy its facts, no more of a shard than there is `room`; None asks for none.

        Raises FactsTaken where the subject and incarnation, the slug, an address or a member is taken, or a shard full.
        """
        ...

    def save(self, record: Record, room: SharedData | None = None) -> None:
        """Replace a claimed record. A destroyed one gives its addresses back.

        Raises StaleWriter where someone with a higher token wrote before; FactsTaken where a tenant with another
        blueprint wants what was taken, or more of a shard than there is.
        """
        ...

    def begin(self, run: RunRecord) -> None:
        """Write down that a run has begun."""
        ...

    def end(self, run: RunRecord) -> None:
        """Write down how a run ended."""
        ...

    def runs(self, environment: str, subject: str, limit: int = 20) -> tuple[RunRecord, ...]:
        """A subject's last runs, newest first."""
        ...
