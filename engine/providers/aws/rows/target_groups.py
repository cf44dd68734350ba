"""Elastic Load Balancing: target groups of addresses and instances."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from engine.providers.aws import shapes
from engine.providers.aws.rows.balancers import (
    ELB,
    TARGET_GROUP,
    Attributes,
    BalancerTags,
    attribute_reader,
    attribute_setter,
    look,
    native,
    seek,
    text,
)
from engine.providers.aws.table import Handle, Name, Object, Prop, Row
from engine.providers.port import CheckFailure, Props, ProviderError

_KINDS: Final = ("ip", "instance")
_HEALTH: Final[Mapping[str, str]] = {
    "enabled": "HealthCheckEnabled",
    "healthyThreshold": "HealthyThresholdCount",
    "interval": "HealthCheckIntervalSeconds",
    "matcher": "Matcher",
    "path": "HealthCheckPath",
    "port": "HealthCheckPort",
    "protocol": "HealthCheckProtocol",
    "timeout": "HealthCheckTimeoutSeconds",
    "unhealthyThreshold": "UnhealthyThresholdCount",
}
_PLAIN: Final[Mapping[str, tuple[str, Any]]] = {
    "deregistrationDelay": ("deregistration_delay.timeout_seconds", 300),
    "slowStart": ("slow_start.duration_seconds", 0),
    "loadBalancingAlgorithmType": ("load_balancing.algorithm.type", None),
}
_COOKIES: Final = {"lb_cookie": "stickiness.lb_cookie", "app_cookie": "stickiness.app_cookie"}
_DAY: Final = 86400


def _checks(inputs: Props) -> Object:
    """Members of the health check, in the create and in the change."""
    shape = shapes.input_shape(ELB, "CreateTargetGroup")
    request: Object = {}
    for name, value in cast("Props", inputs.get("healthCheck") or {}).items():
        if value is None:
            continue
        place = f"healthCheck.{name}"
        if name not in _HEALTH:
            raise shapes.Misfit(place, "a health check has no such member")
        member = _HEALTH[name]
        if member == "Matcher":
            code = "GrpcCode" if inputs.get("protocolVersion") == "GRPC" else "HttpCode"
            request[member] = {code: text(value)}
        else:
            request[member] = shapes.to_api(value, shape.members[member], place)
    return request


def _shown_checks(handle: Handle, found: Object) -> Any:
    """What the inputs speak of, in their own types: AWS shows every member."""
    given = cast("Props", handle.inputs.get("healthCheck") or {})
    shown: Props = {}
    for name, member in _HEALTH.items():
        value = found.get(member)
        if member == "Matcher" and isinstance(value, dict):
            value = next(iter(cast("dict[str, str]", value).values()), None)
        if given and name not in given:
            continue
        asked = given.get(name)
        shown[name] = asked if asked is not None and value is not None and text(asked) == text(value) else value
    return shown


def _wanted(inputs: Props) -> Attributes:
    said = {
        key: inputs.get(name) if inputs.get(name) is not None else default for name, (key, default) in _PLAIN.items()
    }
    wanted = {key: text(value) for key, value in said.items() if value is not None}
    sticky = cast("Props | None", inputs.get("stickiness"))
    if not sticky:
        return {**wanted, "stickiness.enabled": "false"}
    wanted["stickiness.enabled"] = text(sticky.get("enabled") is not False)
    if wanted["stickiness.enabled"] == "true":
        kind = str(sticky["type"])
        wanted["stickiness.type"] = kind
        wanted[f"{_COOKIES[kind]}.duration_seconds"] = text(sticky.get("cookieDuration") or _DAY)
        if sticky.get("cookieName"):
            wanted["stickiness.app_cookie.cookie_name"] = str(sticky["cookieName"])
    return wanted


def _shown_stickiness(handle: Handle, found: Object) -> Any:
    live = cast("Attributes", found["Attributes"])
    given = cast("Props | None", handle.inputs.get("stickiness"))
    if live.get("stickiness.enabled") != "true":
        return given and {**given, "enabled": False} if (given or {}).get("enabled") is not False else given
    kind = live.get("stickiness.type", "lb_cookie")
    shown = {"type": kind, "cookieDuration": native(live.get(f"{_COOKIES.get(kind, '')}.duration_seconds"))}
    if kind == "app_cookie":
        shown["cookieName"] = live.get("stickiness.app_cookie.cookie_name")
    same = given is not None and all(live.get(key) == value for key, value in _wanted(handle.inputs).items())
    return given if same else {**shown, "enabled": True}


_PUT: Final = attribute_setter(_wanted, TARGET_GROUP)
_SEEK: Final = seek(TARGET_GROUP)


def _create(handle: Handle, request: Object) -> str:
    inputs = handle.inputs
    if any(_SEEK(handle)):  # AWS answers with the one that is there, where its settings are the same
        raise ProviderError(f"There is a target group {inputs['name']} already; it is left alone.")
    said = {name: inputs[name] for name in ("protocolVersion", "ipAddressType") if inputs.get(name)}
    answer = handle.api.create(
        ELB,
        "CreateTargetGroup",
        Name=inputs["name"],
        Port=int(inputs["port"]),
        Protocol=inputs["protocol"],
        VpcId=inputs["vpcId"],
        TargetType=inputs["targetType"],
        **{name[0].upper() + name[1:]: value for name, value in said.items()},
        **_checks(inputs),
        **request,
    )
    return str(answer["TargetGroups"][0]["TargetGroupArn"])


def _check_anew(handle: Handle, _: Any) -> None:
    if request := _checks(handle.inputs):
        handle.api.write(ELB, "ModifyTargetGroup", TargetGroupArn=handle.id, **request)


def _faults(inputs: Props) -> Iterator[CheckFailure]:
    if inputs.get("targetType", "ip") not in _KINDS:
        yield CheckFailure("targetType", "targets are addresses (ip) or instances (instance)")
    if inputs.get("protocol", "HTTP") not in ("HTTP", "HTTPS"):
        yield CheckFailure("protocol", "targets of an application load balancer speak HTTP or HTTPS")
    sticky = cast("Props", inputs.get("stickiness") or {})
    if sticky.get("type", "lb_cookie") not in _COOKIES:
        yield CheckFailure("stickiness.type", "stickiness is by lb_cookie or app_cookie")
    for part in sorted(set(sticky) - {"enabled", "type", "cookieDuration", "cookieName"}):
        yield CheckFailure(f"stickiness.{part}", f"stickiness has no {part}")


def _attribute(name: str) -> Prop:
    key, default = _PLAIN[name]
    live = attribute_reader(key)
    return Prop(name, send=None, live=live, default=default, computed=default is None, change=_PUT)


_GROUP: Final = Row(
    type="aws:lb/targetGroup:TargetGroup",
    service=ELB,
    key="TargetGroupArn",
    props=(
        Prop("name", live="TargetGroupName", fixed=True),
        Prop("namePrefix", live=None, fixed=True, computed=True),
        Prop("port", fixed=True, required=True),
        Prop("protocol", fixed=True, required=True),
        Prop("protocolVersion", fixed=True, computed=True),
        Prop("vpcId", fixed=True, required=True),
        Prop("targetType", default="instance", fixed=True),
        Prop("ipAddressType", fixed=True, computed=True),
        Prop("healthCheck", live=_shown_checks, computed=True, change=_check_anew),
        *(_attribute(name) for name in _PLAIN),
        Prop("stickiness", send=None, live=_shown_stickiness, change=_PUT),
    ),
    create=_create,
    encode=_checks,
    look=look(TARGET_GROUP),
    delete="DeleteTargetGroup",
    busy_codes=frozenset({"ResourceInUse"}),
    seek=_SEEK,
    tags=BalancerTags(),
    name=Name("name", 32, "namePrefix"),
    faults=_faults,
    outputs={
        "arn": "TargetGroupArn",
        "arnSuffix": lambda handle, _: handle.id.rpartition(":")[2],
        "loadBalancerArns": "LoadBalancerArns",
    },
    delete_before_replace=True,
)

ROWS: Final = (_GROUP,)
