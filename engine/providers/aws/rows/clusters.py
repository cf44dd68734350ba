"""EKS: clusters and managed node groups."""

from __future__ import annotations

from typing import Any, Final, cast

from engine.providers.aws import shapes
from engine.providers.aws.finding import by_name
from engine.providers.aws.table import Handle, Kind, Name, Object, Prop, Reader, Row, State
from engine.providers.aws.tags import MapTags
from engine.providers.aws.values import same_version
from engine.providers.port import ProviderError

TAGS: Final = MapTags("eks")
_UPDATE_SECONDS: Final = 3600.0
_NETWORK_CHANGES: Final = (
    ("endpointPublicAccess", "endpointPrivateAccess", "publicAccessCidrs"),
    ("subnetIds", "securityGroupIds"),
)
_FAILED: Final = frozenset({"FAILED", "CREATE_FAILED", "DELETE_FAILED", "DEGRADED"})


def state(found: Object) -> State:
    """Where a cluster, a node group or an add-on stands."""
    status = str(found.get("status"))
    if status == "ACTIVE":
        return State.READY
    return State.FAILED if status in _FAILED else State.BUSY


def pair(handle: Handle) -> tuple[str, str]:
    """`cluster:name`: Pulumi's id of what belongs to a cluster."""
    cluster, _, name = handle.id.partition(":")
    return cluster, name


def said(prop: str, live: str) -> Reader:
    """Of a group that AWS shows whole, the members that the inputs speak of."""

    def read(handle: Handle, found: Object) -> Any:
        shown: dict[str, Any] = shapes.at(found, live) or {}
        asked = handle.inputs.get(prop)
        return {key: value for key, value in shown.items() if key in asked} if isinstance(asked, dict) else shown

    return read


def _wait(handle: Handle, answer: Object, **of: str) -> None:
    """AWS takes one update of a cluster at a time. Raises ProviderError where it failed."""
    number = str(answer["update"]["id"])

    def over() -> Object | None:
        update = handle.api.read("eks", "DescribeUpdate", updateId=number, **of)["update"]
        return None if update["status"] == "InProgress" else update

    done = handle.api.until(over, limit=_UPDATE_SECONDS, awaited=f"update {number} of {handle.id} is over")
    if done["status"] != "Successful":
        errors = "; ".join(str(error.get("errorMessage")) for error in shapes.listed(done, "errors"))
        raise ProviderError(f"eks update of {handle.id} ended as {done['status']}: {errors}")


def _configure(handle: Handle, **change: Any) -> None:
    answer = handle.api.write("eks", "UpdateClusterConfig", name=handle.id, **change)
    _wait(handle, answer, name=handle.id)


def _set(member: str) -> Any:
    """A setter of one member of UpdateClusterConfig."""

    def change(handle: Handle, value: Any) -> None:
        shape = shapes.input_shape("eks", "UpdateClusterConfig").members[member]
        _configure(handle, **{member: shapes.to_api(value, shape, member)})

    return change


def _network(handle: Handle, wanted: Any) -> None:
    """Endpoints and subnets apart, and only what differs: EKS takes one kind of change a call, and none of nothing."""
    shape = shapes.input_shape("eks", "UpdateClusterConfig").members["resourcesVpcConfig"]
    sent: dict[str, Any] = shapes.to_api(wanted, shape, "resourcesVpcConfig")
    found = handle.api.read("eks", "DescribeCluster", name=handle.id)["cluster"]["resourcesVpcConfig"]
    for kind in _NETWORK_CHANGES:
        part = {key: sent[key] for key in kind if key in sent}
        if any(_plain(value) != _plain(found.get(key)) for key, value in part.items()):
            _configure(handle, resourcesVpcConfig=part)


def _plain(value: Any) -> Any:
    return sorted(cast("list[str]", value)) if isinstance(value, list) else value


def _authenticate(handle: Handle, wanted: Any) -> None:
    _configure(handle, accessConfig={"authenticationMode": wanted["authenticationMode"]})


def _logging(wanted: Any) -> Object:
    """What is named is on, all else is off."""
    every = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
    on = [kind for kind in every if kind in (wanted or ())]
    sides = [{"types": on, "enabled": True}, {"types": [kind for kind in every if kind not in on], "enabled": False}]
    return {"clusterLogging": [side for side in sides if side["types"]]}


