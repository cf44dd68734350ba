"""Rules of security groups, as EC2 knows them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from operations.isolation.ports import Case


def ingress(case: Case, group: str) -> list[Mapping[str, Any]]:
    """Rules that let somebody in."""
    asked = [{"Name": "group-id", "Values": [group]}]
    rules = case.read("ec2", "DescribeSecurityGroupRules", Filters=asked)["SecurityGroupRules"]
    return [rule for rule in rules if not rule["IsEgress"]]


def source(rule: Mapping[str, Any]) -> str:
    """Whom a rule lets in: a group, a prefix list or a range."""
    group: str = rule["ReferencedGroupInfo"]["GroupId"] if rule.get("ReferencedGroupInfo") else ""
    return str(group or rule.get("PrefixListId") or rule.get("CidrIpv4") or rule.get("CidrIpv6") or "unknown")


def others(rules: Sequence[Mapping[str, Any]], known: Collection[str]) -> list[str]:
    """Who is let in and is not known, with the port."""
    return sorted(f"{source(each)} on {each.get('FromPort')}" for each in rules if source(each) not in known)
