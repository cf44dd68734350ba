"""Whether a database instance or a cache group is there, and what it could be restored from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from engine.providers.aws.access import AwsAccess
from engine.providers.aws.calls import Api


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a service is asked. `taken` gives when a snapshot was, or nothing before it is."""

    look: tuple[str, str, str]
    list: tuple[str, str, str]
    name: str
    ready: Callable[[Mapping[str, Any]], bool]
    taken: Callable[[Mapping[str, Any]], Any]


def of(access: AwsAccess, region: str, kind: str, name: str) -> bool:
    """Whether the `database` or `cache` of this name is there, in whatever state. Raises ProviderError."""
    service, operation, key = _KINDS[kind].look
    return Api(access, region).seek(service, operation, **{key: name}) is not None


def newest(access: AwsAccess, region: str, kind: str, name: str) -> str:
    """The snapshot of it that was taken last, by hand or by the service; nothing without one. Raises ProviderError."""
    asked = _KINDS[kind]
    found = [each for each in _listed(Api(access, region), asked, name) if asked.ready(each) and asked.taken(each)]
    return str(max(found, key=asked.taken)[asked.name]) if found else ""


def _listed(api: Api, asked: _Kind, name: str) -> Iterator[Mapping[str, Any]]:
    service, operation, member = asked.list
    return api.pages(service, operation, member, **{asked.look[2]: name})


def _node_taken(snapshot: Mapping[str, Any]) -> Any:
    return max((node["SnapshotCreateTime"] for node in snapshot.get("NodeSnapshots", ())), default=None)


_KINDS: Final = {
    "database": _Kind(
        look=("rds", "DescribeDBInstances", "DBInstanceIdentifier"),
        list=("rds", "DescribeDBSnapshots", "DBSnapshots"),
        name="DBSnapshotIdentifier",
        ready=lambda snapshot: snapshot.get("Status") == "available",
        taken=lambda snapshot: snapshot.get("SnapshotCreateTime"),
    ),
    "cache": _Kind(
        look=("elasticache", "DescribeReplicationGroups", "ReplicationGroupId"),
        list=("elasticache", "DescribeSnapshots", "Snapshots"),
        name="SnapshotName",
        ready=lambda snapshot: snapshot.get("SnapshotStatus") == "available",
        taken=_node_taken,
    ),
}
