"""EC2: security groups, their rules as resources of their own (never inline), and a claim on all of a group's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

from engine.providers.aws import tags
from engine.providers.aws.faults import CloudRefused
from engine.providers.aws.finding import by_name, by_tags, carries, identity
from engine.providers.aws.rows.networks import IN_USE, arn, described
from engine.providers.aws.table import Handle, Kind, Name, Object, Prop, Row
from engine.providers.aws.tags import Ec2Tags
from engine.providers.port import CheckFailure, Props

_ANYWHERE: Final = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]


def _create_group(handle: Handle, request: Object) -> str:
    """AWS gives a new group a rule that lets everything out; Pulumi's group starts without any."""
    inputs = handle.inputs
    answer = handle.api.create(
        "ec2",
        "CreateSecurityGroup",
        GroupName=inputs["name"],
        Description=inputs["description"],
        **({"VpcId": inputs["vpcId"]} if inputs.get("vpcId") else {}),
        **request,
    )
    return str(answer["GroupId"])


def _close(handle: Handle) -> None:
    """Also when an interrupted create is adopted: its rules come after the group, so none of them is hit."""
    handle.api.remove("ec2", "RevokeSecurityGroupEgress", GroupId=handle.id, IpPermissions=_ANYWHERE)


def _still_open(handle: Handle) -> str:
    rules = (rule for rule in _rules(handle, handle.id) if rule["IsEgress"] and str(rule.get("IpProtocol")) == "-1")
    wide = any(rule.get("CidrIpv4") == "0.0.0.0/0" for rule in rules)
    return "the rule that AWS gives it still lets everything out" if wide else ""


def _delete_group(handle: Handle) -> None:
    if handle.inputs.get("revokeRulesOnDelete"):
        for egress in (False, True):
            ids = [rule["SecurityGroupRuleId"] for rule in _rules(handle, handle.id) if rule["IsEgress"] is egress]
            if ids:
                operation = "RevokeSecurityGroupEgress" if egress else "RevokeSecurityGroupIngress"
                handle.api.remove("ec2", operation, GroupId=handle.id, SecurityGroupRuleIds=ids)
    handle.api.remove("ec2", "DeleteSecurityGroup", GroupId=handle.id)


def _rules(handle: Handle, group: str) -> Iterator[Object]:
    filters = [{"Name": "group-id", "Values": [group]}]
    yield from handle.api.pages("ec2", "DescribeSecurityGroupRules", "SecurityGroupRules", Filters=filters)


_GROUP: Final = Row(
    type="aws:ec2/securityGroup:SecurityGroup",
    service="ec2",
    key="GroupId",
    props=(
        Prop("name", live="GroupName", fixed=True),
        Prop("namePrefix", live=None, fixed=True, computed=True),
        Prop("description", fixed=True, default="Managed by Pulumi"),
        Prop("vpcId", fixed=True, computed=True),
        Prop("revokeRulesOnDelete", send=None, live=None, default=False),
    ),
    create=_create_group,
    look=described("DescribeSecurityGroups", "SecurityGroups", "GroupIds"),
    delete=_delete_group,
    busy_codes=IN_USE,
    seek=by_tags("DescribeSecurityGroups", "SecurityGroups", "GroupId"),
    tags=Ec2Tags("security-group"),
    name=Name("name", 255, "namePrefix"),
    outputs={"ownerId": "OwnerId", "arn": arn("security-group")},
    settle=_close,
    unsettled=_still_open,
)


def _permission(inputs: Props) -> Object:
    """One rule as the Authorize operations take it."""
    permission: Object = {"IpProtocol": str(inputs["ipProtocol"])}
    for name, member in (("fromPort", "FromPort"), ("toPort", "ToPort")):
        if inputs.get(name) is not None:
            permission[member] = int(inputs[name])
    note = {"Description": inputs["description"]} if inputs.get("description") else {}
    for name, (member, key) in _PEERS.items():
        if inputs.get(name):
            permission[member] = [{key: inputs[name], **note}]
    return permission


_PEERS: Final = {
    "cidrIpv4": ("IpRanges", "CidrIp"),
    "cidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
    "prefixListId": ("PrefixListIds", "PrefixListId"),
    "referencedSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
}


def _authorize(operation: str) -> Callable[[Handle, Object], str]:
    def create(handle: Handle, request: Object) -> str:
        answer = handle.api.create(
            "ec2",
            operation,
            GroupId=handle.inputs["securityGroupId"],
            IpPermissions=[_permission(handle.inputs)],
            **request,
        )
        return str(answer["SecurityGroupRules"][0]["SecurityGroupRuleId"])

    return create


def _change_rule(handle: Handle, _: Any) -> None:
    """A modification gives the whole rule, whichever part changed."""
    inputs = handle.inputs
    rule: Object = {"IpProtocol": str(inputs["ipProtocol"]), "Description": str(inputs.get("description") or "")}
    for name, member in _RULE_MEMBERS.items():
        if inputs.get(name) is not None:
            rule[member] = int(inputs[name]) if name.endswith("Port") else inputs[name]
    change = {"SecurityGroupRuleId": handle.id, "SecurityGroupRule": rule}
    handle.api.write("ec2", "ModifySecurityGroupRules", GroupId=inputs["securityGroupId"], SecurityGroupRules=[change])


_RULE_MEMBERS: Final = {
    "fromPort": "FromPort",
    "toPort": "ToPort",
    "cidrIpv4": "CidrIpv4",
    "cidrIpv6": "CidrIpv6",
    "prefixListId": "PrefixListId",
    "referencedSecurityGroupId": "ReferencedGroupId",
}


