"""A database instance that tenants share: closed to PUBLIC, with a deployer that makes tenants' slices and no more.

Its master works here only. The deployer makes roles and databases, and is superior to none but those it has made
(PostgreSQL 16, CREATEROLE); it gives tenants membership in two groups, by which it may do nothing itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_postgresql as postgresql

from stacks.blueprint import data
from stacks.blueprint.data import SharedDatabase
from stacks.blueprint.shared import SharedBlueprint
from stacks.parts import passwords, postgres
from stacks.parts.place import Place
from stacks.parts.row_security import RowSecurity
from stacks.parts.scope import Component, Scope
from stacks.shared import logins
from stacks.shared.logins import LoginPlan
from stacks.shared.reference import ReferenceTables


class Instance(Component):
    """The instance, what is in it for all tenants, and the secrets of who works in it."""

    def __init__(self, spec: SharedDatabase, blueprint: SharedBlueprint, scope: Scope, place: Place) -> None:
        self.role = f"database-{spec.number}"
        super().__init__("SharedDatabase", scope, self.role)
        self.spec, self.isolation = spec, blueprint.isolation
        self.instance = postgres.instance(self, spec.plan, blueprint.isolation, place, self.role)
        self.inside = _Inside(self)
        self.deployer = self._secret("deployer-login", spec.deployer_secret, place.key, self._deployer())
        self.application = self._secret("application-login", spec.application_secret, place.key, self._application())
        self.register_outputs({"endpoint": self.instance.address})

    def told(self) -> dict[str, pulumi.Input[Any]]:
        """What tenants' programs need of it."""
        return {
            "address": self.instance.address,
            "port": self.instance.port,
            "deployerSecretArn": self.deployer.secret_id,
            "applicationSecretArn": self.application.secret_id,
        }

    def _deployer(self) -> dict[str, Any]:
        return self._login(data.DEPLOYER, self.inside.deployer_password, data.BRIDGE_DATABASE)

    def _application(self) -> dict[str, Any]:
        return self._login(data.APPLICATION, self.inside.application_password, data.POOL_DATABASE)

    def _login(self, user: str, password: pulumi.Output[str], database: str) -> dict[str, Any]:
        where = {"host": self.instance.address, "port": self.instance.port, "dbname": database}
        return {**where, "username": user, "password": password}

    def _secret(
        self, role: str, name: str, key: pulumi.Output[str], login: dict[str, Any]
    ) -> aws.secretsmanager.SecretVersion:
        plan = LoginPlan(name, role.partition("-")[0], self.spec.plan.identifier)
        return logins.keep(self, self.isolation, f"{self.role}-{role}", plan, key, login, after=[self.inside])


