"""Data answers inside the network only."""

from __future__ import annotations

from typing import Any

from operations.isolation.model import Assertion, Level, Report, Shows, setting, there
from operations.isolation.ports import Case
from stacks.resources.database.spec import DatabaseSpec

ASSERTION = Assertion(
    id="net-endpoints-private",
    numbers=(85,),
    claim="The tenant's database has no public address, and its disk is under the tenant's key.",
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
            setting("the disk's key", lambda: found.get("KmsKeyId") == case.a.said("keyArn")),
        ),
    )
