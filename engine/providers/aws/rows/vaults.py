"""AWS Backup: vaults, their locks, their policies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from engine.providers.aws import documents, shapes
from engine.providers.aws.faults import CloudRefused
from engine.providers.aws.finding import by_name
from engine.providers.aws.table import Handle, Kind, Name, Object, Prop, Row
from engine.providers.aws.tags import MapTags
from engine.providers.aws.values import same_arn_or_id
from engine.providers.port import CheckFailure, Props

_DAYS: Final = ("minRetentionDays", "maxRetentionDays", "changeableForDays")
_FEWEST_GRACE_DAYS: Final = 3
_LAST_GRACE_DAYS: Final = 36_500
_DAY_SECONDS: Final = 86_400


def _look(handle: Handle) -> Object | None:
    """AWS answers to a vault that is not there as to one that may not be seen: the list tells them apart."""
    try:
        return handle.api.seek("backup", "DescribeBackupVault", BackupVaultName=handle.id)
    except CloudRefused as refused:
        if refused.code != "AccessDeniedException":
            raise
        listed = handle.api.pages("backup", "ListBackupVaults", "BackupVaultList")
        if any(each["BackupVaultName"] == handle.id for each in listed):
            raise
        return None


def _points(handle: Handle) -> list[Any]:
    of = {"BackupVaultName": handle.id}
    return list(handle.api.pages("backup", "ListRecoveryPointsByBackupVault", "RecoveryPoints", **of))


def _delete(handle: Handle) -> None:
    """AWS keeps a vault that holds recovery points; they go with it only where the program says so."""
    if handle.inputs.get("forceDestroy") and _look(handle) is not None:
        for point in _points(handle):
            of = {"BackupVaultName": handle.id, "RecoveryPointArn": point["RecoveryPointArn"]}
            handle.api.remove("backup", "DeleteRecoveryPoint", **of)
        handle.api.until(lambda: not _points(handle) or None, limit=1800, awaited=f"vault {handle.id} is empty")
    try:
        handle.api.remove("backup", "DeleteBackupVault", BackupVaultName=handle.id)
    except CloudRefused as refused:
        if refused.code != "AccessDeniedException" or _look(handle) is not None:
            raise


TAGS: Final = MapTags(
    "backup",
    listing="ListTags",
    subject="ResourceArn",
    created="BackupVaultTags",
    member="Tags",
    untag_member="TagKeyList",
)

_VAULT: Final = Row(
    type="aws:backup/vault:Vault",
    service="backup",
    props=(
        Prop("name", send="BackupVaultName", fixed=True),
        Prop("kmsKeyArn", send="EncryptionKeyArn", fixed=True, computed=True, alike=same_arn_or_id),
        Prop("forceDestroy", send=None, live=None, default=False),
    ),
    create=("CreateBackupVault", "BackupVaultName"),
    look=_look,
    delete=_delete,
    seek=by_name("name"),
    tags=TAGS,
    name=Name("name", 50),
    outputs={"arn": "BackupVaultArn", "recoveryPoints": "NumberOfRecoveryPoints"},
    delete_seconds=2400,
    delete_before_replace=True,
    holds_data=True,
)


def _encode_lock(inputs: Props) -> Object:
    """A lock, whole: a put replaces it. Raises shapes.Misfit."""
    members = shapes.input_shape("backup", "PutBackupVaultLockConfiguration").members
    days = {name: f"{name[0].upper()}{name[1:]}" for name in _DAYS}
    return {
        member: shapes.to_api(inputs[name], members[member], name)
        for name, member in days.items()
        if inputs.get(name) is not None
    }


def _put_lock(handle: Handle) -> None:
    days = _encode_lock(handle.inputs)
    vault = handle.inputs["backupVaultName"]
    handle.api.write("backup", "PutBackupVaultLockConfiguration", BackupVaultName=vault, **days)


def _create_lock(handle: Handle, _: Object) -> str:
    _put_lock(handle)
    return str(handle.inputs["backupVaultName"])


def _change_lock(handle: Handle, _: Any) -> None:
    _put_lock(handle)


def _look_lock(handle: Handle) -> Object | None:
    found = _look(handle)
    return found if found and found.get("Locked") else None


def _grace(handle: Handle, found: Object) -> Any:
    """AWS tells the day only from which nobody can unlock: whether there is one, not for how long that was ahead."""
    date = found.get("LockDate")
    if not isinstance(date, datetime):
        return None
    given = handle.inputs.get("changeableForDays")
    left = (date - datetime.now(UTC)).total_seconds() / _DAY_SECONDS
    return given if given is not None else max(0, round(left))


def _lock_faults(inputs: Props) -> Iterator[CheckFailure]:
    days = [inputs.get(name) for name in _DAYS]
    least, most, grace = (each if isinstance(each, (int, float)) else None for each in days)
    if grace is not None and not _FEWEST_GRACE_DAYS <= grace <= _LAST_GRACE_DAYS:
        yield CheckFailure("changeableForDays", f"{_FEWEST_GRACE_DAYS} to {_LAST_GRACE_DAYS} days, not {grace}")
    if least is not None and most is not None and least > most:
        yield CheckFailure("minRetentionDays", f"at most maxRetentionDays, {most}, not {least}")


_LOCK: Final = Row(
    type="aws:backup/vaultLockConfiguration:VaultLockConfiguration",
    service="backup",
    key="BackupVaultName",
    props=(
        Prop("backupVaultName", live=lambda handle, _: handle.id, fixed=True, required=True),
        Prop("minRetentionDays", change=_change_lock),
        Prop("maxRetentionDays", change=_change_lock),
        Prop("changeableForDays", live=_grace, change=_change_lock),
    ),
    create=_create_lock,
    look=_look_lock,
    delete="DeleteBackupVaultLockConfiguration",
    seek=by_name("backupVaultName"),
    encode=_encode_lock,
    faults=_lock_faults,
    outputs={"backupVaultArn": "BackupVaultArn"},
    delete_before_replace=True,
)


def _put_policy(handle: Handle, document: Any) -> None:
    policy = documents.canonical(document)
    handle.api.write(
        "backup", "PutBackupVaultAccessPolicy", BackupVaultName=handle.inputs["backupVaultName"], Policy=policy
    )


def _create_policy(handle: Handle, _: Object) -> str:
    _put_policy(handle, handle.inputs["policy"])
    return str(handle.inputs["backupVaultName"])


def _look_policy(handle: Handle) -> Object | None:
    if _look(handle) is None:
        return None
    return handle.api.seek("backup", "GetBackupVaultAccessPolicy", BackupVaultName=handle.id)


_POLICY: Final = Row(
    type="aws:backup/vaultPolicy:VaultPolicy",
    service="backup",
    key="BackupVaultName",
    props=(
        Prop("backupVaultName", live=lambda handle, _: handle.id, fixed=True, required=True),
        Prop("policy", send=None, live="Policy", required=True, kind=Kind.DOCUMENT, change=_put_policy),
    ),
    create=_create_policy,
    look=_look_policy,
    delete="DeleteBackupVaultAccessPolicy",
    seek=by_name("backupVaultName"),
    outputs={"backupVaultArn": "BackupVaultArn"},
    delete_before_replace=True,
)

ROWS: Final = (_VAULT, _LOCK, _POLICY)
