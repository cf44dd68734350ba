"""What clients need to know to work with the local cloud."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from engine.local_cloud import routing


class Database(NamedTuple):
    """A real PostgreSQL behind an RDS instance, and its master login."""

    host: str
    port: int
    user: str
    password: str


class Cache(NamedTuple):
    """A real Valkey behind a replication group, and the names of the users it lets in."""

    host: str
    port: int
    users: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LocalEnvironment:
    """Endpoints, credentials, servers. `default_endpoint` refuses: no call leaves for a real AWS host."""

    endpoints: Mapping[str, str]
    default_endpoint: str
    region: str
    access_key: str
    secret_key: str = field(repr=False)
    ca_file: Path
    databases: Mapping[str, Database] = field(repr=False)
    caches: Mapping[str, Cache]
    kubeconfigs: Mapping[str, Path] = field(default_factory=dict[str, Path])

    def to_json(self) -> dict[str, Any]:
        """The keys of `tenant local env --format json`."""
        return {
            "endpoints": {**self.endpoints, "default": self.default_endpoint},
            "region": self.region,
            "credentials": {"access_key": self.access_key, "secret_key": self.secret_key},
            "ca_file": str(self.ca_file),
            "databases": {name: database._asdict() for name, database in self.databases.items()},
            "caches": {name: {**cache._asdict(), "users": list(cache.users)} for name, cache in self.caches.items()},
            "kubeconfigs": {name: str(path) for name, path in self.kubeconfigs.items()},
        }

    def variables(self) -> dict[str, str]:
        """Environment variables with which the AWS CLI, SDKs and psql speak to the local cloud."""
        return {
            "AWS_ENDPOINT_URL": self.default_endpoint,
            **{routing.variable(name): url for name, url in self.endpoints.items()},
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CA_BUNDLE": str(self.ca_file),
            "PGSSLMODE": "verify-full",
            "PGSSLROOTCERT": str(self.ca_file),
        }

    def to_shell(self) -> str:
        """The variables as lines to `eval` in a POSIX shell."""
        exports = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in self.variables().items())
        # the token of a role that was taken on in this shell is no part of these credentials
        # comments last: read without quotes, by `eval $(…)`, they would swallow the lines after them
        return "".join((f"unset AWS_SESSION_TOKEN\n{exports}", *self._servers()))

    def _servers(self) -> Iterator[str]:
        """A comment a server; its login is in the form for programs."""
        for name, at in self.databases.items():
            yield f"# database {name}: host={at.host} port={at.port} user={at.user}\n"
        for name, at in self.caches.items():
            yield f"# cache {name}: host={at.host} port={at.port} users={','.join(at.users)}\n"
        for name, path in self.kubeconfigs.items():
            yield f"# cluster {name}: export KUBECONFIG={shlex.quote(str(path))}\n"
        if self.databases:
            yield "# passwords of databases: tenant local env --format json\n"


_PLACE: Final = re.compile(r"(?<= )\d{12}\.[a-z]{2}(?:-[a-z]+)+-\d\.")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the cloud for `status`: `kind` is real, emulated or simulated."""

    name: str
    kind: str
    state: str
    address: str
    pid: int | None = None
    memory_mb: float = 0.0

    @property
    def short(self) -> str:
        """The name for people: a server's begins with its account and region, and those are the same of nearly all."""
        return _PLACE.sub("", self.name)

    def to_json(self) -> dict[str, Any]:
        """The keys of `tenant local status --output json`."""
        return asdict(self)
