"""An ElastiCache for Valkey group as all of ours are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pulumi
import pulumi_aws as aws

from stacks.blueprint.data import CACHE_FAMILY, CachePlan
from stacks.conventions import addressing
from stacks.inputs.fields import Isolation
from stacks.parts.place import Place
from stacks.parts.scope import Component

ENGINE: Final = "valkey"
# UTC; maintenance follows the snapshot.
_SNAPSHOT_WINDOW: Final = "03:00-04:00"
_MAINTENANCE_WINDOW: Final = "sun:04:30-sun:05:30"


def users(  # noqa: PLR0913 - a group has these
    owner: Component,
    name: str,
    isolation: Isolation,
    role: str,
    first: Sequence[pulumi.Input[str]],
    *,
    grows: bool = False,
) -> aws.elasticache.UserGroup:
    """A user group. Without a user `default` that one is off (Valkey only). Where it grows, other stacks add users."""
    return aws.elasticache.UserGroup(
        role,
        user_group_id=name,
        engine=ENGINE,
        user_ids=list(first),
        tags=owner.scope.labels(isolation, role),
        opts=owner.child(ignore=["userIds"] if grows else []),
    )


def group(
    owner: Component, plan: CachePlan, isolation: Isolation, place: Place, role: str, users: aws.elasticache.UserGroup
) -> aws.elasticache.ReplicationGroup:
    """The group with its subnets and settings."""
    scope = owner.scope
    labels = scope.labels(isolation, role)
    replicated = plan.nodes > 1
    subnets = aws.elasticache.SubnetGroup(
        role,
        description=f"Data subnets of {scope.names.slug}",
        subnet_ids=list(place.subnet_ids),
        tags=labels,
        opts=owner.child(),
    )
    databases = aws.elasticache.ParameterGroupParameterArgs(name="databases", value=str(plan.databases))
    parameters = aws.elasticache.ParameterGroup(
        role,
        family=CACHE_FAMILY,
        description=f"Cache of {scope.names.slug}",
        parameters=[databases],
        tags=labels,
        opts=owner.child(),
    )
    return aws.elasticache.ReplicationGroup(
        role,
        replication_group_id=plan.group,
        description=f"Cache of {scope.names.slug}",
        engine=ENGINE,
        engine_version=plan.engine_version,
        node_type=plan.node_type,
        num_cache_clusters=plan.nodes,
        automatic_failover_enabled=replicated,
        multi_az_enabled=replicated,
        port=addressing.CACHE_PORT,
        subnet_group_name=subnets.name,
        security_group_ids=place.groups,
        parameter_group_name=parameters.name,
        at_rest_encryption_enabled=True,
        kms_key_id=place.key,
        transit_encryption_enabled=True,
        transit_encryption_mode="required",
        user_group_ids=[users.user_group_id],
        auto_minor_version_upgrade=True,
        snapshot_retention_limit=plan.snapshot_days,
        final_snapshot_identifier=scope.final_snapshot(role),
        snapshot_window=_SNAPSHOT_WINDOW,
        maintenance_window=_MAINTENANCE_WINDOW,
        apply_immediately=True,
        tags=labels,
        opts=owner.child(),
    )
