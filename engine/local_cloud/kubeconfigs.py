"""A kubeconfig for each cluster of the local cloud, for people: no secret in it, a token is made at each use."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.local_cloud.home import Home, write

_TOKENS = "engine.providers.aws.eks_tokens"


def written(home: Home, clusters: Mapping[str, tuple[str, str, str]]) -> dict[str, Path]:
    """Write them, for clusters as `Clusters.servers` tells them; the file by the cluster's name."""
    folder = home.folder / "kubeconfigs"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = {name: folder / f"{name}.json" for name in sorted(clusters)}
    for stale in set(folder.iterdir()) - set(found.values()):
        stale.unlink()
    for name, path in found.items():
        endpoint, region, _ = clusters[name]
        write(path, json.dumps(_kubeconfig(home, name, endpoint, region), indent=1))
    return found


def _kubeconfig(home: Home, name: str, endpoint: str, region: str) -> dict[str, Any]:
    """As `aws eks update-kubeconfig` writes it; the token comes from us, so that no AWS CLI is needed."""
    authority = base64.b64encode(home.ca_file.read_bytes()).decode()
    plugin = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": sys.executable,
        "args": ["-P", "-m", _TOKENS, "--cluster-name", name, "--region", region],
        "env": [{"name": "PYTHONPATH", "value": str(Path(__file__).parents[2])}],
        "interactiveMode": "Never",
    }
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": {"server": endpoint, "certificate-authority-data": authority}}],
        "users": [{"name": name, "user": {"exec": plugin}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
