"""A cell's way in from the internet: one load balancer that knows each tenant by its name, behind a web ACL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from stacks.blueprint.shared import CellIngress, SharedBlueprint
from stacks.conventions import naming
from stacks.parts import certificate
from stacks.parts.bucket import PrivateBucket
from stacks.parts.cell import Cell
from stacks.parts.scope import Component, Scope
from stacks.shared.network import Network

HTTP, HTTPS = 80, 443
_TLS: Final = "ELBSecurityPolicy-TLS13-1-2-PQ-2025-09"
"""TLS 1.2 and 1.3, whose keys are exchanged in a hybrid way too (ELB UserGuide, describe-ssl-policies)."""
_ANYWHERE: Final = "0.0.0.0/0"


@dataclass(frozen=True, slots=True)
class Edge:
    """Where the load balancer stands, and where it writes who came."""

    network: Network
    access_logs: PrivateBucket


class Ingress(Component):
    """The zone where this cell makes it, the load balancer with its group, listeners and certificate, its web ACL."""

    def __init__(self, spec: CellIngress, blueprint: SharedBlueprint, scope: Scope, edge: Edge) -> None:
        super().__init__("CellIngress", scope, "ingress")
        self.spec, self.isolation, self.edge = spec, blueprint.isolation, edge
        self.zone_id = self._zone()
        self.group = self._group()
        self.balancer = self._balancer()
        self.listener = self._listen()
        if spec.waf:
            acl = self._acl()
            aws.wafv2.WebAclAssociation(
                "balancer", resource_arn=self.balancer.arn, web_acl_arn=acl.arn, opts=self.child()
            )
        self.register_outputs({"balancer": self.balancer.dns_name})

    def export(self) -> None:
        """What tenants' own parts of it are made from."""
        pulumi.export("zoneId", self.zone_id)
        pulumi.export("balancerName", self.balancer.dns_name)
        pulumi.export("balancerZone", self.balancer.zone_id)
        pulumi.export("balancerGroup", self.group.id)
        pulumi.export("listenerArn", self.listener.arn)

    def _zone(self) -> pulumi.Output[str]:
        spec = self.spec
        if spec.zone_id:
            return pulumi.Output.from_input(spec.zone_id)
        if not spec.makes_zone:
            return Cell(naming.reference(spec.zone_stack)).text("zoneId")
        zone = aws.route53.Zone(
            "domain",
            name=spec.domain,
            comment="Public names of tenants",
            tags=self.scope.labels(self.isolation, "domain"),
            opts=self.child(protect=self.scope.phase.protects_services),
        )
        return zone.zone_id

    def _group(self) -> aws.ec2.SecurityGroup:
        """Anybody comes in; tenants' own groups say on which port it reaches them."""
        network = self.edge.network
        group = aws.ec2.SecurityGroup(
            "balancer",
            vpc_id=network.vpc_id,
            description="The load balancer of the cell: the only one that reaches workloads from outside",
            tags=self.scope.labels(self.isolation, "balancer"),
            opts=self.child(),
        )
        for port in (HTTP, HTTPS):
            aws.vpc.SecurityGroupIngressRule(
                f"balancer-{port}",
                security_group_id=group.id,
                description="Public names of tenants; port 80 sends on to 443",
                cidr_ipv4=_ANYWHERE,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                tags=self.scope.labels(self.isolation, f"balancer-{port}"),
                opts=self.child(),
            )
        aws.vpc.SecurityGroupEgressRule(
            "balancer-out",
            security_group_id=group.id,
            description="Workloads in the cell, on the ports that their own groups open",
            cidr_ipv4=network.vpc_cidr,
            ip_protocol="tcp",
            from_port=1024,
            to_port=65535,
            tags=self.scope.labels(self.isolation, "balancer-out"),
            opts=self.child(),
        )
        return group

    def _balancer(self) -> aws.lb.LoadBalancer:
        logs = self.edge.access_logs
        return aws.lb.LoadBalancer(
            "cell",
            load_balancer_type="application",
            internal=False,
            subnets=self.edge.network.public_subnet_ids,
            security_groups=[self.group.id],
            drop_invalid_header_fields=True,
            enable_deletion_protection=self.scope.phase.protects_services,
            access_logs=aws.lb.LoadBalancerAccessLogsArgs(
                bucket=logs.bucket.bucket, prefix=self.spec.log_prefix, enabled=True
            ),
            tags=self.scope.labels(self.isolation, "load-balancer"),
            opts=self.child(after=[logs]),
        )

    def _listen(self) -> aws.lb.Listener:
        """In clear nothing is served; a name that no tenant has is answered by nobody."""
        spec = self.spec
        on = aws.lb.ListenerDefaultActionRedirectArgs(status_code="HTTP_301", protocol="HTTPS", port=str(HTTPS))
        aws.lb.Listener(
            "http",
            load_balancer_arn=self.balancer.arn,
            port=HTTP,
            protocol="HTTP",
            default_actions=[aws.lb.ListenerDefaultActionArgs(type="redirect", redirect=on)],
            tags=self.scope.labels(self.isolation, "http"),
            opts=self.child(),
        )
        nobody = aws.lb.ListenerDefaultActionFixedResponseArgs(
            content_type="text/plain", message_body="Nobody has this name.", status_code="404"
        )
        return aws.lb.Listener(
            "https",
            load_balancer_arn=self.balancer.arn,
            port=HTTPS,
            protocol="HTTPS",
            ssl_policy=_TLS,
            certificate_arn=certificate.proven(self, "cell", self.isolation, spec.host, self.zone_id),
            default_actions=[aws.lb.ListenerDefaultActionArgs(type="fixed-response", fixed_response=nobody)],
            tags=self.scope.labels(self.isolation, "https"),
            opts=self.child(),
        )

    def _acl(self) -> aws.wafv2.WebAcl:
        """AWS's own rules, and a limit for each address."""
        rate = aws.wafv2.WebAclRuleStatementRateBasedStatementArgs(limit=self.spec.requests, aggregate_key_type="IP")
        limit = aws.wafv2.WebAclRuleArgs(
            name="rate",
            priority=len(self.spec.managed_rules),
            action=aws.wafv2.WebAclRuleActionArgs(block=aws.wafv2.WebAclRuleActionBlockArgs()),
            statement=aws.wafv2.WebAclRuleStatementArgs(rate_based_statement=rate),
            visibility_config=_seen_rule("rate"),
        )
        return aws.wafv2.WebAcl(
            "balancer",
            scope="REGIONAL",
            description="Requests to tenants' public names",
            default_action=aws.wafv2.WebAclDefaultActionArgs(allow=aws.wafv2.WebAclDefaultActionAllowArgs()),
            rules=[*_managed(self.spec.managed_rules), limit],
            visibility_config=aws.wafv2.WebAclVisibilityConfigArgs(
                cloudwatch_metrics_enabled=True, metric_name="balancer", sampled_requests_enabled=True
            ),
            tags=self.scope.labels(self.isolation, "web-acl"),
            opts=self.child(),
        )


def _managed(names: Sequence[str]) -> list[aws.wafv2.WebAclRuleArgs]:
    return [
        aws.wafv2.WebAclRuleArgs(
            name=name,
            priority=number,
            override_action=aws.wafv2.WebAclRuleOverrideActionArgs(none=aws.wafv2.WebAclRuleOverrideActionNoneArgs()),
            statement=aws.wafv2.WebAclRuleStatementArgs(
                managed_rule_group_statement=aws.wafv2.WebAclRuleStatementManagedRuleGroupStatementArgs(
                    name=name, vendor_name="AWS"
                )
            ),
            visibility_config=_seen_rule(name),
        )
        for number, name in enumerate(names)
    ]


def _seen_rule(name: str) -> aws.wafv2.WebAclRuleVisibilityConfigArgs:
    return aws.wafv2.WebAclRuleVisibilityConfigArgs(
        cloudwatch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True
    )
