"""Make a tenant what its profile says."""

from __future__ import annotations

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
    order = Order(desired.path_of(bundle, named), RunKind.APPLY, f"tenant apply {named}", _any, base, refresh)
    return converging.converge(bundle, order, listen)


def _any(_: Desired) -> None:
    """Apply may make any change that can be made."""
