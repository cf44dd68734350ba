"""The one maker of tags, within the limits of AWS.

`stack` is the token of ownership: with `Name` and the type it tells which resource a thing is, so that an interrupted
create is found again and nothing of others is ever adopted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

KEY_LENGTH: Final = 128
VALUE_LENGTH: Final = 256
MOST: Final = 50
_ALLOWED: Final = re.compile(r"^[A-Za-z0-9 ._:/=+@-]*$")

MANAGED_BY: Final = "tenant"
VALUE_PATTERN: Final = r"^[A-Za-z0-9 ._:/=+@-]{1,256}$"
"""What a value may hold so that it fits a tag of every service: the least that they all take, ASCII only."""

KEYS: Final = (
    "cost-center",
    "data-classification",
    "environment",
    "expires-on",
    "incarnation",
    "isolation",
    "managed-by",
    "owner",
    "stack",
    "tenant",
    "tier",
    "tier-version",
)
"""Every key that tells whose cost something is, sorted; `Name` tells only which thing it is."""


@dataclass(frozen=True, slots=True)
class Owned:
    """Whose a stack's resources are, as every one of them says in its tags."""

    tenant: str
    incarnation: int
    tier: str
    tier_version: int
    environment: str
    stack: str
    owner: str
    cost_center: str
    data_classification: str
    expires_on: str = ""


def of(owned: Owned) -> dict[str, str]:
    """Tags of everything in a stack, sorted by key; `isolation` and `Name` come with each resource."""
    tags = {
        "cost-center": owned.cost_center,
        "data-classification": owned.data_classification,
        "environment": owned.environment,
        "incarnation": str(owned.incarnation),
        "managed-by": MANAGED_BY,
        "owner": owned.owner,
        "stack": owned.stack,
        "tenant": owned.tenant,
        "tier": owned.tier,
        "tier-version": str(owned.tier_version),
    }
    if owned.expires_on:
        tags["expires-on"] = owned.expires_on
    return dict(sorted(tags.items()))


def named(tags: Mapping[str, str], isolation: str, name: str) -> dict[str, str]:
    """Tags of one resource: the stack's, how far it is apart from others, and its name."""
    return dict(sorted({**tags, "isolation": isolation, "Name": name}.items()))


def faults(tags: Mapping[str, str]) -> tuple[str, ...]:
    """What AWS would not take, as sentences; empty when all is well."""
    found = [f"{len(tags)} tags are more than {MOST}"] if len(tags) > MOST else []
    for key, value in tags.items():
        if not 0 < len(key) <= KEY_LENGTH or key.lower().startswith("aws:") or not _ALLOWED.match(key):
            found.append(f"key `{key}` is not one that AWS takes")
        if len(value) > VALUE_LENGTH or not _ALLOWED.match(value):
            found.append(f"value of `{key}` is not one that AWS takes")
    return tuple(found)
