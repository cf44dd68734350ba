"""SNS: topics and their policies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from engine.providers.aws import documents, shapes
from engine.providers.aws.attributes import Attributes, flag, number
from engine.providers.aws.finding import by_name
from engine.providers.aws.rows.networks import account, partition
from engine.providers.aws.table import Handle, Kind, Name, Object, Prop, Row
from engine.providers.aws.tags import PairTags, by_arn
from engine.providers.port import CheckFailure, Props

_FIFO: Final = ".fifo"
_OF_TOPIC: Final = Attributes("sns", "CreateTopic")
_RECEIVERS: Final = {
    "application": "Application",
    "firehose": "Firehose",
    "http": "HTTP",
    "lambda": "Lambda",
    "sqs": "SQS",
}
_FEEDBACK: Final = ("SuccessFeedbackRoleArn", "FailureFeedbackRoleArn", "SuccessFeedbackSampleRate")
_DEFAULT_ID: Final = "__default_policy_ID"
_DEFAULT_SID: Final = "__default_statement_ID"
_DEFAULT_ACTIONS: Final = (
    "SNS:GetTopicAttributes",
    "SNS:SetTopicAttributes",
    "SNS:AddPermission",
    "SNS:RemovePermission",
    "SNS:DeleteTopic",
    "SNS:Subscribe",
    "SNS:ListSubscriptionsByTopic",
    "SNS:Publish",
)


def _attribute(name: str, member: str, **how: Any) -> Prop:
    """A property that is an attribute of the topic; silence is told as an empty text."""

    def change(handle: Handle, value: Any) -> None:
        given = "" if value is None else _OF_TOPIC.text(value, name)
        handle.api.write("sns", "SetTopicAttributes", TopicArn=handle.id, AttributeName=member, AttributeValue=given)

    prop = Prop(name, send=member, **how)
    return prop if prop.fixed else replace(prop, change=change)


def _feedback() -> Iterator[Prop]:
    for receiver, start in _RECEIVERS.items():
        for end in _FEEDBACK:
            rate = {"live": number(start + end)} if end.endswith("Rate") else {}
            yield _attribute(receiver + end, start + end, **rate)


_ATTRIBUTES: Final = (
    _attribute("displayName", "DisplayName"),
    _attribute("policy", "Policy", kind=Kind.DOCUMENT, computed=True),
    _attribute("deliveryPolicy", "DeliveryPolicy", kind=Kind.DOCUMENT),
    _attribute("kmsMasterKeyId", "KmsMasterKeyId"),
    _attribute("signatureVersion", "SignatureVersion", live=number("SignatureVersion"), computed=True),
    _attribute("tracingConfig", "TracingConfig", computed=True),
    _attribute("fifoTopic", "FifoTopic", live=flag("FifoTopic"), default=False, fixed=True),
    _attribute("fifoThroughputScope", "FifoThroughputScope", computed=True),
    _attribute(
        "contentBasedDeduplication",
        "ContentBasedDeduplication",
        live=flag("ContentBasedDeduplication"),
        default=False,
    ),
    *_feedback(),
)


def _encode(inputs: Props) -> Object:
    return _OF_TOPIC.encode(_ATTRIBUTES, inputs)


def _create(handle: Handle, request: Object) -> str:
    answer = handle.api.create(
        "sns", "CreateTopic", Name=handle.inputs["name"], Attributes=_encode(handle.inputs), **request
    )
    return str(answer["TopicArn"])


def _look(handle: Handle) -> Object | None:
    answer = handle.api.seek("sns", "GetTopicAttributes", TopicArn=handle.id)
    return answer and answer["Attributes"]


def _seek(handle: Handle) -> Iterator[str]:
    """The ARN follows from account and name."""
    region = handle.api.region
    yield f"arn:{partition(region)}:sns:{region}:{account(handle)}:{handle.inputs['name']}"


def _faults(inputs: Props) -> Iterator[CheckFailure]:
    name, fifo = inputs.get("name"), inputs.get("fifoTopic")
    if isinstance(name, str) and fifo is not None and name.endswith(_FIFO) != bool(fifo):
        yield CheckFailure("name", f"a FIFO topic's name ends with {_FIFO}, and no other's does")
    if inputs.get("contentBasedDeduplication") and fifo is False:
        yield CheckFailure("contentBasedDeduplication", "FIFO topics only")


TAGS: Final = PairTags(
    "sns", "TagResource", "UntagResource", "ResourceArn", who=by_arn, listing=("ListTagsForResource", "Tags")
)

_TOPIC: Final = Row(
    type="aws:sns/topic:Topic",
    service="sns",
    key="TopicArn",
    props=(
        Prop("name", live=lambda handle, _: handle.id.rpartition(":")[2], fixed=True),
        Prop("namePrefix", send=None, live=None, fixed=True, computed=True),
        *_ATTRIBUTES,
    ),
    create=_create,
    look=_look,
    delete="DeleteTopic",
    seek=_seek,
    tags=TAGS,
    name=Name("name", 256, "namePrefix"),
    encode=_encode,
    faults=_faults,
    outputs={"arn": "TopicArn", "owner": "Owner"},
    delete_before_replace=True,
)


def _put_policy(handle: Handle, document: Any) -> None:
    handle.api.write(
        "sns",
        "SetTopicAttributes",
        TopicArn=handle.inputs["arn"],
        AttributeName="Policy",
        AttributeValue=documents.canonical(document),
    )


def _create_policy(handle: Handle, _: Object) -> str:
    _put_policy(handle, handle.inputs["policy"])
    return str(handle.inputs["arn"])


def _comes_with_topic(policy: str) -> bool:
    statements = shapes.listed(json.loads(policy), "Statement")
    return f'"{_DEFAULT_ID}"' in policy and [one.get("Sid") for one in statements] == [_DEFAULT_SID]


def _look_policy(handle: Handle) -> Object | None:
    """A topic always has a policy: the one that comes with it counts as none, unless it is what is wanted."""
    found = _look(handle)
    live = documents.live(found.get("Policy")) if found else None
    if live is None or (_comes_with_topic(live) and not documents.same(live, handle.inputs.get("policy"))):
        return None
    return found


def _default_policy(handle: Handle) -> None:
    """There is no way to be without a policy: what a new topic has is put in its place."""
    found = _look(handle)
    if found is None:
        return
    statement = {
        "Sid": _DEFAULT_SID,
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": list(_DEFAULT_ACTIONS),
        "Resource": handle.id,
        "Condition": {"StringEquals": {"AWS:SourceOwner": found["Owner"]}},
    }
    default = {"Version": "2008-10-17", "Id": _DEFAULT_ID, "Statement": [statement]}
    handle.api.remove(
        "sns",
        "SetTopicAttributes",
        TopicArn=handle.id,
        AttributeName="Policy",
        AttributeValue=documents.canonical(default),
    )


_POLICY: Final = Row(
    type="aws:sns/topicPolicy:TopicPolicy",
    service="sns",
    props=(
        Prop("arn", send=None, live=lambda handle, _: handle.id, fixed=True, required=True),
        Prop("policy", send=None, live="Policy", required=True, kind=Kind.DOCUMENT, change=_put_policy),
    ),
    create=_create_policy,
    look=_look_policy,
    delete=_default_policy,
    awaits_gone=False,
    seek=by_name("arn"),
    outputs={"owner": "Owner"},
    delete_before_replace=True,
)


ROWS: Final = (_TOPIC, _POLICY)
