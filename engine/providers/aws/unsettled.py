"""What a call left undone and a look at the cloud can't tell: noted in the outputs, read by the next update.

AWS shows neither a password nor an auth token, so whether one of them arrived can't be compared; nor may the rules that
AWS gives a new security group be closed once rules of ours stand beside them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, cast

from engine.providers.aws import values
from engine.providers.aws.table import Prop, Row
from engine.providers.port import UNSETTLED, Props

SETTLE: Final = "(settle)"
"""Among the names of properties: that the row's `settle` was not done."""


def of(outputs: Props) -> frozenset[str] | None:
    """What is noted: nothing may be, which still means that all is to be compared. None where all was put right."""
    noted = outputs.get(UNSETTLED)
    return frozenset(str(name) for name in cast("list[Any]", noted)) if isinstance(noted, list) else None


def note(names: Iterable[str]) -> Props:
    """The output that says so."""
    return {UNSETTLED: sorted(set(names))}


def unreadable(props: Iterable[Prop]) -> frozenset[str]:
    """Those of which AWS never tells the value, but which can be set."""
    return frozenset(prop.name for prop in props if prop.live is None and prop.change)


def known(row: Row, old_inputs: Props, old_outputs: Props, wanted: Props) -> Props:
    """Outputs of an update that was not finished: the wanted inputs, and of the old outputs what can't have changed.

    Old values of changed properties are left out: they may be secrets that no input marks any more.
    """
    stale = {prop.name for prop in row.props if not values.same(prop, old_inputs.get(prop.name), wanted.get(prop.name))}
    return {name: value for name, value in old_outputs.items() if name not in stale} | wanted
