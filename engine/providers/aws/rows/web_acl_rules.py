"""Rules of web ACLs: as WAF takes them, as one canonical form, and in Pulumi's spelling."""

from __future__ import annotations

import json
from typing import Any, Final, cast

from engine.providers.aws import shapes
from engine.providers.aws.shapes import Misfit
from engine.providers.aws.table import Object
from engine.providers.port import Props

_WAF: Final = "wafv2"
_STATEMENTS: Final[dict[str, frozenset[str]]] = {
    "ManagedRuleGroupStatement": frozenset({"VendorName", "Name", "Version", "RuleActionOverrides"}),
    "RateBasedStatement": frozenset({"Limit", "EvaluationWindowSec", "AggregateKeyType"}),
}
_RATE_DEFAULTS: Final = {"EvaluationWindowSec": 300, "AggregateKeyType": "IP"}
SHIELD: Final = "ShieldMitigationRuleGroup_"


def sent(inputs: Props) -> list[Object]:
    """The rules as WAF takes them. Raises Misfit naming the place."""
    shape = shapes.input_shape(_WAF, "CreateWebACL").members["Rules"]
    name = "ruleJson" if inputs.get("ruleJson") else "rules"
    given: Any = json.loads(inputs["ruleJson"]) if name == "ruleJson" else inputs.get("rules") or []
    made = cast("list[Any]", shapes.to_api(given, shape, name))
    for at, rule in enumerate(made):
        if isinstance(rule, dict):  # in a trial it may be unknown
            _assert_known(shapes.group(rule, "Statement"), f"{name}[{at}].statement")
    return made


def _assert_known(statement: Object, where: str) -> None:
    for kind, parts in statement.items():
        if kind not in _STATEMENTS:
            raise Misfit(f"{where}.{shapes.camel(kind)}", "this statement is not supported by the embedded engine")
        for part in sorted(set(parts) - _STATEMENTS[kind]):
            place = f"{where}.{shapes.camel(kind)}.{shapes.camel(part)}"
            raise Misfit(place, "not supported by the embedded engine")


def _member(inputs: Props, name: str) -> Any:
    member = name[0].upper() + name[1:]
    return shapes.to_api(inputs[name], shapes.input_shape(_WAF, "CreateWebACL").members[member], name)


def request(inputs: Props) -> Object:
    """What the create and the update say of the ACL."""
    said = {"Description": inputs["description"]} if inputs.get("description") else {}
    return {
        "DefaultAction": _member(inputs, "defaultAction"),
        "VisibilityConfig": _member(inputs, "visibilityConfig"),
        "Rules": sent(inputs),
        **said,
    }


def canonical(rules: list[Object]) -> list[Any]:
    """Equal wherever the rules do the same: by priority, with the defaults that WAF tells."""
    return [_filled(rule) for rule in sorted(rules, key=lambda rule: int(rule["Priority"]))]


def _filled(rule: Object) -> Object:
    statement = shapes.group(rule, "Statement")
    rate = statement.get("RateBasedStatement")
    full = {**statement, **({"RateBasedStatement": {**_RATE_DEFAULTS, **rate}} if rate else {})}
    return {key: value for key, value in {**rule, "Statement": full}.items() if value not in (None, [])}


def live(found: Object) -> list[Object]:
    """The rules that are ours to say: not those that Shield puts in."""
    return [rule for rule in shapes.listed(found, "Rules") if not str(rule["Name"]).startswith(SHIELD)]


def spelt(value: Any) -> Any:
    """As Pulumi writes it, where one name is not cut at its words as all others are."""
    if isinstance(value, dict):
        parts = {shapes.camel(key): spelt(part) for key, part in cast("Object", value).items()}
        return {{"cloudWatchMetricsEnabled": "cloudwatchMetricsEnabled"}.get(key, key): p for key, p in parts.items()}
    return [spelt(part) for part in cast("list[Any]", value)] if isinstance(value, list) else value
