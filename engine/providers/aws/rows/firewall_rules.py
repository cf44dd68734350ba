"""WAF: web ACLs of managed rule groups and rate rules, and what they stand before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from engine.providers.aws import shapes
from engine.providers.aws.faults import CloudRefused
from engine.providers.aws.rows import web_acl_rules
from engine.providers.aws.table import Handle, Kind, Name, Object, Prop, Row
from engine.providers.aws.tags import PairTags, by_arn
from engine.providers.port import CheckFailure, Props, ProviderError

_WAF: Final = "wafv2"
_LOCKED: Final = "WAFOptimisticLockException"
_ATTEMPTS: Final = 3
_KNOWN_SECONDS: Final = 300.0
_KEPT: Final = (
    "CustomResponseBodies",
    "CaptchaConfig",
    "ChallengeConfig",
    "TokenDomains",
    "AssociationConfig",
    "DataProtectionConfig",
)
"""What an update would take away, and nobody can ask for here: it stays as others have set it."""


def _of(handle: Handle) -> dict[str, str]:
    """Name, scope and id: of the inputs, or of an import's id, `<id>/<name>/REGIONAL`."""
    known = handle.inputs if handle.inputs.get("name") else handle.outputs
    if known.get("name"):
        return {"Id": handle.id.partition("/")[0], "Name": str(known["name"]), "Scope": str(known["scope"])}
    id, name, scope = (*handle.id.split("/"), "", "")[:3]
    if not scope:
        raise ProviderError(f"A web ACL is imported as <id>/<name>/REGIONAL, not as {handle.id}.")
    return {"Id": id, "Name": name, "Scope": scope}


def _look(handle: Handle) -> Object | None:
    answer = handle.api.seek(_WAF, "GetWebACL", **_of(handle))
    return answer and {**answer["WebACL"], "LockToken": answer["LockToken"], "Scope": _of(handle)["Scope"]}


def _create(handle: Handle, request: Object) -> str:
    inputs = handle.inputs
    of = {"Name": inputs["name"], "Scope": inputs["scope"]}
    return str(
        handle.api.create(_WAF, "CreateWebACL", **of, **web_acl_rules.request(inputs), **request)["Summary"]["Id"]
    )


def _put(handle: Handle, _: Any) -> None:
    """The whole of it, with the rules that Shield has put in; again where somebody else was quicker."""
    for attempt in range(_ATTEMPTS):
        found = _look(handle) or {}
        shields = [rule for rule in shapes.listed(found, "Rules") if str(rule["Name"]).startswith(web_acl_rules.SHIELD)]
        request = web_acl_rules.request(handle.inputs)
        request["Rules"] += shields
        request |= {member: found[member] for member in _KEPT if found.get(member)}
        try:
            handle.api.write(_WAF, "UpdateWebACL", **_of(handle), **request, LockToken=found.get("LockToken"))
        except CloudRefused as refused:
            if refused.code != _LOCKED or attempt + 1 == _ATTEMPTS:
                raise
        else:
            return


def _delete(handle: Handle) -> None:
    found = _look(handle)
    if found:
        handle.api.remove(_WAF, "DeleteWebACL", **_of(handle), LockToken=found["LockToken"])


def _as_given(handle: Handle, found: Object) -> bool:
    try:
        return web_acl_rules.canonical(web_acl_rules.sent(handle.inputs)) == web_acl_rules.canonical(
            web_acl_rules.live(found)
        )
    except (KeyError, ValueError):
        return False


def _shown_rules(handle: Handle, found: Object) -> Any:
    if handle.inputs.get("ruleJson"):
        return None
    return handle.inputs.get("rules") if _as_given(handle, found) else web_acl_rules.spelt(web_acl_rules.live(found))


def _shown_json(handle: Handle, found: Object) -> Any:
    given = handle.inputs.get("ruleJson")
    if not given or _as_given(handle, found):
        return given
    return json.dumps(web_acl_rules.live(found), sort_keys=True)


def _faults(inputs: Props) -> Iterator[CheckFailure]:
    if inputs.get("scope", "REGIONAL") != "REGIONAL":
        yield CheckFailure("scope", "only REGIONAL web ACLs are supported by the embedded engine")
    if inputs.get("rules") and inputs.get("ruleJson"):
        yield CheckFailure("ruleJson", "rules are given by rules or by ruleJson, not by both")
    if inputs.get("ruleJson"):
        try:
            if not isinstance(json.loads(inputs["ruleJson"]), list):
                yield CheckFailure("ruleJson", "ruleJson is a JSON list of rules")
        except ValueError as error:
            yield CheckFailure("ruleJson", f"ruleJson is not JSON: {error}")


