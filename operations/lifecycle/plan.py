"""What an apply would do to a tenant. Takes no lease and changes nothing."""

from __future__ import annotations

from engine.runs import Listener, ignore
from operations import desired, planning
from operations.bundle import Bundle
from operations.reports import Planned


def plan(bundle: Bundle, named: str, listen: Listener = ignore, *, refresh: bool = False) -> Planned:
    """Preview the tenant of a profile; `refresh` counts drift too.

    Raises BadInput, Refused, RunFailed, CloudUnreachable.
    """
    wanted = desired.tenant(bundle, desired.path_of(bundle, named))
    return planning.planned(bundle, wanted, listen, refresh=refresh)
