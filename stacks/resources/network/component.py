"""Declares a NetworkSpec."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import pulumi
import pulumi_aws as aws

from stacks.parts import endpoints, groups, internet, vpc
from stacks.parts.scope import Component, Scope
from stacks.resources.network.spec import NetworkSpec

_HTTPS = 443
_WHY_HTTPS = "AWS services by public names, S3, and tools of the profile: routes decide what is reached"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The cell's network that a tenant's subnets lie in, where the zones are, the group of its load balancer."""

    vpc_id: pulumi.Output[str]
    zones: pulumi.Output[Sequence[str]]
    data_route_tables: pulumi.Output[Sequence[str]]
    private_subnet_ids: pulumi.Output[Sequence[str]]
    balancer_group: pulumi.Output[str] | None = None


class Network(Component):
    """Data subnets, and security groups: workloads, and data of the tenant's own, which only its workloads reach."""

    def __init__(self, spec: NetworkSpec, scope: Scope, near: Surroundings, key: pulumi.Output[str]) -> None:
        super().__init__("Network", scope)
        self.spec = spec
        self.private_subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]] = near.private_subnet_ids
        self.vpc_id = self._own_vpc(near, key) if spec.own_vpc else near.vpc_id
        self.data = vpc.subnets(self, "data", spec.isolation, self.vpc_id, spec.data_cidrs, near.zones)
        vpc.associate(self, "data", self.data, self._tables(near))
        self.workload_group = self._group("workloads", "Workloads of the tenant: the only ones that reach its data")
        told = "Data of the tenant: reached by its workloads only"
        self.data_group = self._group("data", told) if spec.data_ports else None
        self._rules(near.balancer_group)
        self.register_outputs({"vpcId": self.vpc_id})

    @property
    def data_subnet_ids(self) -> list[pulumi.Output[str]]:
        """Ids of the data subnets, by zone."""
        return [subnet.id for subnet in self.data]

    def _own_vpc(self, near: Surroundings, key: pulumi.Output[str]) -> pulumi.Output[str]:
        spec, scope = self.spec, self.scope
        own = aws.ec2.Vpc(
            "own",
            cidr_block=spec.vpc_cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=scope.labels(spec.isolation, "vpc"),
            opts=self.child(),
        )
        private = vpc.subnets(self, "private", spec.isolation, own.id, spec.private_cidrs, near.zones)
        tables = vpc.route_tables(self, "private", spec.isolation, own.id, len(private))
        vpc.associate(self, "private", private, [table.id for table in tables])
        self._own_tables = vpc.route_tables(self, "data", spec.isolation, own.id, len(spec.data_cidrs))
        if spec.nat_gateways:
            outside = internet.public(self, spec.isolation, own.id, spec.public_cidrs, near.zones)
            internet.nat(self, spec.isolation, spec.nat_gateways, outside, tables)
        self._reach_services(own, private, [*tables, *self._own_tables])
        self._log_flows(own, key)
        return own.id

    def _reach_services(
        self, own: aws.ec2.Vpc, private: Sequence[aws.ec2.Subnet], tables: Sequence[aws.ec2.RouteTable]
    ) -> None:
        """What the cell's VPC gives its tenants: workloads read their secret and use their key without the internet."""
        spec = self.spec
        for service in spec.gateway_endpoints:
            endpoints.gateway(self, service, spec.isolation, own.id, [table.id for table in tables])
        subnet_ids = [subnet.id for subnet in private]
        self.private_subnet_ids = subnet_ids
        inside = endpoints.Inside("tenant", spec.isolation, own.id, own.cidr_block, subnet_ids)
        endpoints.interfaces(self, spec.interface_endpoints, inside)

    def _log_flows(self, own: aws.ec2.Vpc, key: pulumi.Output[str]) -> None:
        spec, scope = self.spec, self.scope
        group = aws.cloudwatch.LogGroup(
            "flow",
            name=scope.names.log_group("flow"),
            retention_in_days=spec.log_retention_days,
            kms_key_id=key,
            tags=scope.labels(spec.isolation, "flow"),
            opts=self.child(),
        )
        vpc.log_flows(self, spec.isolation, own.id, group)

    def _tables(self, near: Surroundings) -> list[pulumi.Input[str]]:
        if self.spec.own_vpc:
            return [table.id for table in self._own_tables]
        return [near.data_route_tables[zone] for zone in range(len(self.spec.data_cidrs))]

    def _group(self, role: str, description: str) -> aws.ec2.SecurityGroup:
        return groups.group(self, self.spec.isolation, self.vpc_id, role, description)

    def _to_data(self, data: aws.ec2.SecurityGroup) -> list[pulumi.Input[str]]:
        """Workloads reach data of their own, and nothing else does: rules out of the workloads."""
        isolation, workloads, ports = self.spec.isolation, self.workload_group, self.spec.data_ports
        into = partial(groups.rule, aws.vpc.SecurityGroupIngressRule, self, isolation)
        out = partial(groups.rule, aws.vpc.SecurityGroupEgressRule, self, isolation)
        entered = [into(f"data-{port}", data, workloads.id, port, "Workloads of the tenant") for port in ports]
        groups.only(self, "data", data, entered, [])
        return [out(f"workloads-{port}", workloads, data.id, port, "Data of the tenant") for port in ports]

    def _rules(self, balancer_group: pulumi.Output[str] | None) -> None:
        out_of_workloads = self._to_data(self.data_group) if self.data_group else []
        https = aws.vpc.SecurityGroupEgressRule(
            "workloads-https",
            security_group_id=self.workload_group.id,
            description=_WHY_HTTPS,
            cidr_ipv4="0.0.0.0/0",
            ip_protocol="tcp",
            from_port=_HTTPS,
            to_port=_HTTPS,
            tags=self.scope.labels(self.spec.isolation, "workloads-https"),
            opts=self.child(),
        )
        from_outside = [self._web(balancer_group)] if balancer_group else []
        groups.only(self, "workloads", self.workload_group, from_outside, [*out_of_workloads, https.id])

    def _web(self, balancer_group: pulumi.Output[str]) -> pulumi.Output[str]:
        """The one way in from outside."""
        return groups.rule(
            aws.vpc.SecurityGroupIngressRule,
            self,
            self.spec.isolation,
            "workloads-web",
            self.workload_group,
            balancer_group,
            self.spec.web_port,
            "The public name, by the load balancer of the cell",
        )
