"""EC2: route table, route, association of a table with a subnet."""

from __future__ import annotations

import zlib
from typing import Any, Final

from engine.providers.aws import shapes
from engine.providers.aws.finding import by_tags
from engine.providers.aws.rows.networks import IN_USE, arn, described
from engine.providers.aws.table import Handle, Object, Prop, Row, State
from engine.providers.aws.tags import Ec2Tags
from engine.providers.port import CheckFailure, Props, ProviderError

_LOOK_TABLE: Final = described("DescribeRouteTables", "RouteTables", "RouteTableIds")

_TABLE: Final = Row(
    type="aws:ec2/routeTable:RouteTable",
    service="ec2",
    key="RouteTableId",
    props=(Prop("vpcId", fixed=True, required=True),),
    create=("CreateRouteTable", "RouteTable.RouteTableId"),
    look=_LOOK_TABLE,
    delete="DeleteRouteTable",
    busy_codes=IN_USE,
    seek=by_tags("DescribeRouteTables", "RouteTables", "RouteTableId"),
    tags=Ec2Tags("route-table"),
    outputs={"ownerId": "OwnerId", "arn": arn("route-table")},
)

_DESTINATIONS: Final = {
    "destinationCidrBlock": "DestinationCidrBlock",
    "destinationIpv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}
_TARGETS: Final = {
    "gatewayId": "GatewayId",
    "natGatewayId": "NatGatewayId",
    "networkInterfaceId": "NetworkInterfaceId",
    "transitGatewayId": "TransitGatewayId",
    "vpcEndpointId": "VpcEndpointId",
    "vpcPeeringConnectionId": "VpcPeeringConnectionId",
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
}


def _destination(props: Props) -> dict[str, str]:
    """The destination as the API names it; it identifies a route within its table."""
    return {member: props[name] for name, member in _DESTINATIONS.items() if props.get(name)}


def _known(handle: Handle) -> Props:
    """Table and destination: of the inputs, or of an import's id, `rtb-…_10.0.0.0/16`."""
    known = {**handle.outputs, **handle.inputs}
    if "routeTableId" in known:
        return known
    table, found, destination = handle.id.partition("_")
    if not found:
        raise ProviderError(f"A route is imported by table and destination, rtb-…_10.0.0.0/16, not by {handle.id}.")
    kind = "destinationIpv6CidrBlock" if ":" in destination else "destinationCidrBlock"
    return {"routeTableId": table, kind: destination}


def _look_route(handle: Handle) -> Object | None:
    known = _known(handle)
    table = handle.api.seek("ec2", "DescribeRouteTables", RouteTableIds=[known["routeTableId"]]) or {}
    destination = _destination(known)
    for found in shapes.listed(table, "RouteTables"):
        for route in shapes.listed(found, "Routes"):
            if all(route.get(member) == value for member, value in destination.items()):
                return {**route, "RouteTableId": found["RouteTableId"]}
    return None


def _create_route(handle: Handle, _: Object) -> str:
    inputs = handle.inputs
    targets = {member: inputs[name] for name, member in _TARGETS.items() if inputs.get(name)}
    handle.api.create("ec2", "CreateRoute", RouteTableId=inputs["routeTableId"], **_destination(inputs), **targets)
    return _route_id(inputs)


def _route_id(props: Props) -> str:
    """As the official provider writes it: table and CRC-32 of the destination."""
    return f"r-{props['routeTableId']}{zlib.crc32(next(iter(_destination(props).values())).encode())}"


def _retarget(handle: Handle, _: Any) -> None:
    """Whichever target property changed, the route is pointed at the one that is wanted now."""
    inputs = handle.inputs
    targets = {member: inputs[name] for name, member in _TARGETS.items() if inputs.get(name)}
    handle.api.write("ec2", "ReplaceRoute", RouteTableId=inputs["routeTableId"], **_destination(inputs), **targets)


def _delete_route(handle: Handle) -> None:
    known = _known(handle)
    handle.api.remove("ec2", "DeleteRoute", RouteTableId=known["routeTableId"], **_destination(known))


def _route_faults(inputs: Props) -> list[CheckFailure]:
    faults: list[CheckFailure] = []
    # Unknown values are left out of `inputs` here, so only too many can be told, not too few.
    if len(_destination(inputs)) > 1:
        faults.append(CheckFailure("destinationCidrBlock", "a route has one destination"))
    if sum(1 for name in _TARGETS if inputs.get(name)) > 1:
        faults.append(CheckFailure("gatewayId", "a route has one target"))
    return faults


def _same_route(handle: Handle, found: Object) -> bool:
    return all(found.get(member) == handle.inputs[name] for name, member in _TARGETS.items() if handle.inputs.get(name))


_ROUTE: Final = Row(
    type="aws:ec2/route:Route",
    service="ec2",
    props=(
        Prop("routeTableId", fixed=True, required=True),
        *(Prop(name, send=None, live=member, fixed=True) for name, member in _DESTINATIONS.items()),
        *(Prop(name, send=None, live=member, change=_retarget) for name, member in _TARGETS.items()),
    ),
    create=_create_route,
    look=_look_route,
    state=lambda found: State.READY,
    delete=_delete_route,
    seek=lambda handle: [_route_id(handle.inputs)],
    ours=_same_route,
    faults=_route_faults,
    outputs={"state": "State", "origin": "Origin"},
    delete_before_replace=True,
)


def _look_association(handle: Handle) -> Object | None:
    filters = [{"Name": "association.route-table-association-id", "Values": [handle.id]}]
    for table in handle.api.read("ec2", "DescribeRouteTables", Filters=filters).get("RouteTables") or ():
        for one in shapes.listed(table, "Associations"):
            if one["RouteTableAssociationId"] == handle.id:
                return one
    return None


def _seek_association(handle: Handle) -> list[str]:
    subject = "subnetId" if handle.inputs.get("subnetId") else "gatewayId"
    api = "association.subnet-id" if subject == "subnetId" else "association.gateway-id"
    member = subject[0].upper() + subject[1:]
    wanted = handle.inputs.get(subject)
    tables = handle.api.read("ec2", "DescribeRouteTables", Filters=[{"Name": api, "Values": [wanted]}])
    return [
        one["RouteTableAssociationId"]
        for table in shapes.listed(tables, "RouteTables")
        for one in shapes.listed(table, "Associations")
        if one.get(member) == wanted and not one.get("Main")
    ]


def _association_state(found: Object) -> State:
    state = shapes.group(found, "AssociationState").get("State", "associated")
    known = {"associated": State.READY, "disassociated": State.GONE, "failed": State.FAILED}
    return known.get(str(state), State.BUSY)


_ASSOCIATION: Final = Row(
    type="aws:ec2/routeTableAssociation:RouteTableAssociation",
    service="ec2",
    key="AssociationId",
    props=(
        # Moving an association to another table gives it another id, so it is made anew.
        Prop("routeTableId", fixed=True, required=True),
        Prop("subnetId", fixed=True),
        Prop("gatewayId", fixed=True),
    ),
    create=("AssociateRouteTable", "AssociationId"),
    look=_look_association,
    state=_association_state,
    delete="DisassociateRouteTable",
    seek=_seek_association,
    ours=lambda handle, found: found.get("RouteTableId") == handle.inputs.get("routeTableId"),
    delete_before_replace=True,
)

ROWS: Final = (_TABLE, _ROUTE, _ASSOCIATION)
