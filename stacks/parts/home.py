"""A cluster that namespaces are in: made and guarded, or entered where it is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from stacks.blueprint.clusters import ClusterPlan
from stacks.inputs.fields import Isolation
from stacks.parts import inside
from stacks.parts.cluster import Cluster, Site
from stacks.parts.inside import Door, Guards
from stacks.parts.scope import Scope


@dataclass(frozen=True, slots=True)
class Home:
    """The way into a cluster, and the group whose members reach each other in it.

    `ready` is what there must be before it takes more nodes.
    """

    door: Door
    inside: k8s.Provider
    security_group: pulumi.Output[str]
    ready: Sequence[pulumi.Resource] = ()


def make(plan: ClusterPlan, isolation: Isolation, scope: Scope, site: Site) -> Home:
    """A new cluster, with what guards tenants in it."""
    made = Cluster(plan, isolation, scope, site)
    door = Door(made.cluster.name, made.cluster.endpoint, made.authority)
    within = inside.provider(door, scope.region, after=made.access)
    Guards(scope, within)
    return Home(door, within, made.security_group_id, [made.system.group])


def enter(door: Door, security_group: pulumi.Output[str], scope: Scope) -> Home:
    """One that is there."""
    return Home(door, inside.provider(door, scope.region), security_group)
