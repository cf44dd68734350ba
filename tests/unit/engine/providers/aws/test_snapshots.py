from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from botocore import exceptions as boto

from engine.providers.aws import snapshots
from engine.providers.aws.access import AwsAccess
from engine.providers.port import ProviderError


def _nothing(**parameters: Any) -> dict[str, Any]:
    return {}


@dataclass
class Kept:
    """RDS and ElastiCache with automated backups, one of each kind; no snapshots."""

    backups: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    refusal: str = ""
    deleted: list[str] = field(default_factory=list[str])

    def client(self, service: str, region: str, attempts: int = 3) -> Any:
        return self

    def can_paginate(self, name: str) -> bool:
        return False

    def describe_db_instance_automated_backups(self) -> dict[str, Any]:
        if self.refusal:
            raise boto.ClientError(
                {"Error": {"Code": self.refusal, "Message": "no"}}, "DescribeDBInstanceAutomatedBackups"
            )
        return {"DBInstanceAutomatedBackups": self.backups}

    def delete_db_instance_automated_backup(self, DbiResourceId: str) -> dict[str, Any]:  # noqa: N803 - boto3's name
        self.deleted.append(DbiResourceId)
        self.backups = [one for one in self.backups if one.get("DbiResourceId") != DbiResourceId]
        return {}

    def __getattr__(self, name: str) -> Callable[..., dict[str, Any]]:
        return _nothing


def backup(instance: str, status: str, resource: str) -> dict[str, str]:
    return {"DBInstanceIdentifier": instance, "Status": status, "DbiResourceId": resource}


def test_backups_of_gone_instances_are_listed_and_those_of_living_and_other_ones_are_not() -> None:
    cloud = Kept(
        [
            backup("o-e-acme-db", "retained", "db-2"),
            backup("o-e-acme-db", "retained", "db-1"),
            backup("o-e-acme-db", "active", "db-3"),
            backup("o-e-other-db", "retained", "db-4"),
            {"DBInstanceIdentifier": "o-e-acme-db", "Status": "retained"},
        ]
    )
    found = snapshots.retained(cast("AwsAccess", cloud), "eu-west-1", "o-e-acme-")
    assert found == ("automated-backup:o-e-acme-db:db-1", "automated-backup:o-e-acme-db:db-2")


def test_a_retained_backup_is_deleted_by_its_resource_id_and_its_neighbours_stay() -> None:
    cloud = Kept([backup("o-e-acme-db", "retained", "db-1"), backup("o-e-acme-db", "retained", "db-2")])
    snapshots.delete(cast("AwsAccess", cloud), "eu-west-1", ["automated-backup:o-e-acme-db:db-1"])
    assert cloud.deleted == ["db-1"]
    assert [one["DbiResourceId"] for one in cloud.backups] == ["db-2"]


def test_a_cloud_without_automated_backups_keeps_none() -> None:
    assert snapshots.retained(cast("AwsAccess", Kept(refusal="NotImplemented")), "eu-west-1", "o-e-acme-") == ()


def test_a_refusal_to_list_is_not_taken_for_none() -> None:
    with pytest.raises(ProviderError, match="AccessDenied"):
        snapshots.retained(cast("AwsAccess", Kept(refusal="AccessDenied")), "eu-west-1", "o-e-acme-")
