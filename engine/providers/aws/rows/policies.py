"""IAM: managed policies. A change is a new version; AWS keeps five."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from engine.providers.aws.rows.networks import account, partition
from engine.providers.aws.table import Handle, Kind, Name, Object, Prop, Row
from engine.providers.aws.tags import PairTags

_KEPT_VERSIONS: Final = 5


def _look(handle: Handle) -> Object | None:
    answer = handle.api.seek("iam", "GetPolicy", PolicyArn=handle.id)
    if answer is None:
        return None
    found: Object = answer["Policy"]
    version = handle.api.seek(
        "iam", "GetPolicyVersion", PolicyArn=handle.id, VersionId=found.get("DefaultVersionId", "v1")
    )
    return {**found, "PolicyDocument": (version or {}).get("PolicyVersion", {}).get("Document")}


def _versions(handle: Handle) -> list[Object]:
    """All but the default one, oldest first."""
    listed: list[Object] = list(handle.api.pages("iam", "ListPolicyVersions", "Versions", PolicyArn=handle.id))
    return sorted((v for v in listed if not v["IsDefaultVersion"]), key=lambda v: int(str(v["VersionId"])[1:]))


def _put(handle: Handle, document: Any) -> None:
    others = _versions(handle)
    if len(others) + 1 >= _KEPT_VERSIONS:
        _drop(handle, others[0])
    handle.api.create("iam", "CreatePolicyVersion", PolicyArn=handle.id, PolicyDocument=document, SetAsDefault=True)


def _drop(handle: Handle, version: Object) -> None:
    handle.api.remove("iam", "DeletePolicyVersion", PolicyArn=handle.id, VersionId=version["VersionId"])


def _delete(handle: Handle) -> None:
    for version in _versions(handle):
        _drop(handle, version)
    handle.api.remove("iam", "DeletePolicy", PolicyArn=handle.id)


def _seek(handle: Handle) -> Iterator[str]:
    """The ARN follows from account, path and name."""
    name, path = handle.inputs["name"], handle.inputs.get("path") or "/"
    yield f"arn:{partition(handle.api.region)}:iam::{account(handle)}:policy{path}{name}"


TAGS: Final = PairTags("iam", "TagPolicy", "UntagPolicy", "PolicyArn", listing=("ListPolicyTags", "Tags"))

_POLICY: Final = Row(
    type="aws:iam/policy:Policy",
    service="iam",
    key="PolicyArn",
    props=(
        Prop("name", send="PolicyName", fixed=True),
        Prop("namePrefix", send=None, live=None, fixed=True, computed=True),
        Prop("path", default="/", fixed=True),
        Prop("description", fixed=True),
        Prop("policy", send="PolicyDocument", required=True, kind=Kind.DOCUMENT, change=_put),
    ),
    create=("CreatePolicy", "Policy.Arn"),
    look=_look,
    delete=_delete,
    seek=_seek,
    tags=TAGS,
    name=Name("name", 128, "namePrefix"),
    outputs={"arn": "Arn", "policyId": "PolicyId", "attachmentCount": "AttachmentCount"},
    delete_before_replace=True,
)

ROWS: Final = (_POLICY,)
