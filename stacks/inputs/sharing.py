"""How GPUs of a tenant's own nodes are cut: time-slicing, or MIG. Between tenants a GPU is never cut in time. Pure.

Time-slicing keeps neither memory nor faults apart (NVIDIA, GPU sharing of the device plugin), so it is had inside one
tenant only. MIG cuts the GPU itself; which profiles there are is NVIDIA's MIG user guide's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TIME_SLICING: Final = "time-slicing"
REPLICAS: Final = 4
"""Pods that a time-sliced GPU is given to at one time."""
_MIG: Final = "mig-"

_A100_40: Final = {"1g.5gb": 7, "2g.10gb": 3, "3g.20gb": 2, "7g.40gb": 1}
_80: Final = {"1g.10gb": 7, "2g.20gb": 3, "3g.40gb": 2, "7g.80gb": 1}
_H200: Final = {"1g.18gb": 7, "2g.35gb": 3, "3g.71gb": 2, "7g.141gb": 1}
_CUTS: Final[Mapping[str, Mapping[str, int]]] = {
    "p4d": _A100_40,
    "p4de": _80,
    "p5": _80,
    "p5e": _H200,
    "p5en": _H200,
}
"""Slices of one GPU by MIG profile, by family of instance types; what is not here can't be cut by MIG."""

PATTERN: Final = rf"^({TIME_SLICING}|{_MIG}[1-7]g\.[1-9][0-9]{{0,2}}gb)$"
"""What a word may look like; which profiles of MIG there are depends on the GPU."""


def is_mig(sharing: str) -> bool:
    """Whether the word is of a MIG profile."""
    return sharing.startswith(_MIG)


def mig_profile(sharing: str) -> str:
    """NVIDIA's name of the profile, e.g. `1g.10gb`; nothing where it is none."""
    return sharing.removeprefix(_MIG) if is_mig(sharing) else ""


def cuts(family: str) -> tuple[str, ...]:
    """Words for the MIG profiles that a family of instance types has, the smallest first."""
    return tuple(f"{_MIG}{profile}" for profile in _CUTS.get(family, ()))


def parts(sharing: str, family: str) -> int:
    """What the scheduler counts for one GPU that is shared like this; 1 where it is whole."""
    if is_mig(sharing):
        return _CUTS.get(family, {}).get(mig_profile(sharing), 1)
    return REPLICAS if sharing == TIME_SLICING else 1
