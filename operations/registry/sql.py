"""The registry in a SQL database, through SQLAlchemy Core."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, select, update

from operations.registry import claims, rows, tables
from operations.registry.database import Database
from operations.registry.model import Kind, Record, RunRecord, Status
from stacks.inputs.shared_services import SharedData


@dataclass(frozen=True, slots=True)
class SqlRegistry:
    """Records in tables; each method is one transaction."""

    database: Database

    def tenants(self, environment: str) -> tuple[Record, ...]:
        """The newest incarnation of each tenant, sorted by id."""
        return self._newest(environment, Kind.TENANT)

    def shared(self, environment: str) -> tuple[Record, ...]:
        """The shared services of each cell, sorted by subject."""
        return self._newest(environment, Kind.SHARED)

    def find(self, environment: str, subject: str) -> Record | None:
        """The newest incarnation, or None."""
        all_of_it = self.incarnations(environment, subject)
        return all_of_it[-1] if all_of_it else None

    def incarnations(self, environment: str, subject: str) -> tuple[Record, ...]:
        """All of a subject's incarnations, oldest first."""
        with self.database.reading() as connection:
            return _select(connection, _of(environment, subject))

    def taken(self, environment: str) -> tuple[Record, ...]:
        """Every incarnation of every tenant that occupies addresses and shards."""
        t = tables.stacks.c
        live = (t.environment == environment) & (t.kind == Kind.TENANT.value) & (t.status != Status.DESTROYED.value)
        with self.database.reading() as connection:
            return _select(connection, live)

    def claim(self, record: Record, room: SharedData | None = None) -> None:
        """Write a new incarnation, or raise FactsTaken."""
        with self.database.writing() as connection:
            claims.check(record, _all_of(connection, record.environment), room)
            connection.execute(insert(tables.stacks).values(**rows.of_record(record)))
            _occupy(connection, record)

    def save(self, record: Record, room: SharedData | None = None) -> None:
        """Replace a claimed record, or raise StaleWriter or FactsTaken."""
        this = _of(record.environment, record.subject) & (tables.stacks.c.incarnation == record.incarnation)
        with self.database.writing() as connection:
            (stored,) = _select(connection, this)
            claims.check_token(record, stored)
            claims.check_change(record, stored, lambda: _all_of(connection, record.environment), room)
            connection.execute(update(tables.stacks).where(this).values(**rows.of_record(record)))
            _vacate(connection, record)
            _occupy(connection, record)

    def begin(self, run: RunRecord) -> None:
        """Write down that a run has begun."""
        with self.database.writing() as connection:
            connection.execute(insert(tables.runs).values(**rows.of_run(run)))

    def end(self, run: RunRecord) -> None:
        """Write down how a run ended."""
        with self.database.writing() as connection:
            connection.execute(update(tables.runs).where(tables.runs.c.id == run.id).values(**rows.of_run(run)))

    def runs(self, environment: str, subject: str, limit: int = 20) -> tuple[RunRecord, ...]:
        """A subject's last runs, newest first."""
        t = tables.runs.c
        query = (
            select(tables.runs)
            .where(t.environment == environment, t.subject == subject)
            .order_by(t.started.desc(), t.id.desc())
            .limit(limit)
        )
        with self.database.reading() as connection:
            return tuple(rows.to_run(_plain(row)) for row in connection.execute(query).mappings())

    def _newest(self, environment: str, kind: Kind) -> tuple[Record, ...]:
        t = tables.stacks.c
        of_kind = and_(t.environment == environment, t.kind == kind.value)
        last = select(t.subject, func.max(t.incarnation)).where(of_kind).group_by(t.subject)
        with self.database.reading() as connection:
            newest = {(subject, number) for subject, number in connection.execute(last)}
            found = _select(connection, of_kind)
        return tuple(record for record in found if (record.subject, record.incarnation) in newest)


def _of(environment: str, subject: str) -> ColumnElement[bool]:
    return and_(tables.stacks.c.environment == environment, tables.stacks.c.subject == subject)


def _all_of(connection: Connection, environment: str) -> tuple[Record, ...]:
    return _select(connection, tables.stacks.c.environment == environment)


def _select(connection: Connection, where: ColumnElement[bool]) -> tuple[Record, ...]:
    t = tables.stacks.c
    query = select(tables.stacks).where(where).order_by(t.subject, t.incarnation)
    return tuple(rows.to_record(_plain(row)) for row in connection.execute(query).mappings())


def _plain(row: Any) -> dict[str, Any]:
    return dict(row)


def _occupy(connection: Connection, record: Record) -> None:
    who = {"environment": record.environment, "subject": record.subject, "incarnation": record.incarnation}
    values: Sequence[dict[str, Any]] = [{**who, "cidr": cidr} for cidr in record.cidrs if record.live]
    if values:
        connection.execute(insert(tables.addresses), values)


def _vacate(connection: Connection, record: Record) -> None:
    t = tables.addresses.c
    connection.execute(
        delete(tables.addresses).where(
            t.environment == record.environment,
            t.subject == record.subject,
            t.incarnation == record.incarnation,
        )
    )
