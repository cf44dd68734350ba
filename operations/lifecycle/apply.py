"""Make a tenant what its profile says."""

from __future__ import annotations

from functools import partial

from engine.runs import Listener, ignore
from operations import converging, desired
from operations.bundle import Bundle
from operations.converging import Order
from operations.desired import Desired
from operations.registry.model import RunKind
from operations.reports import Applied, Planned


def apply(
    bundle: Bundle, named: str, base: Planned | None = None, listen: Listener = ignore, *, refresh: bool = False
) -> Applied:
    """Create or change the tenant of a profile; `base` is the plan that was agreed to, `refresh` takes drift back.

    Raises BadInput, Refused (also where the base moved), LeaseHeld, RunFailed, Interrupted.
    """
    wanted = partial(desired.to_make, bundle, desired.path_of(bundle, named))
    order = Order(wanted, RunKind.APPLY, f"tenant apply {named}", _judge, base, refresh)
    return converging.converge(bundle, order, listen)


def _judge(wanted: Desired) -> bool:
    """Apply may make any change that can be made, and takes none for made already."""
    desired.check_change(wanted)
    return False
