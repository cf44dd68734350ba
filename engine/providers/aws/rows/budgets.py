"""Budgets: what may be spent, and who hears of it. Budgets belong to the account; they have no region."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, cast

from engine.providers.aws import shapes
from engine.providers.aws.rows import budget_notifications
from engine.providers.aws.rows.networks import account, partition
from engine.providers.aws.table import Handle, Kind, Name, Object, Prop, Reader, Row
from engine.providers.aws.tags import PairTags, by_arn
from engine.providers.port import UNKNOWN, CheckFailure, Props

_TIME: Final = "%Y-%m-%d_%H:%M"
_KINDS: Final = ("COST", "USAGE")
_CURRENCY: Final = "USD"


def _time(value: Any, where: str) -> Any:
    """`2026-01-31_00:00`, in UTC. Raises shapes.Misfit."""
    if value is UNKNOWN:
        return value
    try:
        return datetime.strptime(str(value), _TIME).replace(tzinfo=UTC)
    except ValueError as error:
        raise shapes.Misfit(where, "a time like 2026-01-31_00:00 is needed, in UTC") from error


def _when(member: str) -> Reader:
    def read(_: Handle, found: Object) -> Any:
        at = shapes.at(found, f"TimePeriod.{member}")
        return at.astimezone(UTC).strftime(_TIME) if isinstance(at, datetime) else None

    return read


def _period(inputs: Props) -> Object:
    given = {"Start": "timePeriodStart", "End": "timePeriodEnd"}
    return {member: _time(inputs[name], name) for member, name in given.items() if inputs.get(name)}


def _encode(inputs: Props) -> Object:
    """A budget, whole: an update replaces what it leaves out. Raises shapes.Misfit."""
    members = shapes.input_shape("budgets", "CreateBudget").members["Budget"].members
    budget: Object = {"BudgetName": inputs["name"]}
    for name, member in (("budgetType", "BudgetType"), ("timeUnit", "TimeUnit"), ("costTypes", "CostTypes")):
        if inputs.get(name) is not None:
            budget[member] = shapes.to_api(inputs[name], members[member], name)
    if inputs.get("limitAmount") is not None:
        limit = {"amount": inputs["limitAmount"], "unit": inputs.get("limitUnit") or _CURRENCY}
        budget["BudgetLimit"] = shapes.to_api(limit, members["BudgetLimit"], "limitAmount")
    if filters := inputs.get("costFilters"):
        budget["CostFilters"] = {one["name"]: [str(value) for value in one["values"]] for one in filters}
    if period := _period(inputs):
        budget["TimePeriod"] = period
    return budget


def _filters(_: Handle, found: Object) -> Any:
    return [{"name": name, "values": each} for name, each in sorted(shapes.group(found, "CostFilters").items())]


def _same_filters(given: Any, live: Any) -> bool:
    """As sets of sets."""
    one, other = ({each["name"]: sorted(each["values"]) for each in side} for side in (given, live))
    return one == other


def _cost_types(handle: Handle, found: Object) -> Any:
    """AWS tells all of them; those that the inputs speak of count."""
    shown = shapes.from_api(shapes.group(found, "CostTypes"))
    asked = handle.inputs.get("costTypes")
    return {name: value for name, value in shown.items() if name in asked} if isinstance(asked, dict) else shown


def _same_amount(given: Any, live: Any) -> bool:
    """`100` where AWS shows `100.0`."""
    try:
        return Decimal(str(given)) == Decimal(str(live))
    except InvalidOperation:
        return False


def _look(handle: Handle) -> Object | None:
    answer = handle.api.seek("budgets", "DescribeBudget", **budget_notifications.of_budget(handle))
    return answer and {**answer["Budget"], "Notifications": budget_notifications.listed(handle)}


def _create(handle: Handle, request: Object) -> str:
    inputs = handle.inputs
    owner = str(inputs.get("accountId") or account(handle))
    notifications = [
        {"Notification": notification, "Subscribers": budget_notifications.addressed(who)}
        for notification, who in budget_notifications.wanted(inputs.get("notifications")).values()
    ]
    more = {"NotificationsWithSubscribers": notifications} if notifications else {}
    handle.api.create("budgets", "CreateBudget", AccountId=owner, Budget=_encode(inputs), **more, **request)
    return f"{owner}:{inputs['name']}"


def _update(handle: Handle, _: Any) -> None:
    """A period that is left out would begin anew, so the one there is goes along."""
    of = budget_notifications.of_budget(handle)
    there = shapes.group(handle.api.read("budgets", "DescribeBudget", **of)["Budget"], "TimePeriod")
    budget = _encode(handle.inputs)
    budget["TimePeriod"] = {**there, **_period(handle.inputs)}
    handle.api.write("budgets", "UpdateBudget", AccountId=of["AccountId"], NewBudget=budget)


def _seek(handle: Handle) -> Iterator[str]:
    yield f"{handle.inputs.get('accountId') or account(handle)}:{handle.inputs['name']}"


def _faults(inputs: Props) -> Iterator[CheckFailure]:
    kind = inputs.get("budgetType")
    if kind is not None and kind not in _KINDS:
        yield CheckFailure("budgetType", f"{' or '.join(_KINDS)}; others are not supported by the embedded engine")
    given = inputs.get("notifications")
    listed = cast("list[Any]", given) if isinstance(given, list) else []
    said = [cast("Props", one) for one in listed if isinstance(one, dict)]
    for number, one in enumerate(said):
        if not budget_notifications.subscribers(one):
            yield CheckFailure(f"notifications[{number}]", "nobody would hear of it: name a mail address or a topic")
    if len(budget_notifications.conditions(said)) < len(said):
        yield CheckFailure("notifications", "two of them are about the same: name all subscribers in one")


def _trial(inputs: Props) -> object:
    return _encode(inputs), budget_notifications.wanted(inputs.get("notifications"))


TAGS: Final = PairTags(
    "budgets",
    "TagResource",
    "UntagResource",
    "ResourceARN",
    who=by_arn,
    listing=("ListTagsForResource", "ResourceTags"),
    member="ResourceTags",
    untag_member="ResourceTagKeys",
)

_BUDGET: Final = Row(
    type="aws:budgets/budget:Budget",
    service="budgets",
    props=(
        Prop(
            "accountId",
            send=None,
            live=lambda handle, _: budget_notifications.of_budget(handle)["AccountId"],
            fixed=True,
            computed=True,
        ),
        Prop("name", live="BudgetName", fixed=True),
        Prop("namePrefix", send=None, live=None, fixed=True, computed=True),
        Prop("budgetType", required=True, change=_update),
        Prop("timeUnit", required=True, change=_update),
        Prop("limitAmount", live="BudgetLimit.Amount", alike=_same_amount, change=_update),
        Prop("limitUnit", live="BudgetLimit.Unit", computed=True, change=_update),
        Prop("costFilters", live=_filters, kind=Kind.SET, alike=_same_filters, change=_update),
        Prop("costTypes", live=_cost_types, computed=True, change=_update),
        Prop("timePeriodStart", live=_when("Start"), computed=True, change=_update),
        Prop("timePeriodEnd", live=_when("End"), computed=True, change=_update),
        Prop(
            "notifications",
            live=budget_notifications.told,
            kind=Kind.SET,
            alike=budget_notifications.same,
            change=budget_notifications.notify,
        ),
    ),
    create=_create,
    look=_look,
    delete=lambda handle: handle.api.remove("budgets", "DeleteBudget", **budget_notifications.of_budget(handle)),
    seek=_seek,
    tags=TAGS,
    name=Name("name", 100, "namePrefix"),
    encode=_trial,
    faults=_faults,
    outputs={
        "arn": lambda handle, _: f"arn:{partition(handle.api.region)}:budgets::{handle.id.replace(':', ':budget/', 1)}"
    },
    delete_before_replace=True,
)

ROWS: Final = (_BUDGET,)
