"""Regions of AWS, and in which of them data stays inside a jurisdiction.

The `eu` of a residency is the European Union: London and Zurich are regions named `eu-` that are not in it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final

RESIDENCY: Final[dict[str, tuple[str, ...]]] = {
    "au": ("ap-southeast-2", "ap-southeast-4"),
    "br": ("sa-east-1",),
    "ca": ("ca-central-1", "ca-west-1"),
    "ch": ("eu-central-2",),
    "de": ("eu-central-1",),
    "eu": ("eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3"),
    "fr": ("eu-west-3",),
    "ie": ("eu-west-1",),
    "in": ("ap-south-1", "ap-south-2"),
    "jp": ("ap-northeast-1", "ap-northeast-3"),
    "sg": ("ap-southeast-1",),
    "uk": ("eu-west-2",),
    "us": ("us-east-1", "us-east-2", "us-west-1", "us-west-2"),
}

_ELSEWHERE: Final = ("af-south-1", "ap-east-1", "ap-northeast-2", "il-central-1", "me-central-1", "me-south-1")

ALL: Final = tuple(sorted({*_ELSEWHERE, *(region for regions in RESIDENCY.values() for region in regions)}))


def within(residency: Iterable[str]) -> tuple[str, ...]:
    """Regions where data with these residencies may be; all regions where none is asked."""
    asked = tuple(residency)
    if not asked:
        return ALL
    return tuple(sorted({region for name in asked for region in RESIDENCY.get(name, ())}))


def both(here: Iterable[str], residency: Iterable[str]) -> tuple[str, ...]:
    """Those of an environment's regions that lie in a residency, sorted."""
    return tuple(sorted(set(here).intersection(within(residency))))


def nearest(region: str, known: Iterable[str]) -> str:
    """The known region most like a region, in the same part of the world where there is one; nothing of nothing."""
    every = sorted(known)
    near = [each for each in every if each.split("-")[0] == region.split("-")[0]]
    return next(iter(difflib.get_close_matches(region, near or every, n=1, cutoff=0)), "")
