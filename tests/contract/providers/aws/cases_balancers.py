"""Cases of load balancers and their filters."""

from __future__ import annotations

import json
from typing import Any

from engine.providers.port import Props
from tests.contract.providers.aws.case import Case, Live
from tests.contract.providers.aws.cases_edge import certificate
from tests.contract.providers.aws.world import World


def _new_balancer(world: World) -> str:
    """A new internal load balancer's ARN."""
    name = world.unique("lb")
    made = world.make(
        "aws:lb/loadBalancer:LoadBalancer",
        name,
        name=name,
        internal=True,
        subnets=world.subnets,
        securityGroups=[world.group()],
        tags=world.tags(name),
    )
    return made.id


def _targets(world: World) -> str:
    name = world.unique("targets")
    made = world.make(
        "aws:lb/targetGroup:TargetGroup",
        name,
        name=name,
        port=80,
        protocol="HTTP",
        vpcId=world.vpc,
        targetType="ip",
        tags=world.tags(name),
    )
    return made.id


def _balancer(world: World, name: str) -> Props:
    return {
        "name": name[-32:].strip("-"),
        "subnets": world.subnets,
        "securityGroups": [world.group()],
        "accessLogs": {"bucket": world.bucket(), "prefix": "edge", "enabled": True},
        "idleTimeout": 120,
        "dropInvalidHeaderFields": True,
        "tags": world.tags(name),
    }


def _attribute(key: str, value: str) -> Any:
    def put(world: World, live: Live) -> None:
        pairs = [{"Key": key, "Value": value}]
        world.client("elbv2").modify_load_balancer_attributes(LoadBalancerArn=live.id, Attributes=pairs)

    return put


def _other_groups(world: World, live: Live) -> None:
    world.client("elbv2").set_security_groups(LoadBalancerArn=live.id, SecurityGroups=[world.group()])


def _target_group(world: World, name: str) -> Props:
    return {
        "name": name[-32:].strip("-"),
        "port": 8080,
        "protocol": "HTTP",
        "vpcId": world.vpc,
        "targetType": "ip",
        "deregistrationDelay": 30,
        "healthCheck": {"path": "/healthz", "matcher": "200-299", "interval": 15, "timeout": 5, "port": "8081"},
        "stickiness": {"type": "lb_cookie", "cookieDuration": 3600},
        "tags": world.tags(name),
    }


def _unhealthy(world: World, live: Live) -> None:
    world.client("elbv2").modify_target_group(TargetGroupArn=live.id, HealthCheckPath="/")


def _unsticky(world: World, live: Live) -> None:
    pairs = [{"Key": "stickiness.enabled", "Value": "false"}]
    world.client("elbv2").modify_target_group_attributes(TargetGroupArn=live.id, Attributes=pairs)


_NOT_FOUND = {"type": "fixed-response", "fixedResponse": {"contentType": "text/plain", "statusCode": "404"}}


def _listener(world: World, name: str) -> Props:
    return {
        "loadBalancerArn": _new_balancer(world),
        "port": 443,
        "protocol": "HTTPS",
        "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "certificateArn": certificate(world)["certificateArn"],
        "defaultActions": [_NOT_FOUND],
        "tags": world.tags(name),
    }


def _shown_too(world: World, name: str) -> Props:
    listener = world.make("aws:lb/listener:Listener", name, **_listener(world, name)).id
    return {"listenerArn": listener, "certificateArn": certificate(world)["certificateArn"]}


def redirecting(world: World, name: str) -> Props:
    to_tls = {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}
    of = {"loadBalancerArn": _new_balancer(world), "port": 80, "protocol": "HTTP"}
    return {**of, "defaultActions": [to_tls], "tags": world.tags(name)}


def _opened(world: World, live: Live) -> None:
    action = {"Type": "forward", "TargetGroupArn": _targets(world)}
    world.client("elbv2").modify_listener(ListenerArn=live.id, DefaultActions=[action])


