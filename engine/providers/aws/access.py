"""How AWS is reached: endpoints and credentials, held by the adapter and never by a program or a state."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.providers.aws import sdk

_CONNECTIONS = 32
_CONNECT_SECONDS = 5
_READ_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access key; `token` for temporary ones."""

    key: str
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class AwsAccess:
    """Endpoints by botocore's service name, with a default for all others, and credentials.

    Where `default_endpoint` is set no client can be made that leaves for a real AWS host. `credentials` None means
    boto3's own chain, `ca_file` None its own certificate authorities. `attempts` is how often botocore sends one
    request: 1 for creates without an idempotency token, because a repeated send after a lost answer would make the
    thing twice.
    """

    endpoints: Mapping[str, str] = field(default_factory=dict[str, str])
    default_endpoint: str | None = None
    credentials: Credentials | None = None
    ca_file: Path | None = None
    _clients: dict[tuple[str, str, int], Any] = field(
        default_factory=dict[tuple[str, str, int], Any], repr=False, compare=False
    )
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def client(self, service: str, region: str, attempts: int = 3) -> Any:
        """A boto3 client, made once for each service, region and number of attempts."""
        key = (service, region, attempts)
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._make(service, region, attempts)
            return self._clients[key]

    def _make(self, service: str, region: str, attempts: int) -> Any:
        from botocore.config import Config

        config = Config(
            max_pool_connections=_CONNECTIONS,
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": attempts},
            s3={"addressing_style": "path"} if self.default_endpoint else {},
        )
        keys = self.credentials
        return sdk.client(
            service,
            region_name=region,
            endpoint_url=self.endpoints.get(service, self.default_endpoint),
            aws_access_key_id=keys.key if keys else None,
            aws_secret_access_key=keys.secret if keys else None,
            aws_session_token=keys.token if keys else None,
            verify=str(self.ca_file) if self.ca_file else None,
            config=config,
        )
