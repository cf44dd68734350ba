"""By no request, whatever is in it, does a role restore, copy or give away what is backed up."""

from __future__ import annotations

from typing import Final

from operations.isolation import outside, proving
from operations.isolation.model import Assertion, Level, Report
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="proof-backups-restore",
    numbers=(88,),
    claim="No request exists by which a tenant's role restores, copies or shares a backup or snapshot, whoever's.",
    kind="backup",
    level=Level.PROOF,
    answers=("backup.NEIGHBOURS_CANNOT_RESTORE",),
    control="A request exists by which the role reads its own objects: its policies were read.",
    remedy="Take the right away from the role: `tenant apply TENANT --refresh`.",
)
_RESTORE: Final = (
    "backup:Start*",
    "backup:Copy*",
    "backup:Put*",
    "ec2:CopySnapshot",
    "ec2:CreateVolume",
    "ec2:ModifySnapshotAttribute",
    "elasticache:Copy*",
    "elasticache:Create*",
    "rds:Copy*",
    "rds:Modify*",
    "rds:Restore*",
    "rds:StartExportTask",
)


def check(case: Case) -> Report:
    """Over everything of the account."""
    who, everything = proving.role(case, case.a), [outside.closed(case.a.blueprint.account)]
    return Report(
        (proving.asked("its own objects", who, ("s3:GetObject",), proving.objects(case, case.a)),),
        (proving.asked("backups and snapshots", who, _RESTORE, everything),),
    )
