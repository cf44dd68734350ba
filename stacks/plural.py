"""Numbers in sentences: `1 tenant stands`, `2 tenants stand`."""

from __future__ import annotations


def count(number: int, one: str, many: str = "") -> str:
    """`1 resource`, `3 resources`; `many` where an `s` at the end of `one` would be wrong."""
    return f"{number} {either(number, one, many or f'{one}s')}"


def either(number: int, one: str, many: str) -> str:
    """The words that fit the number."""
    return one if number == 1 else many
