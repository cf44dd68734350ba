"""The suite itself: what its other tests rely on."""

from __future__ import annotations

import os
from typing import Any, cast

import pytest


@pytest.mark.xdist_group("held-together")
def test_a_group_of_tests_is_kept_on_one_worker(request: pytest.FixtureRequest) -> None:
    """xdist tells its scheduler the group through the node id, and pytest may stop it without a word."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        assert cast("Any", request).node.nodeid.endswith("@held-together")
