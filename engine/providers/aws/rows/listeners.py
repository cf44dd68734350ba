"""Elastic Load Balancing: listeners of application load balancers, and their rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from engine.providers.aws import shapes
from engine.providers.aws.faults import CloudRefused
from engine.providers.aws.finding import carries, identity
from engine.providers.aws.rows import routing
from engine.providers.aws.rows.balancers import ELB, BalancerTags, carried
from engine.providers.aws.table import Handle, Kind, Object, Prop, Row
from engine.providers.port import CheckFailure, Props

_PLACE_SECONDS: Final = 60.0


def _shown(prop: str, member: str, canonical: Callable[[Any], Any], spelt: Callable[[Any], Any]) -> Any:
    """A reader: what was given wherever AWS means the same by it."""

    def live(handle: Handle, found: Object) -> Any:
        listed, given = shapes.listed(found, member), handle.inputs.get(prop)
        if given is not None and canonical(routing.API[prop](given)) == canonical(listed):
            return given
        return spelt(listed)

    return live


def _request(inputs: Props) -> Object:
    request: Object = {"DefaultActions": routing.actions(inputs["defaultActions"], "defaultActions")}
    if inputs.get("port") is not None:
        request["Port"] = int(inputs["port"])
    for name, member in (("protocol", "Protocol"), ("sslPolicy", "SslPolicy")):
        if inputs.get(name):
            request[member] = inputs[name]
    if inputs.get("certificateArn"):
        request["Certificates"] = [{"CertificateArn": inputs["certificateArn"]}]
    return request


def _create_listener(handle: Handle, request: Object) -> str:
    balancer = handle.inputs["loadBalancerArn"]
    said = {**_request(handle.inputs), **request}
    answer = handle.api.create(ELB, "CreateListener", LoadBalancerArn=balancer, **said)
    return str(answer["Listeners"][0]["ListenerArn"])


def _modify_listener(handle: Handle, _: Any) -> None:
    handle.api.write(ELB, "ModifyListener", ListenerArn=handle.id, **_request(handle.inputs))


def _look_listener(handle: Handle) -> Object | None:
    answer = handle.api.seek(ELB, "DescribeListeners", ListenerArns=[handle.id])
    return next((dict(one) for one in shapes.listed(answer, "Listeners")), None)


def _seek_listener(handle: Handle) -> Iterator[str]:
    balancer, port = handle.inputs["loadBalancerArn"], handle.inputs.get("port")
    if handle.api.seek(ELB, "DescribeLoadBalancers", LoadBalancerArns=[balancer]) is None:
        return
    for one in handle.api.pages(ELB, "DescribeListeners", "Listeners", LoadBalancerArn=balancer):
        if one.get("Port") == port:
            yield str(one["ListenerArn"])


def _listener_faults(inputs: Props) -> Iterator[CheckFailure]:
    protocol = inputs.get("protocol", "HTTPS")
    if protocol not in ("HTTP", "HTTPS"):
        yield CheckFailure("protocol", "a listener of an application load balancer speaks HTTP or HTTPS")
    elif protocol == "HTTP" and (inputs.get("certificateArn") or inputs.get("sslPolicy")):
        yield CheckFailure("certificateArn", "a listener without TLS has neither certificate nor sslPolicy")


_LISTENER: Final = Row(
    type="aws:lb/listener:Listener",
    service=ELB,
    key="ListenerArn",
    props=(
        Prop("loadBalancerArn", fixed=True, required=True),
        Prop("port", required=True, change=_modify_listener),
        Prop("protocol", required=True, change=_modify_listener),
        Prop("sslPolicy", computed=True, change=_modify_listener),
        Prop(
            "certificateArn",
            live=lambda _, found: next((one["CertificateArn"] for one in shapes.listed(found, "Certificates")), None),
            change=_modify_listener,
        ),
        Prop(
            "defaultActions",
            live=_shown("defaultActions", "DefaultActions", routing.canonical_actions, routing.spelt_actions),
            required=True,
            change=_modify_listener,
        ),
    ),
    create=_create_listener,
    encode=_request,
    look=_look_listener,
    delete="DeleteListener",
    seek=_seek_listener,
    tags=BalancerTags(),
    faults=_listener_faults,
    outputs={"arn": "ListenerArn"},
    delete_before_replace=True,
)


def _rule(inputs: Props) -> Object:
    return {
        "Actions": routing.actions(inputs["actions"], "actions"),
        "Conditions": routing.conditions(inputs["conditions"]),
    }


def _rules(handle: Handle) -> list[Object]:
    listener = handle.inputs["listenerArn"]
    if handle.api.seek(ELB, "DescribeListeners", ListenerArns=[listener]) is None:
        return []
    return [dict(one) for one in handle.api.pages(ELB, "DescribeRules", "Rules", ListenerArn=listener)]


def _create_rule(handle: Handle, request: Object) -> str:
    """Where nothing is said of its priority, the rule comes after those that are there."""
    said = {"ListenerArn": handle.inputs["listenerArn"], **_rule(handle.inputs), **request}
    priority = handle.inputs.get("priority")
    if priority is not None:
        return _made(handle, said, int(priority))

    def after_the_others() -> str | None:
        taken = [int(one["Priority"]) for one in _rules(handle) if one["Priority"] != "default"]
        try:
            return _made(handle, said, max(taken, default=0) + 1)
        except CloudRefused as refused:
            if refused.code != "PriorityInUse":  # another rule was made at the same time
                raise
            return None

    limit, awaited = _PLACE_SECONDS, f"a place among the rules of {said['ListenerArn']} is free"
    return str(handle.api.until(after_the_others, limit=limit, awaited=awaited))


def _made(handle: Handle, said: Object, priority: int) -> str:
    return str(handle.api.create(ELB, "CreateRule", Priority=priority, **said)["Rules"][0]["RuleArn"])


def _look_rule(handle: Handle) -> Object | None:
    answer = handle.api.seek(ELB, "DescribeRules", RuleArns=[handle.id])
    return next((dict(one) for one in shapes.listed(answer, "Rules")), None)


def _seek_rule(handle: Handle) -> Iterator[str]:
    wanted, priority = identity(handle), handle.inputs.get("priority")
    for one in _rules(handle):
        holds_place = priority is not None and one["Priority"] == str(int(priority))
        if holds_place or (one["Priority"] != "default" and carries(carried(handle, one["RuleArn"]), wanted)):
            yield str(one["RuleArn"])


def _modify_rule(handle: Handle, _: Any) -> None:
    handle.api.write(ELB, "ModifyRule", RuleArn=handle.id, **_rule(handle.inputs))


def _move(handle: Handle, priority: Any) -> None:
    place = {"RuleArn": handle.id, "Priority": int(priority)}
    handle.api.write(ELB, "SetRulePriorities", RulePriorities=[place])


def _priority(_: Handle, found: Object) -> int | None:
    return int(found["Priority"]) if str(found["Priority"]).isdigit() else None


_RULE: Final = Row(
    type="aws:lb/listenerRule:ListenerRule",
    service=ELB,
    key="RuleArn",
    props=(
        # AWS does not tell it of a rule, but the ARN does
        Prop(
            "listenerArn",
            live=lambda handle, _: handle.id.replace(":listener-rule/", ":listener/").rpartition("/")[0],
            fixed=True,
            required=True,
        ),
        Prop("priority", live=_priority, computed=True, change=_move),
        Prop(
            "actions",
            live=_shown("actions", "Actions", routing.canonical_actions, routing.spelt_actions),
            required=True,
            change=_modify_rule,
        ),
        Prop(
            "conditions",
            live=_shown("conditions", "Conditions", routing.canonical_conditions, routing.spelt_conditions),
            required=True,
            kind=Kind.SET,
            change=_modify_rule,
        ),
    ),
    create=_create_rule,
    encode=_rule,
    look=_look_rule,
    delete="DeleteRule",
    seek=_seek_rule,
    tags=BalancerTags(),
    outputs={"arn": "RuleArn"},
    delete_before_replace=True,
)

ROWS: Final = (_LISTENER, _RULE)
