"""In a bucket that tenants share, names of others are not told."""

from __future__ import annotations

from collections.abc import Iterator

from operations.isolation import canaries
from operations.isolation.model import SHARED, Assertion, Level, Outcome, Party, Report, trying
from operations.isolation.ports import Case
from stacks.resources.object_store.spec import ObjectStoreSpec

ASSERTION = Assertion(
    id="s3-list-others",
    numbers=(3, 18),
    claim="No tenant lists another one's folder of a shared bucket, nor the whole bucket, nor by the start of a name.",
    kind="object_store",
    level=Level.LIVE,
    pairwise=True,
    models=SHARED,
    answers=("object_store.NEIGHBOURS_CANNOT_LIST_OBJECTS",),
    control="A lists its own folder of data and of backups.",
    remedy="Look at the bucket's policy and at what A's role may do: `tenant drift` shows both; `tenant apply` mends.",
)


def check(case: Case) -> Report:
    """Objects and their versions, of data and of backups."""
    a, b = case.a, case.b
    return Report(
        (canaries.kept(a, case.acting), *(_listed(case, bucket, prefix) for bucket, prefix in _folders(a))),
        tuple(_tried(case, b)),
    )


def _tried(case: Case, b: Party) -> Iterator[Outcome]:
    for bucket, folder in _folders(b):
        for prefix in (folder, "", b.slug[:3]):
            yield _listed(case, bucket, prefix)
        yield trying(
            f"ListObjectVersions of {bucket}/{folder}",
            lambda n=bucket, f=folder: case.acting.aws("s3", "ListObjectVersions", Bucket=n, Prefix=f),
        )


def _listed(case: Case, bucket: str, prefix: str) -> Outcome:
    return trying(
        f"ListObjectsV2 of {bucket}/{prefix}",
        lambda: case.acting.aws("s3", "ListObjectsV2", Bucket=bucket, Prefix=prefix),
    )


def _folders(party: Party) -> tuple[tuple[str, str], tuple[str, str]]:
    spec = party.blueprint.of(ObjectStoreSpec)
    return (party.said("dataBucket"), f"{spec.container}/"), (party.said("backupBucket"), f"{spec.backup_container}/")