def _rule(world: World, name: str) -> Props:
    listener = world.make("aws:lb/listener:Listener", name, **redirecting(world, name)).id
    return {
        "listenerArn": listener,
        "priority": 10,
        "actions": [{"type": "forward", "targetGroupArn": _targets(world)}],
        "conditions": [{"hostHeader": {"values": ["acme.example"]}}],
        "tags": world.tags(name),
    }


def _rehosted(world: World, live: Live) -> None:
    condition = {"Field": "host-header", "HostHeaderConfig": {"Values": ["mallory.example"]}}
    world.client("elbv2").modify_rule(RuleArn=live.id, Conditions=[condition])


def _demoted(world: World, live: Live) -> None:
    world.client("elbv2").set_rule_priorities(RulePriorities=[{"RuleArn": live.id, "Priority": 900}])


_SEEN = {"cloudwatchMetricsEnabled": True, "sampledRequestsEnabled": False, "metricName": "edge"}
_COMMON: Props = {
    "name": "common",
    "priority": 1,
    "overrideAction": {"none": {}},
    "statement": {"managedRuleGroupStatement": {"vendorName": "AWS", "name": "AWSManagedRulesCommonRuleSet"}},
    "visibilityConfig": _SEEN,
}
_RATE: Props = {
    "name": "rate",
    "priority": 2,
    "action": {"block": {}},
    "statement": {"rateBasedStatement": {"limit": 2000, "aggregateKeyType": "IP"}},
    "visibilityConfig": _SEEN,
}


def _acl(world: World, name: str) -> Props:
    return {
        "name": name,
        "scope": "REGIONAL",
        "description": "tenants",
        "defaultAction": {"allow": {}},
        "rules": [_COMMON, _RATE],
        "visibilityConfig": _SEEN,
        "tags": world.tags(name),
    }


def _acl_of_json(world: World, name: str) -> Props:
    inputs = _acl(world, name)
    visibility = {"CloudWatchMetricsEnabled": True, "SampledRequestsEnabled": False, "MetricName": "edge"}
    rule: Props = {
        "Name": "rate",
        "Priority": 1,
        "Action": {"Count": {}},
        "Statement": {"RateBasedStatement": {"Limit": 500, "AggregateKeyType": "IP"}},
        "VisibilityConfig": visibility,
    }
    return {**{key: value for key, value in inputs.items() if key != "rules"}, "ruleJson": json.dumps([rule], indent=1)}


def _meddled(**change: Any) -> Any:
    """The ACL as it is, but for these members."""

    def put(world: World, live: Live) -> None:
        waf, of = world.client("wafv2"), {"Name": live.inputs["name"], "Scope": "REGIONAL", "Id": live.id}
        found = waf.get_web_acl(**of)
        kept = {key: found["WebACL"][key] for key in ("DefaultAction", "VisibilityConfig", "Rules")}
        waf.update_web_acl(**of, LockToken=found["LockToken"], **{**kept, **change})

    return put


def _counting(world: World, live: Live) -> None:
    """Somebody lets the rate rule only count: a change of an empty member's name."""
    waf, of = world.client("wafv2"), {"Name": live.inputs["name"], "Scope": "REGIONAL", "Id": live.id}
    rules = waf.get_web_acl(**of)["WebACL"]["Rules"]
    _meddled(Rules=[{**rule, **({"Action": {"Count": {}}} if "Action" in rule else {})} for rule in rules])(world, live)


def _association(world: World, name: str) -> Props:
    acl = world.make("aws:wafv2/webAcl:WebAcl", name, **_acl(world, name))
    return {"resourceArn": _new_balancer(world), "webAclArn": acl.outputs["arn"]}


def _another_acl(world: World) -> str:
    name = world.unique("acl")
    return str(world.make("aws:wafv2/webAcl:WebAcl", name, **_acl(world, name)).outputs["arn"])


