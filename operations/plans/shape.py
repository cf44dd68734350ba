"""A saved plan as plain data, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from engine.runs import Change, Op, Outcome, PathChange, Run
from operations.cost.change import CostChange
from operations.cost.estimate import Gap, Line
from operations.plans.model import SavedPlan
from operations.reports import Planned

_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"


def to_json(plan: SavedPlan) -> dict[str, Any]:
    """Plain data. Amounts are text, as in every JSON of ours: a float is no sum of cents."""
    planned = plan.planned
    return {
        "id": plan.id,
        "environment": plan.environment,
        "account": plan.account,
        "tenant": planned.subject,
        "incarnation": planned.incarnation,
        "new": planned.new,
        "base": {"stack": planned.stack, "serial": planned.base_serial, "fingerprint": planned.base_fingerprint},
        "facts": dict(planned.facts),
        "blueprint_digest": planned.digest,
        "blueprint": dict(planned.blueprint),
        "refresh": planned.refresh,
        "changes": [_change(each) for each in planned.run.changes],
        "summary": planned.run.summary(),
        "terms": list(planned.terms),
        "cost": _cost(planned.cost),
        "created": plan.created.strftime(_TIME),
        "expires": plan.expires.strftime(_TIME),
    }


def from_json(data: Mapping[str, Any]) -> SavedPlan:
    """A plan from what `to_json` gave. Its signature must have been checked: nothing of it is doubted here."""
    base, subject = data["base"], data["tenant"]
    planned = Planned(
        subject=subject,
        incarnation=data["incarnation"],
        new=data["new"],
        stack=base["stack"],
        base_serial=base["serial"],
        base_fingerprint=base["fingerprint"],
        facts=data["facts"],
        digest=data["blueprint_digest"],
        blueprint=data["blueprint"],
        refresh=data["refresh"],
        terms=tuple(data.get("terms", ())),
        run=Run(base["stack"], Outcome.SUCCEEDED, tuple(_to_change(each) for each in data["changes"])),
        cost=_to_cost(subject, data["cost"]),
    )
    return SavedPlan(
        id=data["id"],
        environment=data["environment"],
        account=data["account"],
        created=_moment(data["created"]),
        expires=_moment(data["expires"]),
        planned=planned,
    )


def _moment(text: str) -> datetime:
    return datetime.strptime(text, _TIME).replace(tzinfo=UTC)


def _change(one: Change) -> dict[str, Any]:
    paths = [{"path": each.path, "before": each.before, "after": each.after} for each in one.paths]
    return {"urn": one.urn, "type": one.type, "name": one.name, "op": one.op.value, "paths": paths}


def _to_change(data: Mapping[str, Any]) -> Change:
    paths = tuple(PathChange(each["path"], each["before"], each["after"]) for each in data["paths"])
    return Change(data["urn"], data["type"], data["name"], Op(data["op"]), paths)


def _cost(cost: CostChange) -> dict[str, Any]:
    return {
        "monthly_before": _text(cost.before),
        "monthly_after": _text(cost.after),
        "unknown": [_line(each) for each in cost.unknown],
    }


def _to_cost(subject: str, data: Mapping[str, Any]) -> CostChange:
    unknown = tuple(
        Line(subject, each["kind"], each["dimension"], each["unit"], _amount(each["quantity"]), None, None, _gap(each))
        for each in data["unknown"]
    )
    return CostChange(_amount(data["monthly_before"]), _amount(data["monthly_after"]), unknown)


def _line(one: Line) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "dimension": one.dimension,
        "unit": one.unit,
        "quantity": _text(one.quantity),
        "why": one.gap.value if one.gap else None,
    }


def _gap(data: Mapping[str, Any]) -> Gap | None:
    return Gap(data["why"]) if data["why"] else None


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