def _logs(_: Handle, found: Object) -> list[str]:
    groups = shapes.listed(shapes.group(found, "logging"), "clusterLogging")
    return sorted(kind for group in groups if group.get("enabled") for kind in shapes.listed(group, "types"))


def _upgrade(handle: Handle, version: Any) -> None:
    answer = handle.api.write("eks", "UpdateClusterVersion", name=handle.id, version=str(version))
    _wait(handle, answer, name=handle.id)


def _look(handle: Handle) -> Object | None:
    answer = handle.api.seek("eks", "DescribeCluster", name=handle.id)
    return answer and answer["cluster"]


def _encryption(_: Handle, found: Object) -> Any:
    """One configuration, which AWS lists."""
    listed = shapes.listed(found, "encryptionConfig")
    return {"provider": listed[0]["provider"], "resources": listed[0]["resources"]} if listed else None


def _identities(_: Handle, found: Object) -> Any:
    issuer = shapes.at(found, "identity.oidc.issuer")
    return [{"oidcs": [{"issuer": issuer}]}] if issuer else None


def _authorities(_: Handle, found: Object) -> Any:
    data = shapes.at(found, "certificateAuthority.data")
    return {"data": data} if data else None


_CLUSTER: Final = Row(
    type="aws:eks/cluster:Cluster",
    service="eks",
    key="name",
    props=(
        Prop("name", send="name", fixed=True),
        Prop("roleArn", send="roleArn", fixed=True, required=True),
        Prop("version", send="version", computed=True, change=_upgrade, alike=same_version),
        Prop(
            "vpcConfig",
            send="resourcesVpcConfig",
            live=said("vpcConfig", "resourcesVpcConfig"),
            required=True,
            change=_network,
        ),
        Prop("accessConfig", send="accessConfig", live=said("accessConfig", "accessConfig"), change=_authenticate),
        Prop("deletionProtection", send="deletionProtection", default=False, change=_set("deletionProtection")),
        Prop("upgradePolicy", send="upgradePolicy", computed=True, change=_set("upgradePolicy")),
        Prop(
            "enabledClusterLogTypes",
            send=None,
            live=_logs,
            kind=Kind.SET,
            change=lambda handle, wanted: _configure(handle, logging=_logging(wanted)),
        ),
        Prop("encryptionConfig", send=None, live=_encryption, fixed=True),
        Prop(
            "kubernetesNetworkConfig",
            send="kubernetesNetworkConfig",
            live=said("kubernetesNetworkConfig", "kubernetesNetworkConfig"),
            fixed=True,
            computed=True,
        ),
        Prop("bootstrapSelfManagedAddons", send="bootstrapSelfManagedAddons", live=None, fixed=True),
    ),
    request=lambda inputs: {"encryptionConfig": [inputs["encryptionConfig"]]} if inputs.get("encryptionConfig") else {},
    create=("CreateCluster", "cluster.name"),
    look=_look,
    state=state,
    delete="DeleteCluster",
    seek=by_name("name"),
    tags=TAGS,
    name=Name("name", 100),
    outputs={
        "arn": "arn",
        "endpoint": "endpoint",
        "certificateAuthority": _authorities,
        "identities": _identities,
        "platformVersion": "platformVersion",
        "status": "status",
        "vpcConfig.clusterSecurityGroupId": "resourcesVpcConfig.clusterSecurityGroupId",
        "vpcConfig.vpcId": "resourcesVpcConfig.vpcId",
    },
    create_seconds=3600,
    delete_seconds=3600,
    delete_before_replace=True,
    holds_data=True,
    busy_codes=frozenset({"ResourceInUseException"}),
)


def _of_group(handle: Handle) -> dict[str, str]:
    cluster, name = pair(handle)
    return {"clusterName": cluster, "nodegroupName": name}


def _look_group(handle: Handle) -> Object | None:
    answer = handle.api.seek("eks", "DescribeNodegroup", **_of_group(handle))
    return answer and answer["nodegroup"]


def _configure_group(handle: Handle, **change: Any) -> None:
    answer = handle.api.write("eks", "UpdateNodegroupConfig", **_of_group(handle), **change)
    cluster, name = pair(handle)
    _wait(handle, answer, name=cluster, nodegroupName=name)


def _scale(handle: Handle, wanted: Any) -> None:
    _configure_group(handle, scalingConfig={key: int(value) for key, value in wanted.items()})


