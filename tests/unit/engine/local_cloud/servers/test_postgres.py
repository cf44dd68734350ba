"""What every emulated instance is started with."""

from __future__ import annotations

from engine.local_cloud.servers.postgres import CONNECTIONS
from tests.unit.stacks.given import local


def test_it_takes_all_connections_that_the_local_environment_gives_away_and_some_more() -> None:
    data = local().shared.data
    assert data is not None
    assert data.databases.connections + 20 <= CONNECTIONS
