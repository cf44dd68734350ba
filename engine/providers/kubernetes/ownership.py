"""Whose an object is: told by the name under which its fields were applied. Pure.

Each resource applies under a manager of its own, made of its URN, which names the stack. So an object that a crash left
behind is known again, and one of another stack, or of hand, is not.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final, cast

from engine.providers.kubernetes import objects
from engine.providers.port import Props

_DIGITS: Final = 8
MANAGER: Final = "__fieldManager"
API_AT_BIRTH: Final = "__initialApiVersion"


def manager(urn: str) -> str:
    """The field manager of a resource, in the official provider's form."""
    return f"pulumi-kubernetes-{hashlib.sha256(urn.encode()).hexdigest()[:_DIGITS]}"


def is_ours(live: Props, name: str) -> bool:
    """Whether this manager applied the object."""
    listed = cast("list[dict[str, Any]]", objects.member(live, "metadata").get("managedFields") or [])
    return any(each.get("manager") == name and each.get("operation") == "Apply" for each in listed)


def is_going(live: Props) -> bool:
    """Whether it is being deleted already."""
    return bool(objects.member(live, "metadata").get("deletionTimestamp"))


def outputs(live: Props, name: str, inputs: Props) -> Props:
    """What a state keeps of a live object: all of it but the account of who set which field."""
    metadata = {key: value for key, value in objects.member(live, "metadata").items() if key != "managedFields"}
    return {**live, "metadata": metadata, MANAGER: name, API_AT_BIRTH: inputs.get("apiVersion")}
