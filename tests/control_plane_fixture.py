"""The control plane's binary for a test session: built where it is not there, waited for where another builds it.

from tests.control_plane_fixture import control_plane  # pytest finds it by name
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from engine.local_cloud.kubernetes import binary


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


@pytest.fixture(scope="session")
def control_plane() -> Path:
    """Where it is. `make test` has begun to build it before the first test."""
    return binary.build(_say)
