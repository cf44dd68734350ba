"""GPUs that a cell's tenants share: nodes, and what queues know them by."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as k8s

from stacks.blueprint.gpus import CellGpus
from stacks.blueprint.shared import SharedBlueprint
from stacks.conventions import labels
from stacks.parts.cluster import Site
from stacks.parts.home import Home
from stacks.parts.nodes import Ground, Nodes
from stacks.parts.scope import Component, Scope
from stacks.shared import queue_kinds


class SharedGpus(Component):
    """The nodes; where there are queues their flavor, and where Kueue is not there its kinds."""

    def __init__(self, spec: CellGpus, blueprint: SharedBlueprint, scope: Scope, home: Home, site: Site) -> None:
        super().__init__("SharedGpus", scope)
        self.spec, self.inside = spec, home.inside
        ground = Ground(home.door.name, blueprint.cluster.node_role, site.subnet_ids, site.key, [home.security_group])
        Nodes(spec.nodes, blueprint.isolation, scope, ground, home.ready, self)
        if spec.queued:
            self._flavor(self._kinds() if spec.brings_kinds else [])
        self.register_outputs({})

    def _kinds(self) -> Sequence[pulumi.Resource]:
        return [
            k8s.apiextensions.v1.CustomResourceDefinition(
                name, metadata={"name": name}, spec=spec, opts=self.child(provider=self.inside)
            )
            for name, spec in queue_kinds.definitions()
        ]

    def _flavor(self, kinds: Sequence[pulumi.Resource]) -> None:
        """Whoever is admitted gets the toleration, and no pod has to know the nodes' taint."""
        k8s.apiextensions.CustomResource(
            "gpu-flavor",
            api_version=f"{queue_kinds.GROUP}/{queue_kinds.VERSION}",
            kind="ResourceFlavor",
            metadata={"name": self.spec.flavor},
            spec={
                "nodeLabels": {labels.POOL: self.spec.nodes.role},
                "nodeTaints": [{"key": labels.GPU_SHARE, "value": "true", "effect": "NoSchedule"}],
                "tolerations": [{"key": labels.GPU_SHARE, "operator": "Exists", "effect": "NoSchedule"}],
            },
            opts=self.child(after=kinds, provider=self.inside),
        )
