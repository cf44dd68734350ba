"""A snapshot that is shared is the data, given away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from operations.isolation.model import Assertion, Level, Report, Shows, finding, setting, there
from operations.isolation.ports import Case
from stacks.inputs.fields import Isolation
from stacks.resources.backup.spec import BackupSpec
from stacks.resources.database.spec import DatabaseSpec

ASSERTION = Assertion(
    id="backups-not-shared",
    numbers=(87,),
    claim="Snapshots of the tenant's database are given to nobody, and a vault of its own is under its own key.",
    kind="backup",
    level=Level.CONFIG,
    answers=("backup.NEIGHBOURS_CANNOT_RESTORE",),
    control="The tenant's vault is there.",
    remedy="`aws rds modify-db-snapshot-attribute --values-to-remove`, for each; the vault: `tenant apply --refresh`.",
    shows=Shows(local="the emulator's snapshots are read", aws="as on AWS: they are read"),
)


def check(case: Case) -> Report:
    """Read from each snapshot of the database, and from the vault."""
    spec, key = case.a.blueprint.of(BackupSpec), case.a.said("keyArn")
    own = spec.isolation is Isolation.SILO
    vault = case.read("backup", "DescribeBackupVault", BackupVaultName=spec.vault)
    return Report(
        (there("its vault", lambda: vault["BackupVaultName"] == spec.vault),),
        (
            setting("the vault's key", lambda: not own or vault.get("EncryptionKeyArn") == key),
            finding("accounts that snapshots are shared with", lambda: sorted(_shared(case))),
            finding(
                "snapshots under other keys",
                lambda: sorted(
                    each["DBSnapshotIdentifier"]
                    for each in _snapshots(case)
                    if own and each.get("KmsKeyId", key) != key
                ),
            ),
        ),
    )


def _snapshots(case: Case) -> Sequence[Any]:
    name = case.a.blueprint.of(DatabaseSpec).identifier
    return case.read("rds", "DescribeDBSnapshots", DBInstanceIdentifier=name)["DBSnapshots"]


def _shared(case: Case) -> Iterator[str]:
    for snapshot in _snapshots(case):
        name = snapshot["DBSnapshotIdentifier"]
        said = case.read("rds", "DescribeDBSnapshotAttributes", DBSnapshotIdentifier=name)
        for attribute in said["DBSnapshotAttributesResult"]["DBSnapshotAttributes"]:
            if attribute["AttributeName"] == "restore":
                yield from (f"{account} ({name})" for account in attribute.get("AttributeValues") or ())
