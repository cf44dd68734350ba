"""KMS: keys and their aliases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from engine.providers.aws import values
from engine.providers.aws.faults import CloudRefused
from engine.providers.aws.finding import by_name, carries, identity
from engine.providers.aws.table import Handle, Kind, Name, Object, Prop, Row, State
from engine.providers.aws.tags import PairTags, from_pairs
from engine.providers.port import CheckFailure, Props

_POLICY: Final = "default"


def _look_key(handle: Handle) -> Object | None:
    answer = handle.api.seek("kms", "DescribeKey", KeyId=handle.id)
    if answer is None:
        return None
    found: Object = answer["KeyMetadata"]
    if _key_state(found) is State.GONE:
        return found
    found["Policy"] = handle.api.read("kms", "GetKeyPolicy", KeyId=handle.id, PolicyName=_POLICY)["Policy"]
    if found.get("KeySpec", "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT":
        found["Rotation"] = handle.api.read("kms", "GetKeyRotationStatus", KeyId=handle.id)
    return found


def _key_state(found: Object) -> State:
    states = {
        "PendingDeletion": State.GONE,
        "PendingReplicaDeletion": State.GONE,
        "Creating": State.BUSY,
        "Updating": State.BUSY,
    }
    return states.get(str(found.get("KeyState")), State.READY)


def _enable(handle: Handle, value: Any) -> None:
    handle.api.write("kms", "EnableKey" if value else "DisableKey", KeyId=handle.id)


def _rotate(handle: Handle, _: Any) -> None:
    if not handle.inputs.get("enableKeyRotation"):
        handle.api.write("kms", "DisableKeyRotation", KeyId=handle.id)
        return
    period = handle.inputs.get("rotationPeriodInDays")
    days = {"RotationPeriodInDays": int(period)} if period else {}
    handle.api.write("kms", "EnableKeyRotation", KeyId=handle.id, **days)


def _put_policy(handle: Handle, document: Any) -> None:
    unlocked = bool(handle.inputs.get("bypassPolicyLockoutSafetyCheck"))
    handle.api.write(
        "kms",
        "PutKeyPolicy",
        KeyId=handle.id,
        PolicyName=_POLICY,
        Policy=document,
        BypassPolicyLockoutSafetyCheck=unlocked,
    )


def _schedule_deletion(handle: Handle) -> None:
    """A key that is pending deletion already answers with KMSInvalidStateException: that is as good as gone."""
    days = handle.inputs.get("deletionWindowInDays") or handle.outputs.get("deletionWindowInDays") or 30
    try:
        handle.api.write("kms", "ScheduleKeyDeletion", KeyId=handle.id, PendingWindowInDays=int(days))
    except CloudRefused as refused:
        found = _look_key(handle) if refused.code == "KMSInvalidStateException" else {"KeyState": "Enabled"}
        if found is not None and _key_state(found) is not State.GONE:
            raise


def _seek_key(handle: Handle) -> Iterator[str]:
    """KMS has no filters: every key is asked for its tags, which only a resumed run does."""
    wanted = identity(handle)
    for key in handle.api.pages("kms", "ListKeys", "Keys"):
        try:
            listed = list(handle.api.pages("kms", "ListResourceTags", "Tags", KeyId=key["KeyId"]))
        except CloudRefused as refused:
            if refused.not_found or refused.code.startswith("AccessDenied"):
                continue  # not ours to look at, so not made by us
            raise
        if carries(from_pairs(listed, "TagKey", "TagValue"), wanted):
            yield str(key["KeyId"])


def _key_faults(inputs: Props) -> list[CheckFailure]:
    window = inputs.get("deletionWindowInDays")
    if window is not None and not 7 <= window <= 30:
        return [CheckFailure("deletionWindowInDays", f"KMS waits 7 to 30 days before it deletes a key, not {window}")]
    if inputs.get("rotationPeriodInDays") and inputs.get("enableKeyRotation") is False:
        return [CheckFailure("rotationPeriodInDays", "a rotation period needs enableKeyRotation")]
    return []


_KEY: Final = Row(
    type="aws:kms/key:Key",
    service="kms",
    key="KeyId",
    props=(
        Prop("description", default="", change="UpdateKeyDescription"),
        Prop("keyUsage", default="ENCRYPT_DECRYPT", fixed=True),
        Prop("customerMasterKeySpec", send="KeySpec", default="SYMMETRIC_DEFAULT", fixed=True),
        Prop("multiRegion", default=False, fixed=True),
        Prop("policy", kind=Kind.DOCUMENT, computed=True, change=_put_policy),
        Prop("bypassPolicyLockoutSafetyCheck", live=None, default=False),
        Prop("isEnabled", send=None, live="Enabled", default=True, change=_enable),
        Prop("enableKeyRotation", send=None, live="Rotation.KeyRotationEnabled", default=False, change=_rotate),
        Prop("rotationPeriodInDays", send=None, live="Rotation.RotationPeriodInDays", computed=True, change=_rotate),
        Prop("deletionWindowInDays", send=None, live=None, default=30),
    ),
    create=("CreateKey", "KeyMetadata.KeyId"),
    look=_look_key,
    state=_key_state,
    delete=_schedule_deletion,
    seek=_seek_key,
    tags=PairTags(
        "kms",
        "TagResource",
        "UntagResource",
        "KeyId",
        listing=("ListResourceTags", "Tags"),
        key="TagKey",
        value="TagValue",
    ),
    faults=_key_faults,
    outputs={"arn": "Arn", "keyId": "KeyId"},
    holds_data=True,
)


def _look_alias(handle: Handle) -> Object | None:
    for alias in handle.api.pages("kms", "ListAliases", "Aliases"):
        if alias["AliasName"] == handle.id:
            return alias
    return None


def _create_alias(handle: Handle, _: Object) -> str:
    name = str(handle.inputs["name"])
    handle.api.create("kms", "CreateAlias", AliasName=name, TargetKeyId=handle.inputs["targetKeyId"])
    return name


def _retarget(handle: Handle, key: Any) -> None:
    handle.api.write("kms", "UpdateAlias", AliasName=handle.id, TargetKeyId=key)


def _alias_faults(inputs: Props) -> list[CheckFailure]:
    name = str(inputs.get("name", "alias/x"))
    if not name.startswith("alias/") or name.startswith("alias/aws/"):
        return [CheckFailure("name", f"an alias is named alias/…, and alias/aws/ is AWS's own: {name}")]
    return []


_ALIAS: Final = Row(
    type="aws:kms/alias:Alias",
    service="kms",
    key="AliasName",
    props=(
        Prop("name", live="AliasName", fixed=True),
        Prop("namePrefix", live=None, fixed=True, computed=True),
        Prop(
            "targetKeyId",
            send=None,
            live="TargetKeyId",
            required=True,
            change=_retarget,
            alike=values.same_arn_or_id,
        ),
    ),
    create=_create_alias,
    look=_look_alias,
    delete="DeleteAlias",
    seek=by_name("name"),
    ours=lambda handle, found: values.same_arn_or_id(handle.inputs.get("targetKeyId"), found.get("TargetKeyId")),
    name=Name("name", 256, "namePrefix", start="alias/"),
    faults=_alias_faults,
    outputs={
        "arn": "AliasArn",
        "targetKeyArn": lambda _, found: str(found["AliasArn"]).replace(
            str(found["AliasName"]), f"key/{found.get('TargetKeyId')}"
        ),
    },
    delete_before_replace=True,
)

ROWS: Final = (_KEY, _ALIAS)
