"""Declares the DatabaseSpec of a tenant with an instance of its own: the instance, and what is the tenant's inside."""

from __future__ import annotations

import pulumi
import pulumi_postgresql as postgresql

from stacks.parts import passwords, postgres
from stacks.parts.place import Place
from stacks.parts.scope import Component, Scope
from stacks.resources.database.logins import Connection
from stacks.resources.database.spec import DatabaseSpec


class Database(Component):
    """The instance, and the tenant's login in it. Nobody but this program works as master."""

    def __init__(self, spec: DatabaseSpec, scope: Scope, place: Place) -> None:
        super().__init__("Database", scope)
        self.spec = spec
        assert spec.plan is not None
        self.instance = postgres.instance(self, spec.plan, spec.isolation, place, "database")
        self.password = passwords.drawn(self, "database-login")
        self.login = Login(self)
        self.register_outputs({"endpoint": self.instance.address})

    @property
    def connection(self) -> Connection:
        """How the tenant connects to it."""
        return Connection(self.instance.address, self.instance.port, self.spec, self.password)


class Login(Component):
    """What the tenant's workloads use inside the instance.

    It is kept when it is no longer declared: it goes with the instance, and the final snapshot must hold it.
    """

    def __init__(self, database: Database) -> None:
        super().__init__("Login", database.scope, parent=database)
        self.spec = database.spec
        self.provider = postgres.provider(self, "master", postgres.master(self, database.instance))
        own = postgresql.Database("own", name=self.spec.database, opts=self._inside())
        closed = self._close(own)
        role = postgresql.Role(
            "login",
            name=self.spec.login,
            login=True,
            password=database.password,
            connection_limit=self.spec.connection_limit,
            search_paths=[self.spec.schema],
            roles=[],
            opts=self._inside(closed),
        )
        schema = postgresql.Schema(
            "own", name=self.spec.schema, database=own.name, owner=role.name, opts=self._inside()
        )
        self.granted = postgresql.Grant(
            "login-database",
            database=own.name,
            role=role.name,
            object_type="database",
            privileges=["CONNECT", "TEMPORARY"],
            opts=self._inside(schema),
        )
        self.register_outputs({})

    def _close(self, own: postgresql.Database) -> pulumi.Resource:
        """Nobody connects by being PUBLIC, from before there is anybody. One grant after the other, or they collide."""
        nobody = postgresql.Grant(
            "public-database",
            database=own.name,
            role="public",
            object_type="database",
            privileges=[],
            opts=self._inside(),
        )
        return postgresql.Grant(
            "public-schema",
            database=own.name,
            role="public",
            object_type="schema",
            schema="public",
            privileges=[],
            opts=self._inside(nobody),
        )

    def _inside(self, *after: pulumi.Resource) -> pulumi.ResourceOptions:
        return self.child(after=after, retain=True, provider=self.provider)
