"""Secrets Manager: secrets, their versions, their policies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from engine.providers.aws import shapes
from engine.providers.aws.finding import by_name
from engine.providers.aws.table import Handle, Kind, Name, Object, Prop, Row, State
from engine.providers.aws.tags import PairTags
from engine.providers.aws.values import same_arn_or_id
from engine.providers.port import CheckFailure, Props

_CURRENT: Final = "AWSCURRENT"


def _look_secret(handle: Handle) -> Object | None:
    return handle.api.seek("secretsmanager", "DescribeSecret", SecretId=handle.id)


def _seek_secret(handle: Handle) -> list[str]:
    answer = handle.api.seek("secretsmanager", "DescribeSecret", SecretId=handle.inputs["name"])
    return [str(answer["ARN"])] if answer else []


def _secret_state(found: Object) -> State:
    return State.GONE if found.get("DeletedDate") else State.READY


def _delete_secret(handle: Handle) -> None:
    days = {"recoveryWindowInDays": 30, **handle.outputs, **handle.inputs}["recoveryWindowInDays"]
    how: Object = {"RecoveryWindowInDays": int(days)} if days else {"ForceDeleteWithoutRecovery": True}
    found = _look_secret(handle)
    if found is not None and _secret_state(found) is not State.GONE:
        handle.api.remove("secretsmanager", "DeleteSecret", SecretId=handle.id, **how)


def _secret_faults(inputs: Props) -> list[CheckFailure]:
    days = inputs.get("recoveryWindowInDays")
    if days not in (None, 0) and not 7 <= days <= 30:
        return [CheckFailure("recoveryWindowInDays", f"0 (no recovery), or 7 to 30 days, not {days}")]
    return []


def _encrypt(handle: Handle, key: Any) -> None:
    """Silence means the account's own key."""
    handle.api.write("secretsmanager", "UpdateSecret", SecretId=handle.id, KmsKeyId=key or "alias/aws/secretsmanager")


def _describe(handle: Handle, text: Any) -> None:
    handle.api.write("secretsmanager", "UpdateSecret", SecretId=handle.id, Description=text or "")


_SECRET: Final = Row(
    type="aws:secretsmanager/secret:Secret",
    service="secretsmanager",
    key="SecretId",
    props=(
        Prop("name", fixed=True),
        Prop("namePrefix", send=None, live=None, fixed=True, computed=True),
        Prop("description", default="", change=_describe),
        Prop("kmsKeyId", change=_encrypt, alike=same_arn_or_id),
        Prop("recoveryWindowInDays", send=None, live=None, default=30),
    ),
    create=("CreateSecret", "ARN"),
    look=_look_secret,
    state=_secret_state,
    delete=_delete_secret,
    seek=_seek_secret,
    tags=PairTags("secretsmanager", "TagResource", "UntagResource", "SecretId"),
    name=Name("name", 512, "namePrefix"),
    faults=_secret_faults,
    outputs={"arn": "ARN"},
    delete_before_replace=True,
    holds_data=True,
)


def _put_version(handle: Handle, _: Object) -> str:
    inputs = handle.inputs
    content = {"SecretString": inputs["secretString"]} if inputs.get("secretString") is not None else {}
    if inputs.get("secretBinary") is not None:
        content = {"SecretBinary": str(inputs["secretBinary"]).encode()}
    answer = handle.api.create(
        "secretsmanager",
        "PutSecretValue",
        SecretId=inputs["secretId"],
        VersionStages=inputs.get("versionStages") or [_CURRENT],
        **content,
    )
    return f"{inputs['secretId']}|{answer['VersionId']}"


def _version(handle: Handle) -> tuple[str, str]:
    secret, _, version = handle.id.partition("|")
    return secret, version


def _look_version(handle: Handle) -> Object | None:
    secret, version = _version(handle)
    described = handle.api.seek("secretsmanager", "DescribeSecret", SecretId=secret)
    if described is None or described.get("DeletedDate"):
        return None
    if version not in shapes.group(described, "VersionIdsToStages"):
        return None
    found = handle.api.seek("secretsmanager", "GetSecretValue", SecretId=secret, VersionId=version)
    if found is None or not {"SecretString", "SecretBinary"} & found.keys():
        return None  # what holds nothing was never put: an emulator gives a new secret such a version
    return {**found, "VersionStages": described["VersionIdsToStages"][version]}


