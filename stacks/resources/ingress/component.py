"""Declares an IngressSpec."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from stacks.parts import certificate
from stacks.parts.scope import Component, Scope
from stacks.resources.ingress.spec import IngressSpec


@dataclass(frozen=True, slots=True)
class Entrance:
    """The cell's way in: its VPC, the domain's zone, the load balancer's own name and zone, its listener."""

    vpc_id: pulumi.Output[str]
    zone_id: pulumi.Output[str]
    balancer_name: pulumi.Output[str]
    balancer_zone: pulumi.Output[str]
    listener: pulumi.Output[str]


class Ingress(Component):
    """A certificate, a group of targets, a rule that leads the name to them, and the name."""

    def __init__(self, spec: IngressSpec, scope: Scope, entrance: Entrance) -> None:
        super().__init__("Ingress", scope)
        self.spec, self.entrance = spec, entrance
        self.targets = self._targets()
        shown = aws.lb.ListenerCertificate(
            "web",
            listener_arn=entrance.listener,
            certificate_arn=certificate.proven(self, "web", spec.isolation, spec.host, entrance.zone_id),
            opts=self.child(),
        )
        rule = self._rule()
        target = aws.route53.RecordAliasArgs(
            name=entrance.balancer_name, zone_id=entrance.balancer_zone, evaluate_target_health=True
        )
        aws.route53.Record(
            "web",
            zone_id=entrance.zone_id,
            name=spec.host,
            type="A",
            aliases=[target],
            opts=self.child(after=[shown, rule]),
        )
        self.register_outputs({"url": f"https://{spec.host}"})

    def _targets(self) -> aws.lb.TargetGroup:
        """Pods by their addresses: whoever runs them registers them here."""
        spec = self.spec
        return aws.lb.TargetGroup(
            "web",
            vpc_id=self.entrance.vpc_id,
            target_type="ip",
            protocol="HTTP",
            port=spec.port,
            health_check=aws.lb.TargetGroupHealthCheckArgs(path=spec.health_path, matcher="200-399"),
            tags=self.scope.labels(spec.isolation, "web"),
            opts=self.child(),
        )

    def _rule(self) -> aws.lb.ListenerRule:
        host = aws.lb.ListenerRuleConditionHostHeaderArgs(values=[self.spec.host])
        return aws.lb.ListenerRule(
            "web",
            listener_arn=self.entrance.listener,
            conditions=[aws.lb.ListenerRuleConditionArgs(host_header=host)],
            actions=[aws.lb.ListenerRuleActionArgs(type="forward", target_group_arn=self.targets.arn)],
            tags=self.scope.labels(self.spec.isolation, "web-rule"),
            opts=self.child(),
        )


def of_cell(output: Callable[[str], pulumi.Output[str]]) -> Entrance:
    """The entrance as the shared services tell of it."""
    return Entrance(
        vpc_id=output("vpcId"),
        zone_id=output("zoneId"),
        balancer_name=output("balancerName"),
        balancer_zone=output("balancerZone"),
        listener=output("listenerArn"),
    )
