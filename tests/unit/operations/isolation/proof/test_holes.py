"""Holes planted one by one: each is found, with a request that the evaluator allows, and is not there before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from operations.isolation.proof.concrete import Evaluator
from operations.isolation.proof.prove import Proof, find
from operations.isolation.proof.world import Kind, Principal, Thing
from stacks.policies import workload
from tests.unit.operations.isolation.proof import given
from tests.unit.operations.isolation.proof.given import (
    ACCOUNT,
    BOUNDARY,
    A,
    B,
    allow,
    closed,
    deny,
    minus,
    only,
    opened,
    plus,
)

WIDE = only(allow("*"))
OPEN_BUCKET = minus(B.bucket_policy(), "NoOtherTenant")
"""The bucket without its second wall, so that a hole in the first is one."""
OPEN_SECRET = only(allow("secretsmanager:GetSecretValue", Principal={"AWS": B.role_arn}))
SHARED = "arn:aws:s3:::shared"
SHARED_B = Thing(arns=(f"{SHARED}/tb/*",), account=ACCOUNT)
SHARED_BUCKET = Thing(arns=(SHARED,), account=ACCOUNT)
SHARED_KEY = "arn:aws:kms:eu-central-1:111122223333:key/shared"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/E"
SUBJECT = "oidc.eks.eu-central-1.amazonaws.com/id/E:sub"
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


@dataclass(frozen=True)
class Hole:
    """What was closed, and what opened it: `statement` is in the answer, and the keys of `needs` matter in it."""

    name: str
    action: str
    before: tuple[Principal, Thing]
    after: tuple[Principal, Thing]
    statement: str = "Hole"
    needs: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name


def identity(name: str, action: str, thing: Thing, *statements: dict[str, Any], needs: tuple[str, ...] = ()) -> Hole:
    """A hole in what the role may do, which is within its boundary."""
    after = A.principal(access=plus(A.access(), *statements))
    return Hole(name, action, (A.principal(), thing), (after, thing), needs=needs)


def own(name: str, action: str, before: Thing, after: Thing, statement: str = "Hole") -> Hole:
    """A hole in the policy of the thing itself."""
    return Hole(name, action, (A.principal(), before), (A.principal(), after), statement)


def shared(name: str, action: str, thing: Thing, tight: dict[str, Any], loose: dict[str, Any], *needs: str) -> Hole:
    """A hole in a policy that is all there is: no boundary, nothing on the thing."""
    before, after = (
        Principal(name=A.role_arn, account=ACCOUNT, identity=(given.read("access", only(each)),))
        for each in (tight, loose)
    )
    return Hole(name, action, (before, thing), (after, thing), needs=needs)


def tagged(name: str, resource: str, tags: dict[str, str], needs: tuple[str, ...]) -> Hole:
    """A hole that whoever chooses the role's tags can use."""
    access = (given.read("access", only(allow("s3:GetObject", on=resource))),)
    before = Principal(name=A.role_arn, account=ACCOUNT, identity=access, tags=tags)
    after = Principal(name=A.role_arn, account=ACCOUNT, identity=access, tags=tags, open_tags=True)
    return Hole(name, "s3:GetObject", (before, SHARED_B), (after, SHARED_B), needs=needs)


def web(sub: str) -> dict[str, Any]:
    statement = allow("sts:AssumeRoleWithWebIdentity", Principal={"Federated": PROVIDER})
    return only({**statement, "Condition": {"StringLike": {SUBJECT: sub}}})


