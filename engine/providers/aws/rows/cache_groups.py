"""ElastiCache: replication groups."""

from __future__ import annotations

from typing import Any, Final

from engine.providers.aws import shapes
from engine.providers.aws.faults import CloudRefused
from engine.providers.aws.finding import by_name
from engine.providers.aws.rows.subnet_groups import CACHE_TAGS, described
from engine.providers.aws.table import Handle, Kind, Name, Object, Prop, Reader, Row, State
from engine.providers.aws.values import same_arn_or_id, same_lower, same_version
from engine.providers.port import CheckFailure, Props

_MODIFY: Final = "ModifyReplicationGroup"
_LOOK_GROUP: Final = described("elasticache", "DescribeReplicationGroups", "ReplicationGroups", "ReplicationGroupId")


def _look(handle: Handle) -> Object | None:
    """AWS tells version, subnet group, security groups, windows and parameters by the members, not by the group."""
    found = _LOOK_GROUP(handle)
    if found is None:
        return None
    members = shapes.listed(found, "MemberClusters")
    if members and found.get("Status") != "deleting":
        answer = handle.api.seek("elasticache", "DescribeCacheClusters", CacheClusterId=str(members[0]))
        found["Member"] = next(iter(shapes.listed(answer, "CacheClusters")), None)
    return found


def _state(found: Object) -> State:
    states = {"available": State.READY, "create-failed": State.FAILED}
    return states.get(str(found.get("Status")), State.BUSY)


def _node_groups(found: Object) -> list[Object]:
    return list(shapes.listed(found, "NodeGroups"))


def _address(member: str) -> Reader:
    def output(_: Handle, found: Object) -> Any:
        groups = _node_groups(found)
        return shapes.group(groups[0], member).get("Address") if groups else None

    return output


def _port(_: Handle, found: Object) -> Any:
    groups = _node_groups(found)
    primary = shapes.group(groups[0], "PrimaryEndpoint") if groups else {}
    return {**primary, **shapes.group(found, "ConfigurationEndpoint")}.get("Port")


def _switch(member: str) -> Reader:
    """`enabled`, `enabling`: on."""

    def live(_: Handle, found: Object) -> bool:
        return str(found.get(member)).lower() in ("enabled", "enabling")

    return live


def _replicas(_: Handle, found: Object) -> Any:
    members = _node_groups(found)
    return len(shapes.listed(members[0], "NodeGroupMembers")) - 1 if members else None


def _resize(handle: Handle, wanted: Any) -> None:
    """Nodes are added and removed as replicas; AWS keeps the primary."""
    replicas = int(wanted) - 1
    live = len(shapes.listed(_LOOK_GROUP(handle), "MemberClusters")) - 1
    if replicas == live:
        return
    operation = "IncreaseReplicaCount" if replicas > live else "DecreaseReplicaCount"
    handle.api.write(
        "elasticache", operation, ReplicationGroupId=handle.id, NewReplicaCount=replicas, ApplyImmediately=True
    )


def _user_groups(handle: Handle, wanted: Any) -> None:
    live = set(shapes.listed(_LOOK_GROUP(handle), "UserGroupIds"))
    want = set(wanted or ())
    lists = {"UserGroupIdsToAdd": sorted(want - live), "UserGroupIdsToRemove": sorted(live - want)}
    sent = {member: ids for member, ids in lists.items() if ids}
    if sent:
        handle.api.write("elasticache", _MODIFY, ReplicationGroupId=handle.id, ApplyImmediately=True, **sent)


def _delete(handle: Handle) -> None:
    known = {**handle.outputs, **handle.inputs}
    snapshot = known.get("finalSnapshotIdentifier")
    final = {"FinalSnapshotIdentifier": snapshot} if snapshot else {}
    try:
        handle.api.remove("elasticache", "DeleteReplicationGroup", ReplicationGroupId=handle.id, **final)
    except CloudRefused as refused:
        going = str((_LOOK_GROUP(handle) or {}).get("Status")) == "deleting"
        if not (going and refused.code.startswith("InvalidReplicationGroupState")):
            raise


def _faults(inputs: Props) -> list[CheckFailure]:
    faults: list[CheckFailure] = []
    group = inputs.get("replicationGroupId")
    if group is not None and not 1 <= len(str(group)) <= 40:
        faults.append(CheckFailure("replicationGroupId", f"1 to 40 characters, not {len(str(group))}"))
    if inputs.get("numCacheClusters") and (inputs.get("replicasPerNodeGroup") or inputs.get("numNodeGroups")):
        faults.append(CheckFailure("numCacheClusters", "give numCacheClusters, or shards and replicas, not both"))
    if inputs.get("userGroupIds") and inputs.get("transitEncryptionEnabled") is False:
        faults.append(CheckFailure("userGroupIds", "users need transitEncryptionEnabled"))
    return faults


