"""AWS Backup: plans, and what they are for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, cast

from engine.providers.aws import shapes, values
from engine.providers.aws.finding import carries, identity
from engine.providers.aws.rows import vaults
from engine.providers.aws.table import Handle, Kind, Name, Object, Prop, Row, State
from engine.providers.port import Props

_TAGS: Final = replace(vaults.TAGS, created="BackupPlanTags")
_RULE: Final = {
    "ruleName": "RuleName",
    "targetVaultName": "TargetBackupVaultName",
    "schedule": "ScheduleExpression",
    "scheduleExpressionTimezone": "ScheduleExpressionTimezone",
    "startWindow": "StartWindowMinutes",
    "completionWindow": "CompletionWindowMinutes",
    "enableContinuousBackup": "EnableContinuousBackup",
    "recoveryPointTags": "RecoveryPointTags",
    "lifecycle": "Lifecycle",
    "copyActions": "CopyActions",
}
_LIFECYCLE: Final = {
    "coldStorageAfter": "MoveToColdStorageAfterDays",
    "deleteAfter": "DeleteAfterDays",
    "optInToArchiveForSupportedResources": "OptInToArchiveForSupportedResources",
}
_COPY: Final = {"destinationVaultArn": "DestinationBackupVaultArn", "lifecycle": "Lifecycle"}
_INSIDE: Final[Mapping[str, Mapping[str, str]]] = {"lifecycle": _LIFECYCLE, "copyActions": _COPY}
_SILENCE: Final[Props] = {
    "scheduleExpressionTimezone": "Etc/UTC",
    "startWindow": 480,
    "completionWindow": 10080,
    "enableContinuousBackup": False,
    "optInToArchiveForSupportedResources": False,
}
"""What AWS says where nothing was said."""


def _renamed(value: Any, names: Mapping[str, str], where: str) -> Any:
    """A group, or a list of such, in AWS's words. Raises shapes.Misfit over a word that is not known here."""
    if isinstance(value, list):
        return [_renamed(one, names, f"{where}[{at}]") for at, one in enumerate(cast("list[Any]", value))]
    if not isinstance(value, dict):
        return value
    answer: Props = {}
    for name, part in cast("Props", value).items():
        if part is None:
            continue
        place = f"{where}.{name}"
        if name not in names:
            raise shapes.Misfit(place, "it is not supported by the embedded engine; leave it out")
        answer[names[name]] = _renamed(part, _INSIDE[name], place) if name in _INSIDE else part
    return answer


def _plainly(value: Any, names: Mapping[str, str]) -> Any:
    """The other way round, without what AWS adds of its own."""
    if isinstance(value, list):
        return [_plainly(one, names) for one in cast("list[Any]", value)]
    parts = {name: cast("Props", value).get(member) for name, member in names.items()}
    return {
        name: _plainly(part, _INSIDE[name]) if name in _INSIDE else part
        for name, part in parts.items()
        if not values.absent(part) and part != _SILENCE.get(name)
    }


def _rules(_: Handle, found: Object) -> Any:
    return _plainly(shapes.listed(found["BackupPlan"], "Rules"), _RULE)


def _same_rules(given: Any, live: Any) -> bool:
    """As sets, and silence is what AWS makes of it."""
    one, other = (_plainly(_renamed(side, _RULE, "rules"), _RULE) for side in (given, live))
    return values.same(Prop("rules", kind=Kind.SET), one, other)


def _encode_plan(inputs: Props) -> Object:
    """A plan, whole: an update replaces it. Raises shapes.Misfit."""
    plan = shapes.input_shape("backup", "CreateBackupPlan").members["BackupPlan"].members
    rules = _renamed(inputs["rules"], _RULE, "rules")
    given = {"BackupPlanName": inputs["name"], "Rules": shapes.to_api(rules, plan["Rules"], "rules")}
    if settings := inputs.get("advancedBackupSettings"):
        member = plan["AdvancedBackupSettings"]
        given["AdvancedBackupSettings"] = shapes.to_api(settings, member, "advancedBackupSettings")
    return given


def _create_plan(handle: Handle, request: Object) -> str:
    answer = handle.api.create("backup", "CreateBackupPlan", BackupPlan=_encode_plan(handle.inputs), **request)
    return str(answer["BackupPlanId"])


def _update_plan(handle: Handle, _: Any) -> None:
    handle.api.write("backup", "UpdateBackupPlan", BackupPlanId=handle.id, BackupPlan=_encode_plan(handle.inputs))


def _look_plan(handle: Handle) -> Object | None:
    return handle.api.seek("backup", "GetBackupPlan", BackupPlanId=handle.id)


def _seek_plan(handle: Handle) -> Iterator[str]:
    """Plans may have one name: those of others are passed over."""
    for each in handle.api.pages("backup", "ListBackupPlans", "BackupPlansList"):
        if each["BackupPlanName"] == handle.inputs["name"]:
            here = Handle(handle.api, each["BackupPlanId"], handle.inputs, {"arn": each["BackupPlanArn"]})
            if carries(_TAGS.read(here, each), identity(handle)):
                yield here.id


def _options(_: Handle, found: Object) -> Any:
    """Names of options are AWS's, and stay as they are."""
    listed = shapes.listed(found["BackupPlan"], "AdvancedBackupSettings")
    return [{"resourceType": one["ResourceType"], "backupOptions": one["BackupOptions"]} for one in listed]


