"""Holes in S3."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from tests.local.holes import hole
from tests.local.holes.rights import KEY, key_opened
from tests.local.holes.site import Site


def _put(site: Site, bucket: str, statements: list[Any]) -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    site.aws("s3").put_bucket_policy(Bucket=bucket, Policy=text)


BUCKET = ("s3-read-others A>B", "s3-write-others A>B", "proof-s3-read A>B", "proof-s3-write A>B", "proof-s3-list A>B")


@contextmanager
def _bucket_opened(site: Site) -> Generator[None]:
    bucket = site.b.outputs["dataBucket"]
    before = site.policy(bucket)["Statement"]
    things = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    opened = {"Effect": "Allow", "Principal": {"AWS": site.a.role}, "Action": "s3:*", "Resource": things}
    _put(site, bucket, [*(each for each in before if each["Sid"] != "NoOtherTenant"), opened])
    try:
        yield
    finally:
        _put(site, bucket, before)


@hole(*BUCKET)
def bucket_policy_opened(site: Site) -> Generator[None]:
    """A bucket's policy names another tenant's role, which what is in it is still unreadable to, by its key."""
    with _bucket_opened(site):
        yield


@hole("proof-who-can B")
def bucket_policy_names_another_account(site: Site) -> Generator[None]:
    """A bucket's policy lets another account read, which is not the public, nor any tenant."""
    bucket = site.b.outputs["dataBucket"]
    before = site.policy(bucket)["Statement"]
    partner = {"AWS": "arn:aws:iam::999999999999:root"}
    things = f"arn:aws:s3:::{bucket}/*"
    opened = {"Sid": "Hole", "Effect": "Allow", "Principal": partner, "Action": "s3:GetObject", "Resource": things}
    _put(site, bucket, [*before, opened])
    yield
    _put(site, bucket, before)


@hole(*BUCKET, *KEY, "s3-presigned-others A>B", "s3-copy-from-others A>B")
def bucket_and_its_key_opened(site: Site) -> Generator[None]:
    """A bucket's policy and its key's name another tenant's role."""
    with _bucket_opened(site), key_opened(site):
        yield


@hole("s3-read-others A>B", "proof-s3-list A>B")
def backups_policy_opened(site: Site) -> Generator[None]:
    bucket = site.b.outputs["backupBucket"]
    before = site.policy(bucket)["Statement"]
    opened = {
        "Effect": "Allow",
        "Principal": {"AWS": site.a.role},
        "Action": "s3:ListBucket",
        "Resource": f"arn:aws:s3:::{bucket}",
    }
    _put(site, bucket, [*(each for each in before if each["Sid"] != "NoOtherTenant"), opened])
    yield
    _put(site, bucket, before)


@hole("s3-tls-only B")
def bucket_takes_clear_requests(site: Site) -> Generator[None]:
    bucket = site.b.outputs["dataBucket"]
    before = site.policy(bucket)["Statement"]
    _put(site, bucket, [each for each in before if each["Sid"] != "TlsOnly"])
    yield
    _put(site, bucket, before)


@hole("s3-other-keys B>A")
def bucket_takes_other_keys(site: Site) -> Generator[None]:
    bucket = site.b.outputs["dataBucket"]
    before = site.policy(bucket)["Statement"]
    _put(site, bucket, [each for each in before if each["Sid"] not in ("KmsOnly", "OwnKeyOnly", "NamedKeyOnly")])
    yield
    _put(site, bucket, before)


@hole("s3-closed-to-public B")
def public_access_block_off(site: Site) -> Generator[None]:
    s3, bucket = site.aws("s3"), site.b.outputs["dataBucket"]
    before = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    s3.delete_public_access_block(Bucket=bucket)
    yield
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=before)


@hole("s3-closed-to-public B")
def access_lists_on(site: Site) -> Generator[None]:
    s3, bucket = site.aws("s3"), site.b.outputs["backupBucket"]
    before = s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]
    s3.put_bucket_ownership_controls(
        Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
    )
    yield
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=before)


@hole("s3-default-key B")
def default_key_of_s3(site: Site) -> Generator[None]:
    s3, bucket = site.aws("s3"), site.b.outputs["backupBucket"]
    before = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
    plain = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=plain)
    yield
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=before)
