"""Declares a ClusterSpec: a cluster of the tenant's own, or the way into the cell's."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from stacks.parts import home
from stacks.parts.cluster import Site
from stacks.parts.home import Home
from stacks.parts.inside import Door
from stacks.parts.scope import Scope
from stacks.resources.cluster.spec import ClusterSpec


@dataclass(frozen=True, slots=True)
class Shared:
    """The way into the cell's cluster, and the group whose members reach each other in it."""

    door: Door
    security_group: pulumi.Output[str]


def of_tenant(spec: ClusterSpec, scope: Scope, shared: Shared, site: Site) -> Home:
    """Its own, made in the site, or the shared one."""
    if spec.plan is None:
        return home.enter(shared.door, shared.security_group, scope)
    return home.make(spec.plan, spec.isolation, scope, site)
