"""A saved plan: frozen data, complete enough to be applied without the profile that it was made from."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from engine.runs import Change, PathChange
from operations.cost.change import CostChange
from operations.reports import Planned


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPlan:
    """A plan with its name, its place and its time. `account` is the AWS account that the environment had then.

    Times are UTC. From `expires` on it is refused.
    """

    id: str
    environment: str
    account: str
    created: datetime
    expires: datetime
    planned: Planned


def plain(planned: Planned) -> Planned:
    """The plan as a file can hold it: values as JSON has them, and of a line without an amount what says why.

    A plan that was read equals the plain form of the one that was written.
    """
    run = replace(planned.run, changes=tuple(_plain(each) for each in planned.run.changes), outputs={}, seconds=0.0)
    unknown = tuple(replace(line, price=None, monthly=None) for line in planned.cost.unknown)
    cost = CostChange(planned.cost.before, planned.cost.after, unknown)
    return replace(planned, run=run, cost=cost, facts=_json(planned.facts), blueprint=_json(planned.blueprint))


def _plain(change: Change) -> Change:
    return replace(change, paths=tuple(_paths(change.paths)))


def _paths(paths: Iterable[PathChange]) -> Iterable[PathChange]:
    return (PathChange(path.path, _json(path.before), _json(path.after)) for path in paths)


def _json(value: Any) -> Any:
    return json.loads(json.dumps(value, default=str))