class _Inside(Component):
    """Roles, databases and grants that all slices stand on. Kept when no longer declared: with the instance."""

    def __init__(self, of: Instance) -> None:
        super().__init__("SharedDatabaseInside", of.scope, f"inside-{of.spec.number}", parent=of)
        self.number, self.spec = of.spec.number, of.spec
        master = postgres.master(self, of.instance)
        self.provider = postgres.provider(self, f"master-{self.number}", master)
        self.policies = postgres.row_security(self, f"policies-{self.number}", master)
        self.deployer_password = passwords.drawn(self, f"deployer-{self.number}")
        self.application_password = passwords.drawn(self, f"application-{self.number}")
        deployer = self._role("deployer", data.DEPLOYER, self.deployer_password, makes=True)
        application = self._role("application", data.APPLICATION, self.application_password)
        rows, connecting = self._role("rows", data.ROWS_GROUP), self._role("connecting", data.CONNECTING_GROUP)
        self._close()
        ready = [self._for_bridge(deployer, connecting, application), self._for_pool(application, rows)]
        if self.spec.reference:
            ReferenceTables(self.spec, self, self.provider, [deployer, *ready])
        self._lend("rows", rows, deployer)
        self._lend("connecting", connecting, deployer)
        self.register_outputs({})

    def _role(
        self, name: str, role: str, password: pulumi.Output[str] | None = None, *, makes: bool = False
    ) -> postgresql.Role:
        """A login where it has a password, else a group; `makes` roles and databases."""
        return postgresql.Role(
            self._named(name),
            name=role,
            login=password is not None,
            password=password,
            create_role=makes,
            create_database=makes,
            opts=self._options(),
        )

    def _lend(self, name: str, group: postgresql.Role, deployer: postgresql.Role) -> None:
        """The deployer gives tenants membership of a group."""
        postgresql.GrantRole(
            self._named(f"deployer-{name}"),
            role=deployer.name,
            grant_role=group.name,
            with_admin_option=True,
            opts=self._options(),
        )

    def _close(self) -> None:
        """Nobody connects by being PUBLIC, neither to the databases that every instance has."""
        for database in (data.MASTER_DATABASE, "template1"):
            self._grant(f"public-{database}", database=database, role="public", what="database", privileges=[])

    def _for_bridge(
        self, deployer: postgresql.Role, connecting: postgresql.Role, application: postgresql.Role
    ) -> pulumi.Resource:
        """A database for schemas: the deployer makes them, tenants connect; the application where tables are read."""
        grant = partial(self._grant, database=data.BRIDGE_DATABASE)
        made = self._database("bridge", data.BRIDGE_DATABASE)
        last = grant("public-bridge", role="public", what="database", privileges=[], after=[made])
        entering = [("deployer", deployer, ["CONNECT", "CREATE"]), ("tenants", connecting, ["CONNECT"])]
        if self.spec.reference:
            entering.append(("application", application, ["CONNECT"]))
        for name, role, privileges in entering:
            named = f"{name}-bridge"
            last = grant(named, role=role.name, what="database", privileges=privileges, after=[last])
        return grant("public-schema-bridge", role="public", what="schema", privileges=[], after=[last], schema="public")

    def _for_pool(self, application: postgresql.Role, rows: postgresql.Role) -> pulumi.Resource:
        """A database for tables that tenants share: the application owns them, policies say which rows are whose."""
        grant = partial(self._grant, database=data.POOL_DATABASE)
        made = self._database("pool", data.POOL_DATABASE)
        schema = postgresql.Schema(
            self._named("pool"),
            name=data.POOL_SCHEMA,
            database=data.POOL_DATABASE,
            owner=application.name,
            opts=self._options([made]),
        )
        last = grant("public-pool", role="public", what="database", privileges=[], after=[made])
        for name, role in (("application", application), ("tenants", rows)):
            last = grant(f"{name}-pool", role=role.name, what="database", privileges=["CONNECT"], after=[last])
        last = grant("public-schema-pool", role="public", what="schema", privileges=[], after=[last], schema="public")
        after, inside = [schema, last], data.POOL_SCHEMA
        last = grant(
            "tenants-schema-pool", role=rows.name, what="schema", privileges=["USAGE"], after=after, schema=inside
        )
        return RowSecurity(
            self._named("pool"),
            database=data.POOL_DATABASE,
            schema=inside,
            role=rows.name,
            opts=self.child(after=[last], retain=True, provider=self.policies),
        )

    def _database(self, name: str, database: str) -> postgresql.Database:
        return postgresql.Database(self._named(name), name=database, opts=self._options())

    def _grant(  # noqa: PLR0913 - a grant has these
        self,
        name: str,
        *,
        database: str,
        role: pulumi.Input[str],
        what: str,
        privileges: list[str],
        after: Sequence[pulumi.Resource] = (),
        schema: str | None = None,
    ) -> postgresql.Grant:
        return postgresql.Grant(
            self._named(name),
            database=database,
            schema=schema,
            role=role,
            object_type=what,
            privileges=privileges,
            opts=self._options(after),
        )

    def _named(self, name: str) -> str:
        return f"{name}-{self.number}"

    def _options(self, after: Sequence[pulumi.Resource] = ()) -> pulumi.ResourceOptions:
        return self.child(after=after, retain=True, provider=self.provider)
