"""Actions and conditions of listeners and rules: as requests, as one canonical form, and in Pulumi's spelling."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from engine.providers.aws import shapes
from engine.providers.aws.shapes import Misfit
from engine.providers.aws.table import Object
from engine.providers.port import Props

_CONFIGS: Final = {"fixedResponse": "FixedResponseConfig", "redirect": "RedirectConfig"}
_REDIRECT: Final = {
    "Protocol": "#{protocol}",
    "Port": "#{port}",
    "Host": "#{host}",
    "Path": "/#{path}",
    "Query": "#{query}",
}
_FIELDS: Final = {
    "hostHeader": ("host-header", "HostHeaderConfig"),
    "pathPattern": ("path-pattern", "PathPatternConfig"),
    "httpHeader": ("http-header", "HttpHeaderConfig"),
    "httpRequestMethod": ("http-request-method", "HttpRequestMethodConfig"),
    "sourceIp": ("source-ip", "SourceIpConfig"),
}


def actions(given: Any, where: str) -> list[Object]:
    """As the requests take them. Raises Misfit naming the place."""
    listed = cast("list[Props]", given if isinstance(given, list) else [given])
    return [_action(action, f"{where}[{at}]") for at, action in enumerate(listed)]


def _action(given: Props, where: str) -> Object:
    shape = shapes.input_shape("elbv2", "CreateRule").members["Actions"].member
    made: Object = {"Type": str(given["type"])}
    for name, value in given.items():
        place = f"{where}.{name}"
        if value is None or name == "type":
            continue
        if name == "order":
            made["Order"] = int(value)
        elif name == "targetGroupArn":
            made["ForwardConfig"] = {"TargetGroups": [{"TargetGroupArn": value}]}
        elif name == "forward":
            made["ForwardConfig"] = _forward(cast("Props", value), place)
        elif name in _CONFIGS:
            made[_CONFIGS[name]] = shapes.to_api(value, shape.members[_CONFIGS[name]], place)
        else:
            raise Misfit(place, "this kind of action is not supported by the embedded engine")
    return made


def _forward(given: Props, where: str) -> Object:
    strange = sorted(set(given) - {"targetGroups", "stickiness"})
    if strange:
        raise Misfit(f"{where}.{strange[0]}", "forwarding has no such member")
    made: Object = {"TargetGroups": []}
    for at, group in enumerate(cast("list[Props]", given["targetGroups"])):
        strange = sorted(set(group) - {"arn", "weight"})
        if strange:
            raise Misfit(f"{where}.targetGroups[{at}].{strange[0]}", "a target group has no such member here")
        weight = {"Weight": int(group["weight"])} if group.get("weight") is not None else {}
        made["TargetGroups"].append({"TargetGroupArn": group["arn"], **weight})
    sticky = cast("Props", given.get("stickiness") or {})
    if sticky:
        seconds = {"DurationSeconds": int(sticky["duration"])} if sticky.get("duration") is not None else {}
        made["TargetGroupStickinessConfig"] = {"Enabled": bool(sticky.get("enabled")), **seconds}
    return made


def canonical_actions(listed: list[Object]) -> list[Any]:
    """Equal wherever the actions do the same: AWS names a lone target group twice, and tells defaults."""
    return [_canonical(action) for action in sorted(listed, key=lambda one: int(one.get("Order") or 0))]


def _canonical(action: Object) -> Any:
    kind = str(action["Type"])
    if kind == "forward":
        config = shapes.group(action, "ForwardConfig") or {
            "TargetGroups": [{"TargetGroupArn": action["TargetGroupArn"]}]
        }
        groups = [(one["TargetGroupArn"], int(one.get("Weight") or 1)) for one in shapes.listed(config, "TargetGroups")]
        if len(groups) == 1:  # its weight says nothing
            groups = [(groups[0][0], 1)]
        sticky = shapes.group(config, "TargetGroupStickinessConfig")
        return kind, sorted(groups), sticky.get("DurationSeconds") if sticky.get("Enabled") else None
    if kind == "redirect":
        config = shapes.group(action, "RedirectConfig")
        return kind, {**_REDIRECT, **{key: str(value) for key, value in config.items()}}
    if kind == "fixed-response":
        config = shapes.group(action, "FixedResponseConfig")
        return kind, {key: str(value) for key, value in config.items() if value}
    return kind, repr(sorted(action.items()))


def spelt_actions(listed: list[Object]) -> list[Props]:
    """As Pulumi writes them."""
    return [_spelt(action) for action in listed]


def _spelt(action: Object) -> Props:
    made: Props = {"type": action["Type"]}
    for name, member in _CONFIGS.items():
        if action.get(member):
            made[name] = shapes.from_api(action[member])
    config = shapes.group(action, "ForwardConfig")
    groups = shapes.listed(config, "TargetGroups")
    if len(groups) > 1:
        shares = [{"arn": one["TargetGroupArn"], "weight": one.get("Weight")} for one in groups]
        sticky = shapes.group(config, "TargetGroupStickinessConfig")
        lasting = {"stickiness": {"enabled": True, "duration": sticky.get("DurationSeconds")}}
        made["forward"] = {"targetGroups": shares, **(lasting if sticky.get("Enabled") else {})}
    elif arn := action.get("TargetGroupArn") or next((one["TargetGroupArn"] for one in groups), None):
        made["targetGroupArn"] = arn
    return made


def conditions(given: Any) -> list[Object]:
    """As the requests take them. Raises Misfit naming the place."""
    made: list[Object] = []
    shape = shapes.input_shape("elbv2", "CreateRule").members["Conditions"].member
    for at, condition in enumerate(cast("list[Props]", given)):
        for name, value in condition.items():
            place = f"conditions[{at}].{name}"
            if value is None:
                continue
            if name not in _FIELDS:
                raise Misfit(place, "this kind of condition is not supported by the embedded engine")
            if "regexValues" in value:
                raise Misfit(f"{place}.regexValues", "not supported by the embedded engine")
            field, member = _FIELDS[name]
            made.append({"Field": field, member: shapes.to_api(value, shape.members[member], place)})
    return made


def canonical_conditions(listed: list[Object]) -> list[Any]:
    """Equal wherever the conditions mean the same: their order does not count, nor that of their values."""
    return sorted(_condition(one) for one in listed)


def _condition(condition: Object) -> tuple[str, str, list[str]]:
    members = dict(_FIELDS.values())
    config = shapes.group(condition, members.get(str(condition["Field"]), ""))
    values = shapes.listed(config, "Values") or shapes.listed(condition, "Values")
    return str(condition["Field"]), str(config.get("HttpHeaderName") or ""), sorted(map(str, values))


def spelt_conditions(listed: list[Object]) -> list[Props]:
    """As Pulumi writes them."""
    names = {field: name for name, (field, _) in _FIELDS.items()}
    made: list[Props] = []
    for one in listed:
        field, header, values = _condition(one)
        named = {"httpHeaderName": header} if header else {}
        made.append({names.get(field, field): {**named, "values": values}})
    return made


API: Final[Mapping[str, Callable[[Any], list[Object]]]] = {
    "defaultActions": lambda given: actions(given, "defaultActions"),
    "actions": lambda given: actions(given, "actions"),
    "conditions": conditions,
}
