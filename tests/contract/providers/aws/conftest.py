"""One local cloud and one world for all rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.local_cloud import LocalCloud
from tests.contract.providers.aws.watching import watching
from tests.contract.providers.aws.world import World
from tests.control_plane_fixture import control_plane
from tests.local_cloud_fixture import local_cloud

__all__ = ["control_plane", "local_cloud"]


@pytest.fixture(scope="session")
def world(local_cloud: LocalCloud, control_plane: Path) -> Iterator[World]:
    with watching():
        yield World(local_cloud.access(), local_cloud.environment().region)
