"""Cases of EC2's rows."""

from __future__ import annotations

from engine.providers.port import Props
from tests.contract.providers.aws.case import Case, Live
from tests.contract.providers.aws.world import World, endpoint_policy

EC2 = "ec2"


def _vpc(world: World, name: str) -> Props:
    return {"cidrBlock": "10.20.0.0/16", "enableDnsHostnames": True, "tags": world.tags(name)}


def _subnet(world: World, name: str) -> Props:
    return {
        "vpcId": world.vpc,
        "cidrBlock": world.cidr(),
        "availabilityZone": f"{world.region}a",
        "tags": world.tags(name),
    }


def _nat(world: World, name: str) -> Props:
    return {"subnetId": world.subnets[0], "allocationId": world.address(), "tags": world.tags(name)}


def _route(world: World, name: str) -> Props:
    return {"routeTableId": world.table(), "destinationCidrBlock": "0.0.0.0/0", "gatewayId": world.gateway}


def _replace_route(world: World, live: Live) -> None:
    world.client(EC2).replace_route(
        RouteTableId=live.inputs["routeTableId"], DestinationCidrBlock="0.0.0.0/0", NatGatewayId=world.nat
    )


def _gateway_endpoint(world: World, name: str) -> Props:
    return {
        "vpcId": world.vpc,
        "serviceName": f"com.amazonaws.{world.region}.s3",
        "vpcEndpointType": "Gateway",
        "routeTableIds": [world.table()],
        "tags": world.tags(name),
    }


def _more_tables(world: World, live: Live) -> None:
    world.client(EC2).modify_vpc_endpoint(VpcEndpointId=live.id, AddRouteTableIds=[world.table()])


def _interface_endpoint(world: World, name: str) -> Props:
    return {
        "vpcId": world.vpc,
        "serviceName": f"com.amazonaws.{world.region}.kms",
        "vpcEndpointType": "Interface",
        "subnetIds": world.subnets,
        "securityGroupIds": [world.group()],
        "privateDnsEnabled": True,
        "tags": world.tags(name),
    }


def _other_groups(world: World, live: Live) -> None:
    world.client(EC2).modify_vpc_endpoint(VpcEndpointId=live.id, AddSecurityGroupIds=[world.group()])


def _flow_log(world: World, name: str) -> Props:
    return {
        "vpcId": world.vpc,
        "trafficType": "ALL",
        "logDestination": world.log_group(),
        "iamRoleArn": world.role_arn,
        "maxAggregationInterval": 60,
        "tags": world.tags(name),
    }


def _rule(world: World, name: str) -> Props:
    return {
        "securityGroupId": world.group(),
        "ipProtocol": "tcp",
        "fromPort": 5432,
        "toPort": 5432,
        "cidrIpv4": "10.0.0.0/8",
        "description": "from inside",
        "tags": world.tags(name),
    }


def _let_in(world: World, group: str, port: int) -> str:
    permission = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    answer = world.client(EC2).authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    return str(answer["SecurityGroupRules"][0]["SecurityGroupRuleId"])


def _all_rules(world: World, name: str) -> Props:
    """A group with a rule of its own, and one that others have put there before."""
    group = world.group()
    _let_in(world, group, 5432)
    return {"securityGroupId": group, "ingressRuleIds": [_let_in(world, group, 5433)], "egressRuleIds": []}


def _let_out(world: World, live: Live) -> None:
    permission = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    world.client(EC2).authorize_security_group_egress(GroupId=live.id, IpPermissions=[permission])


def _widen(world: World, live: Live) -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 65535, "CidrIpv4": "0.0.0.0/0"}
    change = {"SecurityGroupRuleId": live.id, "SecurityGroupRule": rule}
    world.client(EC2).modify_security_group_rules(GroupId=live.inputs["securityGroupId"], SecurityGroupRules=[change])


def _detach(world: World, live: Live) -> None:
    world.client(EC2).detach_internet_gateway(InternetGatewayId=live.id, VpcId=live.inputs["vpcId"])


def _new_vpc(world: World, name: str) -> str:
    return world.make("aws:ec2/vpc:Vpc", name, cidrBlock="10.30.0.0/16", tags=world.tags(name)).id


