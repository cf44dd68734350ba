"""An account that nobody here knows, for proofs: its logins may do everything, its things let everybody in. Pure."""

from __future__ import annotations

from typing import Final

from operations.isolation.proof import policy
from operations.isolation.proof.policy import Document
from operations.isolation.proof.world import Principal, Thing

ACCOUNT: Final = "999999999999"
WRITES: Final = (
    "s3:Abort*",
    "s3:Bypass*",
    "s3:Create*",
    "s3:Delete*",
    "s3:GetBucket*",
    "s3:List*",
    "s3:ObjectOwner*",
    "s3:Put*",
    "s3:Replicate*",
    "s3:Restore*",
)
"""What S3 does beside reading objects, by how its actions begin."""
ANYTHING: Final[Document] = policy.parse(
    "anything", {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)
_EVERYBODY: Final[Document] = policy.parse(
    "policy that lets everybody in",
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}]},
)


def anybody(account: str) -> Principal:
    """A role of an account whose policies allow everything."""
    return Principal(name=f"arn:aws:iam::{account}:role/anybody", account=account, identity=(ANYTHING,))


def open_to_all(account: str) -> Thing:
    """Anything of an account, with a policy that allows everything to everybody."""
    return Thing(arns=("*",), account=account, policy=_EVERYBODY, tags=None)


def closed(account: str) -> Thing:
    """Anything of an account that has no policy of its own: only those of whoever asks count."""
    return Thing(arns=("*",), account=account, tags=None)
