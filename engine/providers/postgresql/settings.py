"""The provider's configuration: how to log in to the server, from the wire to a frozen value. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.providers.port import CheckFailure, Props, Unknown

_PORT, _CONNECT_SECONDS = 5432, 10
_SSL_MODES = ("disable", "require", "verify-ca", "verify-full")
_OF_THE_ENGINE = ("version", "pluginDownloadURL", "pluginChecksums", "__internal", "__defaults")

_REFUSED = {
    "awsRdsIamAuth": "logging in with an IAM token is not built; give username and password",
    "awsRdsIamProfile": "logging in with an IAM token is not built",
    "awsRdsIamProviderRoleArn": "logging in with an IAM token is not built",
    "awsRdsIamRegion": "logging in with an IAM token is not built",
    "azureIdentityAuth": "Azure identities are not built",
    "azureTenantId": "Azure identities are not built",
    "clientcert": "client certificates are not built; give username and password",
    "databaseUsername": "user name maps are not built; the user logs in under its own name",
    "expectedVersion": "the server itself is asked for its version",
    "gcpIamImpersonateServiceAccount": "Google identities are not built",
    "maxConnections": "each call opens one connection at most two; the engine's parallelism is the limit",
    "sslMode": "deprecated; write sslmode",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """How to log in. `superuser` says whether the user is one, which RDS never gives. Seconds in `connect_timeout`."""

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    database: str = "postgres"
    sslmode: str = "require"
    sslrootcert: str | None = None
    superuser: bool = True
    connect_timeout: int = _CONNECT_SECONDS


def faults(config: Props) -> Iterator[CheckFailure]:
    """Keys that are not known or not built, and values that can't be read."""
    for name in sorted(config):
        value = _plain(name, config[name])
        if name in _OF_THE_ENGINE or value is None:
            continue
        if name in _REFUSED:
            yield CheckFailure(name, _REFUSED[name])
        elif name not in _READERS:
            yield CheckFailure(name, f"no such setting; there are {', '.join(sorted(_READERS))}")
        elif not isinstance(value, Unknown) and not _READERS[name](value):
            yield CheckFailure(name, f"can't be read: expected {_EXPECTED[name]}")


def known(config: Props) -> Props:
    """The settings that defaults of resources are taken from, as far as they are known in a preview."""
    return {"username": config.get("username") or "postgres", "database": config.get("database") or "postgres"}


def unknown_keys(config: Props) -> tuple[str, ...]:
    """Settings that only an apply can tell."""
    return tuple(sorted(name for name, value in config.items() if isinstance(value, Unknown)))


def parse(config: Props) -> Settings:
    """Settings from a configuration that has passed `faults` and has no unknowns; JSON strings are read."""
    given = {name: _plain(name, value) for name, value in config.items() if name in _READERS}
    given = {name: value for name, value in given.items() if value is not None}
    return Settings(
        host=given.get("host", "localhost"),
        port=int(given.get("port", _PORT)),
        username=given.get("username", "postgres"),
        password=given.get("password", ""),
        database=given.get("database", "postgres"),
        sslmode=given.get("sslmode", "require"),
        sslrootcert=given.get("sslrootcert"),
        superuser=given.get("superuser", True),
        connect_timeout=int(given.get("connectTimeout", _CONNECT_SECONDS)),
    )


def _plain(name: str, value: Any) -> Any:
    """A provider's non-string settings travel as JSON in a string; so do the values of stack configuration."""
    if name in ("port", "superuser", "connectTimeout") and isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _whole(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == int(value) and value > 0


_READERS: dict[str, Callable[[Any], bool]] = {
    "host": _text,
    "port": _whole,
    "username": _text,
    "password": _text,
    "database": _text,
    "scheme": lambda value: value == "postgres",
    "sslmode": lambda value: value in _SSL_MODES,
    "sslrootcert": _text,
    "superuser": lambda value: isinstance(value, bool),
    "connectTimeout": _whole,
}
_EXPECTED = dict.fromkeys(_READERS, "a string") | {
    "port": "a port number",
    "scheme": "postgres",
    "sslmode": f"one of {', '.join(_SSL_MODES)}",
    "superuser": "a boolean",
    "connectTimeout": "a number of seconds",
}
