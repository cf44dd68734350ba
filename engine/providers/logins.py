"""How a client of Kubernetes shows who it is: a token of a plugin, renewed in time, or the kubeconfig's own."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final, Protocol, TypeAlias

from engine.providers.port import ProviderError

_PLUGIN_SECONDS: Final = 60
_BEFORE_THE_END_SECONDS: Final = 60.0
_WITHOUT_AN_END_SECONDS: Final = 600.0


EksTokens: TypeAlias = Callable[[str, str], tuple[str, float]]
"""Region and cluster -> a token of whoever provisions, and when it runs out, in seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """A program that prints a token, as `aws eks get-token` does."""

    command: str
    arguments: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]
    api: str

    @property
    def eks(self) -> tuple[str, str] | None:
        """Region and cluster where it is `aws eks get-token`, which can be answered without it; else None."""
        if self.command != "aws" or self.arguments[:2] != ("eks", "get-token") or self.environment:
            return None
        options = dict(zip(self.arguments[2::2], self.arguments[3::2], strict=False))
        if set(options) != {"--cluster-name", "--region"}:
            return None
        return options["--region"], options["--cluster-name"]


@dataclass(frozen=True, slots=True)
class Login:
    """As whom: one of a plugin, a token, a client certificate with its key (PEM)."""

    plugin: Plugin | None = None
    token: str = field(default="", repr=False)
    certificate: str = ""
    key: str = field(default="", repr=False)


class Credentials(Protocol):
    """Gives the bearer token of a request; empty where a certificate is shown instead."""

    def token(self, *, fresh: bool = False) -> str:
        """The token; `fresh` where the last one was refused. Raises ProviderError."""
        ...


class Fixed:
    """A token that stands in the kubeconfig, or none."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self, *, fresh: bool = False) -> str:
        """The same one always."""
        return self._token


class Renewed:
    """Asks for a token, and keeps it until shortly before it runs out."""

    def __init__(self, ask: Callable[[], tuple[str, float]]) -> None:
        self._ask, self._lock = ask, threading.Lock()
        self._token, self._until = "", 0.0

    def token(self, *, fresh: bool = False) -> str:
        """The token. Raises ProviderError where none is given."""
        with self._lock:
            if fresh or time.time() >= self._until:
                self._token, self._until = self._ask()
            return self._token


def of(login: Login, eks: EksTokens | None = None) -> Credentials:
    """Credentials for a login; what `aws eks get-token` would give comes from `eks` where there is one."""
    asked = login.plugin
    if asked is None:
        return Fixed(login.token)
    if eks is not None and asked.eks is not None:
        region, cluster = asked.eks
        return Renewed(partial(eks, region, cluster))
    return Renewed(partial(_answer, asked))


def plugin(given: Mapping[str, Any]) -> Plugin:
    """The `exec` of a kubeconfig's user."""
    return Plugin(
        command=str(given["command"]),
        arguments=tuple(str(each) for each in given.get("args") or ()),
        environment=tuple((str(each["name"]), str(each["value"])) for each in given.get("env") or ()),
        api=str(given.get("apiVersion") or "client.authentication.k8s.io/v1"),
    )


def _answer(plugin: Plugin) -> tuple[str, float]:
    info = {"apiVersion": plugin.api, "kind": "ExecCredential", "spec": {"interactive": False}}
    environment = {**os.environ, **dict(plugin.environment), "KUBERNETES_EXEC_INFO": json.dumps(info)}
    try:
        ran = subprocess.run(
            [plugin.command, *plugin.arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=_PLUGIN_SECONDS,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ProviderError(f"The login plugin `{plugin.command}` did not run: {error}") from error
    if ran.returncode:
        raise ProviderError(f"The login plugin `{plugin.command}` failed: {ran.stderr.strip()[-300:]}")
    return _read(plugin, ran.stdout)


def _read(plugin: Plugin, answer: str) -> tuple[str, float]:
    try:
        status: dict[str, Any] = json.loads(answer)["status"]
        token, end = str(status["token"]), status.get("expirationTimestamp")
        until = datetime.fromisoformat(str(end)).timestamp() - _BEFORE_THE_END_SECONDS if end else None
    except (ValueError, KeyError, TypeError) as error:
        raise ProviderError(f"The login plugin `{plugin.command}` gave no credential.") from error
    return token, time.time() + _WITHOUT_AN_END_SECONDS if until is None else until
