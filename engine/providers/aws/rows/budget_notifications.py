"""Budgets: who hears of what. AWS keeps notifications beside the budget, each with subscribers of its own."""

from __future__ import annotations

from typing import Any, Final, cast

from engine.providers.aws import shapes, values
from engine.providers.aws.faults import CloudRefused
from engine.providers.aws.table import Handle, Object
from engine.providers.port import Props

_SUBSCRIBERS: Final = {"subscriberEmailAddresses": "EMAIL", "subscriberSnsTopicArns": "SNS"}
_IDENTITY: Final = ("NotificationType", "ComparisonOperator", "Threshold", "ThresholdType")
Subscriber = tuple[str, str]


def of_budget(handle: Handle) -> dict[str, str]:
    """A budget as operations name it."""
    owner, _, name = handle.id.partition(":")
    return {"AccountId": owner, "BudgetName": name}


def _notification(given: Props) -> Object:
    """One notification as AWS has it, without its subscribers. Raises shapes.Misfit."""
    shape = shapes.input_shape("budgets", "CreateNotification").members["Notification"]
    rest = {name: value for name, value in given.items() if name not in _SUBSCRIBERS}
    return cast("Object", shapes.to_api({"thresholdType": "PERCENTAGE", **rest}, shape, "notifications"))


def subscribers(given: Props) -> list[Subscriber]:
    """Kind and address of all that a notification names."""
    return sorted((kind, str(address)) for name, kind in _SUBSCRIBERS.items() for address in given.get(name) or ())


def _key(notification: Object) -> tuple[Any, ...]:
    return tuple(values.plain(notification.get(member)) for member in _IDENTITY)


def conditions(said: list[Props]) -> set[str]:
    """What they are about, told apart without AWS's shapes: a check must not stumble over another form."""
    kind = {"thresholdType": "PERCENTAGE"}
    return {
        repr(sorted((name, values.plain(value)) for name, value in {**kind, **one}.items() if name not in _SUBSCRIBERS))
        for one in said
    }


def wanted(given: Any) -> dict[tuple[Any, ...], tuple[Object, list[Subscriber]]]:
    """Notifications by what tells one from another."""
    made = [(_notification(one), subscribers(one)) for one in cast("list[Props]", given or [])]
    return {_key(notification): (notification, who) for notification, who in made}


def addressed(who: list[Subscriber]) -> list[dict[str, str]]:
    """Subscribers as AWS has them."""
    return [{"SubscriptionType": kind, "Address": address} for kind, address in who]


def _listed(handle: Handle, operation: str, member: str, **of: Any) -> list[Any]:
    """AWS says of none that they can't be found."""
    try:
        return list(handle.api.pages("budgets", operation, member, **of))
    except CloudRefused as refused:
        if refused.not_found:
            return []
        raise


def listed(handle: Handle) -> list[tuple[Object, list[Subscriber]]]:
    """What there is, each with its subscribers."""
    of = of_budget(handle)
    found: list[tuple[Object, list[Subscriber]]] = []
    for each in _listed(handle, "DescribeNotificationsForBudget", "Notifications", **of):
        one = {"ThresholdType": "PERCENTAGE", **{member: each[member] for member in _IDENTITY if member in each}}
        who = _listed(handle, "DescribeSubscribersForNotification", "Subscribers", **of, Notification=one)
        found.append((one, sorted((one["SubscriptionType"], one["Address"]) for one in who)))
    return found


def told(_: Handle, found: Object) -> Any:
    """Notifications as they would be said."""
    said: list[Props] = []
    for notification, who in found["Notifications"]:
        to = {name: [address for kind, address in who if kind == wanted] for name, wanted in _SUBSCRIBERS.items()}
        said.append({**shapes.from_api(notification), **{name: each for name, each in to.items() if each}})
    return said


def same(given: Any, live: Any) -> bool:
    """Whether the same people hear of the same; in what order they are named does not matter."""
    one, other = ({key: who for key, (_, who) in wanted(side).items()} for side in (given, live))
    return one == other


def notify(handle: Handle, given: Any) -> None:
    """One by one. A subscriber comes before another goes: with its last one a notification is gone too."""
    want, live = wanted(given), {_key(one): (one, who) for one, who in listed(handle)}
    of = of_budget(handle)
    for key, (notification, who) in want.items():
        if key not in live:
            handle.api.write(
                "budgets", "CreateNotification", **of, Notification=notification, Subscribers=addressed(who)
            )
            continue
        there = live[key][1]
        for one in addressed([each for each in who if each not in there]):
            handle.api.write("budgets", "CreateSubscriber", **of, Notification=notification, Subscriber=one)
        for one in addressed([each for each in there if each not in who]):
            handle.api.remove("budgets", "DeleteSubscriber", **of, Notification=notification, Subscriber=one)
    for key, (notification, _) in live.items():
        if key not in want:
            handle.api.remove("budgets", "DeleteNotification", **of, Notification=notification)