def _label(handle: Handle, wanted: Any) -> None:
    live = shapes.group(_look_group(handle), "labels")
    gone = sorted(set(live) - set(wanted or {}))
    change = {"addOrUpdateLabels": dict(wanted or {}), "removeLabels": gone}
    _configure_group(handle, labels={key: value for key, value in change.items() if value})


def _taint(handle: Handle, wanted: Any) -> None:
    live, want = shapes.listed(_look_group(handle), "taints"), list(wanted or ())
    gone = [taint for taint in live if taint not in want]
    change = {"addOrUpdateTaints": want, "removeTaints": gone}
    _configure_group(handle, taints={key: value for key, value in change.items() if value})


def _pace(handle: Handle, wanted: Any) -> None:
    _configure_group(handle, updateConfig={key: int(value) for key, value in (wanted or {"maxUnavailable": 1}).items()})


def _renew(handle: Handle, _: Any) -> None:
    """Nodes are replaced one by one by such of a new version or template."""
    inputs = handle.inputs
    change = {key: inputs[key] for key in ("version", "releaseVersion", "launchTemplate") if inputs.get(key)}
    answer = handle.api.write("eks", "UpdateNodegroupVersion", **_of_group(handle), **change)
    cluster, name = pair(handle)
    _wait(handle, answer, name=cluster, nodegroupName=name)


def _create_group(handle: Handle, request: Object) -> str:
    inputs, shape = handle.inputs, shapes.input_shape("eks", "CreateNodegroup")
    sent = {prop.member: prop for prop in _GROUP_PROPS if prop.member and inputs.get(prop.name) is not None}
    made = {member: shapes.to_api(inputs[prop.name], shape.members[member], member) for member, prop in sent.items()}
    handle.api.create("eks", "CreateNodegroup", **made, **request)
    return f"{inputs['clusterName']}:{inputs['nodeGroupName']}"


def _delete_group(handle: Handle) -> None:
    handle.api.remove("eks", "DeleteNodegroup", **_of_group(handle))


def _resources(_: Handle, found: Object) -> Any:
    groups = [{"name": each["name"]} for each in shapes.listed(shapes.group(found, "resources"), "autoScalingGroups")]
    return [{"autoscalingGroups": groups}] if groups else None


_GROUP_PROPS: Final = (
    Prop("clusterName", send="clusterName", fixed=True, required=True),
    Prop("nodeGroupName", send="nodegroupName", fixed=True),
    Prop("nodeGroupNamePrefix", send=None, live=None, fixed=True, computed=True),
    Prop("nodeRoleArn", send="nodeRole", fixed=True, required=True),
    Prop("subnetIds", send="subnets", fixed=True, required=True, kind=Kind.SET),
    Prop("scalingConfig", send="scalingConfig", required=True, change=_scale),
    Prop("instanceTypes", send="instanceTypes", fixed=True, computed=True),
    Prop("amiType", send="amiType", fixed=True, computed=True),
    Prop("capacityType", send="capacityType", default="ON_DEMAND", fixed=True),
    Prop("diskSize", send="diskSize", fixed=True, computed=True),
    # keys are the person's own, and keep their spelling
    Prop("labels", send="labels", live=lambda _, found: shapes.group(found, "labels"), change=_label),
    Prop("taints", send="taints", kind=Kind.SET, change=_taint),
    Prop("launchTemplate", send="launchTemplate", live=said("launchTemplate", "launchTemplate"), change=_renew),
    Prop("updateConfig", send="updateConfig", computed=True, change=_pace),
    Prop("version", send="version", computed=True, change=_renew, alike=same_version),
    Prop("releaseVersion", send="releaseVersion", computed=True, change=_renew),
)

_GROUP: Final = Row(
    type="aws:eks/nodeGroup:NodeGroup",
    service="eks",
    props=_GROUP_PROPS,
    create=_create_group,
    look=_look_group,
    state=state,
    delete=_delete_group,
    seek=lambda handle: [f"{handle.inputs['clusterName']}:{handle.inputs['nodeGroupName']}"],
    tags=TAGS,
    name=Name("nodeGroupName", 63, "nodeGroupNamePrefix"),
    outputs={"arn": "nodegroupArn", "status": "status", "resources": _resources},
    create_seconds=3600,
    delete_seconds=3600,
)

ROWS: Final = (_CLUSTER, _GROUP)
