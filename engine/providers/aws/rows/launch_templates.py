"""EC2: launch templates, as managed node groups use them. Every change is a version; old versions stay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

from engine.providers.aws import shapes, values
from engine.providers.aws.finding import by_tags
from engine.providers.aws.rows.networks import arn
from engine.providers.aws.table import Handle, Kind, Name, Object, Prop, Reader, Row
from engine.providers.aws.tags import Ec2Tags, from_pairs, pairs
from engine.providers.port import Props

_MEMBERS: Final = {
    "blockDeviceMappings": "BlockDeviceMappings",
    "ebsOptimized": "EbsOptimized",
    "imageId": "ImageId",
    "instanceType": "InstanceType",
    "keyName": "KeyName",
    "metadataOptions": "MetadataOptions",
    "monitoring": "Monitoring",
    "tagSpecifications": "TagSpecifications",
    "userData": "UserData",
    "vpcSecurityGroupIds": "SecurityGroupIds",
}
"""What a version holds, by Pulumi's name."""


def _data(inputs: Props) -> Object:
    """The content of a version."""
    shape = shapes.input_shape("ec2", "CreateLaunchTemplate").members["LaunchTemplateData"]
    sent: Object = {}
    for name, member in _MEMBERS.items():
        value = inputs.get(name)
        if name == "tagSpecifications" and not values.has_unknown(value):
            value = [{**each, "tags": pairs(each.get("tags") or {})} for each in value or ()]
        if not values.absent(value):
            sent[member] = shapes.to_api(value, shape.members[member], name)
    return sent


def _create(handle: Handle, request: Object) -> str:
    inputs = handle.inputs
    described_as = {"VersionDescription": inputs["description"]} if inputs.get("description") else {}
    answer = handle.api.create(
        "ec2",
        "CreateLaunchTemplate",
        LaunchTemplateName=inputs["name"],
        LaunchTemplateData=_data(inputs),
        **described_as,
        **request,
    )
    return str(answer["LaunchTemplate"]["LaunchTemplateId"])


def _renew(handle: Handle, _: Any) -> None:
    """A new version with all that is wanted; who takes the default or the latest one gets it."""
    inputs = handle.inputs
    described_as = {"VersionDescription": inputs["description"]} if inputs.get("description") else {}
    answer = handle.api.write(
        "ec2",
        "CreateLaunchTemplateVersion",
        LaunchTemplateId=handle.id,
        LaunchTemplateData=_data(inputs),
        **described_as,
    )
    if inputs.get("updateDefaultVersion"):
        number = str(answer["LaunchTemplateVersion"]["VersionNumber"])
        handle.api.write("ec2", "ModifyLaunchTemplate", LaunchTemplateId=handle.id, DefaultVersion=number)


def _look(handle: Handle) -> Object | None:
    """The template, with the content of its latest version under `Latest`."""
    answer = handle.api.seek("ec2", "DescribeLaunchTemplates", LaunchTemplateIds=[handle.id])
    templates = shapes.listed(answer, "LaunchTemplates")
    if not templates:
        return None
    versions = handle.api.seek(
        "ec2", "DescribeLaunchTemplateVersions", LaunchTemplateId=handle.id, Versions=["$Latest"]
    )
    listed = shapes.listed(versions, "LaunchTemplateVersions")
    return {**templates[0], "Latest": listed[0] if listed else None}


def _held(name: str, spell: Callable[[Any], Any] | None = None) -> Reader:
    """A reader of one member of the latest version's content."""

    def read(_: Handle, found: Object) -> Any:
        value = shapes.from_api(shapes.at(found, f"Latest.LaunchTemplateData.{_MEMBERS[name]}"))
        return value if value is None or spell is None else spell(value)

    return read


def _texts(value: Any) -> Any:
    """Flags as the SDK's text: these may be unset, true or false."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return {key: _texts(part) for key, part in cast("dict[str, Any]", value).items()}
    return [_texts(part) for part in cast("list[Any]", value)] if isinstance(value, list) else value


def _specifications(value: Any) -> list[Object]:
    """What instances are tagged with; a template's own tags are none of these."""
    listed: list[Object] = value
    found = [each for each in listed if each.get("resourceType") != "launch-template"]
    return [{**each, "tags": from_pairs(each.get("tags"), "key", "value")} for each in found]


def _metadata(handle: Handle, found: Object) -> Any:
    """Only what the inputs speak of: AWS fills in the rest, and a state that changes by itself."""
    shown: dict[str, Any] = _held("metadataOptions")(handle, found) or {}
    asked = handle.inputs.get("metadataOptions")
    return {key: value for key, value in shown.items() if key in asked} if isinstance(asked, dict) else None


_TEMPLATE: Final = Row(
    type="aws:ec2/launchTemplate:LaunchTemplate",
    service="ec2",
    key="LaunchTemplateId",
    props=(
        Prop("name", send="LaunchTemplateName", fixed=True),
        Prop("namePrefix", send=None, live=None, fixed=True, computed=True),
        Prop("description", send="VersionDescription", live="Latest.VersionDescription", change=_renew),
        Prop(
            "blockDeviceMappings", send="LaunchTemplateData", live=_held("blockDeviceMappings", _texts), change=_renew
        ),
        Prop("ebsOptimized", send="LaunchTemplateData", live=_held("ebsOptimized", _texts), change=_renew),
        Prop("imageId", send="LaunchTemplateData", live=_held("imageId"), change=_renew),
        Prop("instanceType", send="LaunchTemplateData", live=_held("instanceType"), change=_renew),
        Prop("keyName", send="LaunchTemplateData", live=_held("keyName"), change=_renew),
        Prop("metadataOptions", send="LaunchTemplateData", live=_metadata, change=_renew),
        Prop("monitoring", send="LaunchTemplateData", live=_held("monitoring"), change=_renew),
        Prop(
            "tagSpecifications",
            send="LaunchTemplateData",
            live=_held("tagSpecifications", _specifications),
            kind=Kind.SET,
            change=_renew,
        ),
        Prop("userData", send="LaunchTemplateData", live=_held("userData"), change=_renew),
        Prop(
            "vpcSecurityGroupIds",
            send="LaunchTemplateData",
            live=_held("vpcSecurityGroupIds"),
            kind=Kind.SET,
            change=_renew,
        ),
        Prop("updateDefaultVersion", send=None, live=None, default=False, change=_renew),
    ),
    create=_create,
    look=_look,
    delete="DeleteLaunchTemplate",
    seek=by_tags("DescribeLaunchTemplates", "LaunchTemplates", "LaunchTemplateId"),
    tags=Ec2Tags("launch-template"),
    name=Name("name", 128, "namePrefix"),
    outputs={
        "arn": arn("launch-template"),
        "defaultVersion": "DefaultVersionNumber",
        "latestVersion": "LatestVersionNumber",
    },
    encode=_data,
)

ROWS: Final = (_TEMPLATE,)
