"""What the programs declare, in the form of a Terraform plan, for auditors that read nothing of Pulumi's.

The AWS provider of Pulumi is bridged from Terraform's, so types and properties are the same under other spellings: the
exceptions that the programs use stand here, and a test holds that there are no others. What is no AWS resource (roles
in PostgreSQL, random passwords) is left out. Connections between resources are found by values: a property that is
another resource's id, ARN or name refers to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast

from tests.audit.rendered import Stack
from tests.component.declared import Declared

_TYPES: Final[Mapping[str, str]] = {
    "apigateway.ApiKey": "aws_api_gateway_api_key",
    "apigateway.UsagePlan": "aws_api_gateway_usage_plan",
    "apigateway.UsagePlanKey": "aws_api_gateway_usage_plan_key",
    "cloudtrail.Trail": "aws_cloudtrail",
    "ec2.FlowLog": "aws_flow_log",
    "ec2.VpcSecurityGroupRulesExclusive": "aws_vpc_security_group_rules_exclusive",
    "iam.RolePoliciesExclusive": "aws_iam_role_policies_exclusive",
    "iam.RolePolicyAttachmentsExclusive": "aws_iam_role_policy_attachments_exclusive",
    "lb.LoadBalancer": "aws_lb",
    "rds.Instance": "aws_db_instance",
    "rds.ParameterGroup": "aws_db_parameter_group",
    "rds.SubnetGroup": "aws_db_subnet_group",
    "wafv2.WebAcl": "aws_wafv2_web_acl",
    "wafv2.WebAclAssociation": "aws_wafv2_web_acl_association",
}
_PLAIN: Final = ("ec2", "")
"""Modules that Terraform does not name."""
BLOCKS: Final[Mapping[str, str]] = {
    "actions": "action",
    "advancedEventSelectors": "advanced_event_selector",
    "aliases": "alias",
    "conditions": "condition",
    "costFilters": "cost_filter",
    "defaultActions": "default_action",
    "fieldSelectors": "field_selector",
    "notifications": "notification",
    "parameters": "parameter",
    "rules": "rule",
    "taints": "taint",
}
"""Lists of blocks, which Terraform writes in the singular; others it writes as Pulumi does."""
_FREE: Final = ("tags", "variables")
"""Properties whose keys are data."""


def plan(stacks: Iterable[Stack]) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    """A plan that creates everything, and of each of its addresses what reports call it."""
    every = [(stack, each) for stack in stacks for each in stack.resources if each.type.startswith("aws:")]
    places = {_address(stack, each): stack.subject(each) for stack, each in every}
    known = {value: _address(stack, each) for stack, each in every for value in stack.names(each)}
    changes = [_change(stack, each) for stack, each in every]
    written = {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": [_planned(each) for each in changes]}},
        "resource_changes": changes,
        "configuration": {"root_module": {"resources": [_configured(stack, each, known) for stack, each in every]}},
    }
    return written, places


def type_of(resource: Declared) -> str:
    """`aws:s3/bucketPolicy:BucketPolicy` is `aws_s3_bucket_policy`."""
    _, module, name = resource.type.split(":")
    module = module.partition("/")[0]
    known = _TYPES.get(f"{module}.{name}")
    return known or "_".join(["aws", *([] if module in _PLAIN else [module]), snake(name)])


def snake(name: str) -> str:
    """`kmsKeyId` is `kms_key_id`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def values(given: Mapping[str, Any]) -> dict[str, Any]:
    """Properties as Terraform spells them; keys that are data stay."""
    return {
        BLOCKS[key] if key in BLOCKS and _is_blocks(value) else snake(key): value if key in _FREE else _value(value)
        for key, value in given.items()
        if key != "tagsAll"
    }


def _value(given: Any) -> Any:
    """A block that there is one of is an object here, and a list of one there."""
    if isinstance(given, dict):
        return [values(cast("dict[str, Any]", given))]
    if isinstance(given, list):
        return [
            values(cast("dict[str, Any]", each)) if isinstance(each, dict) else each
            for each in cast("list[Any]", given)
        ]
    return given


def _is_blocks(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(each, dict) for each in cast("list[Any]", value))


def _name(stack: Stack, resource: Declared) -> str:
    return f"{stack.name}-{resource.name}"


def _address(stack: Stack, resource: Declared) -> str:
    return f"{type_of(resource)}.{_name(stack, resource)}"


def _change(stack: Stack, resource: Declared) -> dict[str, Any]:
    return {
        "address": _address(stack, resource),
        "mode": "managed",
        "type": type_of(resource),
        "name": _name(stack, resource),
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": {"actions": ["create"], "before": None, "after": values(resource.inputs), "after_unknown": {}},
    }


def _planned(change: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: change[key] for key in ("address", "mode", "type", "name", "provider_name")}
    return {**kept, "schema_version": 0, "values": change["change"]["after"]}


def _configured(stack: Stack, resource: Declared, known: Mapping[str, str]) -> dict[str, Any]:
    own = _address(stack, resource)
    expressions = {
        snake(key): {"references": found}
        for key, value in resource.inputs.items()
        if (found := sorted({known[each] for each in _texts(value) if each in known} - {own}))
    }
    told = {"address": own, "mode": "managed", "type": type_of(resource), "name": _name(stack, resource)}
    return {**told, "provider_config_key": "aws", "expressions": expressions, "schema_version": 0}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in cast("dict[str, Any]", value).values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in cast("list[Any]", value):
            yield from _texts(each)