def _seek_rule(egress: bool) -> Callable[[Handle], Iterator[str]]:
    def seek(handle: Handle) -> Iterator[str]:
        wanted = identity(handle)
        for rule in _rules(handle, handle.inputs["securityGroupId"]):
            if rule["IsEgress"] is egress and carries(tags.from_pairs(rule.get("Tags")), wanted):
                yield str(rule["SecurityGroupRuleId"])

    return seek


def _port(member: str) -> Callable[[Handle, Object], Any]:
    """Where every protocol is meant there are no ports, and AWS answers -1."""

    def live(_: Handle, found: Object) -> Any:
        value = found.get(member)
        return None if value == -1 and str(found.get("IpProtocol")) == "-1" else value

    return live


def _revoke(operation: str) -> Callable[[Handle], None]:
    def delete(handle: Handle) -> None:
        group = handle.inputs.get("securityGroupId") or handle.outputs["securityGroupId"]
        try:
            handle.api.remove("ec2", operation, GroupId=group, SecurityGroupRuleIds=[handle.id])
        except CloudRefused as refused:
            if refused.code != "InvalidPermission.NotFound":
                raise

    return delete


def _rule_faults(inputs: Props) -> list[CheckFailure]:
    if sum(1 for name in _PEERS if inputs.get(name)) > 1:
        return [CheckFailure("cidrIpv4", "a rule names one peer: " + ", ".join(_PEERS))]
    if str(inputs.get("ipProtocol")) in ("tcp", "udp") and (inputs.get("fromPort", 0) > inputs.get("toPort", 65535)):
        return [CheckFailure("fromPort", "fromPort is above toPort")]
    return []


def _rule(type: str, direction: str) -> Row:
    return Row(
        type=type,
        service="ec2",
        props=(
            Prop("securityGroupId", live="GroupId", fixed=True, required=True),
            Prop("ipProtocol", send=None, live="IpProtocol", required=True, change=_change_rule, alike=_same_protocol),
            Prop("description", send=None, live="Description", change=_change_rule),
            Prop("fromPort", send=None, live=_port("FromPort"), change=_change_rule),
            Prop("toPort", send=None, live=_port("ToPort"), change=_change_rule),
            Prop("cidrIpv4", send=None, live="CidrIpv4", change=_change_rule),
            Prop("cidrIpv6", send=None, live="CidrIpv6", change=_change_rule),
            Prop("prefixListId", send=None, live="PrefixListId", change=_change_rule),
            Prop("referencedSecurityGroupId", send=None, live="ReferencedGroupInfo.GroupId", change=_change_rule),
        ),
        create=_authorize(f"AuthorizeSecurityGroup{direction}"),
        look=described("DescribeSecurityGroupRules", "SecurityGroupRules", "SecurityGroupRuleIds"),
        delete=_revoke(f"RevokeSecurityGroup{direction}"),
        seek=_seek_rule(direction == "Egress"),
        tags=Ec2Tags("security-group-rule"),
        faults=_rule_faults,
        outputs={
            "securityGroupRuleId": "SecurityGroupRuleId",
            "arn": lambda handle, found: arn("security-group-rule")(
                handle, {"OwnerId": found.get("GroupOwnerId"), **found}
            ),
        },
    )


_NUMBERS: Final = {"tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58", "all": "-1"}


def _same_protocol(given: Any, live: Any) -> bool:
    return _NUMBERS.get(str(given), str(given)) == _NUMBERS.get(str(live), str(live))


def _claim_rules(handle: Handle, _: Object) -> str:
    claimed = replace(handle, id=str(handle.inputs["securityGroupId"]))
    _revoke_others(claimed, None)
    return claimed.id


def _revoke_others(handle: Handle, _: Any) -> None:
    for prop, operation in (
        ("ingressRuleIds", "RevokeSecurityGroupIngress"),
        ("egressRuleIds", "RevokeSecurityGroupEgress"),
    ):
        others = set(_rule_ids(handle, egress=prop == "egressRuleIds")) - set(handle.inputs[prop])
        if others:
            handle.api.remove("ec2", operation, GroupId=handle.id, SecurityGroupRuleIds=sorted(others))


def _rule_ids(handle: Handle, *, egress: bool) -> list[str]:
    return sorted(rule["SecurityGroupRuleId"] for rule in _rules(handle, handle.id) if rule["IsEgress"] is egress)


def _look_at_rules(handle: Handle) -> Object | None:
    if _GROUP.look(handle) is None:
        return None
    ids = {"IngressRuleIds": _rule_ids(handle, egress=False), "EgressRuleIds": _rule_ids(handle, egress=True)}
    return {"GroupId": handle.id, **ids}


_ALL_RULES: Final = Row(
    type="aws:ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive",
    service="ec2",
    props=(
        Prop("securityGroupId", send=None, live="GroupId", fixed=True, required=True),
        *(
            Prop(name, send=None, live=live, required=True, kind=Kind.SET, change=_revoke_others)
            for name, live in (("ingressRuleIds", "IngressRuleIds"), ("egressRuleIds", "EgressRuleIds"))
        ),
    ),
    create=_claim_rules,
    look=_look_at_rules,
    # a claim is nothing in the cloud: giving it up changes nothing there
    delete=lambda handle: None,
    seek=by_name("securityGroupId"),
    awaits_gone=False,
    delete_before_replace=True,
)

ROWS: Final = (
    _GROUP,
    _ALL_RULES,
    _rule("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "Ingress"),
    _rule("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "Egress"),
)
