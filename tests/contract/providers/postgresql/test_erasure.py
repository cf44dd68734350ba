"""What a purge deletes of a tenant in a database that it shares, by a deployer without any right of its own there."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from engine.providers.postgresql import erasure, settings
from engine.providers.reach import Direct
from tests.contract.providers.postgresql.cases import CALL
from tests.postgres_servers import Running

_PASSWORD = secrets.token_urlsafe(12)


@dataclass
class Shared:
    """A database that `t…a` with its member `ann` and `t…b` are in, beside each other."""

    running: Running
    name: str

    @property
    def one(self) -> str:
        return f"{self.name}a"

    @property
    def other(self) -> str:
        return f"{self.name}b"

    def run(self, login: str, statement: str) -> None:
        with self.running.connect(login, _PASSWORD, self.name) as connection:
            connection.execute(statement.encode())

    def owners(self) -> list[str]:
        """Of all large objects."""
        asked = "SELECT lomowner::regrole::text FROM pg_largeobject_metadata ORDER BY 1"
        return [str(owner) for (owner,) in self.running.run(asked, self.name)]

    def erase(self) -> None:
        known = settings.parse(
            self.running.config(username=f"{self.name}_deployer", password=_PASSWORD, database=self.name)
        )
        erasure.erase(known, Direct(), self.name, "app", self.one, CALL)


@pytest.fixture
def shared(running: Running, unique: str) -> Iterator[Shared]:
    here = Shared(running, unique)
    roles = (here.one, f"{here.one}_ann", here.other)
    running.run(f"CREATE ROLE {unique}_rows")
    running.run(f"CREATE ROLE {unique}_deployer LOGIN CREATEROLE PASSWORD '{_PASSWORD}'")
    running.run(f"GRANT {unique}_rows TO {unique}_deployer WITH ADMIN OPTION")
    running.run(f"CREATE DATABASE {unique}")
    running.run(f"REVOKE ALL ON DATABASE {unique} FROM PUBLIC")
    running.run(f"GRANT CONNECT ON DATABASE {unique} TO {unique}_rows")
    running.run("CREATE SCHEMA app", unique)
    for role in roles:
        here.run(f"{unique}_deployer", f"CREATE ROLE {role} LOGIN PASSWORD '{_PASSWORD}' IN ROLE {unique}_rows")
    yield here
    running.run(f"DROP DATABASE {unique} WITH (FORCE)")
    for role in (*roles, f"{unique}_deployer", f"{unique}_rows"):
        running.run(f"DROP ROLE IF EXISTS {role}")


def test_large_objects_of_a_tenant_and_its_members_go_and_its_neighbours_stay(shared: Shared) -> None:
    shared.run(shared.one, "SELECT lo_from_bytea(0, 'its own') FROM generate_series(1, 1200)")
    shared.run(f"{shared.one}_ann", "SELECT lo_create(0)")
    shared.run(shared.other, "SELECT lo_create(0)")
    shared.erase()
    assert shared.owners() == [shared.other]
    shared.erase()
    assert shared.owners() == [shared.other]


def test_what_was_handed_to_the_deployer_with_a_member_s_role_goes_too(shared: Shared) -> None:
    member = f"{shared.one}_ann"
    shared.run(member, "SELECT lo_create(0)")
    for statement in (
        f"GRANT {member} TO CURRENT_USER WITH INHERIT TRUE, SET TRUE",
        f"REASSIGN OWNED BY {member} TO CURRENT_USER",
        f"DROP OWNED BY {member}",
        f"DROP ROLE {member}",
    ):
        shared.run(f"{shared.name}_deployer", statement)
    assert shared.owners() == [f"{shared.name}_deployer"]
    shared.erase()
    assert shared.owners() == []


def test_a_tenant_whose_role_is_gone_leaves_nothing_to_delete(shared: Shared) -> None:
    shared.run(f"{shared.name}_deployer", f"DROP ROLE {shared.one}, {shared.one}_ann")
    shared.erase()
    assert shared.owners() == []
