"""Tags of one resource, asked of its own service and changed through it, as its row knows to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from engine.providers.aws.access import AwsAccess
from engine.providers.aws.calls import Api
from engine.providers.aws.rows import ROWS, alarms, budgets, policies, queues, roles, topics, trails, vaults, zones
from engine.providers.aws.rows.subnet_groups import CACHE_TAGS, RDS_TAGS
from engine.providers.aws.table import Handle, Row, State, Tags
from engine.providers.aws.tags import Ec2Tags
from engine.providers.port import Call, Props, ProviderError

_POLICY: Final = policies.TAGS
_BY_SERVICE: Final[Mapping[str, Tags]] = {
    "backup": vaults.TAGS,
    "budgets": budgets.TAGS,
    "cloudtrail": trails.TAGS,
    "cloudwatch": alarms.TAGS,
    "ec2": Ec2Tags(""),
    "elasticache": CACHE_TAGS,
    "iam:policy": _POLICY,
    "iam:role": roles.TAGS,
    "rds": RDS_TAGS,
    "sns": topics.TAGS,
    "sqs": queues.TAGS,
    "route53:hostedzone": zones.ZoneTags(),
}
"""Services, or kinds of their things, that are all tagged in one way: for what stands in no state."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A resource as a state has it: enough for its row to find it."""

    type: str
    id: str
    inputs: Props
    outputs: Props
    region: str


def can_carry(type: str) -> bool | None:
    """Whether resources of a Pulumi type carry tags; None where no row says so."""
    row = ROWS.get(type)
    return None if row is None else row.tags is not None


def read(access: AwsAccess, labelled: Labelled) -> Mapping[str, str] | None:
    """Its tags as its service tells them; None where it is gone. Raises ProviderError."""
    row, tags = _row(labelled)
    handle = _handle(access, labelled, Call())
    found = row.look(handle)
    return None if found is None or row.state(found) is State.GONE else tags.read(handle, found)


def write(
    access: AwsAccess, labelled: Labelled, old: Mapping[str, str], new: Mapping[str, str], fence: Callable[[], None]
) -> None:
    """Make its tags `new`; `old` are those it carries. Asks `fence` before each call. Raises ProviderError."""
    _, tags = _row(labelled)
    _change(tags, _handle(access, labelled, Call(fence=fence)), old, new)


def write_by_arn(
    access: AwsAccess,
    region: str,
    arn: str,
    old: Mapping[str, str],
    new: Mapping[str, str],
    fence: Callable[[], None],
) -> None:
    """The same for what stands in no state: by its service where that has one way, else by the tagging API."""
    api = Api(access, region, Call(fence=fence))
    _, _, service, _, _, name = arn.split(":", 5)
    way = _BY_SERVICE.get(service) or _BY_SERVICE.get(f"{service}:{name.partition('/')[0]}")
    if way is None:
        _by_tagging_api(api, arn, old, new)
        return
    # policies are called by their ARN, all else that is tagged by id by the last part of it
    id = arn if way is _POLICY else name.rpartition("/")[2]
    _change(way, Handle(api, id, {}, {"arn": arn}), old, new)


def _change(tags: Tags, handle: Handle, old: Mapping[str, str], new: Mapping[str, str]) -> None:
    """Take away first: IAM takes `Tenant` and `tenant` for one key, and taking one away would take the other."""
    kept = {key: value for key, value in old.items() if key in new}
    if kept != old:
        tags.write(handle, dict(old), kept)
    tags.write(handle, kept, dict(new))


def _by_tagging_api(api: Api, arn: str, old: Mapping[str, str], new: Mapping[str, str]) -> None:
    fresh = {key: value for key, value in new.items() if old.get(key) != value}
    stale = sorted(set(old) - set(new))
    calls: list[tuple[str, dict[str, Any]]] = [("TagResources", {"Tags": fresh})] if fresh else []
    calls += [("UntagResources", {"TagKeys": stale})] if stale else []
    for operation, what in calls:
        answer = api.write("resourcegroupstaggingapi", operation, ResourceARNList=[arn], **what)
        failed = cast("dict[str, dict[str, str]]", answer.get("FailedResourcesMap") or {})
        for which, why in failed.items():
            raise ProviderError(f"{which}: {why.get('ErrorMessage') or why.get('ErrorCode') or 'refused'}.")


def _row(labelled: Labelled) -> tuple[Row, Tags]:
    row = ROWS[labelled.type]
    if row.tags is None:
        raise ProviderError(f"{labelled.type} can't carry tags.")
    return row, row.tags


def _handle(access: AwsAccess, labelled: Labelled, call: Call) -> Handle:
    return Handle(Api(access, labelled.region, call), labelled.id, labelled.inputs, labelled.outputs)
