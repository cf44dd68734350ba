"""SQS: queues and their policies. A queue's id is its URL, as in the official provider."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from engine.providers.aws import documents
from engine.providers.aws.attributes import Attributes, flag, number
from engine.providers.aws.finding import by_name
from engine.providers.aws.table import Handle, Kind, Name, Object, Prop, Row
from engine.providers.aws.tags import MapTags, by_id
from engine.providers.port import CheckFailure, Props

_FIFO: Final = ".fifo"
_FIFO_ONLY: Final = ("contentBasedDeduplication", "deduplicationScope", "fifoThroughputLimit")
_OF_QUEUE: Final = Attributes("sqs", "CreateQueue")


def _set(handle: Handle, member: str, text: str) -> None:
    handle.api.write("sqs", "SetQueueAttributes", QueueUrl=handle.id, Attributes={member: text})


def _attribute(name: str, member: str, **how: Any) -> Prop:
    """A property that is an attribute of the queue; silence is told as its default, or as an empty text."""
    prop = Prop(name, send=member, **how)

    def change(handle: Handle, value: Any) -> None:
        given = prop.default if value is None else value
        _set(handle, member, "" if given is None else _OF_QUEUE.text(given, name))

    return prop if prop.fixed else replace(prop, change=change)


def _amount(name: str, member: str, **how: Any) -> Prop:
    return _attribute(name, member, live=number(member), **how)


def _yes(name: str, member: str, **how: Any) -> Prop:
    return _attribute(name, member, live=flag(member), **how)


_ATTRIBUTES: Final = (
    _amount("delaySeconds", "DelaySeconds", default=0),
    _amount("maxMessageSize", "MaximumMessageSize", computed=True),
    _amount("messageRetentionSeconds", "MessageRetentionPeriod", default=345600),
    _amount("receiveWaitTimeSeconds", "ReceiveMessageWaitTimeSeconds", default=0),
    _amount("visibilityTimeoutSeconds", "VisibilityTimeout", default=30),
    _attribute("policy", "Policy", kind=Kind.DOCUMENT, computed=True),
    _attribute("redrivePolicy", "RedrivePolicy", kind=Kind.DOCUMENT),
    _attribute("redriveAllowPolicy", "RedriveAllowPolicy", kind=Kind.DOCUMENT),
    _attribute("kmsMasterKeyId", "KmsMasterKeyId"),
    _amount("kmsDataKeyReusePeriodSeconds", "KmsDataKeyReusePeriodSeconds", computed=True),
    _yes("sqsManagedSseEnabled", "SqsManagedSseEnabled", computed=True),
    _yes("fifoQueue", "FifoQueue", default=False, fixed=True),
    _yes("contentBasedDeduplication", "ContentBasedDeduplication", default=False),
    _attribute("deduplicationScope", "DeduplicationScope", computed=True),
    _attribute("fifoThroughputLimit", "FifoThroughputLimit", computed=True),
)


def _encode(inputs: Props) -> Object:
    return _OF_QUEUE.encode(_ATTRIBUTES, inputs)


def _create(handle: Handle, request: Object) -> str:
    answer = handle.api.create(
        "sqs", "CreateQueue", QueueName=handle.inputs["name"], Attributes=_encode(handle.inputs), **request
    )
    return str(answer["QueueUrl"])


def _look(handle: Handle) -> Object | None:
    answer = handle.api.seek("sqs", "GetQueueAttributes", QueueUrl=handle.id, AttributeNames=["All"])
    return answer and answer["Attributes"]


def _seek(handle: Handle) -> Iterator[str]:
    """The URL is asked for by name."""
    found = handle.api.seek("sqs", "GetQueueUrl", QueueName=handle.inputs["name"])
    if found:
        yield str(found["QueueUrl"])


def _faults(inputs: Props) -> Iterator[CheckFailure]:
    name, fifo = inputs.get("name"), inputs.get("fifoQueue")
    if isinstance(name, str) and fifo is not None and name.endswith(_FIFO) != bool(fifo):
        yield CheckFailure("name", f"a FIFO queue's name ends with {_FIFO}, and no other's does")
    if fifo is False:
        yield from (CheckFailure(each, "FIFO queues only") for each in _FIFO_ONLY if inputs.get(each))
    if inputs.get("sqsManagedSseEnabled") is True and inputs.get("kmsMasterKeyId"):
        yield CheckFailure("sqsManagedSseEnabled", "encrypted by SQS, or under a key of KMS: one of them")


TAGS: Final = MapTags(
    "sqs", by_id, "ListQueueTags", "TagQueue", "UntagQueue", "QueueUrl", member="Tags", untag_member="TagKeys"
)
"""The create request has them in small letters, as no other of SQS."""

_QUEUE: Final = Row(
    type="aws:sqs/queue:Queue",
    service="sqs",
    key="QueueUrl",
    props=(
        Prop("name", live=lambda handle, _: handle.id.rpartition("/")[2], fixed=True),
        Prop("namePrefix", send=None, live=None, fixed=True, computed=True),
        *_ATTRIBUTES,
    ),
    create=_create,
    look=_look,
    delete="DeleteQueue",
    seek=_seek,
    tags=TAGS,
    name=Name("name", 80, "namePrefix"),
    encode=_encode,
    faults=_faults,
    outputs={"arn": "QueueArn", "url": lambda handle, _: handle.id},
    delete_before_replace=True,
)


def _put_policy(handle: Handle, document: Any) -> None:
    handle.api.write(
        "sqs",
        "SetQueueAttributes",
        QueueUrl=handle.inputs["queueUrl"],
        Attributes={"Policy": documents.canonical(document)},
    )


def _create_policy(handle: Handle, _: Object) -> str:
    _put_policy(handle, handle.inputs["policy"])
    return str(handle.inputs["queueUrl"])


def _look_policy(handle: Handle) -> Object | None:
    found = _look(handle)
    return found if found and found.get("Policy") else None


def _drop_policy(handle: Handle) -> None:
    handle.api.remove("sqs", "SetQueueAttributes", QueueUrl=handle.id, Attributes={"Policy": ""})


_POLICY: Final = Row(
    type="aws:sqs/queuePolicy:QueuePolicy",
    service="sqs",
    props=(
        Prop("queueUrl", send=None, live=lambda handle, _: handle.id, fixed=True, required=True),
        Prop("policy", send=None, live="Policy", required=True, kind=Kind.DOCUMENT, change=_put_policy),
    ),
    create=_create_policy,
    look=_look_policy,
    delete=_drop_policy,
    awaits_gone=False,
    seek=by_name("queueUrl"),
    delete_before_replace=True,
)


ROWS: Final = (_QUEUE, _POLICY)
