"""A real control plane for each EKS cluster, or a way into somebody's: MiniStack's EKS, hooked function by function.

What MiniStack's state says is made true of the control planes, over and over (`converge`): access policies become RBAC,
node groups become nodes.
"""

from __future__ import annotations

import base64
import contextlib
import importlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from engine.local_cloud import hooks, link
from engine.local_cloud.home import Home, Settings
from engine.local_cloud.ministack_side import (
    caches,
    cluster_catalogue,
    cluster_objects,
    cluster_refusals,
    cluster_updates,
    node_groups,
)
from engine.local_cloud.servers import passages, wanted
from engine.local_cloud.servers.kubernetes import Kubernetes, Refused, review_url

_PERIOD_SECONDS = 2.0
_KEPT = ("upgradePolicy", "deletionProtection", "zonalShiftConfig", "bootstrapSelfManagedAddons")
_KEPT_OF_GROUPS = ("updateConfig", "nodeRepairConfig")
_log = logging.getLogger("clusters")


class Clusters:
    """The hooks, and what the rest of the process asks about clusters."""

    def __init__(self, home: Home, settings: Settings) -> None:
        self._home, self._settings = home, settings
        self._eks: Any = importlib.import_module("ministack.services.eks")
        self._responses: Any = importlib.import_module("ministack.core.responses")
        self._done: dict[str, str] = {}
        self._scaling = node_groups.ScalingGroups(settings, self._eks)
        self._looked = 0.0
        self._lock = threading.Lock()

    def install(self) -> None:
        """Hook MiniStack's EKS. Raises hooks.MissingHook where a name is gone."""
        for name, hook in (
            ("_create_cluster", self._create),
            ("_describe_cluster", self._describe),
            ("_delete_cluster", self._delete),
            ("_create_nodegroup", self._create_group),
            ("_handle_request_sync", self._handle),
            ("_resolve_tag_resource_arn", self._resolve),
        ):
            hooks.around(self._eks, name, hook)
        hooks.instead(self._eks, "_schedule_access_policy_reconcile", self._wake)
        hooks.instead(self._eks, "_get_docker", _no_containers)  # where there is an engine, it would start k3s
        for name in (
            "_clusters",
            "_nodegroups",
            "_pod_identity_associations",
            "_access_policy_rbac_objects",
            "_ACCESS_POLICY_RULES",
            "_json_resp",
            "_error",
            "_sanitize",
            "_tags",
        ):
            hooks.find(self._eks, name)

    def servers(self) -> dict[str, tuple[str, str, str]]:
        """Endpoint, region and account of each cluster whose control plane serves, by the cluster's name."""
        return {
            name: (server.endpoint(), region, account)
            for account, region, name, _ in self._every()
            if (server := self._server(account, region, name)).is_ready()
        }

    def converge(self) -> None:
        """Make RBAC and nodes what the state says. What can't be done now is done at a later look."""
        with self._lock:
            if time.monotonic() - self._looked < _PERIOD_SECONDS:
                return
            self._looked = time.monotonic()
            self._match()
            self._scaling.converge()
            for account, region, name, cluster in self._every():
                server = self._server(account, region, name)
                if server.is_ready():
                    try:
                        self._make_so(server, account, region, name, cluster)
                    except (OSError, Refused) as fault:
                        _log.warning("%s: %s", name, fault)

    def _match(self) -> None:
        """A server for each cluster, and no other: a call may have ended between the record and the server."""
        known = {f"{account}.{region}.{name}": cluster for account, region, name, cluster in self._every()}
        for one in wanted.every(self._home):
            if one.kind in wanted.CLUSTERS and one.name not in known:
                passages.BY_KIND[one.kind](self._home, one.name).delete()
        for account, region, name, cluster in self._every():
            server = self._server(account, region, name)
            if not server.folder.exists():
                self._want(server, account, region, name, cluster)

    def _want(self, server: Kubernetes, account: str, region: str, name: str, cluster: dict[str, Any]) -> None:
        range_of_services = cluster["kubernetesNetworkConfig"]["serviceIpv4Cidr"]
        server.create(range_of_services, self._review(account, region, name, cluster))

    def point(self) -> None:
        """At the start: tell each control plane where its tokens are reviewed now; our port may be another one."""
        for account, region, name, cluster in self._every():
            server = self._server(account, region, name)
            if server.folder.exists():
                server.point_to(self._review(account, region, name, cluster))

    def _make_so(self, server: Kubernetes, account: str, region: str, name: str, cluster: dict[str, Any]) -> None:
        if not server.is_ours:
            return
        groups = [
            group
            for (owner, place, key), group in list(self._eks._nodegroups.all_items())
            if (owner, place) == (account, region) and str(key).startswith(f"{name}/")
        ]
        kinds = {group["nodegroupName"]: node_groups.kind(self._settings, account, region, group) for group in groups}
        sizes = {kind: self._size(kind) for kind in kinds.values()}
        namespaces = cluster_objects.namespaces(server)
        rbac = self._eks._access_policy_rbac_objects(name, account, region, namespaces)
        wanted = [*cluster_objects.definitions(), *rbac, *cluster_objects.nodes(groups, kinds, sizes)]
        digest = repr(wanted)
        if self._done.get(server.name) != digest:
            cluster_objects.apply(server, wanted, self._eks._ACCESS_POLICY_BINDING_LABEL)
            self._done[server.name] = digest

    def _size(self, instance_type: str) -> dict[str, str]:
        found: dict[str, str] | None = link.ask(self._settings.moto, self._settings, "instance-type", instance_type)
        return found or {}

    def _every(self) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
        for (account, region, name), cluster in list(self._eks._clusters.all_items()):
            yield account, region, name, cluster

    def _server(self, account: str, region: str, name: str) -> Kubernetes:
        return passages.behind(self._home, f"{account}.{region}.{name}")

    def _here(self, name: str) -> Kubernetes:
        return self._server(self._responses.get_account_id(), self._eks.get_region(), name)

    def _review(self, account: str, region: str, name: str, cluster: dict[str, Any]) -> str:
        return review_url(self._settings.ministack, account, region, name, cluster["_auth_token"])

    def _wake(self, cluster_name: str, account_id: str | None = None, region: str | None = None) -> None:
        self._looked = 0.0

    def _create(self, original: Callable[..., Any], body: dict[str, Any], creator_arn: str | None = None) -> Any:
        # who creates it gets in, as on AWS; MiniStack forgets this for the account's root
        root = f"arn:aws:iam::{self._responses.get_account_id()}:root"
        versions = cluster_catalogue.offered()
        body = {**body, "version": body.get("version", versions[0])}
        if body["version"] not in versions:
            why = f"unsupported Kubernetes version {body['version']}"
            return self._eks._error(400, "InvalidParameterException", why)
        answer = original(body, creator_arn or root)
        cluster = self._eks._clusters.get(body.get("name", ""))
        if answer[0] != 200:
            return answer
        cluster.update({"deletionProtection": False, **{key: body[key] for key in _KEPT if key in body}})
        account, region = self._responses.get_account_id(), self._eks.get_region()
        subnets = cluster["resourcesVpcConfig"]["subnetIds"]
        if found := link.ask(self._settings.moto, self._settings, "subnets", account, region, *subnets):
            cluster["resourcesVpcConfig"]["vpcId"] = found[0][2]
        if caches.CREATING.get():
            cluster["_creating_until"] = time.time() + caches.CREATING.get()
        name = cluster["name"]
        with self._lock:
            self._want(self._here(name), account, region, name, cluster)
        self._refresh(name, cluster)
        return self._eks._json_resp(200, {"cluster": self._eks._sanitize(cluster)})

    def _describe(self, original: Callable[..., Any], name: str) -> Any:
        cluster = self._eks._clusters.get(name)
        if cluster:
            self._refresh(name, cluster)
        return original(name)

    def _refresh(self, name: str, cluster: dict[str, Any]) -> None:
        """Status, endpoint and authority as they are now.

        There is no endpoint before the cluster serves and lets its creator in; from then on it is active, also while
        its control plane is brought back.
        """
        server = self._here(name)
        if not cluster.get("_opened") and time.time() >= cluster.get("_creating_until", 0) and server.is_ready():
            with contextlib.suppress(OSError, Refused):  # the next look tries again
                self._make_so(server, self._responses.get_account_id(), self._eks.get_region(), name, cluster)
                cluster["_opened"] = True
        ready = bool(cluster.get("_opened"))
        authority = base64.b64encode(self._home.ca_file.read_bytes()).decode()
        failed = not ready and server.failure()
        cluster["status"] = "ACTIVE" if ready else "FAILED" if failed else "CREATING"
        cluster["health"] = {"issues": [{"code": "InternalFailure", "message": failed}] if failed else []}
        cluster["endpoint"] = server.endpoint() if ready else ""
        cluster["certificateAuthority"] = {"data": authority if ready else ""}

    def _delete(self, original: Callable[..., Any], name: str) -> Any:
        cluster = self._eks._clusters.get(name)
        if cluster and cluster.get("deletionProtection"):
            why = "The cluster has deletion protection enabled."
            return self._eks._error(400, "InvalidRequestException", why)
        if any(str(key).startswith(f"{name}/") for key in self._eks._nodegroups):
            return self._eks._error(409, "ResourceInUseException", "Cluster has nodegroups attached")
        with self._lock:
            answer = original(name)
            if answer[0] == 200:
                server = self._here(name)
                server.delete()
                self._done.pop(server.name, None)
        return answer

    def _handle(
        self, original: Callable[..., Any], method: str, path: str, headers: Any, raw: bytes, query: Any
    ) -> Any:
        if method == "DELETE" and path.startswith("/tags/"):
            # MiniStack takes only the first of several keys away
            keys: list[str] = query.get("tagKeys") or []
            told = [original(method, path, headers, raw, {"tagKeys": [key]}) for key in keys]
            return next((each for each in told if each[0] != 200), told[-1] if told else self._eks._json_resp(200, {}))
        if told := cluster_catalogue.answer(self._eks, method, path, query):
            return told
        answer = cluster_updates.answer(self._eks, method, path, raw)
        if answer is None:
            answer = original(method, path, headers, raw, query)
        else:
            self._looked = 0.0
        if "/node-groups" in path and method != "GET":
            self._scaling.converge()
        return answer

    def _resolve(self, original: Callable[..., Any], arn: str) -> Any:
        """Pod identity associations carry tags too."""
        known = any(each["associationArn"] == arn for each in self._eks._pod_identity_associations.values())
        return (arn, None) if known else original(arn)

    def _create_group(self, original: Callable[..., Any], cluster_name: str, body: dict[str, Any]) -> Any:
        asked = {"version": "0.0", **body, "scalingConfig": body.get("scalingConfig", {})}
        cluster = self._eks._clusters.get(cluster_name)
        if cluster and (why := cluster_refusals.of_group(cluster, asked)):
            return self._eks._error(400, "InvalidParameterException", why)
        template = None
        if cluster and "launchTemplate" in body:
            where = (self._responses.get_account_id(), self._eks.get_region())
            template = node_groups.template(self._settings, *where, body["launchTemplate"])
            if why := node_groups.refusal(body, template):
                return self._eks._error(400, "InvalidParameterException", why)
        answer = original(cluster_name, body)
        group = self._eks._nodegroups.get(f"{cluster_name}/{body.get('nodegroupName')}")
        if answer[0] != 200:
            return answer
        group.update({"updateConfig": {"maxUnavailable": 1}})
        group.update({key: body[key] for key in _KEPT_OF_GROUPS if key in body})
        group.update(node_groups.shown(template) if template else {})
        self._looked = 0.0
        return self._eks._json_resp(200, {"nodegroup": group})


def _no_containers() -> None:
    """No container engine."""