_GROUP: Final = Row(
    type="aws:elasticache/replicationGroup:ReplicationGroup",
    service="elasticache",
    key="ReplicationGroupId",
    props=(
        Prop("replicationGroupId", fixed=True, alike=same_lower),
        Prop("description", send="ReplicationGroupDescription", live="Description", required=True, change=_MODIFY),
        Prop("engine", live="Engine", default="redis", change=_MODIFY),
        Prop("engineVersion", live="Member.EngineVersion", computed=True, change=_MODIFY, alike=same_version),
        Prop("nodeType", send="CacheNodeType", computed=True, change=_MODIFY),
        Prop(
            "numCacheClusters",
            live=lambda _, found: len(shapes.listed(found, "MemberClusters")) or None,
            computed=True,
            change=_resize,
        ),
        Prop("numNodeGroups", live=lambda _, found: len(_node_groups(found)) or None, fixed=True, computed=True),
        Prop("replicasPerNodeGroup", live=_replicas, fixed=True, computed=True),
        Prop("automaticFailoverEnabled", live=_switch("AutomaticFailover"), default=False, change=_MODIFY),
        Prop("multiAzEnabled", send="MultiAZEnabled", live=_switch("MultiAZ"), default=False, change=_MODIFY),
        Prop(
            "subnetGroupName",
            send="CacheSubnetGroupName",
            live="Member.CacheSubnetGroupName",
            fixed=True,
            computed=True,
        ),
        Prop(
            "securityGroupIds",
            live="Member.SecurityGroups[].SecurityGroupId",
            kind=Kind.SET,
            computed=True,
            change=_MODIFY,
        ),
        Prop(
            "parameterGroupName",
            send="CacheParameterGroupName",
            live="Member.CacheParameterGroup.CacheParameterGroupName",
            computed=True,
            change=_MODIFY,
        ),
        Prop("port", live=_port, fixed=True, computed=True),
        Prop("atRestEncryptionEnabled", computed=True, fixed=True),
        Prop("kmsKeyId", fixed=True, alike=same_arn_or_id),
        Prop("transitEncryptionEnabled", computed=True, fixed=True),
        Prop("transitEncryptionMode", computed=True, change=_MODIFY),
        Prop("authToken", live=None, change=_MODIFY, secret=True),
        Prop("authTokenUpdateStrategy", send=None, live=None, default="ROTATE"),
        Prop("userGroupIds", kind=Kind.SET, change=_user_groups),
        Prop("autoMinorVersionUpgrade", live="AutoMinorVersionUpgrade", computed=True, change=_MODIFY),
        Prop(
            "maintenanceWindow",
            send="PreferredMaintenanceWindow",
            live="Member.PreferredMaintenanceWindow",
            computed=True,
            change=_MODIFY,
            alike=same_lower,
        ),
        Prop("snapshotRetentionLimit", default=0, change=_MODIFY),
        Prop("snapshotWindow", computed=True, change=_MODIFY),
        Prop("snapshotName", live=None, fixed=True),
        Prop("finalSnapshotIdentifier", send=None, live=None),
        Prop("notificationTopicArn", live="Member.NotificationConfiguration.TopicArn", change=_MODIFY),
        Prop("networkType", fixed=True, computed=True),
        Prop("ipDiscovery", computed=True, change=_MODIFY),
        Prop("applyImmediately", send=None, live=None, default=False),
    ),
    create=("CreateReplicationGroup", "ReplicationGroup.ReplicationGroupId"),
    modify=lambda inputs: {
        "ApplyImmediately": bool(inputs.get("applyImmediately")),
        **({"AuthTokenUpdateStrategy": inputs["authTokenUpdateStrategy"]} if inputs.get("authToken") else {}),
    },
    look=_look,
    state=_state,
    delete=_delete,
    busy_codes=frozenset({"InvalidReplicationGroupState"}),
    seek=by_name("replicationGroupId"),
    tags=CACHE_TAGS,
    name=Name("replicationGroupId", 40, lower=True),
    faults=_faults,
    outputs={
        "arn": "ARN",
        "clusterEnabled": lambda _, found: bool(found.get("ClusterEnabled")),
        "configurationEndpointAddress": "ConfigurationEndpoint.Address",
        "primaryEndpointAddress": _address("PrimaryEndpoint"),
        "readerEndpointAddress": _address("ReaderEndpoint"),
        "memberClusters": lambda _, found: sorted(shapes.listed(found, "MemberClusters")),
        "engineVersionActual": "Member.EngineVersion",
    },
    create_seconds=3600,
    delete_seconds=2700,
    delete_before_replace=True,
)

ROWS: Final = (_GROUP,)
