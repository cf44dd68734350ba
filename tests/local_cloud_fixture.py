"""A started local cloud for a whole test session, one for each xdist worker: `pytest_plugins` or import the fixture.

from tests.local_cloud_fixture import local_cloud  # noqa: F401 - pytest finds it by name
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.local_cloud import LocalCloud


@pytest.fixture(scope="session")
def local_cloud() -> Iterator[LocalCloud]:
    """Started in a short folder of its own, stopped at the end by its own API."""
    folder = Path(tempfile.mkdtemp(prefix="lc-"))
    cloud = LocalCloud(folder / "local-cloud")
    cloud.start()
    try:
        yield cloud
    finally:
        cloud.stop()
        shutil.rmtree(folder)
