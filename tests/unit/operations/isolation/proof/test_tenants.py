"""The documents of this project keep two tenants apart, and each lets its own tenant in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from operations.isolation import outside
from operations.isolation.proof.prove import Assumptions, find, who_can
from operations.isolation.proof.request import Known
from operations.isolation.proof.world import Endpoint, Thing
from stacks.policies import endpoint
from tests.unit.operations.isolation.proof import given
from tests.unit.operations.isolation.proof.given import ACCOUNT, ADMIN, DEPLOYER, A, B, Tenant, closed, opened

OBJECTS: Callable[[Tenant], Thing] = Tenant.objects
BUCKET: Callable[[Tenant], Thing] = Tenant.bucket
KEY: Callable[[Tenant], Thing] = Tenant.key
SECRET: Callable[[Tenant], Thing] = Tenant.secret
ROLE: Callable[[Tenant], Thing] = Tenant.role


@dataclass(frozen=True)
class Way:
    """Something that may be tried on a thing of a tenant."""

    action: str
    on: Callable[[Tenant], Thing]

    def __str__(self) -> str:
        return f"{self.action} on {self.on.__name__}"


OWN = [
    Way("s3:GetObject", OBJECTS),
    Way("s3:GetObjectVersion", OBJECTS),
    Way("s3:PutObject", OBJECTS),
    Way("s3:DeleteObject", OBJECTS),
    Way("s3:ListBucket", BUCKET),
    Way("kms:Encrypt", KEY),
    Way("kms:Decrypt", KEY),
    Way("kms:GenerateDataKey", KEY),
    Way("kms:GenerateDataKeyWithoutPlaintext", KEY),
    Way("kms:ReEncryptFrom", KEY),
    Way("kms:ReEncryptTo", KEY),
    Way("secretsmanager:GetSecretValue", SECRET),
]
"""What a tenant does with what is its own."""
NEVER = [
    Way("s3:PutObjectAcl", OBJECTS),
    Way("s3:RestoreObject", OBJECTS),
    Way("s3:PutBucketPolicy", BUCKET),
    Way("kms:CreateGrant", KEY),
    Way("kms:PutKeyPolicy", KEY),
    Way("kms:ScheduleKeyDeletion", KEY),
    Way("secretsmanager:PutResourcePolicy", SECRET),
    Way("sts:AssumeRole", ROLE),
    Way("sts:TagSession", ROLE),
    Way("iam:Put*", ROLE),
    Way("iam:Attach*", ROLE),
    Way("iam:Tag*", ROLE),
    Way("iam:UntagRole", ROLE),
    Way("iam:DeleteRolePermissionsBoundary", ROLE),
    Way("iam:UpdateAssumeRolePolicy", ROLE),
    Way("iam:PassRole", ROLE),
]
"""What no workload does with anything, its own included."""
ALL = [
    Way("s3:*", OBJECTS),
    Way("s3:*", BUCKET),
    Way("kms:*", KEY),
    Way("secretsmanager:*", SECRET),
    Way("iam:*", ROLE),
]


@pytest.mark.parametrize("way", OWN, ids=str)
def test_a_tenant_reaches_its_own(way: Way) -> None:
    proof = find(A.principal(), [way.action], [way.on(A)])
    assert opened(proof), proof


@pytest.mark.parametrize("way", [*OWN, *NEVER, *ALL], ids=str)
def test_a_tenant_reaches_nothing_of_another(way: Way) -> None:
    proof = find(A.principal(), [way.action], [way.on(B)])
    assert closed(proof), proof


@pytest.mark.parametrize("way", NEVER, ids=str)
def test_a_workload_changes_no_rules_not_even_its_own(way: Way) -> None:
    proof = find(A.principal(), [way.action], [way.on(A)])
    assert closed(proof), proof


@pytest.mark.parametrize("way", [each for each in NEVER if each.on is not ROLE or "iam" in each.action], ids=str)
def test_what_is_closed_to_workloads_is_open_to_an_administrator(way: Way) -> None:
    """The control of the test above: the questions themselves can be answered with a request."""
    proof = find(ADMIN, [way.action], [way.on(A)])
    assert opened(proof), proof


def test_the_deployer_makes_grants_through_services_only() -> None:
    proof = find(ADMIN, ["kms:CreateGrant"], [A.key()])
    assert proof.counterexample is not None
    assert set(proof.counterexample.matters) >= {"kms:viaservice", "kms:grantisforawsresource"}
    by_hand = Assumptions(keys={"kms:GrantIsForAWSResource": Known(("false",))})
    assert closed(find(ADMIN, ["kms:CreateGrant"], [A.key()], by_hand))


def test_pods_take_on_their_own_tenants_role() -> None:
    assert opened(find(A.pods(), ["sts:AssumeRole"], [A.role()]))
    assert opened(find(A.pods(), ["sts:TagSession"], [A.role()]))


def test_pods_take_on_no_other_tenants_role() -> None:
    assert closed(find(A.pods(), ["sts:AssumeRole"], [B.role()]))
    assert closed(find(A.pods(), ["sts:TagSession"], [B.role()]))


def test_a_bucket_stays_closed_when_its_neighbours_role_is_given_everything() -> None:
    wide = given.only(given.allow("*"))
    neighbour = A.principal(access=wide, boundary=wide)
    assert closed(find(neighbour, ["s3:*"], [B.objects(), B.bucket()]))
    assert closed(find(neighbour, ["secretsmanager:*"], [B.secret()]))


def test_a_key_stays_unusable_when_its_neighbours_role_is_given_everything() -> None:
    wide = given.only(given.allow("*"))
    neighbour = A.principal(access=wide, boundary=wide)
    uses = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*", "kms:CreateGrant"]
    assert closed(find(neighbour, uses, [B.key()]))
    assert opened(find(neighbour, ["kms:ScheduleKeyDeletion"], [B.key()]))


def test_who_can_read_a_tenants_objects_is_a_list() -> None:
    everyone = [A.principal(), B.principal(), ADMIN]
    assert who_can(["s3:GetObject"], A.objects(), everyone) == (A.role_arn, DEPLOYER)
    assert who_can(["kms:Decrypt"], A.key(), everyone) == (A.role_arn, DEPLOYER)
    assert who_can(["kms:PutKeyPolicy"], A.key(), everyone) == (DEPLOYER,)


def test_nothing_is_reached_in_clear_or_from_another_region() -> None:
    clear = Assumptions(keys={"aws:SecureTransport": Known(("false",))})
    abroad = Assumptions(keys={"aws:RequestedRegion": Known(("us-east-1",))})
    assert closed(find(A.principal(), ["s3:GetObject"], [A.objects()], clear))
    assert closed(find(A.principal(), ["s3:GetObject"], [A.objects()], abroad))


def test_an_endpoint_lets_its_own_account_through_and_no_other() -> None:
    ours = Assumptions(Endpoint("vpce-1", given.read("endpoint", endpoint.own_account(ACCOUNT))))
    others = Assumptions(Endpoint("vpce-1", given.read("endpoint", endpoint.own_account("999900001111"))))
    assert opened(find(A.principal(), ["s3:GetObject"], [A.objects()], ours))
    assert closed(find(A.principal(), ["s3:GetObject"], [A.objects()], others))


def test_stores_are_reached_through_an_endpoint_by_this_account_in_this_account_only() -> None:
    ours, theirs = outside.anybody(ACCOUNT), outside.anybody(outside.ACCOUNT)
    here, there = outside.open_to_all(ACCOUNT), outside.open_to_all(outside.ACCOUNT)
    for service, rules in (("s3", endpoint.objects), ("dynamodb", endpoint.own_stores)):
        way = Assumptions(Endpoint("vpce-1", given.read("endpoint", rules(ACCOUNT))))
        actions = outside.WRITES if service == "s3" else ["dynamodb:*"]
        assert opened(find(ours, actions, [here], way))
        assert closed(find(ours, actions, [there], way))
        assert closed(find(theirs, actions, [here, there], way))


def test_layers_in_buckets_of_others_are_read_through_the_endpoint_of_s3() -> None:
    way = Assumptions(Endpoint("vpce-1", given.read("endpoint", endpoint.objects(ACCOUNT))))
    there = outside.open_to_all(outside.ACCOUNT)
    assert opened(find(outside.anybody(outside.ACCOUNT), ["s3:GetObject"], [there], way))
    assert closed(find(outside.anybody(outside.ACCOUNT), ["s3:GetObjectAcl"], [there], way))
