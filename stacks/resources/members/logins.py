"""Declares what members log in with: their database roles with their schemas, and their cache users."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_postgresql as postgresql

from stacks.conventions import addressing
from stacks.inputs.fields import Isolation
from stacks.parts import passwords, valkey
from stacks.parts.scope import Component, Scope
from stacks.resources.members.spec import MemberPlan, MembersSpec

_MILLISECONDS = 1000


@dataclass(frozen=True, slots=True)
class Server:
    """The tenant's `part` of a database server, and who works on it.

    `search_path` is that of members without a schema of their own. `ends_with_tenant`: it goes with all that is in it
    when the tenant is destroyed. `after`: what must be there before members are.
    """

    part: Component
    provider: postgresql.Provider
    address: pulumi.Output[str]
    port: pulumi.Output[int]
    search_path: str
    ends_with_tenant: bool
    after: Sequence[pulumi.Resource]


class DatabaseLogins(Component):
    """A role for each member, in the group that lets it connect, and a schema that it owns; rows where it has none."""

    def __init__(self, spec: MembersSpec, scope: Scope, server: Server) -> None:
        super().__init__("DatabaseLogins", scope, "members-database", parent=server.part)
        self.spec, self.server = spec, server
        before = [self._group()] if spec.own_group else list(server.after)
        self.passwords: Mapping[str, pulumi.Output[str]] = {
            member.code: self._let_in(member, before)
            for member in spec.members
            if member.code not in scope.settled.codes
        }
        self.register_outputs({})

    def login(self, member: MemberPlan) -> dict[str, Any]:
        """What it connects with."""
        where = {"host": self.server.address, "port": self.server.port, "dbname": self.spec.database}
        return {**where, "username": member.login, "password": self.passwords[member.code]}

    def _group(self) -> pulumi.Resource:
        """Nobody logs in as it, and it may do nothing but connect."""
        group = postgresql.Role("members", name=self.spec.group, login=False, opts=self._inside(self.server.after))
        return postgresql.Grant(
            "members-database",
            database=self.spec.database,
            role=group.name,
            object_type="database",
            privileges=["CONNECT", "TEMPORARY"],
            opts=self._inside([group]),
        )

    def _let_in(self, member: MemberPlan, before: Sequence[pulumi.Resource]) -> pulumi.Output[str]:
        spec, milliseconds = self.spec, self.spec.statement_seconds * _MILLISECONDS
        password = passwords.drawn(self, member.code)
        role = postgresql.Role(
            member.code,
            name=member.login,
            login=member.active and self.scope.phase.serves,
            password=password,
            connection_limit=spec.connection_limit,
            search_paths=[member.schema or self.server.search_path],
            statement_timeout=milliseconds,
            idle_in_transaction_session_timeout=milliseconds,
            roles=[spec.group, *spec.reads],
            opts=self._inside(before),
        )
        if member.schema:
            self._schema(member, role)
        return password

    def _schema(self, member: MemberPlan, role: postgresql.Role) -> None:
        """It holds what the member made: kept until the member, who gets in no more, is taken out of the profile."""
        phase = self.scope.phase
        leaving = phase.empties or not member.active
        goes = leaving or (self.server.ends_with_tenant and not phase.protects_services)
        postgresql.Schema(
            member.code,
            name=member.schema,
            database=self.spec.database,
            owner=role.name,
            if_not_exists=False,
            drop_cascade=leaving,
            opts=self._inside([role], protect=not goes),
        )

    def _inside(self, after: Sequence[pulumi.Resource] = (), *, protect: bool = False) -> pulumi.ResourceOptions:
        """What ends with its server is not taken apart first: the final snapshot must hold it."""
        kept = self.server.ends_with_tenant and not self.scope.phase.protects_services
        return self.child(after=after, protect=protect, retain=kept, provider=self.server.provider)


class CacheUsers(Component):
    """A user for each member that has one, on its own keys in the tenant's `database` only.

    `joins` is a shared group that they are put into.
    """

    def __init__(self, spec: MembersSpec, scope: Scope, isolation: Isolation, joins: str, database: int) -> None:
        super().__init__("CacheUsers", scope, "members-cache")
        self.isolation, self.joins, self.database = isolation, joins, database
        self.passwords: dict[str, pulumi.Output[str]] = {}
        self.ids = [self._user(member) for member in spec.active if member.user]
        self.register_outputs({})

    def login(self, member: MemberPlan, address: pulumi.Input[str]) -> dict[str, Any]:
        """What it connects with."""
        return {
            "host": address,
            "port": addressing.CACHE_PORT,
            "username": member.login,
            "password": self.passwords[member.code],
            "tls": True,
            "database": self.database,
            "prefix": member.prefix,
        }

    def _user(self, member: MemberPlan) -> pulumi.Input[str]:
        if member.code in self.scope.settled.codes:
            return member.user
        password = self.passwords[member.code] = passwords.drawn(self, f"{member.code}-cache")
        user = aws.elasticache.User(
            member.code,
            user_id=member.user,
            user_name=member.login,
            engine=valkey.ENGINE,
            access_string=member.access,
            authentication_mode=aws.elasticache.UserAuthenticationModeArgs(type="password", passwords=[password]),
            tags=self.scope.labels(self.isolation, member.code),
            opts=self.child(),
        )
        if self.joins:
            aws.elasticache.UserGroupAssociation(
                member.code, user_group_id=self.joins, user_id=user.user_id, opts=self.child()
            )
        return user.user_id
