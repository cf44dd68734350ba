"""Holes in what tenants share of GPUs."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator

from engine.providers.port import Props
from stacks.policies import device_plugin
from tests.local.holes import hole
from tests.local.holes.site import Site

QUEUES = "kueue.x-k8s.io"
RBAC = "rbac.authorization.k8s.io"


def _changed(site: Site, path: str, change: Callable[[Props], None]) -> Props:
    """Write an object with a change; what it was, to be put back."""
    before, after = site.ask(path), site.ask(path)
    change(after)
    site.ask(path, "PUT", after)
    return before


def _back(site: Site, path: str, key: str, before: Props) -> None:
    found = site.ask(path)
    found[key] = before[key]
    site.ask(path, "PUT", found)


@hole("gpu-whole A", "gpu-whole B")
def shared_gpus_are_sliced(site: Site) -> Generator[None]:
    """The device plugin cuts GPUs that tenants share, in time."""
    path = f"/api/v1/namespaces/{device_plugin.NAMESPACE}/configmaps/{device_plugin.NAME}"

    def cut(found: Props) -> None:
        shared = json.loads(found["data"][device_plugin.SHARED])
        sliced = json.loads(found["data"]["time-slicing"])
        found["data"][device_plugin.SHARED] = json.dumps({**shared, **sliced})

    before = _changed(site, path, cut)
    yield
    _back(site, path, "data", before)


@hole("gpu-queue-selects B")
def queue_serves_everybody(site: Site) -> Generator[None]:
    """The queue of a tenant serves every namespace."""
    path = f"/apis/{QUEUES}/v1beta1/clusterqueues/{site.b.slug}"
    before = _changed(site, path, lambda found: found["spec"].update(namespaceSelector={}))
    yield
    _back(site, path, "spec", before)


@hole("gpu-queue-others A>B")
def people_may_write_queues_elsewhere(site: Site) -> Generator[None]:
    """A tenant's people may write queues in another one's namespace."""
    rules = [{"apiGroups": [QUEUES], "resources": ["localqueues"], "verbs": ["create", "get"]}]
    role: Props = {"apiVersion": f"{RBAC}/v1", "kind": "Role", "metadata": {"name": "hole"}, "rules": rules}
    binding: Props = {
        "apiVersion": f"{RBAC}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "hole"},
        "roleRef": {"apiGroup": RBAC, "kind": "Role", "name": "hole"},
        "subjects": [{"kind": "Group", "name": site.a.slug, "apiGroup": RBAC}],
    }
    path = f"/apis/{RBAC}/v1/namespaces/{site.b.slug}"
    site.ask(f"{path}/roles", "POST", role)
    site.ask(f"{path}/rolebindings", "POST", binding)
    yield
    site.ask(f"{path}/rolebindings/hole", "DELETE")
    site.ask(f"{path}/roles/hole", "DELETE")


@hole("gpu-share-only B")
def namespace_loses_its_queue(site: Site) -> Generator[None]:
    """A namespace no longer says which queue its pods for shared GPUs wait in."""
    path = f"/api/v1/namespaces/{site.b.slug}"
    label = "tenant/gpu-queue"
    before = _changed(site, path, lambda found: found["metadata"]["labels"].pop(label))

    yield
    found = site.ask(path)
    found["metadata"]["labels"][label] = before["metadata"]["labels"][label]
    site.ask(path, "PUT", found)
