"""Records of use beside the registry, through SQLAlchemy Core."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import and_, delete, insert, select

from operations.registry import tables
from operations.registry.database import Database
from operations.usage import gpus
from operations.usage.gpus import Use
from operations.usage.month import Month


@dataclass(frozen=True, slots=True)
class SqlUses:
    """A row a pod; each method is one transaction."""

    database: Database

    def add(self, environment: str, subject: str, incarnation: int, uses: Iterable[Use]) -> None:
        """Join these to what is known of the same pods."""
        t = tables.gpu_uses.c
        whose = {"environment": environment, "subject": subject, "incarnation": incarnation}
        with self.database.writing() as connection:
            for use in uses:
                this = and_(*(t[name] == value for name, value in whose.items()), t.uid == use.uid)
                known = [_use(row) for row in connection.execute(select(tables.gpu_uses).where(this)).mappings()]
                (joined,) = gpus.join([*known, use])
                connection.execute(delete(tables.gpu_uses).where(this))
                connection.execute(insert(tables.gpu_uses).values(**whose, **_row(joined)))

    def of(self, environment: str, subject: str, month: Month) -> tuple[Use, ...]:
        """Uses of a tenant that reach into a month."""
        t = tables.gpu_uses.c
        within = and_(t.start < _text(month.end), t.until >= _text(month.start))
        query = select(tables.gpu_uses).where(t.environment == environment, t.subject == subject, within)
        with self.database.reading() as connection:
            return tuple(sorted(_use(row) for row in connection.execute(query).mappings()))


def _row(use: Use) -> dict[str, Any]:
    return {"uid": use.uid, "gpus": use.gpus, "start": _text(use.start), "until": _text(use.until)}


def _use(row: Any) -> Use:
    moments = (datetime.fromisoformat(row[name]) for name in ("start", "until"))
    return Use(row["uid"], row["gpus"], *moments)


def _text(moment: datetime) -> str:
    """In UTC and of one width, so that texts sort as the instants do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
