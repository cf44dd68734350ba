"""Data answers inside the network only."""

from __future__ import annotations

from typing import Any

from operations.isolation.model import Assertion, Level, Report, Shows, setting, there
from operations.isolation.ports import Case
from stacks.inputs.fields import Isolation
from stacks.resources.database.spec import DatabaseSpec

ASSERTION = Assertion(
    id="net-endpoints-private",
    numbers=(85,),
    claim="The tenant's database has no public address; its disk is under the tenant's key, or the cell's.",
    kind="database",
    level=Level.CONFIG,
    answers=("database.NEIGHBOURS_CANNOT_LOG_IN",),
    control="The instance is there.",
    remedy="Set it back: `tenant apply TENANT --refresh`.",
    shows=Shows(local="the setting is read; everything answers on loopback there", aws="the setting is read"),
)


def check(case: Case) -> Report:
    """Read from the instance."""
    name = case.a.blueprint.of(DatabaseSpec).identifier
    found: Any = case.read("rds", "DescribeDBInstances", DBInstanceIdentifier=name)["DBInstances"][0]
    return Report(
        (there("its database", lambda: found["DBInstanceIdentifier"] == name),),
        (
            setting("a public address", lambda: found.get("PubliclyAccessible") is False),
            setting("the disk's encryption", lambda: _encrypted(case, found)),
        ),
    )


def _encrypted(case: Case, found: Any) -> bool:
    """Under the tenant's key; a shared one under the cell's, which tenants need not know."""
    if case.a.model("database") is Isolation.SILO:
        return bool(found.get("KmsKeyId") == case.a.said("keyArn"))
    return found.get("StorageEncrypted") is True and bool(found.get("KmsKeyId"))
