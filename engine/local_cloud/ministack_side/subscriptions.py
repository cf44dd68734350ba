"""Subscriptions by mail wait for their reader, as on AWS; MiniStack takes each for confirmed at once.

No mail is sent, so here they wait for ever. A pending one is listed without its ARN and can't be deleted.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import Any

from engine.local_cloud import hooks

_BY_MAIL = ("email", "email-json")
_REFUSED = (
    "Invalid parameter: SubscriptionArn Reason: Cannot unsubscribe a subscription that is pending confirmation, "
    "it must be confirmed first"
)
Response = tuple[int, dict[str, str], bytes]


def install() -> None:
    """Hook what SNS does about one subscription."""
    sns = importlib.import_module("ministack.services.sns")
    _Subscriptions(sns).install()


class _Subscriptions:
    def __init__(self, sns: Any) -> None:
        self._topics: Any = hooks.find(sns, "_topics")
        self._xml, self._error, self._given = (hooks.find(sns, name) for name in ("_xml", "_error", "_p"))
        self._sns = sns

    def install(self) -> None:
        hooks.around(self._sns, "_subscribe", self._subscribe)
        hooks.around(self._sns, "_unsubscribe", self._unsubscribe)
        for name in ("_list_subscriptions", "_list_subscriptions_by_topic"):
            hooks.around(self._sns, name, self._list)

    def _subscribe(self, original: Callable[[Any], Response], parameters: Any) -> Response:
        known = {each["arn"] for each in self._every()}
        answer = original(parameters)
        protocol, endpoint = (self._given(parameters, name) for name in ("Protocol", "Endpoint"))
        topic: Any = self._topics.get(self._given(parameters, "TopicArn"))
        of_topic: list[dict[str, Any]] = topic["subscriptions"] if topic else []
        made = [each for each in of_topic if (each["protocol"], each["endpoint"]) == (protocol, endpoint)]
        if answer[0] != 200 or not made:
            return answer
        if protocol in _BY_MAIL and made[0]["arn"] not in known:
            made[0]["confirmed"] = False
            made[0]["attributes"].update(PendingConfirmation="true", ConfirmationWasAuthenticated="false")
        told = made[0]["confirmed"] or self._given(parameters, "ReturnSubscriptionArn") == "true"
        arn = made[0]["arn"] if told else "pending confirmation"
        inner = f"<SubscribeResult><SubscriptionArn>{arn}</SubscriptionArn></SubscribeResult>"
        return self._xml(200, "SubscribeResponse", inner)

    def _unsubscribe(self, original: Callable[[Any], Response], parameters: Any) -> Response:
        arn = self._given(parameters, "SubscriptionArn")
        if any(each["arn"] == arn and not each["confirmed"] for each in self._every()):
            return self._error("InvalidParameter", _REFUSED, 400)
        return original(parameters)

    def _list(self, original: Callable[[Any], Response], parameters: Any) -> Response:
        status, headers, body = original(parameters)
        text = body.decode()
        for each in self._every():
            if not each["confirmed"]:
                text = text.replace(f">{each['arn']}<", ">PendingConfirmation<")
        return status, headers, text.encode()

    def _every(self) -> Iterator[dict[str, Any]]:
        for topic in list(self._topics.values()):
            yield from topic["subscriptions"]
