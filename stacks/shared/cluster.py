"""A cell's cluster: made, or adopted; either way its tenants are guarded in it."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from stacks.blueprint.shared import SharedBlueprint
from stacks.parts import home
from stacks.parts.cluster import Site
from stacks.parts.home import Home
from stacks.parts.inside import Door, Guards
from stacks.parts.scope import Scope


def of_cell(blueprint: SharedBlueprint, scope: Scope, site: Site) -> Home:
    """The cluster of the blueprint, with its guards."""
    plan = blueprint.cluster.plan
    if plan is not None:
        return home.make(plan, blueprint.isolation, scope, site)
    name = blueprint.cluster.name
    found = aws.eks.get_cluster_output(name=name, opts=pulumi.InvokeOutputOptions(provider=scope.provider))
    authority = found.certificate_authorities.apply(lambda each: each[0].data)
    group = found.vpc_config.apply(lambda config: config.cluster_security_group_id)
    adopted = home.enter(Door(name, found.endpoint, authority), group, scope)
    Guards(scope, adopted.inside)
    return adopted
