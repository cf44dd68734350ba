"""Declares a CacheSpec."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from stacks.conventions import addressing
from stacks.parts import passwords, valkey
from stacks.parts.place import Place
from stacks.parts.scope import Component, Scope
from stacks.resources.cache.spec import CacheSpec


class Cache(Component):
    """A user, and a Valkey group of the tenant's own or a place among the users of the one that its cell shares.

    Retiring leaves a final snapshot of an own group, as the database's does. The group is not protected: it is a cache,
    and a change that replaces it, which every plan shows as such, loses what is in it. `members` are ids of users of an
    own group beside the tenant's.
    """

    def __init__(
        self,
        spec: CacheSpec,
        scope: Scope,
        place: Place,
        shared: pulumi.Output[str] | None,
        members: Sequence[pulumi.Input[str]] = (),
    ) -> None:
        super().__init__("Cache", scope)
        self.spec, self.members = spec, members
        self.password = passwords.drawn(self, "cache-login")
        self.user = self._user()
        self.address = self._join(shared) if shared else self._own(place)
        self.register_outputs({"endpoint": self.address})

    def login(self) -> dict[str, Any]:
        """What the tenant's workloads log in with, where their keys are, and what these begin with where not alone."""
        return {
            "host": self.address,
            "port": addressing.CACHE_PORT,
            "username": self.spec.login,
            "password": self.password,
            "tls": True,
            "database": self.spec.database,
            **({"prefix": self.spec.prefix} if self.spec.prefix else {}),
            **({"channels": self.spec.channels} if self.spec.channels else {}),
        }

    def _user(self) -> aws.elasticache.User:
        spec = self.spec
        return aws.elasticache.User(
            "user",
            user_id=spec.user,
            user_name=spec.login,
            engine=valkey.ENGINE,
            access_string=spec.access,
            authentication_mode=aws.elasticache.UserAuthenticationModeArgs(type="password", passwords=[self.password]),
            tags=self.scope.labels(spec.isolation, "user"),
            opts=self.child(),
        )

    def _own(self, place: Place) -> pulumi.Output[str]:
        spec = self.spec
        assert spec.plan is not None
        users = valkey.users(self, spec.users, spec.isolation, "users", [self.user.user_id, *self.members])
        return valkey.group(self, spec.plan, spec.isolation, place, "cache", users).primary_endpoint_address

    def _join(self, shared: pulumi.Output[str]) -> pulumi.Output[str]:
        """One more user of the shared group; the group itself is the cell's."""
        aws.elasticache.UserGroupAssociation(
            "user", user_group_id=self.spec.users, user_id=self.user.user_id, opts=self.child()
        )
        return shared
