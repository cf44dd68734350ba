"""Holes between slices of one database server."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial

from operations.isolation.model import Level
from tests.local.holes import Among, hole
from tests.local.holes.site import Place, Site

standard = partial(hole, among=Among.STANDARD, levels=(Level.CONFIG, Level.LIVE))
CONNECTS = ("pg-connect-others A>B", "pg-connect-others B>A")


@standard("pg-public-closed A", "pg-public-closed B", "pg-slice-grants B", "pg-connect-others A>B")
def database_of_a_slice_is_public(site: Site) -> Generator[None]:
    """CONNECT to a tenant's database is granted to PUBLIC."""
    _server(site, site.b, f'GRANT CONNECT ON DATABASE "{site.b.slug}" TO PUBLIC')
    yield
    _server(site, site.b, f'REVOKE CONNECT ON DATABASE "{site.b.slug}" FROM PUBLIC')


@standard("pg-public-closed A", "pg-public-closed B", *CONNECTS)
def shared_database_is_public(site: Site) -> Generator[None]:
    """CONNECT to the server's first database is granted to PUBLIC."""
    _server(site, site.b, "GRANT CONNECT ON DATABASE postgres TO PUBLIC")
    yield
    _server(site, site.b, "REVOKE CONNECT ON DATABASE postgres FROM PUBLIC")


@standard("pg-slice-grants B", "pg-connect-others A>B")
def neighbour_may_connect(site: Site) -> Generator[None]:
    """A login may connect to another tenant's database."""
    _server(site, site.b, f'GRANT CONNECT ON DATABASE "{site.b.slug}" TO "{site.a.slug}"')
    yield
    _server(site, site.b, f'REVOKE CONNECT ON DATABASE "{site.b.slug}" FROM "{site.a.slug}"')


@standard("pg-become-others A", "pg-become-neighbours A>B", "pg-connect-others A>B")
def login_is_a_member_of_a_neighbour(site: Site) -> Generator[None]:
    """A login becomes a member of another tenant's login, and has its rights."""
    _server(site, site.a, f'GRANT "{site.b.slug}" TO "{site.a.slug}"')
    yield
    _server(site, site.a, f'REVOKE "{site.b.slug}" FROM "{site.a.slug}"')


@standard("pg-slice-grants A", levels=(Level.CONFIG,))
def default_privileges_widened(site: Site) -> Generator[None]:
    """What the owner makes from now on may be truncated by the login."""
    given = f'ALTER DEFAULT PRIVILEGES FOR ROLE "{site.a.slug}_owner" IN SCHEMA "{site.a.slug}"'
    _server(site, site.a, f'{given} GRANT TRUNCATE ON TABLES TO "{site.a.slug}"', database=site.a.slug)
    yield
    _server(site, site.a, f'{given} REVOKE TRUNCATE ON TABLES FROM "{site.a.slug}"', database=site.a.slug)


@standard("pg-slice-grants B", levels=(Level.CONFIG,))
def schema_used_by_a_neighbour(site: Site) -> Generator[None]:
    """USAGE of a tenant's schema is granted to another one's login."""
    _server(site, site.b, f'GRANT USAGE ON SCHEMA "{site.b.slug}" TO "{site.a.slug}"', database=site.b.slug)
    yield
    _server(site, site.b, f'REVOKE USAGE ON SCHEMA "{site.b.slug}" FROM "{site.a.slug}"', database=site.b.slug)


@standard("pg-large-objects B", levels=(Level.CONFIG,))
def large_object_for_a_neighbour(site: Site) -> Generator[None]:
    """A large object in a tenant's database is granted to another one's login."""
    inside = site.b.slug
    _server(
        site,
        site.b,
        "SELECT lo_create(4242)",
        f'ALTER LARGE OBJECT 4242 OWNER TO "{site.b.slug}_owner"',
        f'GRANT SELECT ON LARGE OBJECT 4242 TO "{site.a.slug}"',
        database=inside,
    )
    yield
    _server(site, site.b, "SELECT lo_unlink(4242)", database=inside)


@standard("pg-slice-grants A", "pg-slice-roles A")
def login_makes_tables(site: Site) -> Generator[None]:
    """The login may make tables in its schema, which are then its own."""
    _server(site, site.a, f'GRANT CREATE ON SCHEMA "{site.a.slug}" TO "{site.a.slug}"', database=site.a.slug)
    yield
    _server(site, site.a, f'REVOKE CREATE ON SCHEMA "{site.a.slug}" FROM "{site.a.slug}"', database=site.a.slug)


@standard("pg-slice-roles A", levels=(Level.LIVE,))
def reader_may_write(site: Site) -> Generator[None]:
    """The reader may insert into a table of the owner's."""
    table, inside = f'"{site.a.slug}".hole', site.a.slug
    _server(
        site,
        site.a,
        f"CREATE TABLE {table} (n int)",
        f'GRANT INSERT ON {table} TO "{site.a.slug}_reader"',
        database=inside,
    )
    yield
    _server(site, site.a, f"DROP TABLE {table}", database=inside)


@standard("pg-logins-plain A", "pg-logins-plain B", levels=(Level.CONFIG,))
def reader_makes_roles(site: Site) -> Generator[None]:
    """A tenant's reader may make roles: it rules over those it makes."""
    _server(site, site.a, f'ALTER ROLE "{site.a.slug}_reader" CREATEROLE')
    yield
    _server(site, site.a, f'ALTER ROLE "{site.a.slug}_reader" NOCREATEROLE')


@standard("pg-server-closed A", "pg-become-others A", levels=(Level.LIVE,))
def login_runs_programs(site: Site) -> Generator[None]:
    """A login may run programs of the server."""
    _server(site, site.a, f'GRANT pg_execute_server_program TO "{site.a.slug}"')
    yield
    _server(site, site.a, f'REVOKE pg_execute_server_program FROM "{site.a.slug}"')


def _server(site: Site, at: Place, *statements: str, database: str = "postgres") -> None:
    site.past_all_rules(at, *statements, database=database)
