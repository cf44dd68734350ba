"""RDS: database instances."""

from __future__ import annotations

import re
from typing import Any, Final

from engine.providers.aws import shapes
from engine.providers.aws.faults import CloudRefused
from engine.providers.aws.finding import by_name
from engine.providers.aws.rows.subnet_groups import RDS_TAGS, described
from engine.providers.aws.table import Handle, Kind, Name, Object, Prop, Row, State
from engine.providers.aws.values import same_arn_or_id, same_lower, same_version
from engine.providers.port import CheckFailure, Props, ProviderError

_MODIFY: Final = "ModifyDBInstance"
_LOOK: Final = described("rds", "DescribeDBInstances", "DBInstances", "DBInstanceIdentifier")
_FAILED: Final = frozenset(
    {"failed", "incompatible-parameters", "incompatible-network", "incompatible-restore", "incompatible-option-group"}
)
# A modification that AWS has accepted and will carry out: these are served while they last.
_SERVING: Final = frozenset({"available", "storage-optimization", "storage-config-upgrade"})


def _state(found: Object) -> State:
    status = str(found.get("DBInstanceStatus"))
    if status in _SERVING:
        return State.READY
    return State.FAILED if status in _FAILED else State.BUSY


def _pending(member: str) -> Any:
    """What is wanted counts, whether AWS has carried it out yet or will at the next maintenance."""

    def live(_: Handle, found: Object) -> Any:
        return shapes.group(found, "PendingModifiedValues").get(member, found.get(member))

    return live


def _log_exports(handle: Handle, wanted: Any) -> None:
    live = set(shapes.listed(_LOOK(handle), "EnabledCloudwatchLogsExports"))
    want = set(wanted or ())
    change = {"EnableLogTypes": sorted(want - live), "DisableLogTypes": sorted(live - want)}
    handle.api.write(
        "rds",
        _MODIFY,
        DBInstanceIdentifier=handle.id,
        CloudwatchLogsExportConfiguration={member: types for member, types in change.items() if types},
        ApplyImmediately=True,
    )


def _autoscale(handle: Handle, largest: Any) -> None:
    """Silence switches storage autoscaling off, which RDS wants said as: no larger than it is."""
    size = int(largest or handle.inputs["allocatedStorage"])
    handle.api.write("rds", _MODIFY, DBInstanceIdentifier=handle.id, MaxAllocatedStorage=size, ApplyImmediately=True)


def _address(_: Handle, found: Object) -> Any:
    return shapes.group(found, "Endpoint").get("Address")


def _port(_: Handle, found: Object) -> Any:
    return shapes.group(found, "Endpoint").get("Port") or found.get("DbInstancePort") or None


def _endpoint(handle: Handle, found: Object) -> str | None:
    address = _address(handle, found)
    return f"{address}:{_port(handle, found)}" if address else None


def _master_secrets(_: Handle, found: Object) -> list[Props] | None:
    """Where AWS keeps the master's password: the secret's ARN, not the password."""
    secret = found.get("MasterUserSecret")
    if not secret:
        return None
    return [
        {
            "kmsKeyId": secret.get("KmsKeyId", ""),
            "secretArn": secret["SecretArn"],
            "secretStatus": secret.get("SecretStatus", "active"),
        }
    ]


def _delete(handle: Handle) -> None:
    known = {**handle.outputs, **handle.inputs}
    request: Object = {"DBInstanceIdentifier": handle.id}
    if known.get("skipFinalSnapshot"):
        request["SkipFinalSnapshot"] = True
    elif known.get("finalSnapshotIdentifier"):
        request |= {"SkipFinalSnapshot": False, "FinalDBSnapshotIdentifier": known["finalSnapshotIdentifier"]}
    else:
        raise ProviderError(
            f"{handle.id} is not deleted: give finalSnapshotIdentifier, or skipFinalSnapshot to lose its data."
        )
    request["DeleteAutomatedBackups"] = bool(known.get("deleteAutomatedBackups", True))
    try:
        handle.api.remove("rds", "DeleteDBInstance", **request)
    except CloudRefused as refused:
        # A second delete of what is going already; a snapshot that an interrupted delete has begun.
        if refused.code not in ("InvalidDBInstanceState", "InvalidDBInstanceStateFault") or not _going(handle):
            raise


