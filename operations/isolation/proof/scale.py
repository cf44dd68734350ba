"""Numbers, moments and addresses as whole numbers, which a solver orders; and back to texts.

A number is counted in thousandths, a moment in seconds since 1970. An address of IPv6 comes after all of IPv4.
"""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from operations.isolation.proof.operators import Family

ORDERED: Final = frozenset({Family.NUMBER, Family.MOMENT, Family.ADDRESS})
_THOUSAND: Final = 1000
_IPV4: Final = 2**32
_LAST: Final = {Family.NUMBER: 10**12, Family.MOMENT: 253402300799, Family.ADDRESS: _IPV4 + 2**128 - 1}


def last(family: Family) -> int:
    """The greatest value that is looked at. The least is 0."""
    return _LAST[family]


def span(family: Family, text: str) -> tuple[int, int]:
    """The first and the last value that a text of a policy means: the same, but for a block of addresses.

    Raises ValueError where the text is none of the family, or finer than is counted here.
    """
    match family:
        case Family.ADDRESS:
            block = ipaddress.ip_network(text, strict=False)
            base = _IPV4 if block.version == 6 else 0  # noqa: PLR2004 - the version of IP
            return base + int(block.network_address), base + int(block.broadcast_address)
        case Family.MOMENT:
            at = _moment(text)
        case _:
            at = _number(text)
    if not 0 <= at <= last(family):
        raise ValueError(f"{text} is out of range")
    return at, at


def point(family: Family, text: str) -> int:
    """The value of a request's key. Raises ValueError, see `span`, and for a block of more than one address."""
    first, end = span(family, text)
    if first != end:
        raise ValueError(f"{text} is not one address")
    return first


def text(family: Family, value: int) -> str:
    """A value as a request has it."""
    match family:
        case Family.ADDRESS:
            inside = ipaddress.IPv6Address(value - _IPV4) if value >= _IPV4 else ipaddress.IPv4Address(value)
            return str(inside)
        case Family.MOMENT:
            return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case _:
            return format((Decimal(value) / _THOUSAND).normalize(), "f")


def _number(written: str) -> int:
    try:
        thousandths = Decimal(written) * _THOUSAND
    except InvalidOperation as wrong:
        raise ValueError(f"{written} is no number") from wrong
    if not thousandths.is_finite() or thousandths != thousandths.to_integral_value():
        raise ValueError(f"{written} is finer than thousandths")
    return int(thousandths)


def _moment(written: str) -> int:
    if written.isdigit():
        return int(written)
    at = datetime.fromisoformat(written)
    if at.microsecond:
        raise ValueError(f"{written} is finer than seconds")
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())
