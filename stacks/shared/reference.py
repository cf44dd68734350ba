"""Schemas of tables that tenants read and never write, in each database that they have slices of.

The application owns them and makes their tables. Their readers are a group, which the deployer puts tenants into: it
reads every table that is there or comes, and may do nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_postgresql as postgresql

from stacks.blueprint import data
from stacks.blueprint.data import SharedDatabase
from stacks.parts.scope import Component


class ReferenceTables(Component):
    """The schemas of a server and their readers. Kept when no longer declared, as all that slices stand on.

    `inside` is what declares the rest, `after` when the application and both databases are there. One is made after the
    other: each is made as the application, whose rights the master is lent for it.
    """

    def __init__(
        self, spec: SharedDatabase, inside: Component, provider: postgresql.Provider, after: Sequence[pulumi.Resource]
    ) -> None:
        super().__init__("ReferenceTables", inside.scope, f"reference-{spec.number}", parent=inside)
        self.number, self.provider = spec.number, provider
        for schema in spec.reference:
            readers = self._readers(schema, after)
            for database in (data.BRIDGE_DATABASE, data.POOL_DATABASE):
                after = [self._schema(schema, database, readers, after)]
        self.register_outputs({})

    def _readers(self, schema: str, after: Sequence[pulumi.Resource]) -> postgresql.Role:
        """Nobody logs in as it."""
        role, options = data.readers(schema), self._options(after)
        readers = postgresql.Role(self._named(role), name=role, login=False, opts=options)
        postgresql.GrantRole(
            self._named(f"deployer-{role}"),
            role=data.DEPLOYER,
            grant_role=readers.name,
            with_admin_option=True,
            opts=options,
        )
        return readers

    def _schema(
        self, schema: str, database: str, readers: postgresql.Role, after: Sequence[pulumi.Resource]
    ) -> pulumi.Resource:
        """In one database; of tables that are there already the group keeps no more than SELECT."""
        named = self._named(f"{schema}-{database}")
        made = postgresql.Schema(
            named, name=schema, database=database, owner=data.APPLICATION, opts=self._options(after)
        )
        using = postgresql.Grant(
            f"{named}-schema",
            database=database,
            schema=schema,
            role=readers.name,
            object_type="schema",
            privileges=["USAGE"],
            opts=self._options([made]),
        )
        later = postgresql.DefaultPrivileges(
            named,
            database=database,
            schema=schema,
            owner=data.APPLICATION,
            role=readers.name,
            object_type="table",
            privileges=["SELECT"],
            opts=self._options([using]),
        )
        return postgresql.Grant(
            f"{named}-tables",
            database=database,
            schema=schema,
            role=readers.name,
            object_type="table",
            privileges=["SELECT"],
            opts=self._options([later]),
        )

    def _named(self, name: str) -> str:
        return f"{name}-{self.number}"

    def _options(self, after: Sequence[pulumi.Resource] = ()) -> pulumi.ResourceOptions:
        return self.child(after=after, retain=True, provider=self.provider)
