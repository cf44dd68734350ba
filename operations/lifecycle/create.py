"""Make a tenant; go on where an earlier attempt ended; do nothing where it is there already."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from engine.runs import Listener, ignore
from operations import converging, desired, differences
from operations.bundle import Bundle
from operations.converging import Order
from operations.desired import Desired
from operations.registry.model import RunKind, Status
from operations.reports import Applied
from stacks.errors import BadInput


def create(bundle: Bundle, named: str, listen: Listener = ignore) -> Applied:
    """Create the tenant of a profile.

    Raises BadInput for a profile that cannot be used and for a tenant that is there and differs, Refused without
    shared services, LeaseHeld, RunFailed, Interrupted.
    """
    again = f"tenant create {named}"
    wanted = partial(desired.to_make, bundle, desired.path_of(bundle, named))
    return converging.converge(bundle, Order(wanted, RunKind.CREATE, again, _judge), listen)


def _judge(wanted: Desired) -> bool:
    desired.check_change(wanted)
    recorded, blueprint = wanted.recorded, wanted.blueprint
    if recorded is None or recorded.active_since is None or recorded.digest == blueprint.digest:
        return recorded is not None and recorded.status is Status.ACTIVE and recorded.digest == blueprint.digest
    told = differences.lines(_ordered(recorded.blueprint), _ordered(blueprint.to_json()))
    raise BadInput(
        f"{recorded.subject} exists already and differs from its profile; nothing was touched.",
        why="\n".join(told),
        next=f"See and make the change: `tenant plan {recorded.subject}`, `tenant apply {recorded.subject}`.",
    )


def _ordered(blueprint: Mapping[str, Any]) -> dict[str, Any]:
    """What a person decides of a blueprint: prices follow from the rest, and the plan tells them as cost."""
    return {key: value for key, value in blueprint.items() if key != "prices"}
