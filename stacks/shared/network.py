"""A cell's network: public, private and data subnets over three zones, made or adopted."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from stacks.blueprint.shared import CellNetwork, SharedBlueprint
from stacks.conventions import addressing
from stacks.parts import endpoints, internet, vpc
from stacks.parts.scope import Component, Scope


class Network(Component):
    """The VPC, or the adopted one, and what every tenant in it shares."""

    def __init__(self, blueprint: SharedBlueprint, scope: Scope, flow_log_group: aws.cloudwatch.LogGroup) -> None:
        super().__init__("CellNetwork", scope, "network")
        self.spec: CellNetwork = blueprint.network
        self.isolation = blueprint.isolation
        zones = aws.get_availability_zones_output(opts=pulumi.InvokeOutputOptions(parent=self))
        self.zones: pulumi.Output[Sequence[str]] = zones.names.apply(_first)
        find = self._adopt if self.spec.adopted else self._make
        self.vpc_id, self.vpc_cidr = find(flow_log_group)
        data = vpc.subnets(self, "data", self.isolation, self.vpc_id, self.spec.data_cidrs, self.zones)
        tables = vpc.route_tables(self, "data", self.isolation, self.vpc_id, addressing.ZONES)
        self.data_route_table_ids = [table.id for table in tables]
        vpc.associate(self, "data", data, self.data_route_table_ids)
        self.data_subnet_ids = [subnet.id for subnet in data]
        self.endpoint_ids = self._endpoints()
        self.register_outputs({"vpcId": self.vpc_id})

    def _adopt(self, flow_log_group: aws.cloudwatch.LogGroup) -> tuple[pulumi.Output[str], pulumi.Output[str]]:
        adopted = self.spec.adopted
        assert adopted is not None
        found = aws.ec2.get_vpc_output(id=adopted.vpc_id, opts=pulumi.InvokeOutputOptions(parent=self))
        self.public_subnet_ids: list[pulumi.Input[str]] = list(adopted.public_subnet_ids)
        self.private_subnet_ids: list[pulumi.Input[str]] = list(adopted.private_subnet_ids)
        self.private_route_table_ids: list[pulumi.Input[str]] = list(adopted.private_route_table_ids)
        vpc.log_flows(self, self.isolation, found.id, flow_log_group)
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
        outside = internet.public(self, self.isolation, made.id, spec.public_cidrs, self.zones)
        private = vpc.subnets(self, "private", self.isolation, made.id, spec.private_cidrs, self.zones)
        tables = vpc.route_tables(self, "private", self.isolation, made.id, len(private))
        self.private_route_table_ids = [table.id for table in tables]
        vpc.associate(self, "private", private, self.private_route_table_ids)
        internet.nat(self, self.isolation, spec.nat_gateways, outside, tables)
        self.public_subnet_ids = [subnet.id for subnet in outside.subnets]
        self.private_subnet_ids = [subnet.id for subnet in private]
        return made.id, made.cidr_block

    def _endpoints(self) -> list[pulumi.Output[str]]:
        spec = self.spec
        tables = [*self.private_route_table_ids, *self.data_route_table_ids]
        gateways = [
            endpoints.gateway(self, service, self.isolation, self.vpc_id, tables) for service in spec.gateway_endpoints
        ]
        inside = endpoints.Inside("cell", self.isolation, self.vpc_id, self.vpc_cidr, self.private_subnet_ids)
        return [each.id for each in (*gateways, *endpoints.interfaces(self, spec.interface_endpoints, inside))]


def _first(zones: Sequence[str]) -> Sequence[str]:
    """The first zones by name: the same however the cloud lists them."""
    return sorted(zones)[: addressing.ZONES]
