"""IAM: roles, their inline policies, attachments of managed ones, and claims on all of either."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from engine.providers.aws.finding import by_name
from engine.providers.aws.table import Handle, Kind, Name, Object, Prop, Row, Setter
from engine.providers.aws.tags import PairTags


def _look_role(handle: Handle) -> Object | None:
    answer = handle.api.seek("iam", "GetRole", RoleName=handle.id)
    return answer and answer["Role"]


def _trust(handle: Handle, document: Any) -> None:
    handle.api.write("iam", "UpdateAssumeRolePolicy", RoleName=handle.id, PolicyDocument=document)


def _bound(handle: Handle, arn: Any) -> None:
    if arn:
        handle.api.write("iam", "PutRolePermissionsBoundary", RoleName=handle.id, PermissionsBoundary=arn)
    else:
        handle.api.remove("iam", "DeleteRolePermissionsBoundary", RoleName=handle.id)


def _delete_role(handle: Handle) -> None:
    role = {"RoleName": handle.id}
    if handle.inputs.get("forceDetachPolicies"):
        for policy in list(handle.api.pages("iam", "ListAttachedRolePolicies", "AttachedPolicies", **role)):
            handle.api.remove("iam", "DetachRolePolicy", **role, PolicyArn=policy["PolicyArn"])
        for name in list(handle.api.pages("iam", "ListRolePolicies", "PolicyNames", **role)):
            handle.api.remove("iam", "DeleteRolePolicy", **role, PolicyName=name)
    handle.api.remove("iam", "DeleteRole", **role)


TAGS: Final = PairTags("iam", "TagRole", "UntagRole", "RoleName", listing=("ListRoleTags", "Tags"))

_ROLE: Final = Row(
    type="aws:iam/role:Role",
    service="iam",
    key="RoleName",
    props=(
        Prop("name", send="RoleName", fixed=True),
        Prop("namePrefix", send=None, live=None, fixed=True, computed=True),
        Prop("assumeRolePolicy", send="AssumeRolePolicyDocument", required=True, kind=Kind.DOCUMENT, change=_trust),
        Prop("path", default="/", fixed=True),
        Prop("description", default="", change="UpdateRole"),
        Prop("maxSessionDuration", default=3600, change="UpdateRole"),
        Prop("permissionsBoundary", live="PermissionsBoundary.PermissionsBoundaryArn", change=_bound),
        Prop("forceDetachPolicies", send=None, live=None, default=False),
    ),
    create=("CreateRole", "Role.RoleName"),
    look=_look_role,
    delete=_delete_role,
    seek=by_name("name"),
    tags=TAGS,
    name=Name("name", 64, "namePrefix"),
    outputs={"arn": "Arn", "uniqueId": "RoleId", "createDate": "CreateDate"},
    delete_before_replace=True,
)


def _put_inline(handle: Handle, _: Any) -> None:
    role, name = _inline(handle)
    handle.api.write("iam", "PutRolePolicy", RoleName=role, PolicyName=name, PolicyDocument=handle.inputs["policy"])


def _create_inline(handle: Handle, _: Object) -> str:
    inputs = handle.inputs
    handle.api.write(
        "iam", "PutRolePolicy", RoleName=inputs["role"], PolicyName=inputs["name"], PolicyDocument=inputs["policy"]
    )
    return f"{inputs['role']}:{inputs['name']}"


def _inline(handle: Handle) -> tuple[str, str]:
    role, _, name = handle.id.partition(":")
    return role, name


def _look_inline(handle: Handle) -> Object | None:
    role, name = _inline(handle)
    return handle.api.seek("iam", "GetRolePolicy", RoleName=role, PolicyName=name)


def _delete_inline(handle: Handle) -> None:
    role, name = _inline(handle)
    handle.api.remove("iam", "DeleteRolePolicy", RoleName=role, PolicyName=name)


_INLINE_POLICY: Final = Row(
    type="aws:iam/rolePolicy:RolePolicy",
    service="iam",
    props=(
        Prop("name", live="PolicyName", fixed=True),
        Prop("namePrefix", live=None, fixed=True, computed=True),
        Prop("role", live="RoleName", fixed=True, required=True),
        Prop("policy", send=None, live="PolicyDocument", required=True, kind=Kind.DOCUMENT, change=_put_inline),
    ),
    create=_create_inline,
    look=_look_inline,
    delete=_delete_inline,
    seek=lambda handle: [f"{handle.inputs['role']}:{handle.inputs['name']}"],
    name=Name("name", 128, "namePrefix"),
    delete_before_replace=True,
)


def _attach(handle: Handle, _: Object) -> str:
    role, policy = handle.inputs["role"], handle.inputs["policyArn"]
    handle.api.write("iam", "AttachRolePolicy", RoleName=role, PolicyArn=policy)
    return f"{role}/{policy}"


def _attachment(handle: Handle) -> tuple[str, str]:
    role, _, policy = handle.id.partition("/")
    return role, policy


def _look_attachment(handle: Handle) -> Object | None:
    role, policy = _attachment(handle)
    if handle.api.seek("iam", "GetRole", RoleName=role) is None:
        return None
    for attached in handle.api.pages("iam", "ListAttachedRolePolicies", "AttachedPolicies", RoleName=role):
        if attached["PolicyArn"] == policy:
            return {"Role": role, "PolicyArn": policy}
    return None


def _detach(handle: Handle) -> None:
    role, policy = _attachment(handle)
    handle.api.remove("iam", "DetachRolePolicy", RoleName=role, PolicyArn=policy)


_ATTACHMENT: Final = Row(
    type="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    service="iam",
    props=(Prop("role", fixed=True, required=True), Prop("policyArn", fixed=True, required=True)),
    create=_attach,
    look=_look_attachment,
    delete=_detach,
    seek=lambda handle: [f"{handle.inputs['role']}/{handle.inputs['policyArn']}"],
    delete_before_replace=True,
)


def _claim(handle: Handle, _: Object) -> str:
    """Whoever claims the whole set takes out what others have put in."""
    claimed = replace(handle, id=str(handle.inputs["roleName"]))
    if "policyNames" in handle.inputs:
        _drop_others(claimed, None)
    else:
        _attach_just(claimed, None)
    return claimed.id


def _drop_others(handle: Handle, _: Any) -> None:
    """A name says nothing of what the policy says, so a missing one is for its own resource to put."""
    for name in set(_inline_names(handle)) - set(handle.inputs["policyNames"]):
        handle.api.remove("iam", "DeleteRolePolicy", RoleName=handle.id, PolicyName=name)


def _attach_just(handle: Handle, _: Any) -> None:
    live, wanted = set(_attached(handle)), set(handle.inputs["policyArns"])
    for arn in sorted(wanted - live):
        handle.api.write("iam", "AttachRolePolicy", RoleName=handle.id, PolicyArn=arn)
    for arn in sorted(live - wanted):
        handle.api.remove("iam", "DetachRolePolicy", RoleName=handle.id, PolicyArn=arn)


def _inline_names(handle: Handle) -> list[str]:
    return sorted(handle.api.pages("iam", "ListRolePolicies", "PolicyNames", RoleName=handle.id))


def _attached(handle: Handle) -> list[str]:
    pages = handle.api.pages("iam", "ListAttachedRolePolicies", "AttachedPolicies", RoleName=handle.id)
    return sorted(policy["PolicyArn"] for policy in pages)


def _exclusive(type: str, prop: str, held: Callable[[Handle], list[str]], change: Setter) -> Row:
    """A claim on all that a role holds of one kind. It is nothing in the cloud: giving it up changes nothing there."""
    member = prop[0].upper() + prop[1:]

    def look(handle: Handle) -> Object | None:
        role = _look_role(handle)
        return role and {"RoleName": handle.id, member: held(handle)}

    return Row(
        type=type,
        service="iam",
        props=(
            Prop("roleName", send=None, live="RoleName", fixed=True, required=True),
            Prop(prop, send=None, live=member, required=True, kind=Kind.SET, change=change),
        ),
        create=_claim,
        look=look,
        delete=lambda handle: None,
        seek=by_name("roleName"),
        awaits_gone=False,
        delete_before_replace=True,
    )


ROWS: Final = (
    _ROLE,
    _INLINE_POLICY,
    _ATTACHMENT,
    _exclusive("aws:iam/rolePoliciesExclusive:RolePoliciesExclusive", "policyNames", _inline_names, _drop_others),
    _exclusive(
        "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive", "policyArns", _attached, _attach_just
    ),
)
