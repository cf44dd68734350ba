"""Policies of endpoints."""

from __future__ import annotations

from stacks.policies.document import Document, allow, document


def own_account(account: str) -> Document:
    """Only this account's principals get through, so that nobody carries data out with another account's login."""
    ours = {"StringEquals": {"aws:PrincipalAccount": account}}
    return document(allow("OwnAccount", ["*"], Principal={"AWS": "*"}, Condition=ours))


def own_stores(account: str) -> Document:
    """That of what holds data: only this account's principals, and only to what is this account's.

    Else a workload that may be talked into it copies to a bucket or table of somebody else, who lets everybody write.
    """
    ours = {"StringEquals": {"aws:PrincipalAccount": account, "aws:ResourceAccount": account}}
    return document(allow("OwnAccount", ["*"], Principal={"AWS": "*"}, Condition=ours))


def objects(account: str) -> Document:
    """S3's: nothing is written or listed but here and by this account's principals; whoever may read an object does.

    Layers of images and packages lie in buckets of others, ECR's among them, and are read with links of theirs or
    without any login (ECR UserGuide, vpc-endpoints).
    """
    reading = allow("Reading", ["s3:GetObject"], Principal={"AWS": "*"})
    return document(*own_stores(account)["Statement"], reading)
