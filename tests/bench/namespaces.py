"""200 tenants' namespaces in one cluster: what the next one costs, made with the manifests of a tenant's program.

Each is held as the program holds it: quota, limits, network policies, rights, and admission policies over all of them.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from engine.providers.kubernetes import settings
from engine.providers.kubernetes.connection import Connection, Request
from engine.providers.port import Props
from engine.providers.reach import Direct
from stacks.policies import admission
from stacks.resources.namespace import manifests
from stacks.resources.namespace.spec import NamespaceSpec
from tests.bench.timing import seconds
from tests.control_plane_fixture import serving
from tests.unit.stacks import given

MANY: Final = 200
_AROUND: Final = 10
"""How many neighbours a figure is the median of."""
_ADMISSION: Final = "admissionregistration.k8s.io/v1"
_GUARDS: Final = {
    "ValidatingAdmissionPolicy": "validatingadmissionpolicies",
    "ValidatingAdmissionPolicyBinding": "validatingadmissionpolicybindings",
}
_SAFE: Final[dict[str, Any]] = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "runAsUser": 1000,
    "seccompProfile": {"type": "RuntimeDefault"},
}


@dataclass(frozen=True, slots=True)
class Point:
    """Seconds at this many: to make one more, to have a pod admitted in it, to list its pods as its people."""

    tenants: int
    make: float
    admit: float
    look: float


def measure(many: int) -> list[Point]:
    """Points at ten, half of many, and many."""
    base = given.blueprint(given.asked()).of(NamespaceSpec)
    points, made = list[Point](), list[float]()
    with serving() as kubeconfig:
        client = Connection(settings.parse({"kubeconfig": kubeconfig}), Direct())
        _guard(client)
        for number in range(1, many + 1):
            spec = replace(base, name=f"t{number:09}", slug=f"t{number:09}")
            made.append(seconds(lambda s=spec: _make(client, s)))
            if number in (_AROUND, many // 2, many):
                points.append(_look(client, spec, number, made))
    return points


def table(points: Sequence[Point]) -> str:
    """The figures as ratios to the first ones."""
    first = points[0]
    lines = ["tenants' namespaces in one cluster, as ratios to the first ones"]
    lines.append(f"{'tenants':>8} {'make':>7} {'admit a pod':>12} {'list own pods':>14}")
    for point in points:
        ratios = (point.make / first.make, point.admit / first.admit, point.look / first.look)
        told = " ".join(f"{ratio:>{width}.2f}" for ratio, width in zip(ratios, (7, 12, 14), strict=True))
        lines.append(f"{point.tenants:>8} {told}")
    return "\n".join([*lines, f"first: make {first.make * 1000:.0f} ms, admit {first.admit * 1000:.1f} ms", ""])


def _guard(client: Connection) -> None:
    for name, spec in (("tenant-pods", admission.pods()), ("tenant-volumes", admission.claims())):
        bound = admission.binding(name)
        for kind, held in zip(_GUARDS, (spec, bound), strict=True):
            body = {"apiVersion": _ADMISSION, "kind": kind, "metadata": {"name": name}, "spec": held}
            client.send(Request(name, "POST", f"/apis/{_ADMISSION}/{_GUARDS[kind]}", body))


def _make(client: Connection, spec: NamespaceSpec) -> None:
    for path, body in _objects(spec):
        client.send(Request(path, "POST", path, body))


def _objects(spec: NamespaceSpec) -> Iterator[tuple[str, Props]]:
    inside = f"namespaces/{spec.name}"
    metadata = manifests.identity(spec, {})
    yield "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
    for kind, plural, held in (
        ("ResourceQuota", "resourcequotas", manifests.quota(spec)),
        ("LimitRange", "limitranges", manifests.limits(spec)),
    ):
        body = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "held"}, "spec": held}
        yield f"/api/v1/{inside}/{plural}", body
    for name, held in manifests.network(spec).items():
        api = "networking.k8s.io/v1"
        body = {"apiVersion": api, "kind": "NetworkPolicy", "metadata": {"name": name}, "spec": held}
        yield f"/apis/{api}/{inside}/networkpolicies", body
    api = f"{manifests.RBAC}/v1"
    role = {"apiVersion": api, "kind": "Role", "metadata": {"name": "member"}, "rules": manifests.rules()}
    reference = {"apiGroup": manifests.RBAC, "kind": "Role", "name": "member"}
    binding = {"apiVersion": api, "kind": "RoleBinding", "metadata": {"name": "members"}, "roleRef": reference}
    yield f"/apis/{api}/{inside}/roles", role
    yield f"/apis/{api}/{inside}/rolebindings", binding | {"subjects": [manifests.member(spec)]}
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "workload"}}
    yield f"/api/v1/{inside}/serviceaccounts", account


def _look(client: Connection, spec: NamespaceSpec, number: int, made: Sequence[float]) -> Point:
    path = f"/api/v1/namespaces/{spec.name}/pods"
    container = {"name": "probe", "image": "registry.k8s.io/pause:3.10", "securityContext": _SAFE}
    body: Props = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "probe"},
        "spec": {"serviceAccountName": "workload", "containers": [container]},
    }
    who = {"Impersonate-User": "somebody", "Impersonate-Group": spec.name}
    admitted = Request(path, "POST", path, body, {"dryRun": "All"})
    return Point(
        tenants=number,
        make=statistics.median(made[-_AROUND:]),
        admit=statistics.median(seconds(lambda: client.send(admitted)) for _ in range(_AROUND)),
        look=statistics.median(
            seconds(lambda: client.send(Request(path, "GET", path, headers=who))) for _ in range(_AROUND)
        ),
    )