def _seek(handle: Handle) -> Iterator[str]:
    inputs = handle.inputs
    answer = handle.api.read(_WAF, "ListWebACLs", Scope=inputs["scope"], Limit=100)
    yield from (str(one["Id"]) for one in shapes.listed(answer, "WebACLs") if one["Name"] == inputs["name"])


_MOVES: Final = ("lockToken", "capacity")

_ACL: Final = Row(
    type="aws:wafv2/webAcl:WebAcl",
    service=_WAF,
    props=(
        Prop("name", fixed=True),
        Prop("namePrefix", live=None, fixed=True, computed=True),
        Prop("scope", fixed=True, required=True),
        Prop("description", change=_put, moves=_MOVES),
        Prop(
            "defaultAction",
            live=lambda _, found: web_acl_rules.spelt(found["DefaultAction"]),
            required=True,
            kind=Kind.WHOLE,
            change=_put,
            moves=_MOVES,
        ),
        Prop(
            "visibilityConfig",
            live=lambda _, found: web_acl_rules.spelt(found["VisibilityConfig"]),
            required=True,
            change=_put,
            moves=_MOVES,
        ),
        Prop("rules", live=_shown_rules, kind=Kind.WHOLE, change=_put, moves=_MOVES),
        Prop("ruleJson", live=_shown_json, change=_put, moves=_MOVES),
    ),
    create=_create,
    encode=web_acl_rules.request,
    look=_look,
    delete=_delete,
    busy_codes=frozenset({"WAFAssociatedItemException", _LOCKED}),
    seek=_seek,
    tags=PairTags(
        _WAF,
        "TagResource",
        "UntagResource",
        "ResourceARN",
        by_arn,
        listing=("ListTagsForResource", "TagInfoForResource.TagList"),
    ),
    name=Name("name", 128, "namePrefix"),
    faults=_faults,
    outputs={"arn": "ARN", "capacity": "Capacity", "lockToken": "LockToken"},
    delete_before_replace=True,
)


def _pair(handle: Handle) -> tuple[str, str]:
    """`<web ACL>,<resource>`, as the official provider writes the id."""
    acl, _, resource = handle.id.partition(",")
    return acl, resource


def _standing_before(handle: Handle, resource: str) -> str | None:
    answer = handle.api.seek(_WAF, "GetWebACLForResource", ResourceArn=resource)
    return shapes.group(answer, "WebACL").get("ARN")


def _seek_association(handle: Handle) -> Iterator[str]:
    acl, resource = handle.inputs["webAclArn"], handle.inputs["resourceArn"]
    if _standing_before(handle, resource) == acl:
        yield f"{acl},{resource}"


def _look_association(handle: Handle) -> Object | None:
    _, resource = _pair(handle)
    acl = _standing_before(handle, resource)
    return {"webAclArn": acl, "resourceArn": resource} if acl else None


def _associate(handle: Handle, _: Object) -> str:
    """An ACL that was made a moment ago is not known everywhere yet, and WAF says so."""
    acl, resource = str(handle.inputs["webAclArn"]), str(handle.inputs["resourceArn"])
    there = _standing_before(handle, resource)
    if there not in (None, acl):  # AWS would replace it without a word
        raise ProviderError(f"{resource} stands behind {there} already; it is left alone.")

    def attempt() -> bool | None:
        try:
            handle.api.write(_WAF, "AssociateWebACL", WebACLArn=acl, ResourceArn=resource)
        except CloudRefused as refused:
            if refused.code != "WAFUnavailableEntityException":
                raise
            return None
        return True

    handle.api.until(attempt, limit=_KNOWN_SECONDS, awaited=f"{acl} is known where {resource} is")
    return f"{acl},{resource}"


def _dissociate(handle: Handle) -> None:
    handle.api.remove(_WAF, "DisassociateWebACL", ResourceArn=_pair(handle)[1])


_ASSOCIATION: Final = Row(
    type="aws:wafv2/webAclAssociation:WebAclAssociation",
    service=_WAF,
    props=(
        Prop("resourceArn", live="resourceArn", fixed=True, required=True),
        Prop("webAclArn", live="webAclArn", fixed=True, required=True),
    ),
    create=_associate,
    look=_look_association,
    delete=_dissociate,
    seek=_seek_association,
    delete_before_replace=True,
)

ROWS: Final = (_ACL, _ASSOCIATION)
