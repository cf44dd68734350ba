"""EC2: endpoints to AWS services, and flow logs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from engine.providers.aws import shapes
from engine.providers.aws.finding import by_tags
from engine.providers.aws.rows.networks import arn, described
from engine.providers.aws.table import Handle, Kind, Object, Prop, Row, State
from engine.providers.aws.tags import Ec2Tags
from engine.providers.port import CheckFailure, Props, ProviderError

_LOOK_ENDPOINT: Final = described("DescribeVpcEndpoints", "VpcEndpoints", "VpcEndpointIds")


def _members(kind: str, path: str) -> Callable[[Handle, Any], None]:
    """Sets of ids are changed by adding and removing; what is there now decides, not what was believed."""

    def change(handle: Handle, wanted: Any) -> None:
        live = set(shapes.at(_LOOK_ENDPOINT(handle) or {}, path) or ())
        want = set(wanted or ())
        lists = {f"Add{kind}": sorted(want - live), f"Remove{kind}": sorted(live - want)}
        sent = {member: ids for member, ids in lists.items() if ids}
        if sent:
            handle.api.write("ec2", "ModifyVpcEndpoint", VpcEndpointId=handle.id, **sent)

    return change


def _policy(handle: Handle, document: Any) -> None:
    sent: Object = {"PolicyDocument": document} if document else {"ResetPolicy": True}
    handle.api.write("ec2", "ModifyVpcEndpoint", VpcEndpointId=handle.id, **sent)


def _private_names(handle: Handle, value: Any) -> None:
    handle.api.write("ec2", "ModifyVpcEndpoint", VpcEndpointId=handle.id, PrivateDnsEnabled=bool(value))


def _endpoint_state(found: Object) -> State:
    states = {"available": State.READY, "deleted": State.GONE, "failed": State.FAILED, "rejected": State.FAILED}
    return states.get(str(found.get("State")).lower(), State.BUSY)


def _delete_endpoint(handle: Handle) -> None:
    answer = handle.api.write("ec2", "DeleteVpcEndpoints", VpcEndpointIds=[handle.id])
    _raise_unsuccessful("DeleteVpcEndpoints", answer)


def _raise_unsuccessful(operation: str, answer: Object) -> None:
    for item in shapes.listed(answer, "Unsuccessful"):
        error = shapes.group(item, "Error")
        if "NotFound" not in str(error.get("Code")):
            raise ProviderError(f"ec2 {operation} refused: {error.get('Code')}: {error.get('Message')}")


def _endpoint_faults(inputs: Props) -> list[CheckFailure]:
    gateway = inputs.get("vpcEndpointType") == "Gateway"
    wrong = ("subnetIds", "securityGroupIds", "privateDnsEnabled") if gateway else ("routeTableIds",)
    kind = "a gateway" if gateway else "an interface"
    return [CheckFailure(name, f"{name} does not go with {kind} endpoint") for name in wrong if inputs.get(name)]


_ENDPOINT: Final = Row(
    type="aws:ec2/vpcEndpoint:VpcEndpoint",
    service="ec2",
    key="VpcEndpointId",
    props=(
        Prop("vpcId", fixed=True, required=True),
        Prop("serviceName", fixed=True, required=True),
        # Sent always: what is not said here, one emulator does not know when it deletes.
        Prop("vpcEndpointType", default="Gateway", fixed=True),
        Prop("policy", send="PolicyDocument", kind=Kind.DOCUMENT, computed=True, change=_policy),
        Prop("routeTableIds", kind=Kind.SET, change=_members("RouteTableIds", "RouteTableIds")),
        Prop("subnetIds", kind=Kind.SET, change=_members("SubnetIds", "SubnetIds")),
        Prop(
            "securityGroupIds",
            live="Groups[].GroupId",
            kind=Kind.SET,
            computed=True,
            change=_members("SecurityGroupIds", "Groups[].GroupId"),
        ),
        Prop("privateDnsEnabled", computed=True, change=_private_names),
        Prop("ipAddressType", computed=True, fixed=True),
    ),
    create=("CreateVpcEndpoint", "VpcEndpoint.VpcEndpointId"),
    look=_LOOK_ENDPOINT,
    state=_endpoint_state,
    delete=_delete_endpoint,
    seek=by_tags("DescribeVpcEndpoints", "VpcEndpoints", "VpcEndpointId"),
    tags=Ec2Tags("vpc-endpoint"),
    faults=_endpoint_faults,
    outputs={
        "ownerId": "OwnerId",
        "arn": arn("vpc-endpoint"),
        "state": "State",
        "networkInterfaceIds": "NetworkInterfaceIds",
        "requesterManaged": "RequesterManaged",
        "dnsEntries": "DnsEntries",
    },
    create_seconds=600,
)

_SUBJECTS: Final = {"vpcId": "VPC", "subnetId": "Subnet", "eniId": "NetworkInterface"}
_PREFIXES: Final = {"vpcId": "vpc-", "subnetId": "subnet-", "eniId": "eni-"}


def _create_flow_log(handle: Handle, request: Object) -> str:
    inputs = handle.inputs
    answer = handle.api.create("ec2", "CreateFlowLogs", **request, **_flow_log_members(inputs))
    _raise_unsuccessful("CreateFlowLogs", answer)
    return str(answer["FlowLogIds"][0])


def _flow_log_members(inputs: Props) -> Object:
    subject = next(name for name in _SUBJECTS if inputs.get(name))
    members = {
        "ResourceIds": [inputs[subject]],
        "ResourceType": _SUBJECTS[subject],
        "TrafficType": inputs.get("trafficType"),
        "LogDestinationType": inputs.get("logDestinationType"),
        "LogDestination": inputs.get("logDestination"),
        "DeliverLogsPermissionArn": inputs.get("iamRoleArn"),
        "LogFormat": inputs.get("logFormat"),
        "MaxAggregationInterval": inputs.get("maxAggregationInterval") and int(inputs["maxAggregationInterval"]),
    }
    return {member: value for member, value in members.items() if value}


def _subject(name: str) -> Callable[[Handle, Object], Any]:
    def live(handle: Handle, found: Object) -> Any:
        resource = str(found.get("ResourceId"))
        return resource if resource.startswith(_PREFIXES[name]) else None

    return live


def _log_destination(handle: Handle, found: Object) -> Any:
    """Given as a log group's ARN, some answers carry only the group's name."""
    given = handle.inputs.get("logDestination")
    live = found.get("LogDestination")
    if live is None and given and found.get("LogGroupName") == str(given).rpartition("log-group:")[2].split(":")[0]:
        return given
    return live


def _same_log_group(given: Any, live: Any) -> bool:
    return str(given).removesuffix(":*") == str(live).removesuffix(":*")


def _flow_log_faults(inputs: Props) -> list[CheckFailure]:
    if sum(1 for name in _SUBJECTS if inputs.get(name)) > 1:
        return [CheckFailure("vpcId", "a flow log watches one of vpcId, subnetId, eniId")]
    return []


_FLOW_LOG: Final = Row(
    type="aws:ec2/flowLog:FlowLog",
    service="ec2",
    key="FlowLogIds",
    props=(
        *(Prop(name, send=None, live=_subject(name), fixed=True) for name in _SUBJECTS),
        Prop("trafficType", fixed=True, default="ALL"),
        Prop("logDestinationType", fixed=True, default="cloud-watch-logs"),
        Prop("logDestination", live=_log_destination, fixed=True, required=True, alike=_same_log_group),
        Prop("iamRoleArn", send="DeliverLogsPermissionArn", fixed=True),
        Prop("logFormat", fixed=True, computed=True),
        Prop("maxAggregationInterval", fixed=True, default=600),
    ),
    create=_create_flow_log,
    look=described("DescribeFlowLogs", "FlowLogs", "FlowLogIds"),
    delete=lambda handle: _raise_unsuccessful(
        "DeleteFlowLogs", handle.api.write("ec2", "DeleteFlowLogs", FlowLogIds=[handle.id])
    ),
    seek=by_tags("DescribeFlowLogs", "FlowLogs", "FlowLogId"),
    tags=Ec2Tags("vpc-flow-log"),
    faults=_flow_log_faults,
    outputs={"arn": arn("vpc-flow-log")},
)

ROWS: Final = (_ENDPOINT, _FLOW_LOG)
