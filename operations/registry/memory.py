"""A registry in memory: for tests and rehearsals. Passes the same contract suite as the SQL one."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from operations.registry import claims
from operations.registry.model import Kind, Record, RunRecord
from stacks.inputs.shared_services import SharedData

_Key = tuple[str, str, int]


def _key(record: Record) -> _Key:
    return (record.environment, record.subject, record.incarnation)


@dataclass(frozen=True, slots=True)
class MemoryRegistry:
    """Records in a dict, one lock around each call."""

    _records: dict[_Key, Record] = field(default_factory=dict[_Key, Record])
    _runs: dict[str, RunRecord] = field(default_factory=dict[str, RunRecord])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def tenants(self, environment: str) -> tuple[Record, ...]:
        """The newest incarnation of each tenant, sorted by id."""
        newest = {r.subject: r for r in self._sorted(environment) if r.kind is Kind.TENANT}
        return tuple(newest[subject] for subject in sorted(newest))

    def shared(self, environment: str) -> tuple[Record, ...]:
        """The shared services of each cell, sorted by subject."""
        newest = {r.subject: r for r in self._sorted(environment) if r.kind is Kind.SHARED}
        return tuple(newest[subject] for subject in sorted(newest))

    def find(self, environment: str, subject: str) -> Record | None:
        """The newest incarnation, or None."""
        all_of_it = self.incarnations(environment, subject)
        return all_of_it[-1] if all_of_it else None

    def incarnations(self, environment: str, subject: str) -> tuple[Record, ...]:
        """All of a subject's incarnations, oldest first."""
        return tuple(r for r in self._sorted(environment) if r.subject == subject)

    def taken(self, environment: str) -> tuple[Record, ...]:
        """Every incarnation of every tenant that occupies addresses and shards."""
        return tuple(r for r in self._sorted(environment) if r.kind is Kind.TENANT and r.live)

    def claim(self, record: Record, room: SharedData | None = None) -> None:
        """Write a new incarnation, or raise FactsTaken."""
        with self._lock:
            claims.check(record, self._all_of(record.environment), room)
            self._records[_key(record)] = record

    def save(self, record: Record, room: SharedData | None = None) -> None:
        """Replace a claimed record, or raise StaleWriter or FactsTaken."""
        with self._lock:
            stored = self._records[_key(record)]
            claims.check_token(record, stored)
            claims.check_change(record, stored, lambda: self._all_of(record.environment), room)
            self._records[_key(record)] = record

    def begin(self, run: RunRecord) -> None:
        """Write down that a run has begun."""
        with self._lock:
            self._runs[run.id] = run

    def end(self, run: RunRecord) -> None:
        """Write down how a run ended."""
        self.begin(run)

    def runs(self, environment: str, subject: str, limit: int = 20) -> tuple[RunRecord, ...]:
        """A subject's last runs, newest first."""
        with self._lock:
            found = [r for r in self._runs.values() if (r.environment, r.subject) == (environment, subject)]
        return tuple(sorted(found, key=lambda run: (run.started, run.id), reverse=True)[:limit])

    def _all_of(self, environment: str) -> list[Record]:
        return [record for record in self._records.values() if record.environment == environment]

    def _sorted(self, environment: str) -> list[Record]:
        with self._lock:
            found = self._all_of(environment)
        return sorted(found, key=lambda record: (record.subject, record.incarnation))
