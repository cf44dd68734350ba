"""The table that proofs work with, made by whoever makes tables in a tenant's tier."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from demo.clients import Cloud, Workload

_OWN = "CREATE TABLE IF NOT EXISTS demo (said text)"
_SHARED = "CREATE TABLE IF NOT EXISTS app.demo (tenant_id text DEFAULT current_user, said text)"

_HOLE = "CREATE POLICY everybody ON app.demo USING (true)"


def migrate(cloud: Cloud, tenant: Workload) -> str:
    """Make it, unless it is there; says as whom. A table that tenants share is closed until its policy is there."""
    if tenant.outputs["databaseName"] == "pool":
        with cloud.session(cloud.login("application-login")) as session:
            session.execute(_SHARED)
        return "the application, which owns the tables that tenants of this tier share"
    if "databasePeopleSecretArn" in tenant.outputs:
        people = cloud.login(f"{tenant.slug}-database-people")
        with cloud.session(people["owner"]) as session:
            session.execute(_OWN)
        return "the owner of its database, whose login its workloads can't read"
    with tenant.session() as session:
        session.execute(_OWN)
    return "itself, in an instance of its own"


@contextmanager
def opened(cloud: Cloud) -> Generator[str]:
    """The shared table with a policy beside the tenants' own that lets everybody see everything; says how."""
    with cloud.session(cloud.login("application-login")) as session:
        session.execute(_HOLE)
        try:
            yield _HOLE
        finally:
            session.execute("DROP POLICY everybody ON app.demo")