_PLAN: Final = Row(
    type="aws:backup/plan:Plan",
    service="backup",
    key="BackupPlanId",
    props=(
        Prop("name", live="BackupPlan.BackupPlanName", fixed=True),
        Prop("rules", live=_rules, kind=Kind.SET, required=True, alike=_same_rules, change=_update_plan),
        Prop("advancedBackupSettings", live=_options, kind=Kind.SET, change=_update_plan),
    ),
    create=_create_plan,
    look=_look_plan,
    state=lambda found: State.GONE if found.get("DeletionDate") else State.READY,
    delete="DeleteBackupPlan",
    seek=_seek_plan,
    tags=_TAGS,
    name=Name("name", 50),
    encode=_encode_plan,
    outputs={"arn": "BackupPlanArn", "version": "VersionId"},
    delete_seconds=120,
    # its selections go first, and for a while AWS still counts them
    busy_codes=frozenset({"InvalidRequestException"}),
)

_CONDITIONS: Final = {
    "stringEquals": "StringEquals",
    "stringNotEquals": "StringNotEquals",
    "stringLikes": "StringLike",
    "stringNotLikes": "StringNotLike",
}
_PAIR: Final = {"key": "ConditionKey", "value": "ConditionValue"}
_TAG: Final = {**_PAIR, "type": "ConditionType"}


def _conditions(given: Any) -> Object:
    """One group of lists, whether it is said as a group or as a list of such."""
    groups = cast("list[Any]", given) if isinstance(given, list) else [given]
    joined: dict[str, list[Any]] = {}
    for at, group in enumerate(groups):
        for name, pairs in _renamed(group, _CONDITIONS, f"conditions[{at}]").items():
            joined.setdefault(name, []).extend(_renamed(pairs, _PAIR, f"conditions[{at}].{name}"))
    return joined


def _encode_selection(inputs: Props) -> Object:
    shape = shapes.input_shape("backup", "CreateBackupSelection").members["BackupSelection"]
    plain = {
        "SelectionName": "name",
        "IamRoleArn": "iamRoleArn",
        "Resources": "resources",
        "NotResources": "notResources",
    }
    given = {member: inputs[name] for member, name in plain.items() if not values.absent(inputs.get(name))}
    if tags := inputs.get("selectionTags"):
        given["ListOfTags"] = _renamed(tags, _TAG, "selectionTags")
    if inputs.get("conditions"):
        given["Conditions"] = _conditions(inputs["conditions"])
    return cast("Object", shapes.to_api(given, shape, "selection"))


def _create_selection(handle: Handle, _: Object) -> str:
    selection = _encode_selection(handle.inputs)
    answer = handle.api.create(
        "backup", "CreateBackupSelection", BackupPlanId=handle.inputs["planId"], BackupSelection=selection
    )
    return str(answer["SelectionId"])


def _of(handle: Handle) -> dict[str, str]:
    return {"BackupPlanId": str(handle.inputs["planId"]), "SelectionId": handle.id}


def _look_selection(handle: Handle) -> Object | None:
    answer = handle.api.seek("backup", "GetBackupSelection", **_of(handle))
    return answer and {**answer["BackupSelection"], "BackupPlanId": answer["BackupPlanId"]}


def _seek_selection(handle: Handle) -> Iterator[str]:
    of = {"BackupPlanId": handle.inputs["planId"]}
    if handle.api.seek("backup", "GetBackupPlan", **of) is None:
        return
    for each in handle.api.pages("backup", "ListBackupSelections", "BackupSelectionsList", **of):
        if each["SelectionName"] == handle.inputs["name"]:
            yield str(each["SelectionId"])


def _live_tags(_: Handle, found: Object) -> Any:
    return _plainly(shapes.listed(found, "ListOfTags"), _TAG)


def _live_conditions(_: Handle, found: Object) -> Any:
    groups = shapes.group(found, "Conditions")
    live = {name: _plainly(groups[member], _PAIR) for name, member in _CONDITIONS.items() if groups.get(member)}
    return [live] if live else None


def _same_conditions(given: Any, live: Any) -> bool:
    one, other = (_conditions(side) for side in (given, live))
    return one.keys() == other.keys() and all(
        values.same(Prop("conditions", kind=Kind.SET), one[name], other[name]) for name in one
    )


_SELECTION: Final = Row(
    type="aws:backup/selection:Selection",
    service="backup",
    props=(
        Prop("planId", live="BackupPlanId", fixed=True, required=True),
        Prop("name", live="SelectionName", fixed=True),
        Prop("iamRoleArn", fixed=True, required=True),
        Prop("resources", kind=Kind.SET, fixed=True),
        Prop("notResources", kind=Kind.SET, fixed=True),
        Prop("selectionTags", live=_live_tags, kind=Kind.SET, fixed=True),
        Prop("conditions", live=_live_conditions, alike=_same_conditions, fixed=True),
    ),
    create=_create_selection,
    look=_look_selection,
    delete=lambda handle: handle.api.remove("backup", "DeleteBackupSelection", **_of(handle)),
    seek=_seek_selection,
    name=Name("name", 50),
    encode=_encode_selection,
    delete_before_replace=True,
)

ROWS: Final = (_PLAN, _SELECTION)
