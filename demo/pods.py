"""What Kubernetes lets run in a tenant's namespace, asked over its API as kubectl asks, with the local kubeconfig."""

from __future__ import annotations

import base64
import json
import ssl
import subprocess
from collections.abc import Iterator
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from demo import deployer
from demo.clients import Workload
from demo.proofs import Proof

_POLICIES = "apis/networking.k8s.io/v1"


def held(first: Workload, second: Workload) -> Iterator[Proof]:
    """A pod on a GPU is admitted, more than the quota is not, nor one that wants onto another's nodes."""
    own = first.outputs["namespace"]
    yield _answer(first, "a pod on its own GPU node", _pod("gpu", own, gpus=1), refused=None)
    yield _answer(first, "a pod with more GPUs than its quota", _pod("greedy", own, gpus=9), refused="exceeded quota")
    yield _answer(second, f"a pod on {first.tenant}'s GPU node", _pod("guest", own), refused="tolerate")
    wide = _pod("wide", "")
    wide["spec"]["hostNetwork"] = True
    yield _answer(second, "a pod in the host's network", wide, refused="PodSecurity")


def open_network(tenant: Workload) -> None:
    """Delete the policy that lets nothing in or out, as a person in a hurry might."""
    _call(tenant, "DELETE", _path(tenant, "networkpolicies/deny-all", _POLICIES))


def _answer(tenant: Workload, tries: str, pod: dict[str, Any], refused: str | None) -> Proof:
    status, said = _call(tenant, "POST", f"{_path(tenant, 'pods')}?dryRun=All", pod)
    if refused is None:
        return Proof(tenant.tenant, tries, "admitted" if status == 201 else said, held=status == 201)
    return Proof(tenant.tenant, tries, f"refused: {_short(said)}", held=status in (403, 422) and refused in said)


def _short(said: str) -> str:
    """The reason, without the server's preamble of what was asked."""
    reason = " ".join(said.partition(" is forbidden: ")[2].split()) or said
    reason = reason.rpartition("denied request: ")[2]
    return reason if len(reason) <= 60 else f"{reason[:59]}…"


def _pod(name: str, owner: str, gpus: int = 0) -> dict[str, Any]:
    safe = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "runAsNonRoot": True}
    asked = {"cpu": "100m", "memory": "64Mi"} | ({"nvidia.com/gpu": str(gpus)} if gpus else {})
    container = {
        "name": "work",
        "image": "registry.k8s.io/pause:3.10",
        "securityContext": {**safe, "seccompProfile": {"type": "RuntimeDefault"}},
        "resources": {"requests": asked, "limits": asked},
    }
    spec: dict[str, Any] = {"containers": [container]}
    if owner:
        spec["tolerations"] = [{"key": "tenant/slug", "operator": "Equal", "value": owner, "effect": "NoSchedule"}]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}


def _path(tenant: Workload, what: str, api: str = "api/v1") -> str:
    return f"/{api}/namespaces/{tenant.outputs['namespace']}/{what}"


def _call(tenant: Workload, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, str]:
    """Status and message of one request to the tenant's cluster."""
    config = json.loads(Path(tenant.cloud.kubeconfigs[tenant.outputs["cluster"]]).read_text(encoding="utf-8"))
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]["exec"]
    environment = {each["name"]: each["value"] for each in user.get("env") or ()}
    environment |= deployer.variables(tenant.cloud)
    said = subprocess.run([user["command"], *user["args"]], env=environment, capture_output=True, text=True, check=True)
    token = json.loads(said.stdout)["status"]["token"]
    context = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
    server: str = cluster["server"]
    connection = HTTPSConnection(urlsplit(server).netloc, context=context, timeout=30)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        return answer.status, str(json.loads(answer.read()).get("message", ""))
    finally:
        connection.close()
