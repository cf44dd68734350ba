"""EC2: launch templates. A change is a new version; which one is the default is a setting of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from engine.providers.aws import shapes, tags, values
from engine.providers.aws.finding import by_tags
from engine.providers.aws.rows.networks import arn
from engine.providers.aws.table import Alike, Handle, Kind, Name, Object, Prop, Row
from engine.providers.aws.tags import Ec2Tags
from engine.providers.port import CheckFailure, Props

_MEMBERS: Final = {
    "imageId": "ImageId",
    "instanceType": "InstanceType",
    "userData": "UserData",
    "monitoring": "Monitoring",
    "metadataOptions": "MetadataOptions",
    "vpcSecurityGroupIds": "SecurityGroupIds",
    "blockDeviceMappings": "BlockDeviceMappings",
    "networkInterfaces": "NetworkInterfaces",
    "tagSpecifications": "TagSpecifications",
}
_SETS: Final = frozenset({"vpcSecurityGroupIds", "blockDeviceMappings", "tagSpecifications"})


def _data(inputs: Props) -> Object:
    """The template's data as both requests take it, whole."""
    return {
        member: _sent(name, inputs[name]) for name, member in _MEMBERS.items() if inputs.get(name) not in (None, [], "")
    }


def _sent(name: str, value: Any) -> Any:
    shape = shapes.input_shape("ec2", "CreateLaunchTemplate").members["LaunchTemplateData"].members[_MEMBERS[name]]
    spell = _SPELT.get(name)
    if spell and isinstance(value, list):
        value = [spell(cast("Props", part)) if isinstance(part, dict) else part for part in cast("list[object]", value)]
    return shapes.to_api(value, shape, name)


def _specification(part: Props) -> Props:
    """Tags are a map in Pulumi and a list in EC2."""
    carried = part.get("tags")
    return {**part, "tags": tags.pairs(tags.of_inputs(part))} if isinstance(carried, dict) else part


def _interface(part: Props) -> Props:
    return {{"securityGroups": "groups"}.get(name, name): value for name, value in part.items()}


_SPELT: Final[Mapping[str, Callable[[Props], Props]]] = {
    "tagSpecifications": _specification,
    "networkInterfaces": _interface,
}


def _shown(name: str) -> Callable[[Handle, Object], Any]:
    """A part of the latest version, in Pulumi's spelling."""

    def live(_: Handle, found: Object) -> Any:
        value = shapes.group(found, "Data").get(_MEMBERS[name])
        if name == "tagSpecifications":
            return [
                {"resourceType": one["ResourceType"], "tags": tags.from_pairs(one.get("Tags"))} for one in value or ()
            ]
        if name == "networkInterfaces":
            parts = cast("list[Props]", shapes.from_api(value or []))
            return [{{"groups": "securityGroups"}.get(key, key): part for key, part in one.items()} for one in parts]
        shown = shapes.from_api(value)
        if name == "metadataOptions" and isinstance(shown, dict):
            # whether the options are in force, which nobody asks for
            return {key: part for key, part in cast("Props", shown).items() if key != "state"}
        return shown

    return live


def _alike(name: str) -> Alike:
    """Equal as a request: the SDK has "true" where EC2 answers true, and EC2 keeps no order of its own."""

    def same(given: Any, live: Any) -> bool:
        return values.same(as_set, _sent(name, given), _sent(name, live))

    as_set = Prop(name, kind=Kind.SET if name in _SETS else Kind.PLAIN)
    return same


def _look(handle: Handle) -> Object | None:
    answer = handle.api.seek("ec2", "DescribeLaunchTemplates", LaunchTemplateIds=[handle.id]) or {}
    found = next(iter(shapes.listed(answer, "LaunchTemplates")), None)
    if found is None:
        return None
    answer = handle.api.seek("ec2", "DescribeLaunchTemplateVersions", LaunchTemplateId=handle.id, Versions=["$Latest"])
    latest = next(iter(shapes.listed(answer, "LaunchTemplateVersions")), None)
    if latest is None:
        return None
    return {**found, "Data": latest["LaunchTemplateData"], "VersionDescription": latest.get("VersionDescription")}


