"""A cell's cluster: made, or adopted; either way its tenants are guarded in it."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from stacks.blueprint.shared import SharedBlueprint
from stacks.parts import inside
from stacks.parts.cluster import Cluster, Site
from stacks.parts.inside import Door, Guards
from stacks.parts.scope import Scope


@dataclass(frozen=True, slots=True)
class Home:
    """The way into the cluster that tenants' namespaces are in, and the group whose members reach each other."""

    door: Door
    security_group: pulumi.Output[str]


def home(blueprint: SharedBlueprint, scope: Scope, site: Site) -> Home:
    """The cluster of the blueprint, with its guards."""
    plan = blueprint.cluster.plan
    if plan is None:
        found = _adopted(blueprint, scope)
        Guards(scope, inside.provider(found.door, scope.region))
        return found
    made = Cluster(plan, blueprint.isolation, scope, site)
    door = Door(made.cluster.name, made.cluster.endpoint, made.authority)
    Guards(scope, inside.provider(door, scope.region, after=made.access))
    return Home(door, made.security_group_id)


def _adopted(blueprint: SharedBlueprint, scope: Scope) -> Home:
    name = blueprint.cluster.name
    found = aws.eks.get_cluster_output(name=name, opts=pulumi.InvokeOutputOptions(provider=scope.provider))
    authority = found.certificate_authorities.apply(lambda each: each[0].data)
    group = found.vpc_config.apply(lambda config: config.cluster_security_group_id)
    return Home(Door(name, found.endpoint, authority), group)
