"""What of a destroyed tenant's data AWS still keeps: listed and deleted when it is purged.

Final snapshots of databases and caches, by the start of their names; and automated backups of databases that are gone,
by the start of the instance's name. AWS keeps the latter where an instance was deleted with the wish to, by us or by
hand, and calls them by a resource id.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from engine.providers.aws.access import AwsAccess
from engine.providers.aws.calls import Api
from engine.providers.aws.faults import CloudRefused
from engine.providers.port import Call, ProviderError

_SECONDS: Final = 1800.0
_AUTOMATED: Final = "automated-backup"
_NOT_BUILT: Final = frozenset({"NotImplemented", "InvalidAction", "UnknownOperationException", "501"})


def final(access: AwsAccess, region: str, prefix: str) -> tuple[str, ...]:
    """Identifiers of the manual snapshots that begin with `prefix`, of databases and caches, sorted.

    Raises ProviderError; an empty prefix is refused, because it would mean everybody's.
    """
    _assert_prefix(prefix)
    api = Api(access, region)
    return tuple(sorted({*_databases(api, prefix), *_caches(api, prefix)}))


def retained(access: AwsAccess, region: str, prefix: str) -> tuple[str, ...]:
    """Automated backups of gone instances whose identifiers begin with `prefix`: `automated-backup:<instance>:<id>`.

    Sorted; `delete` takes them. Raises ProviderError; an empty prefix is refused. A cloud that keeps none, as
    emulators do, has none; what is shown without a resource id can't be called and is not listed.
    """
    _assert_prefix(prefix)
    return tuple(sorted(_retained(Api(access, region), prefix)))


def delete(access: AwsAccess, region: str, identifiers: Iterable[str], call: Call | None = None) -> None:
    """Delete what `final` and `retained` listed and wait until it is gone, which it may be. Raises ProviderError."""
    api = Api(access, region, call or Call())
    wanted = sorted(set(identifiers))
    for identifier in wanted:
        _assert_prefix(identifier)
        kind, _, named = identifier.partition(":")
        if kind == _AUTOMATED:
            api.remove("rds", "DeleteDBInstanceAutomatedBackup", DbiResourceId=named.partition(":")[2])
        else:
            api.remove("rds", "DeleteDBSnapshot", DBSnapshotIdentifier=identifier)
            _delete_cache_snapshot(api, identifier)
    for identifier in wanted:
        api.until(
            lambda name=identifier: None if _is_there(api, name) else True,
            limit=_SECONDS,
            awaited=f"snapshot {identifier} is gone",
        )


def _is_there(api: Api, name: str) -> bool:
    kind, _, named = name.partition(":")
    if kind == _AUTOMATED:
        return name in _retained(api, named.partition(":")[0])
    return name in _databases(api, name) or name in _caches(api, name)


def _retained(api: Api, prefix: str) -> list[str]:
    try:
        listed = list(api.pages("rds", "DescribeDBInstanceAutomatedBackups", "DBInstanceAutomatedBackups"))
    except CloudRefused as refused:
        if refused.code in _NOT_BUILT:
            return []
        raise
    return [
        f"{_AUTOMATED}:{one['DBInstanceIdentifier']}:{one['DbiResourceId']}"
        for one in listed
        if str(one.get("DBInstanceIdentifier", "")).startswith(prefix)
        and one.get("Status") == "retained"
        and one.get("DbiResourceId")
    ]


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
