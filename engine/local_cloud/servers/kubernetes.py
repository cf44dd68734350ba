"""One real Kubernetes control plane for each emulated EKS cluster."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import ssl
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from engine.local_cloud import locks, processes
from engine.local_cloud.home import Home, read_json, write
from engine.local_cloud.kubernetes import binary, builds
from engine.local_cloud.network import addresses, certificates
from engine.local_cloud.network.gateway import Tls
from engine.local_cloud.servers import wanted
from engine.local_cloud.servers.wanted import KUBERNETES, Wanted

PORT = 6443
_ADMIN = "local-admin"
_CIDR = "10.100.0.0/16"
_SECONDS = 10.0
_RETRY_SECONDS = 3.0


_children: list[subprocess.Popen[bytes]] = []
"""What this process has started."""


class Refused(Exception):  # noqa: N818 - an answer
    """The API server said no."""

    def __init__(self, status: int, text: str) -> None:
        self.status = status
        super().__init__(f"{status}: {text[:300]}")


class Kubernetes:
    """The control plane of one cluster. `name` is unique in the home: account, region, cluster."""

    kind = KUBERNETES
    is_ours = True
    """Whether the local cloud keeps objects in it: RBAC of access policies, nodes of node groups."""

    def __init__(self, home: Home, name: str) -> None:
        self.home, self.name = home, name
        self.folder = wanted.folder(home, self.kind, name)
        self.lock = wanted.lock_file(home, self.kind, name)

    def create(self, service_cidr: str, review: str) -> Wanted:
        """Want one from now on; the supervisor starts it. `review` is the URL of the webhook that knows tokens."""
        with locks.held(self.lock):
            if self.folder.exists():
                self.end()
                shutil.rmtree(self.folder)  # left by a create that never answered: no cluster owns it
            self.folder.mkdir(mode=0o700, parents=True)
            self.forget_failure()  # who makes a cluster wants another try
            self.point_to(review)
            write(self.folder / "options.json", json.dumps({"service_cidr": service_cidr or _CIDR}))
            address = addresses.assign(self.home, f"{self.kind}.{self.name}", PORT)
            certificates.server(self.home, address)
            found = Wanted(self.kind, self.name, address, PORT, Tls.NONE)
            wanted.save(self.home, found)
        return found

    def point_to(self, review: str) -> None:
        """Where tokens are looked at. The URL holds a secret, so it goes by a file and not by argv."""
        user: dict[str, Any] = {"name": "apiserver", "user": {}}
        context = {"name": "review", "context": {"cluster": "review", "user": "apiserver"}}
        # http is for tests that have no webhook
        authority = {"certificate-authority": str(self.home.ca_file)} if review.startswith("https") else {}
        cluster = {"name": "review", "cluster": {"server": review, **authority}}
        write(
            self.folder / "review.kubeconfig",
            json.dumps(
                {
                    "apiVersion": "v1",
                    "kind": "Config",
                    "clusters": [cluster],
                    "users": [user],
                    "contexts": [context],
                    "current-context": "review",
                }
            ),
        )

    def begin(self) -> None:
        """Start the process, if it does not run, without waiting until it serves. The caller holds the lock."""
        if self.is_running() or self._died_just_now():
            return
        command = self._command()
        if command is None:
            return
        with (self.folder / "server.log").open("a") as said:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
                env=self._environment(),
            )
        _children.append(child)
        processes.wait_until(lambda: self.is_running() or child.poll() is not None, _SECONDS)

    def failure(self) -> str:
        """Why it can't serve, in a sentence; empty where nothing is wrong."""
        return binary.failure()

    def forget_failure(self) -> None:
        """Let another start be tried."""
        binary.forget_failure()

    def end(self) -> bool:
        """End the process; what is wanted stays. Whether there was one."""
        return processes.end(self.pid(), self._mark, seconds=20)

    def delete(self) -> None:
        """End the process and remove its data."""
        with locks.held(self.lock):
            if self.folder.exists():
                self.end()
                shutil.rmtree(self.folder)

    def pid(self) -> int | None:
        """The process, None where it does not run."""
        _children[:] = [child for child in _children if child.poll() is None]  # else the dead stay in the process table
        pid = processes.read_pid(self.folder / "pid")
        return pid if processes.is_running(pid, self._mark) else None

    def is_running(self) -> bool:
        """Whether the process lives."""
        return self.pid() is not None

    def endpoint(self) -> str:
        """Where clients reach it."""
        known = self._wanted()
        return f"https://{known.address}:{known.port}"

    def is_ready(self) -> bool:
        """Whether it serves."""
        try:
            self.call("GET", "/readyz")
        except (OSError, Refused):
            return False
        return True

    def call(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """A request as its administrator. Never for clients. Raises Refused, OSError."""
        known = self._wanted()
        trust = ssl.create_default_context(cafile=self.home.ca_file)
        connection = http.client.HTTPSConnection(known.address, known.port, timeout=_SECONDS, context=trust)
        token = (self.folder / "pki" / f"{_ADMIN}.token").read_text()
        kind = "application/apply-patch+yaml" if method == "PATCH" else "application/json"
        try:
            connection.request(
                method,
                path + (f"?{urlencode(query)}" if query else ""),
                body=None if body is None else json.dumps(body),
                headers={"Authorization": f"Bearer {token}", "Content-Type": kind, "Accept": "application/json"},
            )
            answer = connection.getresponse()
            text = answer.read().decode()
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()
        if answer.status >= 400:
            raise Refused(answer.status, text)
        return json.loads(text) if text.startswith("{") else text

    def _command(self) -> list[str | Path] | None:
        """What to start; None where the binary is not built yet: its build is started, and a later look asks again."""
        if not binary.is_built():
            builds.begin(self.home)
            return None
        known = self._wanted()
        certificate, key = certificates.server(self.home, known.address)
        return [
            *(binary.path(), "-folder", self.folder, "-address", known.address, "-port", str(known.port)),
            *("-certificate", certificate, "-key", key, "-authority", self.home.ca_file),
            *("-service-cidr", read_json(self.folder / "options.json")["service_cidr"]),
            *("-token-review", self.folder / "review.kubeconfig"),
        ]

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "TMPDIR": str(self.home.temporary)}

    @property
    def _mark(self) -> str:
        """How its command line is known: by the whole folder, since one cluster's name may begin another's."""
        return f"-folder\0{self.folder}\0"

    def _died_just_now(self) -> bool:
        """Whether the last start is so young that the next one would most likely end the same way."""
        try:
            return time.time() - (self.folder / "pid").stat().st_mtime < _RETRY_SECONDS
        except FileNotFoundError:
            return False

    def _wanted(self) -> Wanted:
        known = wanted.load(self.home, self.kind, self.name)
        if known is None:
            raise FileNotFoundError(f"no control plane {self.name} in {self.home.folder}")
        return known


def review_url(endpoint: str, account: str, region: str, cluster: str, secret: str) -> str:
    """The URL at which MiniStack reviews tokens for a cluster; only that cluster's control plane knows the secret."""
    return f"{endpoint}/_ministack/eks-auth/{account}/{region}/{cluster}/{secret}"
