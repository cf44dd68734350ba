"""Declares a NodePoolSpec."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from stacks.parts.nodes import Ground, Nodes
from stacks.parts.scope import Component, Scope
from stacks.resources.node_pool.spec import NodePoolSpec


class NodePools(Component):
    """The tenant's node groups, in its cluster."""

    def __init__(self, spec: NodePoolSpec, scope: Scope, ground: Ground, after: Sequence[pulumi.Resource]) -> None:
        super().__init__("NodePools", scope)
        self.pools = [Nodes(plan, spec.isolation, scope, ground, after, self) for plan in spec.pools]
        self.register_outputs({"nodeGroups": [pool.group.node_group_name for pool in self.pools]})