def _going(handle: Handle) -> bool:
    return str((_LOOK(handle) or {}).get("DBInstanceStatus")) == "deleting"


def _faults(inputs: Props) -> list[CheckFailure]:
    faults: list[CheckFailure] = []
    identifier = inputs.get("identifier")
    if identifier is not None and not re.fullmatch(r"[a-z](?!.*--)[a-z0-9-]{0,62}(?<!-)", str(identifier)):
        faults.append(
            CheckFailure("identifier", "1 to 63 lower-case letters, digits and single hyphens, a letter first")
        )
    if inputs.get("password") is not None and inputs.get("manageMasterUserPassword"):
        faults.append(CheckFailure("password", "password and manageMasterUserPassword exclude each other"))
    largest, size = inputs.get("maxAllocatedStorage"), inputs.get("allocatedStorage")
    if largest == 0:
        faults.append(CheckFailure("maxAllocatedStorage", "0 means no autoscaling: leave it out"))
    if largest and size and largest < size:
        faults.append(CheckFailure("maxAllocatedStorage", f"{largest} GB is less than allocatedStorage, {size} GB"))
    return faults


def _refuses(olds: Props, news: Props) -> str | None:
    """RDS can't shrink a disk, and a replacement would lose the data."""
    before, after = olds.get("allocatedStorage"), news.get("allocatedStorage")
    if isinstance(before, (int, float)) and isinstance(after, (int, float)) and after < before:
        return (
            f"allocatedStorage {before:g} GB -> {after:g} GB refused: RDS can't shrink a disk. "
            "Restore into a smaller instance instead."
        )
    return None


def _parameter_group(_: Handle, found: Object) -> Any:
    return next((group["DBParameterGroupName"] for group in shapes.listed(found, "DBParameterGroups")), None)


def _managed(handle: Handle, found: Object) -> Any:
    return True if found.get("MasterUserSecret") else None


