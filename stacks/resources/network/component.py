"""Declares a NetworkSpec."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from stacks.parts import endpoints, internet, vpc
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
        return aws.ec2.SecurityGroup(
            role,
            vpc_id=self.vpc_id,
            description=description,
            tags=self.scope.labels(self.spec.isolation, role),
            opts=self.child(),
        )

    def _to_data(self, data: aws.ec2.SecurityGroup) -> list[pulumi.Input[str]]:
        """Workloads reach data of their own, and nothing else does: rules out of the workloads."""
        isolation = self.spec.isolation
        into_data: list[pulumi.Input[str]] = []
        out_of_workloads: list[pulumi.Input[str]] = []
        for port in self.spec.data_ports:
            into = aws.vpc.SecurityGroupIngressRule(
                f"data-{port}",
                security_group_id=data.id,
                referenced_security_group_id=self.workload_group.id,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                tags=self.scope.labels(isolation, f"data-{port}"),
                opts=self.child(),
            )
            out = aws.vpc.SecurityGroupEgressRule(
                f"workloads-{port}",
                security_group_id=self.workload_group.id,
                referenced_security_group_id=data.id,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                tags=self.scope.labels(isolation, f"workloads-{port}"),
                opts=self.child(),
            )
            into_data.append(into.id)
            out_of_workloads.append(out.id)
        self._only("data", data, into_data, [])
        return out_of_workloads

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
        self._only("workloads", self.workload_group, from_outside, [*out_of_workloads, https.id])

    def _web(self, balancer_group: pulumi.Output[str]) -> pulumi.Output[str]:
        """The one way in from outside."""
        port = self.spec.web_port
        rule = aws.vpc.SecurityGroupIngressRule(
            "workloads-web",
            security_group_id=self.workload_group.id,
            description="The public name, by the cell's load balancer",
            referenced_security_group_id=balancer_group,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            tags=self.scope.labels(self.spec.isolation, "workloads-web"),
            opts=self.child(),
        )
        return rule.id

    def _only(
        self,
        role: str,
        group: aws.ec2.SecurityGroup,
        into: Sequence[pulumi.Input[str]],
        out: Sequence[pulumi.Input[str]],
    ) -> None:
        """These rules and no others: what somebody adds past this tool is drift."""
        aws.ec2.VpcSecurityGroupRulesExclusive(
            role, security_group_id=group.id, ingress_rule_ids=into, egress_rule_ids=out, opts=self.child()
        )
