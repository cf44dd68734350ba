"""A cell's network: public, private and data subnets over three zones, made or adopted."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from stacks.blueprint.shared import CellNetwork, SharedBlueprint
from stacks.conventions import addressing
from stacks.parts import vpc
from stacks.parts.scope import Component, Scope

_HTTPS = 443


class Network(Component):
    """The VPC, or the adopted one, and what every tenant in it shares."""

    def __init__(self, blueprint: SharedBlueprint, scope: Scope, flow_log_group: aws.cloudwatch.LogGroup) -> None:
        super().__init__("CellNetwork", scope, "network")
        self.spec: CellNetwork = blueprint.network
        self.isolation = blueprint.isolation
        zones = aws.get_availability_zones_output(opts=pulumi.InvokeOutputOptions(parent=self))
        self.zones: pulumi.Output[Sequence[str]] = zones.names.apply(_first)
        self.vpc_id, self.vpc_cidr = self._adopt() if self.spec.adopted else self._make(flow_log_group)
        data = vpc.subnets(self, "data", self.isolation, self.vpc_id, self.spec.data_cidrs, self.zones)
        tables = vpc.route_tables(self, "data", self.isolation, self.vpc_id, addressing.ZONES)
        self.data_route_table_ids = [table.id for table in tables]
        vpc.associate(self, "data", data, self.data_route_table_ids)
        self.endpoint_ids = [*self._gateways(), *self._interfaces()]
        self.register_outputs({"vpcId": self.vpc_id})

    def _adopt(self) -> tuple[pulumi.Output[str], pulumi.Output[str]]:
        adopted = self.spec.adopted
        assert adopted is not None
        found = aws.ec2.get_vpc_output(id=adopted.vpc_id, opts=pulumi.InvokeOutputOptions(parent=self))
        self.public_subnet_ids: list[pulumi.Input[str]] = list(adopted.public_subnet_ids)
        self.private_subnet_ids: list[pulumi.Input[str]] = list(adopted.private_subnet_ids)
        self.private_route_table_ids: list[pulumi.Output[str]] = []
        return found.id, found.cidr_block

    def _make(self, flow_log_group: aws.cloudwatch.LogGroup) -> tuple[pulumi.Output[str], pulumi.Output[str]]:
        spec = self.spec
        made = aws.ec2.Vpc(
            "cell",
            cidr_block=spec.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=self.scope.labels(self.isolation, "vpc"),
            opts=self.child(),
        )
        vpc.log_flows(self, self.isolation, made.id, flow_log_group)
        public = self._public(made.id)
        private = vpc.subnets(self, "private", self.isolation, made.id, spec.private_cidrs, self.zones)
        tables = vpc.route_tables(self, "private", self.isolation, made.id, len(private))
        self.private_route_table_ids = [table.id for table in tables]
        vpc.associate(self, "private", private, self.private_route_table_ids)
        self._nat(public, tables)
        self.public_subnet_ids = [subnet.id for subnet in public]
        self.private_subnet_ids = [subnet.id for subnet in private]
        return made.id, made.cidr_block

    def _public(self, vpc_id: pulumi.Output[str]) -> list[aws.ec2.Subnet]:
        public = vpc.subnets(self, "public", self.isolation, vpc_id, self.spec.public_cidrs, self.zones)
        labels = self.scope.labels(self.isolation, "internet")
        self.gateway = aws.ec2.InternetGateway("internet", vpc_id=vpc_id, tags=labels, opts=self.child())
        (table,) = vpc.route_tables(self, "public", self.isolation, vpc_id, 1)
        self._default_route("public", table, gateway_id=self.gateway.id)
        vpc.associate(self, "public", public, [table.id] * len(public))
        return public

    def _nat(self, public: Sequence[aws.ec2.Subnet], tables: Sequence[aws.ec2.RouteTable]) -> None:
        """As many gateways as the spec says; zones without one go through the first."""
        gateways = [self._nat_gateway(index, public[index]) for index in range(self.spec.nat_gateways)]
        for index, table in enumerate(tables):
            if gateways:
                gateway = gateways[index % len(gateways)]
                self._default_route(f"private-{index}", table, nat_gateway_id=gateway.id)

    def _nat_gateway(self, index: int, subnet: aws.ec2.Subnet) -> aws.ec2.NatGateway:
        labels = self.scope.labels(self.isolation, f"nat-{index}")
        address = aws.ec2.Eip(f"nat-{index}", domain="vpc", tags=labels, opts=self.child(after=[self.gateway]))
        return aws.ec2.NatGateway(
            f"nat-{index}",
            allocation_id=address.allocation_id,
            subnet_id=subnet.id,
            tags=labels,
            opts=self.child(after=[self.gateway]),
        )

    def _default_route(self, name: str, table: aws.ec2.RouteTable, **target: pulumi.Output[str]) -> None:
        aws.ec2.Route(
            name,
            route_table_id=table.id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=target.get("gateway_id"),
            nat_gateway_id=target.get("nat_gateway_id"),
            opts=self.child(),
        )

    def _gateways(self) -> list[pulumi.Output[str]]:
        tables = [*self.private_route_table_ids, *self.data_route_table_ids]
        return [
            vpc.gateway_endpoint(self, service, self.isolation, self.vpc_id, tables).id
            for service in self.spec.gateway_endpoints
        ]

    def _interfaces(self) -> list[pulumi.Output[str]]:
        if not self.spec.interface_endpoints:
            return []
        group = self._endpoint_group()
        return [
            aws.ec2.VpcEndpoint(
                f"endpoint-{service}",
                vpc_id=self.vpc_id,
                vpc_endpoint_type="Interface",
                service_name=f"com.amazonaws.{self.scope.region}.{service}",
                subnet_ids=self.private_subnet_ids,
                security_group_ids=[group.id],
                private_dns_enabled=True,
                tags=self.scope.labels(self.isolation, f"endpoint-{service}"),
                opts=self.child(),
            ).id
            for service in self.spec.interface_endpoints
        ]

    def _endpoint_group(self) -> aws.ec2.SecurityGroup:
        """Who reaches the endpoints: everything in the VPC, and only through TLS."""
        labels = self.scope.labels(self.isolation, "endpoints")
        group = aws.ec2.SecurityGroup(
            "endpoints",
            vpc_id=self.vpc_id,
            description="Interface endpoints of the cell",
            tags=labels,
            opts=self.child(),
        )
        aws.vpc.SecurityGroupIngressRule(
            "endpoints",
            security_group_id=group.id,
            cidr_ipv4=self.vpc_cidr,
            ip_protocol="tcp",
            from_port=_HTTPS,
            to_port=_HTTPS,
            tags=labels,
            opts=self.child(),
        )
        return group


def _first(zones: Sequence[str]) -> Sequence[str]:
    """The first zones by name: the same however the cloud lists them."""
    return sorted(zones)[: addressing.ZONES]
