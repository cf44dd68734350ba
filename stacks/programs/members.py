"""Members in a tenant's program: what each step of it declares for them, nothing where there are none."""

from __future__ import annotations

from typing import Any

import pulumi

from stacks.blueprint.model import Blueprint
from stacks.parts.scope import Scope
from stacks.resources.cache.component import Cache
from stacks.resources.cache.spec import CacheSpec
from stacks.resources.database.component import Database
from stacks.resources.database.slice import Rows, Slice
from stacks.resources.identity.component import Identity
from stacks.resources.members.component import MemberRole, MemberSecrets
from stacks.resources.members.logins import CacheUsers, DatabaseLogins, Server
from stacks.resources.members.spec import MembersSpec


def role(blueprint: Blueprint, scope: Scope, boundary: pulumi.Output[str], identity: Identity) -> MemberRole | None:
    """What the tenant's services take on for members that get in."""
    spec = blueprint.of(MembersSpec)
    return MemberRole(spec, scope, boundary, identity.role.arn) if spec.active else None


def in_slice(blueprint: Blueprint, scope: Scope, part: Slice | Rows) -> DatabaseLogins | None:
    """Logins beside the tenant's on a shared instance; what they made is kept with it."""
    spec = blueprint.of(MembersSpec)
    if not spec.members:
        return None
    server = Server(
        part=part,
        provider=part.provider,
        address=part.shard.address,
        port=part.shard.port,
        search_path=part.spec.schema,
        ends_with_tenant=False,
        after=part.granted,
    )
    return DatabaseLogins(spec, scope, server)


def in_own(blueprint: Blueprint, scope: Scope, own: Database) -> DatabaseLogins | None:
    """Logins in the tenant's own instance, which end with it."""
    spec = blueprint.of(MembersSpec)
    if not spec.members:
        return None
    server = Server(
        part=own.login,
        provider=own.login.provider,
        address=own.instance.address,
        port=own.instance.port,
        search_path=own.spec.schema,
        ends_with_tenant=True,
        after=[own.login.granted],
    )
    return DatabaseLogins(spec, scope, server)


def cache_users(blueprint: Blueprint, scope: Scope) -> CacheUsers | None:
    """Users beside the tenant's, in its own group or in the one that it shares."""
    spec, cache = blueprint.of(MembersSpec), blueprint.of(CacheSpec)
    if not spec.active:
        return None
    return CacheUsers(spec, scope, cache.isolation, "" if cache.plan else cache.users, cache.database)


def tell(
    blueprint: Blueprint,
    scope: Scope,
    key: pulumi.Output[str],
    logins: DatabaseLogins | None,
    users: CacheUsers | None,
    cache: Cache,
) -> None:
    """Put each one's logins into its secret, and say to the tenant's services what is whose: none of that is secret."""
    if logins is None or users is None:
        return
    spec = blueprint.of(MembersSpec)
    secrets = MemberSecrets(spec, scope, key, logins, users, cache.address)
    found: dict[str, dict[str, pulumi.Input[Any]]] = {}
    for member in spec.active:
        found[member.id] = scope.settled.told.get(member.id) or {
            "name": member.code,
            "secretArn": secrets.arns[member.code],
            "folder": member.folder,
            **({"signsInAs": member.signs_in_as} if member.signs_in_as else {}),
            **({"schema": member.schema} if member.schema else {}),
            **({"cachePrefix": member.prefix} if member.user else {}),
            **({"namespace": member.namespace} if member.namespace else {}),
            **({"quotas": quotas} if (quotas := member.quotas) else {}),
            **({"tools": list(member.tools)} if member.tools else {}),
        }
    pulumi.export("members", found)
