"""One local cloud and one world for all rows."""

from __future__ import annotations

import pytest

from engine.local_cloud import LocalCloud
from tests.contract.providers.aws.world import World
from tests.local_cloud_fixture import local_cloud

__all__ = ["local_cloud"]


@pytest.fixture(scope="session")
def world(local_cloud: LocalCloud) -> World:
    return World(local_cloud.access(), local_cloud.environment().region)