CASES = (
    Case(
        "aws:ec2/vpc:Vpc",
        _vpc,
        update=lambda world, _: {"enableDnsHostnames": False},
        replace=lambda world, _: {"cidrBlock": "10.21.0.0/16"},
        drift={
            "enableDnsSupport": lambda world, live: world.client(EC2).modify_vpc_attribute(
                VpcId=live.id, EnableDnsSupport={"Value": False}
            )
        },
        refused={"ipv6CidrBlock": "2001:db8::/56"},
    ),
    Case(
        "aws:ec2/subnet:Subnet",
        _subnet,
        update=lambda world, _: {"mapPublicIpOnLaunch": True},
        replace=lambda world, _: {"cidrBlock": world.cidr()},
        drift={
            "mapPublicIpOnLaunch": lambda world, live: world.client(EC2).modify_subnet_attribute(
                SubnetId=live.id, MapPublicIpOnLaunch={"Value": True}
            )
        },
        refused={"outpostArn": "arn:aws:outposts:x"},
    ),
    Case(
        "aws:ec2/internetGateway:InternetGateway",
        lambda world, name: {"vpcId": _new_vpc(world, name + "-vpc"), "tags": world.tags(name)},
        update=lambda world, _: {"vpcId": _new_vpc(world, "other")},
        replace=None,
        drift={"vpcId": _detach},
        refused={"egress": True},
    ),
    Case(
        "aws:ec2/eip:Eip",
        lambda world, name: {"domain": "vpc", "tags": world.tags(name)},
        update=None,
        replace=lambda world, _: {"networkBorderGroup": f"{world.region}-wl1"},
        drift={},
        refused={"instance": "i-0"},
    ),
    Case(
        "aws:ec2/natGateway:NatGateway",
        _nat,
        update=None,
        replace=lambda world, _: {"subnetId": world.subnets[1]},
        drift={},
        refused={"secondaryAllocationIds": ["eipalloc-0"]},
    ),
    Case(
        "aws:ec2/routeTable:RouteTable",
        lambda world, name: {"vpcId": world.vpc, "tags": world.tags(name)},
        update=None,
        replace=lambda world, _: {"vpcId": "vpc-0"},
        drift={},
        refused={"routes": [{"cidrBlock": "0.0.0.0/0"}]},
    ),
    Case(
        "aws:ec2/route:Route",
        _route,
        update=lambda world, _: {"gatewayId": None, "natGatewayId": world.nat},
        replace=lambda world, _: {"destinationCidrBlock": "10.99.0.0/16"},
        drift={"gatewayId": _replace_route},
        refused={"coreNetworkArn": "arn:aws:networkmanager:x"},
        foreign=lambda world, inputs: {**inputs, "gatewayId": "igw-other"},
    ),
    Case(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        lambda world, name: {"routeTableId": world.table(), "subnetId": world.subnet()},
        update=None,
        replace=lambda world, _: {"routeTableId": world.table()},
        drift={},
        refused={"tags": {"a": "b"}},
        foreign=lambda world, inputs: {**inputs, "routeTableId": world.table()},
    ),
    Case(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        _gateway_endpoint,
        # The emulator makes no route in a table that is added later, and then can't delete the endpoint: the drift
        # adds one, and what puts it right takes it away again.
        update=lambda world, _: {"policy": endpoint_policy("s3:GetObject")},
        replace=lambda world, _: {"serviceName": f"com.amazonaws.{world.region}.dynamodb"},
        drift={"routeTableIds": _more_tables},
        refused={"dnsOptions": {"dnsRecordIpType": "ipv4"}},
    ),
    Case(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        _interface_endpoint,
        update=lambda world, _: {"subnetIds": world.more_subnets},
        replace=lambda world, _: {"vpcEndpointType": "GatewayLoadBalancer"},
        drift={"securityGroupIds": _other_groups},
        refused={"routeTableIds": ["rtb-0"]},
        label="-interface",
    ),
    Case(
        "aws:ec2/flowLog:FlowLog",
        _flow_log,
        update=None,
        replace=lambda world, _: {"trafficType": "REJECT"},
        drift={},
        refused={"transitGatewayId": "tgw-0"},
    ),
    Case(
        "aws:ec2/securityGroup:SecurityGroup",
        lambda world, name: {"vpcId": world.vpc, "description": "d", "tags": world.tags(name)},
        update=None,
        replace=lambda world, _: {"description": "another"},
        drift={},
        refused={"ingress": [{"protocol": "tcp", "fromPort": 22, "toPort": 22}]},
    ),
    Case(
        "aws:ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive",
        _all_rules,
        update=lambda world, now: {
            "ingressRuleIds": [*now["ingressRuleIds"], _let_in(world, now["securityGroupId"], 5434)]
        },
        replace=lambda world, _: {"securityGroupId": world.group()},
        drift={"ingressRuleIds": lambda world, live: _let_in(world, live.id, 5435), "egressRuleIds": _let_out},
        refused={"tags": {}},
        lasts="what a group holds goes with the group",
    ),
    Case(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        _rule,
        update=lambda world, _: {"toPort": 5433},
        replace=lambda world, _: {"securityGroupId": world.group()},
        drift={"cidrIpv4": _widen},
        refused={"fromPort": 9000, "toPort": 1},
    ),
    Case(
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        _rule,
        update=lambda world, _: {"cidrIpv4": "10.0.0.0/16"},
        replace=lambda world, _: {"securityGroupId": world.group()},
        drift={"toPort": _widen},
        refused={"cidrIpv4": "10.0.0.0/8", "prefixListId": "pl-0"},
    ),
)