def _delete_version(handle: Handle) -> None:
    """AWS deletes a version that no stage names; AWSCURRENT can't be taken from it, and goes with the secret."""
    secret, version = _version(handle)
    for stage in (_look_version(handle) or {}).get("VersionStages") or ():
        if stage != _CURRENT:
            handle.api.remove(
                "secretsmanager",
                "UpdateSecretVersionStage",
                SecretId=secret,
                VersionStage=stage,
                RemoveFromVersionId=version,
            )


def _seek_version(handle: Handle) -> Iterator[str]:
    secret = handle.inputs["secretId"]
    described = handle.api.seek("secretsmanager", "DescribeSecret", SecretId=secret) or {}
    for version, stages in shapes.group(described, "VersionIdsToStages").items():
        if _CURRENT in stages and not described.get("DeletedDate"):
            yield f"{secret}|{version}"


def _staged(handle: Handle) -> dict[str, list[str]]:
    """Stages by version."""
    described = handle.api.read("secretsmanager", "DescribeSecret", SecretId=_version(handle)[0])
    return shapes.group(described, "VersionIdsToStages")


def _stages(handle: Handle, wanted: Any) -> None:
    """AWS moves AWSPREVIOUS by itself when AWSCURRENT moves, so what is to be taken away is looked at after that."""
    secret, version = _version(handle)
    want, stages = set[str](wanted or [_CURRENT]), _staged(handle)
    for stage in sorted(want - set(stages.get(version, []))):
        holder = next((other for other, names in stages.items() if stage in names), None)
        move = {"RemoveFromVersionId": holder} if holder else {}
        handle.api.write(
            "secretsmanager",
            "UpdateSecretVersionStage",
            SecretId=secret,
            VersionStage=stage,
            MoveToVersionId=version,
            **move,
        )
    for stage in sorted(set(_staged(handle).get(version, [])) - want - {_CURRENT}):
        handle.api.remove(
            "secretsmanager",
            "UpdateSecretVersionStage",
            SecretId=secret,
            VersionStage=stage,
            RemoveFromVersionId=version,
        )


def _binary(_: Handle, found: Object) -> Any:
    value = found.get("SecretBinary")
    return value.decode() if isinstance(value, bytes) else value


_VERSION: Final = Row(
    type="aws:secretsmanager/secretVersion:SecretVersion",
    service="secretsmanager",
    props=(
        Prop("secretId", live=lambda handle, _: _version(handle)[0], fixed=True, required=True),
        Prop("secretString", fixed=True, secret=True),
        Prop("secretBinary", live=_binary, fixed=True, secret=True),
        Prop("versionStages", send=None, live="VersionStages", kind=Kind.SET, default=[_CURRENT], change=_stages),
    ),
    create=_put_version,
    look=_look_version,
    delete=_delete_version,
    awaits_gone=False,
    seek=_seek_version,
    ours=lambda handle, found: found.get("SecretString") == handle.inputs.get("secretString"),
    outputs={"arn": "ARN", "secretArn": "ARN", "versionId": "VersionId"},
)


def _put_policy(handle: Handle) -> None:
    inputs = handle.inputs
    handle.api.write(
        "secretsmanager",
        "PutResourcePolicy",
        SecretId=inputs["secretArn"],
        ResourcePolicy=inputs["policy"],
        BlockPublicPolicy=bool(inputs.get("blockPublicPolicy")),
    )


def _create_policy(handle: Handle, _: Object) -> str:
    _put_policy(handle)
    return str(handle.inputs["secretArn"])


def _look_policy(handle: Handle) -> Object | None:
    found = handle.api.seek("secretsmanager", "GetResourcePolicy", SecretId=handle.id)
    return found if found and found.get("ResourcePolicy") else None


_POLICY: Final = Row(
    type="aws:secretsmanager/secretPolicy:SecretPolicy",
    service="secretsmanager",
    key="SecretId",
    props=(
        Prop("secretArn", live=lambda handle, _: handle.id, fixed=True, required=True),
        Prop(
            "policy",
            send=None,
            live="ResourcePolicy",
            required=True,
            kind=Kind.DOCUMENT,
            change=lambda handle, _: _put_policy(handle),
        ),
        Prop("blockPublicPolicy", send=None, live=None, default=False),
    ),
    create=_create_policy,
    look=_look_policy,
    delete="DeleteResourcePolicy",
    seek=by_name("secretArn"),
    delete_before_replace=True,
)


ROWS: Final = (_SECRET, _VERSION, _POLICY)
