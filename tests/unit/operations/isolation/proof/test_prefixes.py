"""Tenants that share a bucket and a key: a prefix, a tag and an encryption context keep them apart."""

from __future__ import annotations

import pytest

from operations.isolation.proof.prove import Assumptions, Proof, find
from operations.isolation.proof.request import Absent, Assumption, Known
from operations.isolation.proof.world import Principal, Thing
from tests.unit.operations.isolation.proof import given
from tests.unit.operations.isolation.proof.given import ACCOUNT, allow, closed, deny, only, opened

BUCKET = "arn:aws:s3:::shared"
KEY = "arn:aws:kms:eu-central-1:111122223333:key/shared"
TAG = "${aws:PrincipalTag/slug}"
OBJECTS = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
USES = ["kms:Decrypt", "kms:GenerateDataKey"]

BOUNDARY = only(
    allow(*OBJECTS, on=f"{BUCKET}/{TAG}/*"),
    allow("s3:ListBucket", on=BUCKET, Condition={"StringLike": {"s3:prefix": f"{TAG}/*"}}),
    allow(*USES, on=KEY, Condition={"StringEquals": {"kms:EncryptionContext:tenant": TAG}}),
)
OWN = only(
    {"Sid": "OwnPrefix", "Effect": "Deny", "Action": OBJECTS, "NotResource": f"{BUCKET}/{TAG}/*", "Principal": "*"},
    deny("s3:ListBucket", on=BUCKET, Principal="*", Condition={"StringNotLike": {"s3:prefix": f"{TAG}/*"}}),
    deny("s3:ListBucket", on=BUCKET, Principal="*", Condition={"Null": {"s3:prefix": "true"}}),
)
KEY_POLICY = only(allow("kms:*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}))


def role(slug: str, *, wide: bool = False) -> Principal:
    access = only(
        allow(*OBJECTS, on=f"{BUCKET}/{slug}/*"),
        allow("s3:ListBucket", on=BUCKET, Condition={"StringLike": {"s3:prefix": [f"{slug}/*"]}}),
        allow(*USES, on=KEY, Condition={"StringEquals": {"kms:EncryptionContext:tenant": slug}}),
    )
    return Principal(
        name=f"arn:aws:iam::{ACCOUNT}:role/acme-dev-{slug}-workload",
        account=ACCOUNT,
        identity=(given.read("access", only(allow("*")) if wide else access),),
        boundary=given.read("boundary", BOUNDARY),
        tags={"slug": slug},
    )


def objects(slug: str) -> Thing:
    return given.thing(f"{BUCKET}/{slug}/*", "bucket", OWN)


LISTING = given.thing(BUCKET, "bucket", OWN)
SHARED_KEY = given.thing(KEY, "key", KEY_POLICY)


def under(key: str, value: Assumption) -> Assumptions:
    return Assumptions(keys={key: value})


def listing(principal: Principal, prefix: Assumption) -> Proof:
    return find(principal, ["s3:ListBucket"], [LISTING], under("s3:prefix", prefix))


@pytest.mark.parametrize("action", OBJECTS)
def test_objects_under_the_own_prefix_are_reached_and_others_are_not(action: str) -> None:
    assert opened(find(role("ta"), [action], [objects("ta")]))
    assert closed(find(role("ta"), [action], [objects("tb")]))


@pytest.mark.parametrize("action", OBJECTS)
def test_a_prefix_that_begins_like_the_own_is_another(action: str) -> None:
    assert closed(find(role("ta"), [action], [objects("tab"), objects("t"), objects("")]))


@pytest.mark.parametrize("wide", [False, True], ids=["by its policy", "by boundary and bucket alone"])
def test_a_listing_is_of_the_own_prefix(wide: bool) -> None:
    who = role("ta", wide=wide)
    assert opened(listing(who, Known(("ta/",))))
    assert opened(listing(who, Known(("ta/models/",))))
    for other in (Known(("tb/",)), Known(("",)), Known(("t",)), Known(("ta",)), Known(("tab/",)), Absent()):
        assert closed(listing(who, other)), other


def test_a_role_with_every_right_is_kept_to_its_prefix_by_boundary_and_bucket() -> None:
    who = role("ta", wide=True)
    assert opened(find(who, OBJECTS, [objects("ta")]))
    assert closed(find(who, OBJECTS, [objects("tb")]))
    unbound = Principal(name=who.name, account=ACCOUNT, identity=who.identity, tags={"slug": "ta"})
    assert closed(find(unbound, OBJECTS, [objects("tb")]))


@pytest.mark.parametrize("action", USES)
def test_a_shared_key_is_used_in_the_own_context_only(action: str) -> None:
    context = "kms:EncryptionContext:tenant"
    assert opened(find(role("ta"), [action], [SHARED_KEY]))
    assert opened(find(role("ta"), [action], [SHARED_KEY], under(context, Known(("ta",)))))
    assert closed(find(role("ta"), [action], [SHARED_KEY], under(context, Known(("tb",)))))
    assert closed(find(role("ta"), [action], [SHARED_KEY], under(context, Absent())))


def test_a_role_without_its_tag_reaches_nothing() -> None:
    who = role("ta", wide=True)
    untagged = Principal(name=who.name, account=ACCOUNT, identity=who.identity, boundary=who.boundary)
    assert closed(find(untagged, OBJECTS, [objects("ta"), objects("tb")]))
    assert closed(find(untagged, USES, [SHARED_KEY]))


def test_whoever_may_choose_the_tag_reaches_everything() -> None:
    who = role("ta", wide=True)
    chooser = Principal(
        name=who.name,
        account=ACCOUNT,
        identity=who.identity,
        boundary=who.boundary,
        tags={"slug": "ta"},
        open_tags=True,
    )
    proof = find(chooser, OBJECTS, [objects("tb")])
    assert opened(proof)
    assert proof.counterexample is not None
    assert set(proof.counterexample.matters) == {"aws:principaltag/slug"}
