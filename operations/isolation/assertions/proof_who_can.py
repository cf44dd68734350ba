"""Of all who are no tenant, only those by whom it is meant reach what is the tenant's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from operations.isolation import outside, policies, proving
from operations.isolation.model import Assertion, Level, Outcome, Party, Report
from operations.isolation.ports import Case
from operations.isolation.proof.world import Principal
from stacks.resources.encryption.spec import EncryptionSpec

ASSERTION = Assertion(
    id="proof-who-can",
    numbers=(14,),
    claim="Nobody but its roles, the deployer and its services decrypts what is a tenant's; no other account reads it.",
    kind="encryption",
    level=Level.PROOF,
    answers=("encryption.NEIGHBOURS_CANNOT_DECRYPT",),
    control="A request exists by which the tenant's own role decrypts.",
    remedy="Look at the policy that is named as letting it through, and put it back: `tenant apply TENANT --refresh`.",
)
_DECRYPT: Final = ("kms:CreateGrant", "kms:Decrypt", "kms:ReEncrypt*")
_READ: Final = ("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject")
_LIST: Final = ("s3:ListBucket", "s3:ListBucketVersions", "s3:PutBucketPolicy")
_TAKE_ON: Final = ("sts:AssumeRole", "sts:TagSession")
_NAMED: Final = re.compile(r"arn:aws:iam::\d{12}:(?:role|user)/[^\"*?]+")


def check(case: Case) -> Report:
    """Over the tenant's key, for whoever its policy names and for somebody else who may do all; then from outside."""
    a, key, given = case.a, proving.key(case, case.a), proving.contexts(case.a)
    own = proving.asked("its own role", proving.role(case, a), ("kms:Decrypt",), [key], given[0])
    strangers = [*_in_the_account(case), outside.anybody(outside.ACCOUNT)]
    decrypting = (
        proving.asked(f"its key by {who.name}", who, _DECRYPT, [key], context) for who in strangers for context in given
    )
    return Report((own,), (*decrypting, *_from_outside(case)))


def _in_the_account(case: Case) -> Iterator[Principal]:
    """Whom the key's policy names and should not, and somebody whom no policy names: all may do everything by IAM."""
    a = case.a
    account, deployer = a.blueprint.account, a.blueprint.of(EncryptionSpec).deployer
    # where the account itself is the deployer, as on the local cloud, whoever it lets through a service is meant
    direct = () if deployer.endswith(":root") else None
    for name in (f"arn:aws:iam::{account}:role/tenant-verify-nobody", *sorted(_named(case) - _meant(a))):
        yield replace(outside.anybody(name.split(":")[4]), name=name, via=direct)


def _named(case: Case) -> set[str]:
    """Roles and users in the policy of its own key, but tenants': those are asked for pairwise, by proof-kms-use.

    A shared key names those who work for all its tenants.
    """
    a = case.a
    if a.blueprint.of(EncryptionSpec).context:
        return set()
    text = case.read("kms", "GetKeyPolicy", KeyId=a.said("keyArn"), PolicyName="default")["Policy"]
    return {name for name in _NAMED.findall(text) if not policies.strangers(name, a.slug)}


def _meant(party: Party) -> set[str]:
    spec = party.blueprint.of(EncryptionSpec)
    roles = {str(party.outputs[name]) for name in ("roleArn", "memberRoleArn") if party.outputs.get(name)}
    return {*roles, spec.deployer, *spec.service_roles}


def _from_outside(case: Case) -> Iterator[Outcome]:
    a, who = case.a, outside.anybody(outside.ACCOUNT)
    tried = {
        "objects": (_READ, proving.objects(case, a)),
        "buckets": (_LIST, proving.buckets(case, a)),
        "secrets": (proving.SECRET_ACTIONS, proving.secrets(case, a)),
        "role": (_TAKE_ON, [proving.trust(case, a)]),
    }
    for what, (actions, things) in tried.items():
        yield proving.asked(f"its {what} by another account", who, actions, things)
