from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.local_cloud.moto_side.tagging import still


def test_a_listing_over_what_changes_meanwhile_is_begun_again() -> None:
    held = {"a": 1}
    tries: list[int] = []

    def listing() -> Iterator[str]:
        tries.append(1)
        for name in held:
            if len(tries) == 1:
                held["b"] = 2
            yield name

    assert still(listing) == ["a", "b"]
    assert len(tries) == 2


def test_another_fault_is_not_hidden() -> None:
    def listing() -> Iterator[str]:
        yield "a"
        raise RuntimeError("no such thing")

    with pytest.raises(RuntimeError, match="no such thing"):
        still(listing)
