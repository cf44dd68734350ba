"""Holes in tables that the application makes and tenants read. The first of the two names them, the second does not."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial

from operations.isolation.model import Level
from tests.local.holes import Among, hole
from tests.local.holes.site import Site

SCHEMA = "reference"
TABLE = f"{SCHEMA}.currencies"
starter = partial(hole, among=Among.STARTER, levels=(Level.CONFIG, Level.LIVE))
GRANTS = ("shared-reference-grants A", "shared-reference-grants B")


def _pool(site: Site, *statements: str) -> None:
    site.past_all_rules(site.a, *statements, database="pool")


@starter(*GRANTS, "pg-keys-silent A", "shared-reference-read-only A")
def readers_may_write(site: Site) -> Generator[None]:
    """INSERT on a reference table is granted to its readers: its keys tell them of values that are there."""
    _pool(site, f"GRANT INSERT ON {TABLE} TO reference_readers")
    yield
    _pool(site, f"REVOKE INSERT ON {TABLE} FROM reference_readers")


@starter(*GRANTS, "pg-public-closed A", "pg-public-closed B", "shared-reference-read-only A")
def everybody_makes_reference_tables(site: Site) -> Generator[None]:
    """CREATE in a schema of reference tables is granted to PUBLIC."""
    _pool(site, f"GRANT CREATE ON SCHEMA {SCHEMA} TO PUBLIC")
    yield
    _pool(site, f"REVOKE CREATE ON SCHEMA {SCHEMA} FROM PUBLIC")


@starter(*GRANTS, "pg-rows-policies B", "shared-reference-others B>A")
def everybody_reads_reference_tables(site: Site) -> Generator[None]:
    """A reference table and its schema are granted to PUBLIC, to be read."""
    _pool(site, f"GRANT USAGE ON SCHEMA {SCHEMA} TO PUBLIC", f"GRANT SELECT ON {TABLE} TO PUBLIC")
    yield
    _pool(site, f"REVOKE USAGE ON SCHEMA {SCHEMA} FROM PUBLIC", f"REVOKE SELECT ON {TABLE} FROM PUBLIC")


@starter("pg-become-others B", "pg-rows-policies B", "shared-reference-others B>A")
def reader_that_names_no_schema(site: Site) -> Generator[None]:
    """A login whose profile names no reference tables is put among their readers."""
    _pool(site, f'GRANT reference_readers TO "{site.b.slug}"')
    yield
    _pool(site, f'REVOKE reference_readers FROM "{site.b.slug}"')


@starter(*GRANTS, levels=(Level.CONFIG,))
def new_reference_tables_are_written(site: Site) -> Generator[None]:
    """What the application makes in the schema from now on is updated by the readers."""
    given = f"ALTER DEFAULT PRIVILEGES FOR ROLE application IN SCHEMA {SCHEMA}"
    _pool(site, f"{given} GRANT UPDATE ON TABLES TO reference_readers")
    yield
    _pool(site, f"{given} REVOKE UPDATE ON TABLES FROM reference_readers")


@starter(*GRANTS, "pg-rows-around A", "pg-rows-around B", levels=(Level.CONFIG,))
def function_that_writes_as_the_application(site: Site) -> Generator[None]:
    """A SECURITY DEFINER function beside reference tables writes them for whoever calls it."""
    _pool(
        site,
        f"CREATE FUNCTION {SCHEMA}.hole() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM {TABLE}'",
    )
    yield
    _pool(site, f"DROP FUNCTION {SCHEMA}.hole()")


@starter("pg-rows-policies A", levels=(Level.CONFIG,))
def reference_table_with_rows_of_tenants(site: Site) -> Generator[None]:
    """A table beside reference tables says by `tenant_id` whose its rows are, and every reader sees them."""
    _pool(site, f"CREATE TABLE {SCHEMA}.hole (tenant_id text)", f"GRANT SELECT ON {SCHEMA}.hole TO reference_readers")
    yield
    _pool(site, f"DROP TABLE {SCHEMA}.hole")
