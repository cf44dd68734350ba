"""A client of a cache, as whoever a login is of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.providers.reach import Way


def connect(way: Way, login: Mapping[str, Any], seconds: float, *, clear: bool = False) -> Any:
    """A client in the login's numbered database, which asks once; nobody without a login. By TLS unless `clear`.

    Of type Any: redis's own annotations leave the types of answers open.
    """
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    from operations.adapters import cache_tls

    client: Any = redis.Redis(
        host=way.host,
        port=way.port,
        username=login.get("username"),
        password=login.get("password"),
        db=login.get("database", 0),
        ssl=not clear,
        ssl_ca_certs=str(way.ca_file) if way.ca_file and not clear else None,
        socket_timeout=seconds,
        socket_connect_timeout=seconds,
        retry=Retry(NoBackoff(), 0),
        protocol=2,
    )
    if not clear:
        client.connection_pool.connection_class = cache_tls.Connection
    return client
