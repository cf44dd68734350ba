"""Holes in the tables that tenants of a pool share."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial

from operations.isolation.model import Level
from tests.local.holes import Among, hole
from tests.local.holes.site import Site

TABLE = "app.orders"
starter = partial(hole, among=Among.STARTER, levels=(Level.CONFIG, Level.LIVE))
BOTH_READ = ("pg-rows-read A>B", "pg-rows-read B>A")
BOTH_FORGE = ("pg-rows-forge A>B", "pg-rows-forge B>A")
NO_POLICY = ("pg-rows-policies A", "pg-rows-policies B")
AROUND = ("pg-rows-around A", "pg-rows-around B")
OWNED = ("pg-logins-plain A", "pg-logins-plain B")
OBJECTS = ("pg-large-objects A", "pg-large-objects B")
RULES = "tenant_id = split_part((CURRENT_USER)::text, '_', 1)"


def _pool(site: Site, *statements: str) -> None:
    site.past_all_rules(site.a, *statements, database="pool")


@starter(*NO_POLICY, levels=(Level.CONFIG,))
def owner_is_not_bound_by_policies(site: Site) -> Generator[None]:
    """FORCE is taken from a table: its owner sees all rows."""
    _pool(site, f"ALTER TABLE {TABLE} NO FORCE ROW LEVEL SECURITY")
    yield
    _pool(site, f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")


@starter(*NO_POLICY, *BOTH_READ, *BOTH_FORGE, "pg-rows-fixed A", "pg-rows-fixed B")
def row_security_off(site: Site) -> Generator[None]:
    """Row security of a table is turned off: policies stand there and are not asked."""
    _pool(site, f"ALTER TABLE {TABLE} DISABLE ROW LEVEL SECURITY")
    yield
    _pool(site, f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")


@starter(*NO_POLICY, unproven=("pg-rows-forge A>B", "pg-rows-forge B>A"))
def policy_dropped(site: Site) -> Generator[None]:
    """The policy is dropped: nobody sees a row any more, which is no leak and shall be told."""
    _pool(site, f"DROP POLICY tenant_rows ON {TABLE}")
    yield
    _pool(site, _made("tenant_rows", RULES, RULES))


@starter(*NO_POLICY, *BOTH_READ, *BOTH_FORGE)
def permissive_policy_beside_ours(site: Site) -> Generator[None]:
    """A second permissive policy lets every row through."""
    _pool(site, _made("hole", "true", "true"))
    yield
    _pool(site, f"DROP POLICY hole ON {TABLE}")


@starter(*NO_POLICY, *BOTH_READ)
def policy_that_reads_for_everybody(site: Site) -> Generator[None]:
    """A policy for PUBLIC opens all rows to SELECT."""
    _pool(site, f"CREATE POLICY hole ON {TABLE} FOR SELECT TO PUBLIC USING (true)")
    yield
    _pool(site, f"DROP POLICY hole ON {TABLE}")


@starter(*NO_POLICY, *BOTH_FORGE)
def policy_without_a_check(site: Site) -> Generator[None]:
    """Rows are seen by their tenant, and written by anybody for anybody."""
    _pool(site, f"CREATE POLICY hole ON {TABLE} FOR INSERT TO pooled_tenants WITH CHECK (true)")
    yield
    _pool(site, f"DROP POLICY hole ON {TABLE}")


@starter(*NO_POLICY, *BOTH_FORGE)
def partitioned_table_without_a_check(site: Site) -> Generator[None]:
    """Into a table of partitions, which take no row of `tenant_id` alone, anybody writes for anybody."""
    _pool(site, "CREATE POLICY hole ON app.events FOR INSERT TO pooled_tenants WITH CHECK (true)")
    yield
    _pool(site, "DROP POLICY hole ON app.events")


@starter(*NO_POLICY, *BOTH_READ, *BOTH_FORGE)
def policy_by_a_variable(site: Site) -> Generator[None]:
    """A policy goes by a variable of the session, which whoever holds a login can set."""
    rules = "tenant_id = current_setting('hole.tenant', true)"
    _pool(site, _made("hole", rules, "true"))
    yield
    _pool(site, f"DROP POLICY hole ON {TABLE}")


@starter(*OWNED, *BOTH_READ[:1], *BOTH_FORGE[:1], "pg-rows-fixed A")
def login_goes_round_policies(site: Site) -> Generator[None]:
    """A tenant's login gets BYPASSRLS."""
    _pool(site, f'ALTER ROLE "{site.a.slug}" BYPASSRLS')
    yield
    _pool(site, f'ALTER ROLE "{site.a.slug}" NOBYPASSRLS')


