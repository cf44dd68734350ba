"""A folder of a shared bucket: bucket, boundary and role each alone keep a neighbour out, and let its own in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from operations.isolation.proof import policy
from operations.isolation.proof.policy import Document
from operations.isolation.proof.prove import Verdict, find
from operations.isolation.proof.world import Principal, Thing
from stacks.policies import bucket, document, workload
from stacks.policies.document import Document as Json

ACCOUNT, REGION = "111122223333", "eu-central-1"
A, B = "taaaaaaaaa", "tbbbbbbbbb"
NAME, BACKUPS = "acme-dev-sccccccccc-objects", "acme-dev-sccccccccc-backups"
BUCKET = f"arn:aws:s3:::{NAME}"
ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")


def anything() -> Document:
    return policy.parse("anything", {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})


def boundary() -> Json:
    return workload.boundary(ACCOUNT, REGION, "acme", "dev", [NAME, BACKUPS])


def role(slug: str) -> Principal:
    own = workload.Belongings(
        data_bucket=BUCKET,
        backup_bucket=f"arn:aws:s3:::{BACKUPS}",
        container=slug,
        backup_container=slug,
        key=f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{slug}",
        secrets=[f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:acme-dev-{slug}-database-login-Ab12Cd"],
        log_group=f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/acme/dev/{slug}",
    )
    return Principal(
        name=f"arn:aws:iam::{ACCOUNT}:role/acme-dev-{slug}-workload",
        account=ACCOUNT,
        identity=(policy.parse("access", workload.access(own)),),
        boundary=policy.parse("boundary", boundary()),
        tags={"slug": slug},
    )


def folder(slug: str, *, fenced: bool) -> Thing:
    own = policy.parse("bucket", bucket.folders(NAME, ACCOUNT, "acme-dev-t*-workload")) if fenced else None
    return Thing(arns=(f"{BUCKET}/{slug}/*",), account=ACCOUNT, policy=own, tags=None)


FENCES = {
    "bucket": (replace(role(A), identity=(anything(),), boundary=None), True),
    "boundary": (replace(role(A), identity=(anything(),)), False),
    "role": (replace(role(A), boundary=None), False),
}


@pytest.mark.parametrize("fence", FENCES)
def test_each_fence_alone_is_enough(fence: str) -> None:
    who, fenced = FENCES[fence]
    assert find(who, ACTIONS, [folder(B, fenced=fenced)]).verdict is Verdict.CLOSED
    assert find(who, ACTIONS, [folder(A, fenced=fenced)]).verdict is Verdict.OPEN


def test_without_any_fence_it_is_open() -> None:
    who = replace(role(A), identity=(anything(),), boundary=None)
    assert find(who, ACTIONS, [folder(B, fenced=False)]).verdict is Verdict.OPEN


def test_a_boundary_that_leaves_the_bucket_s_name_open_reaches_keys_of_others() -> None:
    """Why it names them whole: a `*` goes on past the name, into a key with `-objects/<own slug>/` in it."""
    text = document.text(boundary()).replace("sccccccccc", "s*")
    wide = replace(role(A), identity=(anything(),), boundary=policy.parse("boundary", text))
    assert find(wide, ACTIONS, [folder(B, fenced=False)]).verdict is Verdict.OPEN
