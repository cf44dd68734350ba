"""Whoever deletes the database does not reach its copies."""

from __future__ import annotations

from operations.isolation.model import Assertion, Level, Report, setting, there
from operations.isolation.ports import Case
from stacks.resources.backup.spec import BackupSpec

ASSERTION = Assertion(
    id="backups-locked",
    numbers=(87,),
    claim="The tenant's vault is locked: no copy goes before its time.",
    kind="backup",
    level=Level.CONFIG,
    answers=("backup.EARLY_DELETE_REFUSED",),
    control="The tenant's vault is there.",
    remedy="Put the lock back: `tenant apply TENANT --refresh`.",
)


def check(case: Case) -> Report:
    """Read from the vault."""
    spec = case.a.blueprint.of(BackupSpec)
    vault = case.read("backup", "DescribeBackupVault", BackupVaultName=spec.vault)
    return Report(
        (there("its vault", lambda: vault["BackupVaultName"] == spec.vault),),
        (
            setting("the vault's lock", lambda: vault.get("Locked") is True),
            setting("the days that copies stay", lambda: int(vault.get("MinRetentionDays") or 0) >= 1),
        ),
    )
