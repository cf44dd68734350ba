"""Leases in the registry's database, so that record and right to write live and die together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Connection, insert, select, update

from operations.clock import Clock
from operations.leases import takeover
from operations.leases.model import Lease, Liveness, Owner
from operations.registry import tables
from operations.registry.database import Database


@dataclass(frozen=True, slots=True)
class SqlLeases:
    """One row a name. The row stays when the lease is given back: it keeps the token."""

    database: Database
    clock: Clock
    observe: Callable[[Owner], Liveness]

    def acquire(self, name: str, owner: Owner, seconds: float) -> Lease:
        """Take the lease or raise LeaseHeld."""
        with self.database.writing() as connection:
            row, now = _row(connection, name), self.clock.now()
            held = _lease(row) if row else None
            takeover.check(held, now, self.observe(held.owner) if held else Liveness.UNKNOWN)
            token = int(row["token"]) + 1 if row else 1
            lease = Lease(name, token, owner, now, now + timedelta(seconds=seconds))
            _write(connection, lease, new=row is None)
            return lease

    def renew(self, lease: Lease, seconds: float) -> Lease:
        """Hold it for `seconds` from now, or raise LeaseLost."""
        with self.database.writing() as connection:
            held = _ours(connection, lease)
            if held is None:
                raise takeover.lost(lease, _lease(_row(connection, lease.name) or {}))
            until = self.clock.now() + timedelta(seconds=seconds)
            renewed = Lease(lease.name, lease.token, held.owner, held.since, until)
            _write(connection, renewed, new=False)
            return renewed

    def release(self, lease: Lease) -> None:
        """Give it back."""
        with self.database.writing() as connection:
            if _ours(connection, lease) is not None:
                this = tables.leases.c.name == lease.name
                connection.execute(update(tables.leases).where(this).values(until=None))

    def current(self, name: str) -> Lease | None:
        """Who holds it, or None."""
        with self.database.reading() as connection:
            return _lease(_row(connection, name) or {})


def _row(connection: Connection, name: str) -> Mapping[str, Any] | None:
    found = connection.execute(select(tables.leases).where(tables.leases.c.name == name)).mappings().first()
    return cast("Mapping[str, Any] | None", found)


def _lease(row: Mapping[str, Any]) -> Lease | None:
    if not row or row["until"] is None:
        return None
    since, until = datetime.fromisoformat(row["since"]), datetime.fromisoformat(row["until"])
    return Lease(row["name"], row["token"], Owner(**row["owner"]), since, until)


def _ours(connection: Connection, lease: Lease) -> Lease | None:
    held = _lease(_row(connection, lease.name) or {})
    return held if held is not None and held.token == lease.token else None


def _write(connection: Connection, lease: Lease, *, new: bool) -> None:
    values = {
        "token": lease.token,
        "owner": lease.owner.to_json(),
        "since": lease.since.isoformat(),
        "until": lease.until.isoformat(),
    }
    if new:
        connection.execute(insert(tables.leases).values(name=lease.name, **values))
    else:
        connection.execute(update(tables.leases).where(tables.leases.c.name == lease.name).values(**values))