_INSTANCE: Final = Row(
    type="aws:rds/instance:Instance",
    service="rds",
    key="DBInstanceIdentifier",
    props=(
        Prop("identifier", send="DBInstanceIdentifier", fixed=True, alike=same_lower),
        Prop("identifierPrefix", send=None, live=None, fixed=True, computed=True),
        Prop("engine", fixed=True, required=True),
        Prop("engineVersion", live=_pending("EngineVersion"), computed=True, change=_MODIFY, alike=same_version),
        Prop(
            "instanceClass",
            send="DBInstanceClass",
            live=_pending("DBInstanceClass"),
            required=True,
            change=_MODIFY,
        ),
        Prop("allocatedStorage", live=_pending("AllocatedStorage"), required=True, change=_MODIFY),
        Prop("maxAllocatedStorage", change=_autoscale),
        Prop("storageType", live=_pending("StorageType"), computed=True, change=_MODIFY),
        Prop("iops", live=_pending("Iops"), computed=True, change=_MODIFY),
        Prop("storageThroughput", live=_pending("StorageThroughput"), computed=True, change=_MODIFY),
        Prop("storageEncrypted", default=False, fixed=True),
        Prop("kmsKeyId", fixed=True, computed=True, alike=same_arn_or_id),
        Prop("dbName", send="DBName", fixed=True),
        Prop("username", send="MasterUsername", fixed=True, computed=True),
        Prop("password", send="MasterUserPassword", live=None, change=_MODIFY, secret=True),
        Prop("manageMasterUserPassword", live=_managed, change=_MODIFY),
        Prop(
            "masterUserSecretKmsKeyId",
            live="MasterUserSecret.KmsKeyId",
            computed=True,
            change=_MODIFY,
            alike=same_arn_or_id,
        ),
        Prop("port", live=_port, computed=True, change=_MODIFY, modify="DBPortNumber"),
        Prop(
            "dbSubnetGroupName",
            send="DBSubnetGroupName",
            live="DBSubnetGroup.DBSubnetGroupName",
            fixed=True,
            computed=True,
        ),
        Prop(
            "vpcSecurityGroupIds",
            live="VpcSecurityGroups[].VpcSecurityGroupId",
            kind=Kind.SET,
            computed=True,
            change=_MODIFY,
        ),
        Prop(
            "parameterGroupName",
            send="DBParameterGroupName",
            live=_parameter_group,
            computed=True,
            change=_MODIFY,
        ),
        Prop("availabilityZone", fixed=True, computed=True),
        Prop("multiAz", send="MultiAZ", live=_pending("MultiAZ"), default=False, change=_MODIFY),
        Prop("publiclyAccessible", default=False, change=_MODIFY),
        Prop("networkType", computed=True, change=_MODIFY),
        Prop("backupRetentionPeriod", live=_pending("BackupRetentionPeriod"), default=0, change=_MODIFY),
        Prop("backupWindow", send="PreferredBackupWindow", computed=True, change=_MODIFY),
        Prop(
            "maintenanceWindow",
            send="PreferredMaintenanceWindow",
            computed=True,
            change=_MODIFY,
            alike=same_lower,
        ),
        Prop("copyTagsToSnapshot", default=False, change=_MODIFY),
        Prop("deletionProtection", default=False, change=_MODIFY),
        Prop("autoMinorVersionUpgrade", default=True, change=_MODIFY),
        Prop(
            "iamDatabaseAuthenticationEnabled",
            send="EnableIAMDatabaseAuthentication",
            live="IAMDatabaseAuthenticationEnabled",
            default=False,
            change=_MODIFY,
        ),
        Prop("monitoringInterval", default=0, change=_MODIFY),
        Prop("monitoringRoleArn", computed=True, change=_MODIFY),
        Prop(
            "performanceInsightsEnabled",
            send="EnablePerformanceInsights",
            live="PerformanceInsightsEnabled",
            default=False,
            change=_MODIFY,
        ),
        Prop(
            "performanceInsightsKmsKeyId",
            send="PerformanceInsightsKMSKeyId",
            fixed=True,
            computed=True,
            alike=same_arn_or_id,
        ),
        Prop("performanceInsightsRetentionPeriod", computed=True, change=_MODIFY),
        Prop(
            "enabledCloudwatchLogsExports",
            send="EnableCloudwatchLogsExports",
            live="EnabledCloudwatchLogsExports",
            kind=Kind.SET,
            change=_log_exports,
        ),
        Prop("caCertIdentifier", send="CACertificateIdentifier", computed=True, change=_MODIFY),
        Prop("licenseModel", computed=True, change=_MODIFY),
        Prop("skipFinalSnapshot", send=None, live=None, default=False),
        Prop("finalSnapshotIdentifier", send=None, live=None),
        Prop("deleteAutomatedBackups", send=None, live=None, default=True),
        Prop("applyImmediately", send=None, live=None, default=False),
        Prop("allowMajorVersionUpgrade", send=None, live=None, default=False),
    ),
    create=("CreateDBInstance", "DBInstance.DBInstanceIdentifier"),
    modify=lambda inputs: {
        "ApplyImmediately": bool(inputs.get("applyImmediately")),
        **({"AllowMajorVersionUpgrade": True} if inputs.get("allowMajorVersionUpgrade") else {}),
    },
    look=_LOOK,
    state=_state,
    delete=_delete,
    seek=by_name("identifier"),
    tags=RDS_TAGS,
    name=Name("identifier", 63, "identifierPrefix", lower=True),
    faults=_faults,
    refuses=_refuses,
    outputs={
        "arn": "DBInstanceArn",
        "address": _address,
        "endpoint": _endpoint,
        "resourceId": "DbiResourceId",
        "status": "DBInstanceStatus",
        "engineVersionActual": "EngineVersion",
        "hostedZoneId": "Endpoint.HostedZoneId",
        "masterUserSecrets": _master_secrets,
        "replicas": "ReadReplicaDBInstanceIdentifiers",
    },
    create_seconds=3600,
    delete_seconds=3600,
    delete_before_replace=True,
    holds_data=True,
)


ROWS: Final = (_INSTANCE,)
