"""Final snapshots that a destroyed tenant left: listed and deleted when it is purged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from engine.providers.aws.access import AwsAccess
from engine.providers.aws.calls import Api
from engine.providers.aws.faults import CloudRefused
from engine.providers.port import Call, ProviderError

_SECONDS: Final = 1800.0


def final(access: AwsAccess, region: str, prefix: str) -> tuple[str, ...]:
    """Identifiers of the manual snapshots that begin with `prefix`, of databases and caches, sorted.

    Raises ProviderError; an empty prefix is refused, because it would mean everybody's.
    """
    _assert_prefix(prefix)
    api = Api(access, region)
    return tuple(sorted({*_databases(api, prefix), *_caches(api, prefix)}))


def delete(access: AwsAccess, region: str, identifiers: Iterable[str], call: Call | None = None) -> None:
    """Delete these snapshots and wait until they are gone. What is gone already is no error. Raises ProviderError."""
    api = Api(access, region, call or Call())
    wanted = sorted(set(identifiers))
    for identifier in wanted:
        _assert_prefix(identifier)
        api.remove("rds", "DeleteDBSnapshot", DBSnapshotIdentifier=identifier)
        _delete_cache_snapshot(api, identifier)
    for identifier in wanted:
        api.until(
            lambda name=identifier: True if not (_databases(api, name) or _caches(api, name)) else None,
            limit=_SECONDS,
            awaited=f"snapshot {identifier} is gone",
        )


def _databases(api: Api, prefix: str) -> list[str]:
    listed = api.pages("rds", "DescribeDBSnapshots", "DBSnapshots", SnapshotType="manual")
    names = [str(one["DBSnapshotIdentifier"]) for one in listed if one.get("Status") != "deleting"]
    return [name for name in names if name.startswith(prefix)]


def _caches(api: Api, prefix: str) -> list[str]:
    listed = api.pages("elasticache", "DescribeSnapshots", "Snapshots", SnapshotSource="user")
    names = [str(one["SnapshotName"]) for one in listed if one.get("SnapshotStatus") != "deleting"]
    return [name for name in names if name.startswith(prefix)]


def _delete_cache_snapshot(api: Api, name: str) -> None:
    if name not in _caches(api, name):
        return
    try:
        api.remove("elasticache", "DeleteSnapshot", SnapshotName=name)
    except CloudRefused as refused:
        if not refused.code.startswith("InvalidSnapshotState"):
            raise


def _assert_prefix(prefix: str) -> None:
    if not prefix:
        raise ProviderError("Snapshots are listed by a prefix of their names; an empty one would mean everybody's.")
