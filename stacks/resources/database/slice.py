"""Declares the DatabaseSpec of a tenant that shares an instance, as the cell's deployer: never as its master.

What holds data stays when the tenant is destroyed, with its roles, which can't log in any more; a purge drops it all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_postgresql as postgresql

from stacks.blueprint.data import CONNECTING_GROUP, ROWS_GROUP
from stacks.parts import passwords, postgres
from stacks.parts.scope import Component, Scope
from stacks.resources.database.logins import Connection
from stacks.resources.database.spec import DatabaseSpec

_MILLISECONDS = 1000
_WORK = ["DELETE", "INSERT", "SELECT", "UPDATE"]


@dataclass(frozen=True, slots=True)
class Shard:
    """A shared instance: where it answers, and the secret that its deployer logs in with."""

    address: pulumi.Output[str]
    port: pulumi.Output[int]
    deployer_secret: pulumi.Output[str]


class _Shared(Component):
    """What both forms have: the tenant's login, by the deployer of the shard."""

    def __init__(self, kind: str, spec: DatabaseSpec, scope: Scope, shard: Shard) -> None:
        super().__init__(kind, scope, "database")
        self.spec, self.shard = spec, shard
        deployer = postgres.by_secret(self, shard.deployer_secret)
        self.provider = postgres.provider(self, "deployer", deployer)
        self.password = passwords.drawn(self, "database-login")
        self.login = self._role("login", spec.login, self.password)

    def _role(self, name: str, role: str, password: pulumi.Output[str]) -> postgresql.Role:
        """A login with its own limits; it finds its tables without naming their schema."""
        spec = self.spec
        return postgresql.Role(
            name,
            name=role,
            login=self.scope.phase.serves,
            password=password,
            connection_limit=spec.connection_limit,
            search_paths=[spec.schema],
            statement_timeout=spec.statement_seconds * _MILLISECONDS,
            idle_in_transaction_session_timeout=spec.statement_seconds * _MILLISECONDS,
            opts=self._inside(),
        )

    def _member(self, name: str, role: postgresql.Role, group: str) -> postgresql.GrantRole:
        """The cell's group, which the deployer may give and has no rights by."""
        return postgresql.GrantRole(name, role=role.name, grant_role=group, opts=self._inside())

    def _reads(self, name: str, role: postgresql.Role) -> list[pulumi.Resource]:
        """The cell's groups by which the reference tables that the tenant is given are read."""
        given = zip(self.spec.reference, self.spec.reads, strict=True)
        return [self._member(f"{name}-{schema}", role, group) for schema, group in given]

    def _inside(self, after: Sequence[pulumi.Resource] = (), *, keeps: bool = False) -> pulumi.ResourceOptions:
        protect = keeps and self.scope.phase.protects
        return self.child(after=after, protect=protect, provider=self.provider)


class Rows(_Shared):
    """A member of the group that works with the shared tables: policies let it see the rows that carry its name."""

    def __init__(self, spec: DatabaseSpec, scope: Scope, shard: Shard) -> None:
        super().__init__("Rows", spec, scope, shard)
        self.granted: Sequence[pulumi.Resource] = [
            self._member("rows", self.login, ROWS_GROUP),
            *self._reads("login", self.login),
        ]
        self.connection = Connection(shard.address, shard.port, spec, self.password)
        self.register_outputs({})


class Slice(_Shared):
    """A database of its own, or a schema in the cell's, with three roles: owner, login and reader.

    Roles are dropped after what they have rights in, or PostgreSQL would not let go of them.
    """

    def __init__(self, spec: DatabaseSpec, scope: Scope, shard: Shard) -> None:
        super().__init__("Slice", spec, scope, shard)
        people = {name: passwords.drawn(self, f"database-{name}") for name in ("owner", "reader")}
        self.owner = self._role("owner", spec.owner, people["owner"])
        self.reader = self._role("reader", spec.reader, people["reader"])
        roles = [self.login, self.owner, self.reader]
        connected = self._database(roles)
        schema = postgresql.Schema(
            "own",
            name=spec.schema,
            database=spec.database,
            owner=self.owner.name,
            if_not_exists=False,
            drop_cascade=scope.phase.empties,
            opts=self._inside([*roles, *connected], keeps=True),
        )
        self.granted = self._grants(schema)
        self.connection = Connection(shard.address, shard.port, spec, self.password, people)
        self.register_outputs({})

    def _database(self, roles: Sequence[pulumi.Resource]) -> list[pulumi.Resource]:
        """What must be there before the schema: the roles' way into its database."""
        ways = (("login", self.login), ("reader", self.reader))
        if not self.spec.own_database:
            ways = (*ways, ("owner", self.owner))
            reading = [each for name, role in ways for each in self._reads(name, role)]
            return [*(self._member(name, role, CONNECTING_GROUP) for name, role in ways), *reading]
        own = postgresql.Database(
            "own", name=self.spec.database, owner=self.owner.name, opts=self._inside(roles, keeps=True)
        )
        # one after the other: two grants on one object at once collide
        last: pulumi.Resource = self._grant("public-database", "public", "database", [], [own])
        last = self._grant("public-schema", "public", "schema", [], [last], schema="public")
        for name, role in ways:
            last = self._grant(f"{name}-database", role.name, "database", ["CONNECT", "TEMPORARY"], [last])
        return [last]

    def _grants(self, schema: postgresql.Schema) -> Sequence[pulumi.Resource]:
        """The login works with rows and the reader reads them, of every table that the owner makes."""
        using: Sequence[pulumi.Resource] = [schema]
        for name, role in (("login", self.login), ("reader", self.reader)):
            using = [self._grant(f"{name}-schema", role.name, "schema", ["USAGE"], using, schema=self.spec.schema)]
        for name, role, tables, sequences in (
            ("login", self.login, _WORK, ["SELECT", "USAGE"]),
            ("reader", self.reader, ["SELECT"], ["SELECT"]),
        ):
            for what, privileges in (("table", tables), ("sequence", sequences)):
                using = [self._by_default(f"{name}-{what}s", role, what, privileges, using)]
        return using

    def _by_default(
        self, name: str, role: postgresql.Role, what: str, privileges: list[str], after: Sequence[pulumi.Resource]
    ) -> postgresql.DefaultPrivileges:
        return postgresql.DefaultPrivileges(
            name,
            database=self.spec.database,
            schema=self.spec.schema,
            owner=self.owner.name,
            role=role.name,
            object_type=what,
            privileges=privileges,
            opts=self._inside(after),
        )

    def _grant(
        self,
        name: str,
        role: pulumi.Input[str],
        what: str,
        privileges: list[str],
        after: Sequence[pulumi.Resource],
        schema: str | None = None,
    ) -> postgresql.Grant:
        return postgresql.Grant(
            name,
            database=self.spec.database,
            schema=schema,
            role=role,
            object_type=what,
            privileges=privileges,
            opts=self._inside(after),
        )
