"""Declares a CacheSpec."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from stacks.conventions import addressing
from stacks.parts.place import Place
from stacks.parts.scope import Component, Scope
from stacks.resources.cache.spec import FAMILY, CacheSpec

_PASSWORD_LENGTH = 32
_ENGINE = "valkey"
# UTC; maintenance follows the snapshot.
_SNAPSHOT_WINDOW = "03:00-04:00"
_MAINTENANCE_WINDOW = "sun:04:30-sun:05:30"


class Cache(Component):
    """A Valkey group with one user. A user group without a user `default` leaves that one off (Valkey only).

    Retiring leaves a final snapshot, as the database's does. The group is not protected: it is a cache, and a change
    that replaces it, which every plan shows as such, loses what is in it.
    """

    def __init__(self, spec: CacheSpec, scope: Scope, place: Place) -> None:
        super().__init__("Cache", scope)
        self.spec, self.place = spec, place
        drawn = random.RandomPassword("cache-login", length=_PASSWORD_LENGTH, special=False, opts=self.child())
        self.password = pulumi.Output.secret(drawn.result)
        self.group = self._group(self._users())
        self.register_outputs({"endpoint": self.group.primary_endpoint_address})

    def login(self) -> dict[str, Any]:
        """What the tenant's workloads log in with."""
        return {
            "host": self.group.primary_endpoint_address,
            "port": addressing.CACHE_PORT,
            "username": self.spec.login,
            "password": self.password,
            "tls": True,
        }

    def _users(self) -> aws.elasticache.UserGroup:
        spec, labels = self.spec, self.scope.labels
        user = aws.elasticache.User(
            "user",
            user_id=spec.user,
            user_name=spec.login,
            engine=_ENGINE,
            access_string=spec.access,
            authentication_mode=aws.elasticache.UserAuthenticationModeArgs(type="password", passwords=[self.password]),
            tags=labels(spec.isolation, "user"),
            opts=self.child(),
        )
        return aws.elasticache.UserGroup(
            "users",
            user_group_id=self.scope.names.of("users"),
            engine=_ENGINE,
            user_ids=[user.user_id],
            tags=labels(spec.isolation, "users"),
            opts=self.child(),
        )

    def _group(self, users: aws.elasticache.UserGroup) -> aws.elasticache.ReplicationGroup:
        spec, place, scope = self.spec, self.place, self.scope
        run = scope.phase.run_id
        replicated = spec.nodes > 1
        subnets = aws.elasticache.SubnetGroup(
            "cache",
            description=f"Data subnets of tenant stack {scope.names.slug}",
            subnet_ids=list(place.subnet_ids),
            tags=scope.labels(spec.isolation, "cache"),
            opts=self.child(),
        )
        parameters = aws.elasticache.ParameterGroup(
            "cache",
            family=FAMILY,
            description=f"Cache of tenant stack {scope.names.slug}",
            tags=scope.labels(spec.isolation, "cache"),
            opts=self.child(),
        )
        return aws.elasticache.ReplicationGroup(
            "cache",
            replication_group_id=spec.group,
            description=f"Cache of tenant stack {scope.names.slug}",
            engine=_ENGINE,
            engine_version=spec.engine_version,
            node_type=spec.node_type,
            num_cache_clusters=spec.nodes,
            automatic_failover_enabled=replicated,
            multi_az_enabled=replicated,
            port=addressing.CACHE_PORT,
            subnet_group_name=subnets.name,
            security_group_ids=[place.security_group_id],
            parameter_group_name=parameters.name,
            at_rest_encryption_enabled=True,
            kms_key_id=place.key,
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            user_group_ids=[users.user_group_id],
            auto_minor_version_upgrade=True,
            snapshot_retention_limit=spec.snapshot_days,
            final_snapshot_identifier=scope.names.final_snapshot(run) if run else None,
            snapshot_window=_SNAPSHOT_WINDOW,
            maintenance_window=_MAINTENANCE_WINDOW,
            apply_immediately=True,
            tags=scope.labels(spec.isolation, "cache"),
            opts=self.child(),
        )
