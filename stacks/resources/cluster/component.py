"""Declares a ClusterSpec: a cluster of the tenant's own, or the way into the cell's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from stacks.parts import inside
from stacks.parts.cluster import Cluster, Site
from stacks.parts.inside import Door, Guards
from stacks.parts.scope import Scope
from stacks.resources.cluster.spec import ClusterSpec


@dataclass(frozen=True, slots=True)
class Shared:
    """The way into the cell's cluster, and the group whose members reach each other in it."""

    door: Door
    security_group: pulumi.Output[str]


@dataclass(frozen=True, slots=True)
class Home:
    """The cluster that the tenant's namespace is in; `ready` is what there must be before it takes more nodes."""

    door: Door
    inside: k8s.Provider
    security_group: pulumi.Output[str]
    ready: Sequence[pulumi.Resource] = ()


def home(spec: ClusterSpec, scope: Scope, shared: Shared, site: Site) -> Home:
    """Its own, made in the site, or the shared one."""
    if spec.plan is None:
        return Home(shared.door, inside.provider(shared.door, scope.region), shared.security_group)
    made = Cluster(spec.plan, spec.isolation, scope, site)
    door = Door(made.cluster.name, made.cluster.endpoint, made.authority)
    within = inside.provider(door, scope.region, after=made.access)
    Guards(scope, within)
    return Home(door, within, made.security_group_id, [made.system.group])
