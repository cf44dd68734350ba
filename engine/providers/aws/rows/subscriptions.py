"""SNS: subscriptions. One by mail is pending until its reader agrees: said in an output, not waited for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from engine.providers.aws import documents
from engine.providers.aws.attributes import Attributes, flag
from engine.providers.aws.faults import CloudRefused
from engine.providers.aws.table import Handle, Kind, Object, Prop, Row
from engine.providers.port import Props

_OF_SUBSCRIPTION: Final = Attributes("sns", "Subscribe")


def _set(member: str, none: str | None) -> Any:
    """A setter of one attribute of a subscription; `none` takes it away, and is left out where it is None."""

    def change(handle: Handle, value: Any) -> None:
        given = none if value in (None, "") else _OF_SUBSCRIPTION.text(value, member)
        handle.api.write(
            "sns",
            "SetSubscriptionAttributes",
            SubscriptionArn=handle.id,
            AttributeName=member,
            **({} if given is None else {"AttributeValue": given}),
        )

    return change


def _filter(handle: Handle, _: Any) -> None:
    """Policy and scope in the order that AWS takes: a nested policy is for bodies only."""
    policy, scope = handle.inputs.get("filterPolicy"), handle.inputs.get("filterPolicyScope")
    put_policy, put_scope = _set("FilterPolicy", "{}"), _set("FilterPolicyScope", None)
    if scope == "MessageBody":
        put_scope(handle, scope)
    put_policy(handle, policy)
    if scope and scope != "MessageBody":
        put_scope(handle, scope)


def _filter_policy(_: Handle, found: Object) -> Any:
    """An empty one is what a removed one leaves."""
    policy = documents.live(found.get("FilterPolicy"))
    return None if policy == "{}" else policy


_SUBSCRIPTION_ATTRIBUTES: Final = (
    Prop("filterPolicyScope", send="FilterPolicyScope", computed=True, change=_filter),
    Prop("filterPolicy", send="FilterPolicy", live=_filter_policy, kind=Kind.DOCUMENT, change=_filter),
    Prop(
        "rawMessageDelivery",
        send="RawMessageDelivery",
        live=flag("RawMessageDelivery"),
        default=False,
        change=_set("RawMessageDelivery", "false"),
    ),
    Prop("redrivePolicy", send="RedrivePolicy", kind=Kind.DOCUMENT, change=_set("RedrivePolicy", None)),
    Prop("deliveryPolicy", send="DeliveryPolicy", kind=Kind.DOCUMENT, change=_set("DeliveryPolicy", "")),
    Prop("subscriptionRoleArn", send="SubscriptionRoleArn", change=_set("SubscriptionRoleArn", "")),
)


def _encode_subscription(inputs: Props) -> Object:
    given = {prop: inputs.get(prop.name) for prop in _SUBSCRIPTION_ATTRIBUTES}
    return {str(prop.member): _OF_SUBSCRIPTION.text(value, prop.name) for prop, value in given.items() if value}


def _subscribe(handle: Handle, _: Object) -> str:
    """An endpoint that is subscribed already answers with the subscription that there is."""
    inputs = handle.inputs
    answer = handle.api.create(
        "sns",
        "Subscribe",
        TopicArn=inputs["topic"],
        Protocol=inputs["protocol"],
        Endpoint=inputs["endpoint"],
        Attributes=_encode_subscription(inputs),
        ReturnSubscriptionArn=True,
    )
    return str(answer["SubscriptionArn"])


def _look_subscription(handle: Handle) -> Object | None:
    answer = handle.api.seek("sns", "GetSubscriptionAttributes", SubscriptionArn=handle.id)
    return answer and answer["Attributes"]


def _unsubscribe(handle: Handle) -> None:
    """What was never confirmed can't be deleted, and goes by itself after two days."""
    try:
        handle.api.remove("sns", "Unsubscribe", SubscriptionArn=handle.id)
    except CloudRefused as refused:
        if "pending confirmation" not in str(refused):
            raise


def _seek_subscription(handle: Handle) -> Iterator[str]:
    """Of a pending one the listing tells no ARN; subscribing again answers with it."""
    inputs = handle.inputs
    if handle.api.seek("sns", "GetTopicAttributes", TopicArn=inputs["topic"]) is None:
        return
    for each in handle.api.pages("sns", "ListSubscriptionsByTopic", "Subscriptions", TopicArn=inputs["topic"]):
        same = each["Protocol"] == inputs["protocol"] and each["Endpoint"] == inputs["endpoint"]
        if same and str(each["SubscriptionArn"]).startswith("arn:"):
            yield str(each["SubscriptionArn"])


_SUBSCRIPTION: Final = Row(
    type="aws:sns/topicSubscription:TopicSubscription",
    service="sns",
    props=(
        Prop("topic", send="TopicArn", fixed=True, required=True),
        Prop("protocol", fixed=True, required=True),
        Prop("endpoint", fixed=True, required=True),
        *_SUBSCRIPTION_ATTRIBUTES,
    ),
    create=_subscribe,
    look=_look_subscription,
    delete=_unsubscribe,
    awaits_gone=False,
    seek=_seek_subscription,
    encode=_encode_subscription,
    outputs={
        "arn": "SubscriptionArn",
        "ownerId": "Owner",
        "pendingConfirmation": flag("PendingConfirmation"),
        "confirmationWasAuthenticated": flag("ConfirmationWasAuthenticated"),
    },
)

ROWS: Final = (_SUBSCRIPTION,)
