"""A key that is disabled or about to be deleted takes the data with it."""

from __future__ import annotations

from operations.isolation.model import Assertion, Level, Report, setting, there
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="kms-key-kept",
    numbers=(30,),
    claim="The key is enabled, waits for no deletion, and is rotated each year.",
    kind="encryption",
    level=Level.CONFIG,
    control="The key is there, and is the tenant's.",
    remedy="`aws kms cancel-key-deletion`, `enable-key`; rotation: `tenant apply TENANT --refresh`.",
)


def check(case: Case) -> Report:
    """Read from the key."""
    key = case.a.said("keyArn")
    said = case.read("kms", "DescribeKey", KeyId=key)["KeyMetadata"]
    return Report(
        (there("its key", lambda: said["Arn"] == key),),
        (
            setting("the key's state", lambda: said["KeyState"] == "Enabled", str(said["KeyState"])),
            setting(
                "the key's rotation",
                lambda: case.read("kms", "GetKeyRotationStatus", KeyId=key)["KeyRotationEnabled"] is True,
            ),
        ),
    )
