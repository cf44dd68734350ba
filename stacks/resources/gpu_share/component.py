"""Declares a GpuShareSpec."""

from __future__ import annotations

import pulumi
import pulumi_kubernetes as k8s

from stacks.conventions import labels
from stacks.parts.scope import Component, Scope
from stacks.resources.gpu_share import manifests
from stacks.resources.gpu_share.manifests import Manifest
from stacks.resources.gpu_share.spec import GpuShareSpec


class GpuShare(Component):
    """The tenant's queues, where the cell has queues; its quota and its right to the nodes are its namespace's."""

    def __init__(
        self, spec: GpuShareSpec, scope: Scope, inside: k8s.Provider, namespace: k8s.core.v1.Namespace
    ) -> None:
        super().__init__("GpuShare", scope)
        self.spec, self.inside = spec, inside
        if spec.queued:
            named, notes = labels.split(scope.labels(spec.isolation, "gpu-share"))
            metadata = {"name": spec.name, "labels": {**named, labels.SLUG: spec.name}, "annotations": notes}
            queue = self._object("cluster-queue", "ClusterQueue", metadata, manifests.cluster_queue(spec))
            local = {"name": spec.queue, "namespace": namespace.metadata["name"]}
            self._object("local-queue", "LocalQueue", local, manifests.local_queue(spec), queue)
            self._priority(metadata)
        self.register_outputs({"queue": spec.queue})

    def _priority(self, metadata: Manifest) -> None:
        """Its value stands beside `spec`, which the SDK's own class for kinds of others does not take."""
        identity = {"apiVersion": manifests.API, "kind": "WorkloadPriorityClass", "metadata": metadata}
        described = {"value": manifests.priority(self.spec), "description": f"Workloads of {self.spec.name}"}
        pulumi.CustomResource(
            f"kubernetes:{manifests.API}:WorkloadPriorityClass",
            "workload-priority",
            {**identity, **described},
            self.child(provider=self.inside),
        )

    def _object(
        self, name: str, kind: str, metadata: Manifest, spec: Manifest, *after: pulumi.Resource
    ) -> k8s.apiextensions.CustomResource:
        return k8s.apiextensions.CustomResource(
            name,
            api_version=manifests.API,
            kind=kind,
            metadata=metadata,
            spec=spec,
            opts=self.child(after=after, provider=self.inside),
        )