CASES = (
    Case(
        "aws:lb/loadBalancer:LoadBalancer",
        _balancer,
        update=lambda world, inputs: {
            "subnets": world.more_subnets,
            "accessLogs": None,
            "idleTimeout": None,
            "enableHttp2": False,
        },
        replace=lambda world, _: {"internal": True},
        drift={
            "accessLogs": _attribute("access_logs.s3.enabled", "false"),
            "dropInvalidHeaderFields": _attribute("routing.http.drop_invalid_header_fields.enabled", "false"),
            "securityGroups": _other_groups,
        },
        refused={"subnetMappings": [{"subnetId": "subnet-0"}]},
    ),
    Case(
        "aws:lb/targetGroup:TargetGroup",
        _target_group,
        update=lambda world, inputs: {
            "healthCheck": {**inputs["healthCheck"], "path": "/ready", "interval": 20},
            "deregistrationDelay": 60,
            "stickiness": None,
        },
        replace=lambda world, _: {"port": 9090},
        drift={"healthCheck": _unhealthy, "stickiness": _unsticky},
        refused={"targetType": "lambda"},
    ),
    Case(
        "aws:lb/listener:Listener",
        _listener,
        update=lambda world, _: {
            "defaultActions": [
                {
                    "type": "forward",
                    "forward": {
                        "targetGroups": [{"arn": _targets(world), "weight": 1}, {"arn": _targets(world), "weight": 9}]
                    },
                }
            ],
            "certificateArn": certificate(world)["certificateArn"],
        },
        replace=lambda world, _: {"loadBalancerArn": _new_balancer(world)},
        drift={"defaultActions": _opened},
        refused={"mutualAuthentication": {"mode": "off"}},
    ),
    Case(
        "aws:lb/listener:Listener",
        redirecting,
        update=lambda world, _: {"defaultActions": [{"type": "forward", "targetGroupArn": _targets(world)}]},
        replace=None,
        drift={"defaultActions": _opened},
        refused={"certificateArn": "arn:aws:acm:eu-west-1:123456789012:certificate/0"},
        label="-redirecting",
    ),
    Case(
        "aws:lb/listenerCertificate:ListenerCertificate",
        _shown_too,
        update=None,
        replace=lambda world, _: {"certificateArn": certificate(world)["certificateArn"]},
        drift={},
        refused={"port": 443},
    ),
    Case(
        "aws:lb/listenerRule:ListenerRule",
        _rule,
        update=lambda world, _: {
            "priority": 20,
            "actions": [{"type": "forward", "targetGroupArn": _targets(world)}],
            "conditions": [
                {"hostHeader": {"values": ["b.example", "a.example"]}},
                {"pathPattern": {"values": ["/v1/*"]}},
            ],
        },
        replace=lambda world, inputs: {"listenerArn": f"{inputs['listenerArn']}0"},
        drift={"conditions": _rehosted, "priority": _demoted},
        refused={"transforms": [{"type": "url-rewrite"}]},
    ),
    Case(
        "aws:wafv2/webAcl:WebAcl",
        _acl,
        update=lambda world, _: {
            "rules": [_COMMON, {**_RATE, "action": {"count": {}}}],
            "defaultAction": {"block": {}},
            "description": "other tenants",
        },
        replace=lambda world, _: {"name": "another"},
        drift={"rules": _counting, "defaultAction": _meddled(DefaultAction={"Block": {}})},
        refused={"customResponseBodies": [{"key": "a"}]},
    ),
    Case(
        "aws:wafv2/webAcl:WebAcl",
        _acl_of_json,
        update=lambda world, _: {"ruleJson": None, "rules": [_RATE]},
        replace=None,
        drift={"ruleJson": _meddled(Rules=[])},
        refused={"ruleJson": "{}"},
        label="-json",
    ),
    Case(
        "aws:wafv2/webAclAssociation:WebAclAssociation",
        _association,
        update=None,
        replace=lambda world, _: {"webAclArn": "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/another/1"},
        drift={},
        refused={"nonsense": 1},
        foreign=lambda world, inputs: {**inputs, "webAclArn": _another_acl(world)},
    ),
)