ALICE = Principal(
    name=PROVIDER, account=ACCOUNT, kind=Kind.FEDERATED, context={SUBJECT: f"system:serviceaccount:{A.slug}:app"}
)
FOREIGN_PODS = Principal(
    name="pods.eks.amazonaws.com",
    account="999900001111",
    kind=Kind.SERVICE,
    context={"aws:SourceAccount": "999900001111", "aws:RequestTag/kubernetes-namespace": B.slug},
)
NO_TAGS = workload.trust(ACCOUNT, workload.Pods(B.slug), [])
del NO_TAGS["Statement"][0]["Condition"]["StringEquals"]["aws:RequestTag/kubernetes-namespace"]
NO_ACCOUNT = workload.trust(ACCOUNT, workload.Pods(B.slug), [])
del NO_ACCOUNT["Statement"][0]["Condition"]["StringEquals"]["aws:SourceAccount"]
CALLERS = {"StringEquals": {"kms:CallerAccount": ACCOUNT}}
VIA_BACKUP = {"StringEquals": {"kms:CallerAccount": ACCOUNT, "kms:ViaService": "backup.eu-central-1.amazonaws.com"}}

HOLES = [
    identity("objects of everybody", "s3:GetObject", B.objects(OPEN_BUCKET), allow("s3:GetObject")),
    identity(
        "objects of all tenants", "s3:PutObject", B.objects(OPEN_BUCKET), allow("s3:*", on="arn:aws:s3:::acme-dev-t*")
    ),
    identity(
        "question marks for a slug",
        "s3:GetObject",
        B.objects(OPEN_BUCKET),
        allow("s3:Get*", on="arn:aws:s3:::acme-dev-t?????????-data/*"),
    ),
    identity(
        "everything but",
        "s3:GetObject",
        B.objects(OPEN_BUCKET),
        {"Sid": "Hole", "Effect": "Allow", "NotAction": ["iam:*", "kms:*"], "Resource": "*"},
    ),
    identity(
        "everywhere but at home",
        "s3:GetObject",
        B.objects(OPEN_BUCKET),
        {"Sid": "Hole", "Effect": "Allow", "Action": "s3:GetObject", "NotResource": f"arn:aws:s3:::{A.data}/*"},
    ),
    identity(
        "listing of all tenants", "s3:ListBucket", B.bucket(OPEN_BUCKET), allow("s3:List*", on="arn:aws:s3:::acme-*")
    ),
    identity(
        "secrets of all tenants", "secretsmanager:GetSecretValue", B.secret(OPEN_SECRET), allow("secretsmanager:*")
    ),
    identity(
        "from inside the network",
        "s3:GetObject",
        B.objects(OPEN_BUCKET),
        allow("s3:GetObject", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
        needs=("aws:sourceip",),
    ),
    identity(
        "from a day on",
        "s3:GetObject",
        B.objects(OPEN_BUCKET),
        allow("s3:GetObject", Condition={"DateGreaterThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}}),
        needs=("aws:currenttime",),
    ),
    identity(
        "a few at a time",
        "s3:ListBucket",
        B.bucket(OPEN_BUCKET),
        allow("s3:ListBucket", Condition={"NumericLessThanEquals": {"s3:max-keys": "10"}}),
        needs=("s3:max-keys",),
    ),
    Hole(
        "a bucket that excepts every tenant",
        "s3:GetObject",
        (A.principal(access=WIDE, boundary=WIDE), B.objects()),
        (
            A.principal(access=WIDE, boundary=WIDE),
            B.objects(given.bucket.tenant(B.data, B.key_arn, ACCOUNT, given.WORKLOADS, ["acme-dev-t*-workload"])),
        ),
    ),
    own(
        "a bucket for everyone",
        "s3:GetObject",
        B.objects(OPEN_BUCKET),
        B.objects(plus(OPEN_BUCKET, allow("s3:GetObject", on=f"arn:aws:s3:::{B.data}/*", Principal="*"))),
    ),
    own(
        "a bucket for everyone else",
        "s3:GetObject",
        B.objects(OPEN_BUCKET),
        B.objects(plus(OPEN_BUCKET, allow("s3:GetObject", NotPrincipal={"AWS": B.role_arn}))),
    ),
    own(
        "a bucket for the neighbour",
        "s3:GetObject",
        B.objects(OPEN_BUCKET),
        B.objects(plus(OPEN_BUCKET, allow("s3:GetObject", Principal={"AWS": A.role_arn}))),
    ),
    own(
        "a bucket for the neighbour's session, past its boundary",
        "s3:GetObjectTagging",
        B.objects(OPEN_BUCKET),
        B.objects(
            plus(
                OPEN_BUCKET,
                allow("s3:GetObjectTagging", Principal={"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/{A.role_name}/x"}),
            )
        ),
    ),
    own(
        "a key for the whole account",
        "kms:Decrypt",
        B.key(),
        B.key(plus(B.key_policy(), allow("kms:Decrypt", Principal="*", Condition=CALLERS))),
    ),
    Hole(
        "a key that leaves it to IAM, and a role with kms:*",
        "kms:Decrypt",
        (A.principal(access=plus(A.access(), allow("kms:*"))), B.key()),
        (
            A.principal(access=plus(A.access(), allow("kms:*"))),
            B.key(plus(B.key_policy(), allow("kms:*", Principal=ROOT))),
        ),
    ),
    Hole(
        "a key for whoever comes through a service",
        "kms:Decrypt",
        (
            A.principal(via=("s3",)),
            B.key(plus(B.key_policy(), allow("kms:Decrypt", Principal="*", Condition=VIA_BACKUP))),
        ),
        (A.principal(), B.key(plus(B.key_policy(), allow("kms:Decrypt", Principal="*", Condition=VIA_BACKUP)))),
        needs=("kms:viaservice",),
    ),
    Hole(
        "no boundary around a wide role",
        "s3:GetObject",
        (A.principal(access=WIDE), given.thing("arn:aws:s3:::acme-dev-sc-audit/*", "bucket", None)),
        (
            A.principal(access=WIDE, boundary=only(allow("s3:*"))),
            given.thing("arn:aws:s3:::acme-dev-sc-audit/*", "bucket", None),
        ),
    ),
    Hole(
        "a wide role that changes others",
        "iam:PutRolePolicy",
        (A.principal(access=WIDE), B.role()),
        (A.principal(access=WIDE, boundary=WIDE), B.role()),
    ),
    Hole(
        "a wide role that is rid of its boundary",
        "iam:DeleteRolePermissionsBoundary",
        (A.principal(access=WIDE), A.role()),
        (A.principal(access=WIDE, boundary=minus(BOUNDARY, "NoIdentities") | only(allow("iam:*"))), A.role()),
    ),
    Hole(
        "a role that is handed on",
        "iam:PassRole",
        (A.principal(access=WIDE), B.role()),
        (A.principal(access=WIDE, boundary=plus(minus(BOUNDARY, "NoIdentities"), allow("iam:PassRole"))), B.role()),
    ),
    Hole(
        "trust in another namespace",
        "sts:AssumeRole",
        (A.pods(), B.role()),
        (A.pods(), B.role(workload.trust(ACCOUNT, workload.Pods(A.slug), []))),
        "Pods",
    ),
    Hole("trust in any namespace", "sts:AssumeRole", (A.pods(), B.role()), (A.pods(), B.role(NO_TAGS)), "Pods"),
    Hole(
        "trust in pods of any account",
        "sts:AssumeRole",
        (FOREIGN_PODS, B.role()),
        (FOREIGN_PODS, B.role(NO_ACCOUNT)),
        "Pods",
    ),
    Hole(
        "trust in any service account",
        "sts:AssumeRoleWithWebIdentity",
        (ALICE, B.role(web(f"system:serviceaccount:{B.slug}:app"))),
        (ALICE, B.role(web("system:serviceaccount:*:app"))),
    ),
    Hole(
        "trust in the neighbour's role",
        "sts:AssumeRole",
        (A.principal(boundary=WIDE), B.role()),
        (A.principal(boundary=WIDE), B.role(workload.trust(ACCOUNT, workload.Pods(B.slug), [A.role_arn]))),
        "Named",
    ),
    Hole(
        "trust in the account, and a role that may",
        "sts:AssumeRole",
        (A.principal(boundary=WIDE, access=WIDE), B.role()),
        (
            A.principal(boundary=WIDE, access=WIDE),
            B.role(workload.trust(ACCOUNT, workload.Pods(B.slug), [ROOT["AWS"]])),
        ),
        "Named",
    ),
    tagged(
        "a tag without a delimiter", f"{SHARED}/${{aws:PrincipalTag/slug}}*", {"slug": "ta"}, ("aws:principaltag/slug",)
    ),
    tagged(
        "a tag that anyone brings", f"{SHARED}/${{aws:PrincipalTag/slug}}/*", {"slug": "ta"}, ("aws:principaltag/slug",)
    ),
    shared(
        "a condition only if the key is there",
        "s3:ListBucket",
        Thing(arns=(SHARED,), account=ACCOUNT),
        allow(
            "s3:ListBucket",
            on=SHARED,
            Condition={"StringEquals": {"s3:prefix": "ta/", "s3:delimiter": "/"}, "Null": {"s3:prefix": "true"}},
        ),
        allow(
            "s3:ListBucket",
            on=SHARED,
            Condition={"StringEqualsIfExists": {"s3:prefix": "ta/"}, "Null": {"s3:prefix": "true"}},
        ),
    ),
    shared(
        "all values of none",
        "kms:Decrypt",
        given.thing(SHARED_KEY, "key", only(allow("kms:*", Principal=ROOT))),
        allow(
            "kms:Decrypt",
            Condition={
                "ForAnyValue:StringEquals": {"kms:EncryptionContextKeys": "tenant"},
                "Null": {"kms:EncryptionContextKeys": "true"},
            },
        ),
        allow(
            "kms:Decrypt",
            Condition={
                "ForAllValues:StringEquals": {"kms:EncryptionContextKeys": "tenant"},
                "Null": {"kms:EncryptionContextKeys": "true"},
            },
        ),
    ),
    shared(
        "a negation without the key",
        "s3:ListBucket",
        SHARED_BUCKET,
        allow(
            "s3:ListBucket",
            on=SHARED,
            Condition={"StringNotEquals": {"s3:prefix": "tb/"}, "StringEquals": {"s3:prefix": "tb/"}},
        ),
        allow("s3:ListBucket", on=SHARED, Condition={"StringNotEquals": {"s3:prefix": "tb/"}}),
    ),
    shared(
        "upper and lower case",
        "s3:ListBucket",
        SHARED_BUCKET,
        allow(
            "s3:ListBucket",
            on=SHARED,
            Condition={"StringEquals": {"s3:prefix": "TB/"}, "StringLike": {"s3:prefix": "tb*"}},
        ),
        allow(
            "s3:ListBucket",
            on=SHARED,
            Condition={"StringEqualsIgnoreCase": {"s3:prefix": "TB/"}, "StringLike": {"s3:prefix": "tb*"}},
        ),
        "s3:prefix",
    ),
    shared(
        "a wall with a gate",
        "s3:GetObject",
        SHARED_B,
        {**deny("s3:*"), "Sid": "Wall"},
        allow("s3:GetObject"),
    ),
]


def ask(hole: Hole, world: tuple[Principal, Thing]) -> Proof:
    principal, thing = world
    return find(principal, [hole.action], [thing])


@pytest.mark.parametrize("hole", HOLES, ids=str)
def test_what_a_hole_opens_was_closed_before(hole: Hole) -> None:
    proof = ask(hole, hole.before)
    assert closed(proof), proof


@pytest.mark.parametrize("hole", HOLES, ids=str)
def test_a_planted_hole_is_found_with_a_request_that_works(hole: Hole) -> None:
    proof = ask(hole, hole.after)
    assert opened(proof), proof
    found = proof.counterexample
    assert found is not None
    assert Evaluator(*hole.after).decide(found.request).allowed
    assert any(each.endswith(f"/{hole.statement}") for each in found.by), found.by
    assert set(hole.needs) <= set(found.matters), found


def test_there_are_many_holes() -> None:
    assert len(HOLES) >= 30
