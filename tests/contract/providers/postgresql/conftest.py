"""A real PostgreSQL server of each major that the local cloud runs, with a master that has the rights RDS gives."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from engine.providers.postgresql import PostgresqlProvider
from engine.providers.postgresql.provider import ConfiguredPostgresql
from engine.providers.reach import Direct
from tests.postgres_servers import FOLDERS, Running, serving


@pytest.fixture(scope="session", params=sorted(FOLDERS))
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The server."""
    major: int = request.param
    with serving(major, tmp_path_factory.mktemp(f"postgres{major}")) as server:
        yield server


@pytest.fixture
def provider(running: Running) -> ConfiguredPostgresql:
    return PostgresqlProvider(Direct()).configure(running.config())


@pytest.fixture
def unique() -> str:
    """A name that no other test uses: servers are shared by a session's tests."""
    return f"t{secrets.token_hex(5)}"