def _create(handle: Handle, request: Object) -> str:
    answer = handle.api.create(
        "ec2",
        "CreateLaunchTemplate",
        LaunchTemplateName=handle.inputs["name"],
        LaunchTemplateData=_data(handle.inputs),
        **_described(handle.inputs),
        **request,
    )
    return str(answer["LaunchTemplate"]["LaunchTemplateId"])


def _described(inputs: Props) -> Object:
    return {"VersionDescription": inputs["description"]} if inputs.get("description") else {}


def _renew(handle: Handle, _: Any) -> None:
    """Versions are never changed: a new one says everything, whichever part is new."""
    answer = handle.api.create(
        "ec2",
        "CreateLaunchTemplateVersion",
        LaunchTemplateId=handle.id,
        LaunchTemplateData=_data(handle.inputs),
        **_described(handle.inputs),
    )
    if handle.inputs.get("updateDefaultVersion"):
        _default_to(handle, answer["LaunchTemplateVersion"]["VersionNumber"])


def _choose(handle: Handle, _: Any) -> None:
    """The default: the latest version, or the one that is asked for."""
    chosen = handle.inputs.get("defaultVersion")
    if handle.inputs.get("updateDefaultVersion"):
        chosen = (_look(handle) or {}).get("LatestVersionNumber")
    if chosen:
        _default_to(handle, chosen)


def _default_to(handle: Handle, version: Any) -> None:
    handle.api.write("ec2", "ModifyLaunchTemplate", LaunchTemplateId=handle.id, DefaultVersion=str(int(version)))


def _follows(handle: Handle, found: Object) -> bool:
    """Whether the default follows the latest, where that is asked for: somebody may have turned it back."""
    asked = bool(handle.inputs.get("updateDefaultVersion"))
    return asked and found["DefaultVersionNumber"] == found["LatestVersionNumber"]


def _faults(inputs: Props) -> list[CheckFailure]:
    faults: list[CheckFailure] = []
    if inputs.get("defaultVersion") and inputs.get("updateDefaultVersion"):
        faults.append(CheckFailure("defaultVersion", "either defaultVersion or updateDefaultVersion chooses it"))
    if inputs.get("vpcSecurityGroupIds") and inputs.get("networkInterfaces"):
        why = "where there are networkInterfaces, security groups are theirs"
        faults.append(CheckFailure("vpcSecurityGroupIds", why))
    return faults


_NUMBERS: Final = ("latestVersion", "defaultVersion")

_TEMPLATE: Final = Row(
    type="aws:ec2/launchTemplate:LaunchTemplate",
    service="ec2",
    key="LaunchTemplateId",
    props=(
        Prop("name", live="LaunchTemplateName", fixed=True),
        Prop("namePrefix", live=None, fixed=True, computed=True),
        Prop("description", live="VersionDescription", change=_renew, moves=_NUMBERS),
        *(
            Prop(
                name,
                live=_shown(name),
                kind=Kind.SET if name in _SETS else Kind.PLAIN,
                change=_renew,
                alike=_alike(name),
                moves=_NUMBERS,
            )
            for name in _MEMBERS
        ),
        Prop("updateDefaultVersion", live=_follows, default=False, change=_choose, moves=("defaultVersion",)),
        Prop("defaultVersion", live="DefaultVersionNumber", computed=True, change=_choose),
    ),
    create=_create,
    encode=_data,
    look=_look,
    delete="DeleteLaunchTemplate",
    seek=by_tags("DescribeLaunchTemplates", "LaunchTemplates", "LaunchTemplateId"),
    tags=Ec2Tags("launch-template"),
    name=Name("name", 128, "namePrefix"),
    faults=_faults,
    outputs={"arn": arn("launch-template"), "latestVersion": "LatestVersionNumber"},
)

ROWS: Final = (_TEMPLATE,)
