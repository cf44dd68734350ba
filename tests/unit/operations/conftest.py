"""A world in memory for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from operations.lifecycle import shared
from tests import fakes


@pytest.fixture
def bare(tmp_path: Path) -> fakes.World:
    """An environment in which nothing was ever made."""
    return fakes.world(tmp_path)


@pytest.fixture
def world(bare: fakes.World) -> fakes.World:
    """An environment with the shared services of its first cell."""
    shared.apply(bare.bundle, shared.Place())
    bare.cloud.log.clear()
    return bare
