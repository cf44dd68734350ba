"""Numbers in sentences."""

from __future__ import annotations

import pytest

from stacks import plural


@pytest.mark.parametrize(("number", "said"), [(0, "0 tenants"), (1, "1 tenant"), (2, "2 tenants")])
def test_only_one_is_singular(number: int, said: str) -> None:
    assert plural.count(number, "tenant") == said


def test_an_irregular_plural_is_given() -> None:
    assert plural.count(2, "process", "processes") == "2 processes"
