"""Models that are shared on purpose are read, those that the profile names, and by nobody written."""

from __future__ import annotations

from typing import Final

from operations.isolation import canaries
from operations.isolation.model import Assertion, Level, Party, Report, trying
from operations.isolation.ports import Case
from stacks.resources.object_store.spec import ObjectStoreSpec

ASSERTION = Assertion(
    id="shared-models-read-only",
    numbers=(18, 19),
    claim="Of the cell's model cache a tenant lists and reads the folders that it is given, and writes nothing.",
    kind="object_store",
    level=Level.LIVE,
    answers=("object_store.SHARED_MODELS_READ_ONLY",),
    control="It lists a folder that it is given.",
    remedy="Put them back: the bucket's by `tenant shared apply --refresh`, the role's by `tenant apply --refresh`.",
)
OTHER: Final = "tenant-verify-not-given"
"""A folder that no profile names."""


def applies(a: Party, b: Party | None) -> bool:
    """Of tenants that are given some."""
    return bool(a.blueprint.of(ObjectStoreSpec).shared_models)


def check(case: Case) -> Report:
    """Into a folder that is given, and out of one that is not; S3 tells nobody what is missing who may not list."""
    spec, who = case.a.blueprint.of(ObjectStoreSpec), case.acting
    bucket, given = {"Bucket": spec.shared_bucket}, f"{spec.shared_models[0]}/{canaries.NAME}"
    tried = (
        ("PutObject", {**bucket, "Key": given, "Body": canaries.TEXT}),
        ("DeleteObject", {**bucket, "Key": given}),
        ("GetObject", {**bucket, "Key": f"{OTHER}/{canaries.NAME}"}),
        ("ListObjectsV2", {**bucket, "Prefix": f"{OTHER}/"}),
        ("ListObjectsV2", bucket),
        ("PutBucketPolicy", {**bucket, "Policy": "{}"}),
    )
    listing = {**bucket, "Prefix": f"{spec.shared_models[0]}/"}
    return Report(
        (trying(f"list {spec.shared_models[0]}", lambda: who.aws("s3", "ListObjectsV2", **listing)),),
        tuple(
            trying(
                f"{operation} {named.get('Key', named.get('Prefix', ''))}".strip(),
                lambda o=operation, n=named: who.aws("s3", o, **n),
            )
            for operation, named in tried
        ),
    )
