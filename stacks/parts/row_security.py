"""Row security, declared as an SDK would have it: `rowsecurity:index:RowSecurity` and the provider that serves it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi


@dataclass(frozen=True, slots=True)
class RowSecurityProviderArgs:
    """The server whose tables are protected, and a login that may: their owner, or a master that can act as it."""

    host: pulumi.Input[str]
    port: pulumi.Input[int]
    username: pulumi.Input[str]
    password: pulumi.Input[str]
    database: pulumi.Input[str]
    sslmode: pulumi.Input[str] = "require"
    superuser: pulumi.Input[bool] = False


class RowSecurityProvider(pulumi.ProviderResource):
    """Serves RowSecurity on one server."""

    def __init__(
        self, resource_name: str, args: RowSecurityProviderArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        settings = {
            "host": args.host,
            "port": _json(args.port),
            "username": args.username,
            "password": pulumi.Output.secret(args.password),
            "database": args.database,
            "sslmode": args.sslmode,
            "superuser": _json(args.superuser),
        }
        super().__init__("rowsecurity", resource_name, settings, opts)


def _json(value: pulumi.Input[Any]) -> pulumi.Output[str]:
    """As every SDK sends a provider's settings that are no strings."""
    return pulumi.Output.from_input(value).apply(json.dumps)


class RowSecurity(pulumi.CustomResource):
    """All tables of one schema: a login that is a member of `role` sees and writes its own tenant's rows only.

    `column` names the tenant of a row (default `tenant_id`); `privileges` are given to the role on each table once its
    policy is there (default SELECT, INSERT, UPDATE, DELETE). `exposed` and `unprotected` are sentences.
    """

    protected: pulumi.Output[list[str]]
    unprotected: pulumi.Output[list[str]]
    closed: pulumi.Output[list[str]]
    exposed: pulumi.Output[list[str]]

    def __init__(
        self,
        resource_name: str,
        *,
        database: pulumi.Input[str],
        schema: pulumi.Input[str],
        role: pulumi.Input[str],
        column: pulumi.Input[str] | None = None,
        privileges: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        asked = {
            "database": database,
            "schema": schema,
            "role": role,
            "column": column,
            "privileges": privileges,
        }
        told = dict.fromkeys(("protected", "unprotected", "closed", "exposed"))
        super().__init__("rowsecurity:index:RowSecurity", resource_name, asked | told, opts)
