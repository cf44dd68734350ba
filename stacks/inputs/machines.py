"""EC2 instance types that nodes may be of: what each has, and where AWS offers it.

Figures and offerings are those of DescribeInstanceTypes and DescribeInstanceTypeOfferings.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from stacks.inputs import classes

_VCPUS: Final = {
    "large": 2,
    "xlarge": 4,
    "2xlarge": 8,
    "4xlarge": 16,
    "8xlarge": 32,
    "12xlarge": 48,
    "16xlarge": 64,
    "24xlarge": 96,
    "48xlarge": 192,
    "metal": 96,
}
_OTHER_VCPUS: Final = {"g5g.metal": 64, "p5.4xlarge": 16}
_GPUS: Final = {
    "g4dn.12xlarge": 4,
    "g4dn.metal": 8,
    "g5.12xlarge": 4,
    "g5.24xlarge": 4,
    "g5.48xlarge": 8,
    "g5g.16xlarge": 2,
    "g5g.metal": 2,
    "g6.12xlarge": 4,
    "g6.24xlarge": 4,
    "g6.48xlarge": 8,
    "g6e.12xlarge": 4,
    "g6e.24xlarge": 4,
    "g6e.48xlarge": 8,
    "p3dn.24xlarge": 8,
    "p4d.24xlarge": 8,
    "p4de.24xlarge": 8,
    "p5.48xlarge": 8,
    "p5e.48xlarge": 8,
    "p5en.48xlarge": 8,
    "p6-b200.48xlarge": 8,
}
"""GPUs of types that have more than one."""

_EVERYWHERE_US: Final = "us-east-1 us-east-2 us-west-2"
_OFFERED: Final = {
    "g4dn": f"{_EVERYWHERE_US} us-west-1 af-south-1 ap-east-1 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1"
    " ap-southeast-1 ap-southeast-2 ca-central-1 eu-central-1 eu-north-1 eu-south-1 eu-west-1 eu-west-2 eu-west-3"
    " me-south-1 sa-east-1",
    "g5": f"{_EVERYWHERE_US} ap-east-1 ap-northeast-1 ap-northeast-2 ap-south-1 ap-southeast-2 ca-central-1"
    " eu-central-1 eu-north-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1 sa-east-1",
    "g5g": "us-east-1 us-west-2 ap-northeast-1 ap-northeast-2 ap-southeast-1 eu-central-1 eu-south-2",
    "g6": f"{_EVERYWHERE_US} ap-northeast-1 ap-northeast-2 ap-south-1 ap-south-2 ap-southeast-2 ca-central-1"
    " eu-central-1 eu-central-2 eu-north-1 eu-south-2 eu-west-2 eu-west-3 me-central-1 sa-east-1",
    "g6e": f"{_EVERYWHERE_US} ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 eu-central-1"
    " eu-north-1 eu-south-2 me-central-1",
    "gr6": f"{_EVERYWHERE_US} ap-northeast-1 ap-northeast-2 ap-south-1 ap-southeast-2 ca-central-1 eu-central-1"
    " eu-central-2 eu-north-1 eu-south-2 eu-west-2 eu-west-3 sa-east-1",
    "p3dn": "us-east-1 us-west-2 ap-northeast-1 eu-west-1",
    "p4d": f"{_EVERYWHERE_US} ap-northeast-1 ap-northeast-2 ap-south-1 ap-southeast-2 ca-central-1 eu-central-1"
    " eu-north-1 eu-west-1 eu-west-2 sa-east-1",
    "p4de": "us-east-1 us-west-2 ap-northeast-1 ap-southeast-1 eu-central-1 il-central-1",
    "p5": f"{_EVERYWHERE_US} us-west-1 ap-northeast-1 ap-northeast-2 ap-south-1 ap-southeast-2 ca-central-1"
    " eu-north-1 eu-west-2 sa-east-1",
    "p5e": "us-east-2 us-west-2 ap-southeast-2 eu-north-1 eu-west-2 sa-east-1",
    "p5en": f"{_EVERYWHERE_US} us-west-1 ap-northeast-1 ap-northeast-2 ap-south-1 eu-north-1 eu-south-2 me-central-1",
    "p6-b200": f"{_EVERYWHERE_US} ap-south-1 ap-south-2 eu-north-1 eu-west-3",
}
"""Regions by family with GPUs; families without are taken to be everywhere."""


KNOWN: Final = frozenset({*classes.GPU, *classes.NODE})


@dataclass(frozen=True, slots=True)
class Machine:
    """One instance type; `family` is what quotas and offerings go by."""

    type: str
    family: str
    vcpus: int
    gpus: int
    arm: bool


def machine(instance_type: str) -> Machine:
    """What a type has. Raises KeyError for a size that none of the known families has."""
    family, _, size = instance_type.partition(".")
    vcpus = _OTHER_VCPUS.get(instance_type) or _VCPUS[size]
    gpus = _GPUS.get(instance_type, 1) if instance_type in classes.GPU else 0
    return Machine(instance_type, family, vcpus, gpus, arm=family == "g5g" or family in _GRAVITON)


def regions_of(instance_type: str) -> tuple[str, ...] | None:
    """Where a type with GPUs is offered, sorted; None for everywhere."""
    found = _OFFERED.get(instance_type.partition(".")[0])
    return None if found is None else tuple(sorted(found.split()))


def offered(instance_types: Iterable[str], region: str) -> tuple[str, ...]:
    """Those of the types that are offered in a region."""
    return tuple(each for each in instance_types if region in (regions_of(each) or (region,)))


_GRAVITON: Final = frozenset(family for family in classes.NODE_FAMILIES if family[1:].startswith(("6g", "7g", "8g")))
