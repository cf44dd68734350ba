"""What is left of a tenant's data when all else is lost: a locked vault of its own, filled every day.

A tenant without data services and buckets of its own has none: what its cell shares is backed up as a whole.

RDS keeps the moments of the last days itself (database.backup_days); the vault has a copy of each day that whoever
deletes the database does not reach. For objects the vault holds both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from stacks.inputs.fields import Isolation
from stacks.resources.kind import SILO_OR_POOL, Ask, Claim, Kind, PriceDimension
from stacks.resources.quotas import KEYS, ROLES, Demand

DAILY: Final = "cron(0 3 ? * * *)"
CONTINUOUS_DAYS: Final = 7
"""Days whose every moment objects can be had back from."""


@dataclass(frozen=True, slots=True)
class BackupSpec:
    """The vault's name, the days that copies are kept, and the region of a second vault, empty for none.

    Without a vault of its own, `vault` is the cell's name of it and nothing is made.

    The lock is in GOVERNANCE mode; with `compliance` nobody lifts it any more, three days after it was set.
    """

    isolation: Isolation
    vault: str
    days: int
    copy_to: str
    compliance: bool


def resolve(ask: Ask) -> BackupSpec:
    """The profile's days, else the tier's."""
    wanted, own = ask.profile.backups, ask.tier.of("backup") is Isolation.SILO
    return BackupSpec(
        isolation=ask.tier.of("backup"),
        vault=(ask.names if own else ask.cell).of("vault"),
        days=ask.tier.retention.vault if wanted.days is None else wanted.days,
        copy_to=wanted.copy_to or "",
        compliance=wanted.compliance,
    )


def prices(spec: BackupSpec) -> Iterator[PriceDimension]:
    """By use; a second key for the copies."""
    if spec.isolation is Isolation.POOL:
        return
    yield PriceDimension("backup.rds_snapshot", "GB-month", None)
    if spec.copy_to:
        yield PriceDimension("kms.key", "key-month", 1)
        yield PriceDimension("data_transfer.other_region", "GB", None)


def demands(spec: BackupSpec) -> Iterator[Demand]:
    """The role that backs up, and a key beside the copies."""
    if spec.isolation is Isolation.SILO:
        yield Demand(ROLES, 1)
        yield Demand(KEYS, 1 if spec.copy_to else 0)


def claims(spec: BackupSpec) -> Iterator[Claim]:
    """Nobody else reads them, and nobody deletes them before their time."""
    yield Claim("NEIGHBOURS_CANNOT_RESTORE", "OWN_BACKUPS_LISTED")
    yield Claim("EARLY_DELETE_REFUSED", "VAULT_LOCKED")


KIND = Kind("backup", "Backups", BackupSpec, SILO_OR_POOL, resolve, prices, claims, demands=demands)
