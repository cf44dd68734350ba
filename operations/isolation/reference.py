"""Reference tables as tenants find them: in schemas of the application's beside the one of the tables they share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from operations.isolation.model import NotObservable, Party
from operations.isolation.ports import Case
from stacks.blueprint.data import APPLICATION, POOL_SCHEMA
from stacks.resources.database.spec import DatabaseSpec

SCHEMAS: Final = f"pg_get_userbyid(n.nspowner) = '{APPLICATION}' AND n.nspname <> '{POOL_SCHEMA}'"
"""Schemas of reference tables, `n` being pg_namespace: the catalogue knows them whoever is given them."""

_TABLES: Final = """
SELECT DISTINCT ON (n.nspname) quote_ident(n.nspname), format('%I.%I', n.nspname, c.relname), quote_ident(a.attname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    AND a.attgenerated = '' AND a.attidentity <> 'a'
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname = ANY ('{{{schemas}}}')
ORDER BY n.nspname, c.relname, a.attnum
"""


@dataclass(frozen=True, slots=True)
class Table:
    """The first table of a schema, with a column of it that can be written; all are quoted."""

    schema: str
    name: str
    column: str

    @property
    def read(self) -> str:
        """A statement that its readers may make."""
        return f"SELECT 1 FROM {self.name} LIMIT 1"


def given(party: Party) -> tuple[str, ...]:
    """Schemas that the tenant's profile names."""
    return party.blueprint.of(DatabaseSpec).reference


def listed(schemas: Iterable[str]) -> str:
    """Inside of an array of names in a statement: their letters need no quotes."""
    return ",".join(schemas)


def in_shared(a: Party, b: Party | None) -> bool:
    """Whether the tenant's database is one in which there may be such schemas."""
    spec = a.blueprint.of(DatabaseSpec)
    return spec.shard is not None and not spec.own_database


def tables(case: Case, schemas: Sequence[str]) -> tuple[Table, ...]:
    """One table of each of these schemas that has any, whether or not A may use it. Raises NotObservable for none."""
    found = tuple(Table(*row) for row in case.acting.sql(case.a, _TABLES.format(schemas=listed(schemas))))
    if not found:
        raise NotObservable(f"the application has made no table yet in {', '.join(schemas)}")
    return found
