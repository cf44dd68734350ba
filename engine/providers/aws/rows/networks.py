"""EC2: VPC, subnet, internet gateway, elastic address, NAT gateway."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from engine.providers.aws import shapes
from engine.providers.aws.finding import by_tags
from engine.providers.aws.table import Handle, Object, Prop, Row, State
from engine.providers.aws.tags import Ec2Tags

IN_USE: Final = frozenset({"DependencyViolation", "InvalidIPAddress.InUse", "AuthFailure.InUse"})


def described(operation: str, member: str, ids: str) -> Callable[[Handle], Object | None]:
    """A look-up by id through one of EC2's Describe operations."""

    def look(handle: Handle) -> Object | None:
        answer = handle.api.seek("ec2", operation, **{ids: [handle.id]}) or {}
        return next(iter(answer.get(member) or ()), None)

    return look


def arn(kind: str) -> Callable[[Handle, Object], str]:
    """EC2 answers with ids; the ARN follows from region, owner and id."""

    def make(handle: Handle, found: Object) -> str:
        owner = found.get("OwnerId") or handle.outputs.get("ownerId") or account(handle)
        return f"arn:{partition(handle.api.region)}:ec2:{handle.api.region}:{owner}:{kind}/{handle.id}"

    return make


def partition(region: str) -> str:
    """The ARN partition of a region."""
    return {"cn": "aws-cn", "us-gov": "aws-us-gov"}.get(region.rpartition("-")[0].rpartition("-")[0], "aws")


def account(handle: Handle) -> str:
    """The account we work in, for answers that do not say it."""
    return str(handle.api.read("sts", "GetCallerIdentity")["Account"])


def _vpc_attribute(member: str) -> Callable[[Handle, Any], None]:
    def change(handle: Handle, value: Any) -> None:
        handle.api.write("ec2", "ModifyVpcAttribute", VpcId=handle.id, **{member: {"Value": bool(value)}})

    return change


def _look_vpc(handle: Handle) -> Object | None:
    found = described("DescribeVpcs", "Vpcs", "VpcIds")(handle)
    if found is None:
        return None
    for member in ("EnableDnsSupport", "EnableDnsHostnames", "EnableNetworkAddressUsageMetrics"):
        attribute = member[0].lower() + member[1:]
        answer = handle.api.seek("ec2", "DescribeVpcAttribute", VpcId=handle.id, Attribute=attribute) or {}
        found[member] = shapes.group(answer, member).get("Value")
    return found


def _of_vpc(operation: str, member: str, id_member: str, default: dict[str, str]) -> Callable[[Handle, Object], Any]:
    """The id of a thing that AWS makes with each VPC. Once known it is not asked for again: it never changes."""

    def ask(handle: Handle, found: Object) -> Any:
        filters = [{"Name": "vpc-id", "Values": [handle.id]}]
        filters += [{"Name": name, "Values": [value]} for name, value in default.items()]
        answer = handle.api.read("ec2", operation, Filters=filters)
        things = shapes.listed(answer, member)
        return things[0][id_member] if things else None

    return ask


def _once(name: str, ask: Callable[[Handle, Object], Any]) -> Callable[[Handle, Object], Any]:
    return lambda handle, found: handle.outputs.get(name) or ask(handle, found)


_MAIN_TABLE: Final = _once(
    "mainRouteTableId", _of_vpc("DescribeRouteTables", "RouteTables", "RouteTableId", {"association.main": "true"})
)

_VPC: Final = Row(
    type="aws:ec2/vpc:Vpc",
    service="ec2",
    key="VpcId",
    props=(
        Prop("cidrBlock", fixed=True, required=True),
        Prop("instanceTenancy", default="default", fixed=True),
        Prop(
            "enableDnsSupport",
            send=None,
            live="EnableDnsSupport",
            default=True,
            change=_vpc_attribute("EnableDnsSupport"),
        ),
        Prop(
            "enableDnsHostnames",
            send=None,
            live="EnableDnsHostnames",
            default=False,
            change=_vpc_attribute("EnableDnsHostnames"),
        ),
        Prop(
            "enableNetworkAddressUsageMetrics",
            send=None,
            live="EnableNetworkAddressUsageMetrics",
            default=False,
            change=_vpc_attribute("EnableNetworkAddressUsageMetrics"),
        ),
    ),
    create=("CreateVpc", "Vpc.VpcId"),
    look=_look_vpc,
    state=lambda found: State.READY if found.get("State") == "available" else State.BUSY,
    delete="DeleteVpc",
    busy_codes=IN_USE,
    seek=by_tags("DescribeVpcs", "Vpcs", "VpcId"),
    tags=Ec2Tags("vpc"),
    outputs={
        "ownerId": "OwnerId",
        "arn": arn("vpc"),
        "dhcpOptionsId": "DhcpOptionsId",
        "mainRouteTableId": _MAIN_TABLE,
        "defaultRouteTableId": _MAIN_TABLE,
        "defaultSecurityGroupId": _once(
            "defaultSecurityGroupId",
            _of_vpc("DescribeSecurityGroups", "SecurityGroups", "GroupId", {"group-name": "default"}),
        ),
        "defaultNetworkAclId": _once(
            "defaultNetworkAclId", _of_vpc("DescribeNetworkAcls", "NetworkAcls", "NetworkAclId", {"default": "true"})
        ),
    },
)


def _public_addresses(handle: Handle, value: Any) -> None:
    handle.api.write("ec2", "ModifySubnetAttribute", SubnetId=handle.id, MapPublicIpOnLaunch={"Value": bool(value)})


