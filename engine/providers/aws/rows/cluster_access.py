"""EKS: who gets into a cluster, what its pods may do on AWS, and what runs in it from AWS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from engine.providers.aws.rows.clusters import TAGS, pair, state
from engine.providers.aws.table import Handle, Kind, Object, Prop, Row
from engine.providers.aws.tags import MapTags, by_output
from engine.providers.port import Props


def _said(inputs: Props, names: Mapping[str, str]) -> Object:
    """Members of a request by property, as far as the inputs speak of them."""
    return {member: inputs[name] for name, member in names.items() if inputs.get(name)}


def _of_entry(handle: Handle) -> dict[str, str]:
    cluster, principal = pair(handle)
    return {"clusterName": cluster, "principalArn": principal}


def _look_entry(handle: Handle) -> Object | None:
    answer = handle.api.seek("eks", "DescribeAccessEntry", **_of_entry(handle))
    return answer and answer["accessEntry"]


def _create_entry(handle: Handle, request: Object) -> str:
    inputs = handle.inputs
    said = _said(inputs, {"kubernetesGroups": "kubernetesGroups", "type": "type", "userName": "username"})
    cluster, principal = inputs["clusterName"], inputs["principalArn"]
    handle.api.create("eks", "CreateAccessEntry", clusterName=cluster, principalArn=principal, **said, **request)
    return f"{cluster}:{principal}"


def _change_entry(handle: Handle, _: Any) -> None:
    """Both at once: AWS takes what is left out for what is there."""
    groups: list[str] = handle.inputs.get("kubernetesGroups") or []
    name = handle.inputs.get("userName")
    handle.api.write(
        "eks",
        "UpdateAccessEntry",
        **_of_entry(handle),
        kubernetesGroups=groups,
        **({"username": name} if name else {}),
    )


def _delete_entry(handle: Handle) -> None:
    handle.api.remove("eks", "DeleteAccessEntry", **_of_entry(handle))


_ENTRY: Final = Row(
    type="aws:eks/accessEntry:AccessEntry",
    service="eks",
    props=(
        Prop("clusterName", send="clusterName", fixed=True, required=True),
        Prop("principalArn", send="principalArn", fixed=True, required=True),
        Prop("type", send="type", default="STANDARD", fixed=True),
        Prop("kubernetesGroups", send="kubernetesGroups", kind=Kind.SET, change=_change_entry),
        Prop("userName", send="username", computed=True, change=_change_entry),
    ),
    create=_create_entry,
    look=_look_entry,
    delete=_delete_entry,
    seek=lambda handle: [f"{handle.inputs['clusterName']}:{handle.inputs['principalArn']}"],
    tags=MapTags("eks", by_output("accessEntryArn")),
    outputs={"accessEntryArn": "accessEntryArn"},
    delete_before_replace=True,
)


def _of_association(handle: Handle) -> tuple[str, str, str]:
    cluster, principal, policy = handle.id.split("#")
    return cluster, principal, policy


def _associate(handle: Handle) -> None:
    inputs = handle.inputs
    scope = inputs["accessScope"]
    handle.api.write(
        "eks",
        "AssociateAccessPolicy",
        clusterName=inputs["clusterName"],
        principalArn=inputs["principalArn"],
        policyArn=inputs["policyArn"],
        accessScope={"type": scope["type"], **({"namespaces": scope["namespaces"]} if scope.get("namespaces") else {})},
    )


def _create_association(handle: Handle, _: Object) -> str:
    _associate(handle)
    inputs = handle.inputs
    return f"{inputs['clusterName']}#{inputs['principalArn']}#{inputs['policyArn']}"


def _look_association(handle: Handle) -> Object | None:
    cluster, principal, policy = _of_association(handle)
    of = {"clusterName": cluster, "principalArn": principal}
    if handle.api.seek("eks", "DescribeAccessEntry", **of) is None:
        return None
    for each in handle.api.pages("eks", "ListAssociatedAccessPolicies", "associatedAccessPolicies", **of):
        if each["policyArn"] == policy:
            return {**each, **of}
    return None


def _dissociate(handle: Handle) -> None:
    cluster, principal, policy = _of_association(handle)
    handle.api.remove("eks", "DisassociateAccessPolicy", clusterName=cluster, principalArn=principal, policyArn=policy)


def _seek_association(handle: Handle) -> list[str]:
    inputs = handle.inputs
    return [f"{inputs['clusterName']}#{inputs['principalArn']}#{inputs['policyArn']}"]


_ASSOCIATION: Final = Row(
    type="aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    service="eks",
    props=(
        Prop("clusterName", send="clusterName", fixed=True, required=True),
        Prop("principalArn", send="principalArn", fixed=True, required=True),
        Prop("policyArn", send="policyArn", fixed=True, required=True),
        Prop("accessScope", send="accessScope", required=True, change=lambda handle, _: _associate(handle)),
    ),
    create=_create_association,
    look=_look_association,
    delete=_dissociate,
    seek=_seek_association,
    delete_before_replace=True,
)


def _of_pods(handle: Handle) -> dict[str, str]:
    return {"clusterName": str(handle.inputs["clusterName"]), "associationId": handle.id}


def _look_pods(handle: Handle) -> Object | None:
    answer = handle.api.seek("eks", "DescribePodIdentityAssociation", **_of_pods(handle))
    return answer and answer["association"]


def _seek_pods(handle: Handle) -> Iterator[str]:
    inputs = handle.inputs
    if handle.api.seek("eks", "DescribeCluster", name=inputs["clusterName"]) is None:
        return
    of = {"clusterName": inputs["clusterName"], "namespace": inputs["namespace"]}
    for each in handle.api.pages("eks", "ListPodIdentityAssociations", "associations", **of):
        if each["serviceAccount"] == inputs["serviceAccount"]:
            yield str(each["associationId"])


def _change_pods(handle: Handle, _: Any) -> None:
    inputs = handle.inputs
    change = {"roleArn": inputs["roleArn"], "disableSessionTags": bool(inputs.get("disableSessionTags"))}
    handle.api.write("eks", "UpdatePodIdentityAssociation", **_of_pods(handle), **change)


def _delete_pods(handle: Handle) -> None:
    handle.api.remove("eks", "DeletePodIdentityAssociation", **_of_pods(handle))


_PODS: Final = Row(
    type="aws:eks/podIdentityAssociation:PodIdentityAssociation",
    service="eks",
    props=(
        Prop("clusterName", send="clusterName", fixed=True, required=True),
        Prop("namespace", send="namespace", fixed=True, required=True),
        Prop("serviceAccount", send="serviceAccount", fixed=True, required=True),
        Prop("roleArn", send="roleArn", required=True, change=_change_pods),
        Prop("disableSessionTags", send="disableSessionTags", default=False, change=_change_pods),
    ),
    create=("CreatePodIdentityAssociation", "association.associationId"),
    look=_look_pods,
    delete=_delete_pods,
    seek=_seek_pods,
    tags=MapTags("eks", by_output("associationArn")),
    outputs={"associationArn": "associationArn", "associationId": "associationId"},
    delete_before_replace=True,
)


_SAME: Final = {name: name for name in ("addonVersion", "configurationValues", "serviceAccountRoleArn")}


def _of_addon(handle: Handle) -> dict[str, str]:
    cluster, name = pair(handle)
    return {"clusterName": cluster, "addonName": name}


def _look_addon(handle: Handle) -> Object | None:
    answer = handle.api.seek("eks", "DescribeAddon", **_of_addon(handle))
    return answer and answer["addon"]


def _create_addon(handle: Handle, request: Object) -> str:
    inputs = handle.inputs
    said = _said(inputs, {**_SAME, "resolveConflictsOnCreate": "resolveConflicts"})
    cluster, name = inputs["clusterName"], inputs["addonName"]
    handle.api.create("eks", "CreateAddon", clusterName=cluster, addonName=name, **said, **request)
    return f"{cluster}:{name}"


def _change_addon(handle: Handle, _: Any) -> None:
    said = _said(handle.inputs, {**_SAME, "resolveConflictsOnUpdate": "resolveConflicts"})
    handle.api.write("eks", "UpdateAddon", **_of_addon(handle), **said)


def _delete_addon(handle: Handle) -> None:
    keep = {"preserve": True} if handle.inputs.get("preserve") else {}
    handle.api.remove("eks", "DeleteAddon", **_of_addon(handle), **keep)


_ADDON: Final = Row(
    type="aws:eks/addon:Addon",
    service="eks",
    props=(
        Prop("clusterName", send="clusterName", fixed=True, required=True),
        Prop("addonName", send="addonName", fixed=True, required=True),
        Prop("addonVersion", send="addonVersion", computed=True, change=_change_addon),
        Prop("configurationValues", send="configurationValues", kind=Kind.DOCUMENT, change=_change_addon),
        Prop("serviceAccountRoleArn", send="serviceAccountRoleArn", change=_change_addon),
        Prop("resolveConflictsOnCreate", send=None, live=None),
        Prop("resolveConflictsOnUpdate", send=None, live=None),
        Prop("preserve", send=None, live=None, default=False),
    ),
    create=_create_addon,
    look=_look_addon,
    state=state,
    delete=_delete_addon,
    seek=lambda handle: [f"{handle.inputs['clusterName']}:{handle.inputs['addonName']}"],
    tags=TAGS,
    outputs={"arn": "addonArn"},
    create_seconds=1200,
    delete_before_replace=True,
)

ROWS: Final = (_ENTRY, _ASSOCIATION, _PODS, _ADDON)