@starter(*OWNED, "pg-rows-policies A", "pg-rows-fixed A")
def login_owns_a_shared_table(site: Site) -> Generator[None]:
    """A table's owner becomes a tenant's login, which can lift its policy."""
    _pool(site, f'ALTER TABLE {TABLE} OWNER TO "{site.a.slug}"')
    yield
    _pool(
        site,
        f"ALTER TABLE {TABLE} OWNER TO application",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {TABLE} TO pooled_tenants",
    )


@starter(*NO_POLICY, "pg-rows-fixed A", "pg-rows-fixed B")
def group_may_truncate(site: Site) -> Generator[None]:
    """TRUNCATE, which no policy covers, is granted to the group."""
    _pool(site, f"GRANT TRUNCATE ON {TABLE} TO pooled_tenants")
    yield
    _pool(site, f"REVOKE TRUNCATE ON {TABLE} FROM pooled_tenants")


@starter(*NO_POLICY, levels=(Level.CONFIG,))
def table_opened_without_a_policy(site: Site) -> Generator[None]:
    """A table that a migration made is granted by hand, with no policy on it."""
    _pool(site, "CREATE TABLE app.hole (code text)", "GRANT SELECT ON app.hole TO pooled_tenants")
    yield
    _pool(site, "DROP TABLE app.hole")


@starter("pg-keys-silent A", "pg-keys-silent B", levels=(Level.CONFIG,))
def key_without_the_tenant(site: Site) -> Generator[None]:
    """A unique key without `tenant_id`: a duplicate tells that another tenant has the value."""
    _pool(site, f"CREATE UNIQUE INDEX hole ON {TABLE} (id) WHERE id > 1")
    yield
    _pool(site, "DROP INDEX app.hole")


@starter(*AROUND, levels=(Level.CONFIG,))
def view_of_its_owner(site: Site) -> Generator[None]:
    """A view without `security_invoker` reads with its owner's rights."""
    _pool(site, f"CREATE VIEW app.hole AS SELECT * FROM {TABLE}", "GRANT SELECT ON app.hole TO pooled_tenants")
    yield
    _pool(site, "DROP VIEW app.hole")


@starter(*AROUND, levels=(Level.CONFIG,))
def materialized_view_granted(site: Site) -> Generator[None]:
    """A materialized view has no policies."""
    _pool(
        site,
        f"CREATE MATERIALIZED VIEW app.hole AS SELECT * FROM {TABLE}",
        "GRANT SELECT ON app.hole TO pooled_tenants",
    )
    yield
    _pool(site, "DROP MATERIALIZED VIEW app.hole")


@starter(*AROUND, levels=(Level.CONFIG,))
def function_of_its_owner(site: Site) -> Generator[None]:
    """A SECURITY DEFINER function reads with its owner's rights; functions are PUBLIC's unless it is said."""
    _pool(
        site,
        f"CREATE FUNCTION app.hole() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM {TABLE}'",
    )
    yield
    _pool(site, "DROP FUNCTION app.hole()")


@starter(*AROUND, levels=(Level.CONFIG,))
def function_called_leakproof(site: Site) -> Generator[None]:
    """A LEAKPROOF function is asked before the policy."""
    _pool(site, "CREATE FUNCTION app.hole(text) RETURNS boolean LANGUAGE sql LEAKPROOF AS 'SELECT true'")
    yield
    _pool(site, "DROP FUNCTION app.hole(text)")


@starter(*OBJECTS, levels=(Level.CONFIG,))
def large_object_for_everybody(site: Site) -> Generator[None]:
    """A tenant's large object, which no policy covers, is granted to PUBLIC."""
    _pool(
        site,
        "SELECT lo_create(4242)",
        f'ALTER LARGE OBJECT 4242 OWNER TO "{site.b.slug}"',
        "GRANT SELECT ON LARGE OBJECT 4242 TO PUBLIC",
    )
    yield
    _pool(site, "SELECT lo_unlink(4242)")


@starter(*OBJECTS, levels=(Level.CONFIG,))
def large_objects_without_permissions(site: Site) -> Generator[None]:
    """Permissions on large objects are asked no more: `lo_compat_privileges` is on."""
    _pool(site, "ALTER DATABASE pool SET lo_compat_privileges = on")
    yield
    _pool(site, "ALTER DATABASE pool RESET lo_compat_privileges")


def _made(name: str, using: str, check: str) -> str:
    return f"CREATE POLICY {name} ON {TABLE} TO pooled_tenants USING ({using}) WITH CHECK ({check})"