_SUBNET: Final = Row(
    type="aws:ec2/subnet:Subnet",
    service="ec2",
    key="SubnetId",
    props=(
        Prop("vpcId", fixed=True, required=True),
        Prop("cidrBlock", fixed=True, required=True),
        Prop("availabilityZone", fixed=True, computed=True),
        Prop("availabilityZoneId", fixed=True, computed=True),
        Prop("mapPublicIpOnLaunch", send=None, live="MapPublicIpOnLaunch", default=False, change=_public_addresses),
    ),
    create=("CreateSubnet", "Subnet.SubnetId"),
    look=described("DescribeSubnets", "Subnets", "SubnetIds"),
    state=lambda found: State.READY if found.get("State") == "available" else State.BUSY,
    delete="DeleteSubnet",
    busy_codes=IN_USE,
    seek=by_tags("DescribeSubnets", "Subnets", "SubnetId"),
    tags=Ec2Tags("subnet"),
    outputs={"ownerId": "OwnerId", "arn": arn("subnet")},
)


def _attach(handle: Handle, vpc: Any) -> None:
    """An internet gateway hangs on one VPC at most."""
    now = _attached_to(handle)  # looked at: outputs of a create that was not finished say what was wanted
    if now == vpc:
        return
    if now:
        handle.api.remove("ec2", "DetachInternetGateway", InternetGatewayId=handle.id, VpcId=now)
    if vpc:
        handle.api.write("ec2", "AttachInternetGateway", InternetGatewayId=handle.id, VpcId=vpc)


_LOOK_GATEWAY: Final = described("DescribeInternetGateways", "InternetGateways", "InternetGatewayIds")


def _attached_to(handle: Handle) -> str | None:
    found = _LOOK_GATEWAY(handle) or {}
    return next((one["VpcId"] for one in shapes.listed(found, "Attachments") if one.get("State") != "detached"), None)


def _delete_gateway(handle: Handle) -> None:
    if now := _attached_to(handle):
        handle.api.remove("ec2", "DetachInternetGateway", InternetGatewayId=handle.id, VpcId=now)
    handle.api.remove("ec2", "DeleteInternetGateway", InternetGatewayId=handle.id)


_INTERNET_GATEWAY: Final = Row(
    type="aws:ec2/internetGateway:InternetGateway",
    service="ec2",
    key="InternetGatewayId",
    props=(
        Prop(
            "vpcId",
            send=None,
            live=lambda _, found: next((one["VpcId"] for one in shapes.listed(found, "Attachments")), None),
            change=_attach,
        ),
    ),
    create=("CreateInternetGateway", "InternetGateway.InternetGatewayId"),
    look=_LOOK_GATEWAY,
    delete=_delete_gateway,
    busy_codes=IN_USE,
    seek=by_tags("DescribeInternetGateways", "InternetGateways", "InternetGatewayId"),
    tags=Ec2Tags("internet-gateway"),
    outputs={"ownerId": "OwnerId", "arn": arn("internet-gateway")},
)

_EIP: Final = Row(
    type="aws:ec2/eip:Eip",
    service="ec2",
    key="AllocationId",
    props=(
        Prop("domain", default="vpc", fixed=True),
        Prop("publicIpv4Pool", fixed=True, computed=True),
        Prop("networkBorderGroup", fixed=True, computed=True),
    ),
    create=("AllocateAddress", "AllocationId"),
    look=described("DescribeAddresses", "Addresses", "AllocationIds"),
    delete="ReleaseAddress",
    busy_codes=IN_USE,
    seek=by_tags("DescribeAddresses", "Addresses", "AllocationId"),
    tags=Ec2Tags("elastic-ip"),
    outputs={
        "allocationId": "AllocationId",
        "publicIp": "PublicIp",
        "publicDns": lambda handle, found: _public_name(handle.api.region, found.get("PublicIp")),
        "associationId": "AssociationId",
        "privateIp": "PrivateIpAddress",
        "arn": arn("elastic-ip"),
    },
)


def _public_name(region: str, address: str | None) -> str | None:
    if not address:
        return None
    zone = "compute-1" if region == "us-east-1" else f"{region}.compute"
    return f"ec2-{address.replace('.', '-')}.{zone}.amazonaws.com"


def _nat_state(found: Object) -> State:
    states = {"available": State.READY, "deleted": State.GONE, "failed": State.FAILED}
    return states.get(str(found.get("State")), State.BUSY)


_NAT_GATEWAY: Final = Row(
    type="aws:ec2/natGateway:NatGateway",
    service="ec2",
    key="NatGatewayId",
    props=(
        Prop("subnetId", fixed=True, required=True),
        Prop("allocationId", live=lambda _, found: _first(found, "AllocationId"), fixed=True),
        Prop("connectivityType", default="public", fixed=True),
        Prop(
            "privateIp",
            send="PrivateIpAddress",
            live=lambda _, found: _first(found, "PrivateIp"),
            fixed=True,
            computed=True,
        ),
    ),
    create=("CreateNatGateway", "NatGateway.NatGatewayId"),
    look=described("DescribeNatGateways", "NatGateways", "NatGatewayIds"),
    state=_nat_state,
    delete="DeleteNatGateway",
    seek=by_tags("DescribeNatGateways", "NatGateways", "NatGatewayId"),
    tags=Ec2Tags("natgateway"),
    outputs={
        "publicIp": lambda _, found: _first(found, "PublicIp"),
        "networkInterfaceId": lambda _, found: _first(found, "NetworkInterfaceId"),
        "associationId": lambda _, found: _first(found, "AssociationId"),
    },
    create_seconds=600,
    delete_seconds=1800,
)


def _first(found: Object, member: str) -> Any:
    return next((one.get(member) for one in shapes.listed(found, "NatGatewayAddresses")), None)


ROWS: Final = (_VPC, _SUBNET, _INTERNET_GATEWAY, _EIP, _NAT_GATEWAY)
