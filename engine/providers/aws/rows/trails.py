"""CloudTrail: trails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from engine.providers.aws import shapes
from engine.providers.aws.rows.networks import account, partition
from engine.providers.aws.rows.trail_selectors import advanced, basic, encode, same_advanced, same_basic, select
from engine.providers.aws.table import Handle, Name, Object, Prop, Row, Tagset
from engine.providers.aws.tags import by_arn, changed, from_pairs, pairs
from engine.providers.aws.values import same_arn_or_id
from engine.providers.port import CheckFailure, Props

_LOGS: Final = {
    "cloudWatchLogsGroupArn": "CloudWatchLogsLogGroupArn",
    "cloudWatchLogsRoleArn": "CloudWatchLogsRoleArn",
}


@dataclass(frozen=True, slots=True)
class _TrailTags:
    """Lists under names of CloudTrail's own; a tag is taken away as a pair."""

    def on_create(self, tags: Tagset) -> Object:
        """A list."""
        return {"TagsList": pairs(tags)} if tags else {}

    def read(self, handle: Handle, found: Object) -> Tagset:
        """Asked for, of one trail among several."""
        answer = handle.api.read("cloudtrail", "ListTags", ResourceIdList=[by_arn(handle)])
        return from_pairs([tag for one in shapes.listed(answer, "ResourceTagList") for tag in one.get("TagsList", [])])

    def write(self, handle: Handle, old: Tagset, new: Tagset) -> None:
        """Set first, then take away."""
        if fresh := changed(old, new):
            handle.api.write("cloudtrail", "AddTags", ResourceId=by_arn(handle), TagsList=pairs(fresh))
        if stale := {key: value for key, value in old.items() if key not in new}:
            handle.api.write("cloudtrail", "RemoveTags", ResourceId=by_arn(handle), TagsList=pairs(stale))


def _look(handle: Handle) -> Object | None:
    answer = handle.api.seek("cloudtrail", "GetTrail", Name=handle.id)
    if answer is None:
        return None
    status = handle.api.read("cloudtrail", "GetTrailStatus", Name=handle.id)
    selectors = handle.api.read("cloudtrail", "GetEventSelectors", TrailName=handle.id)
    return {**answer["Trail"], "IsLogging": status.get("IsLogging"), "Selectors": selectors}


def _seek(handle: Handle) -> Iterator[str]:
    """The ARN follows from account and name."""
    region = handle.api.region
    yield f"arn:{partition(region)}:cloudtrail:{region}:{account(handle)}:trail/{handle.inputs['name']}"


def _record(handle: Handle, on: Any) -> None:
    handle.api.write("cloudtrail", "StartLogging" if on else "StopLogging", Name=handle.id)


def _log(handle: Handle, _: Any) -> None:
    """Group and role go together, and both go away together."""
    both = {member: handle.inputs.get(name) or "" for name, member in _LOGS.items()}
    handle.api.write("cloudtrail", "UpdateTrail", Name=handle.id, **both)


def _topic(_: Handle, found: Object) -> Any:
    return found.get("SnsTopicName") or found.get("SnsTopicARN")


def _same_topic(given: Any, live: Any) -> bool:
    """By name or by ARN."""
    return str(given).rpartition(":")[2] == str(live).rpartition(":")[2]


def _faults(inputs: Props) -> Iterator[CheckFailure]:
    if inputs.get("eventSelectors") and inputs.get("advancedEventSelectors"):
        yield CheckFailure("advancedEventSelectors", "either eventSelectors or advancedEventSelectors, not both")
    if inputs.get("isMultiRegionTrail") and inputs.get("includeGlobalServiceEvents") is False:
        yield CheckFailure("includeGlobalServiceEvents", "a trail of all regions has the global services' events too")


TAGS: Final = _TrailTags()

_TRAIL: Final = Row(
    type="aws:cloudtrail/trail:Trail",
    service="cloudtrail",
    key="Name",
    props=(
        Prop("name", fixed=True),
        Prop("s3BucketName", required=True, change="UpdateTrail"),
        Prop("s3KeyPrefix", change="UpdateTrail"),
        Prop("kmsKeyId", alike=same_arn_or_id, change="UpdateTrail"),
        Prop("snsTopicName", live=_topic, alike=_same_topic, change="UpdateTrail"),
        Prop("cloudWatchLogsGroupArn", send=_LOGS["cloudWatchLogsGroupArn"], change=_log),
        Prop("cloudWatchLogsRoleArn", send=_LOGS["cloudWatchLogsRoleArn"], change=_log),
        Prop("includeGlobalServiceEvents", default=True, change="UpdateTrail"),
        Prop("isMultiRegionTrail", default=False, change="UpdateTrail"),
        Prop("isOrganizationTrail", default=False, change="UpdateTrail"),
        Prop("enableLogFileValidation", live="LogFileValidationEnabled", default=False, change="UpdateTrail"),
        Prop("eventSelectors", send=None, live=basic, alike=same_basic, change=select),
        Prop("advancedEventSelectors", send=None, live=advanced, alike=same_advanced, change=select),
        # last: a trail that records already records what it should
        Prop("enableLogging", send=None, live="IsLogging", default=True, change=_record),
    ),
    create=("CreateTrail", "TrailARN"),
    look=_look,
    delete="DeleteTrail",
    seek=_seek,
    tags=TAGS,
    name=Name("name", 128),
    encode=encode,
    faults=_faults,
    outputs={"arn": "TrailARN", "homeRegion": "HomeRegion", "snsTopicArn": "SnsTopicARN"},
    delete_before_replace=True,
)

ROWS: Final = (_TRAIL,)
