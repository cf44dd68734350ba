"""A member's session reaches its own, by no request another's, and nobody else starts it or gives it another name."""

from __future__ import annotations

import pytest

from operations.isolation.proof import policy
from operations.isolation.proof.policy import Document
from operations.isolation.proof.prove import Assumptions, Verdict, find
from operations.isolation.proof.request import Absent, Assumption, Known
from operations.isolation.proof.world import Principal, Thing
from stacks.policies import bucket, document, workload
from stacks.policies.document import Document as Json
from tests.unit.operations.isolation.proof.given import ACCOUNT, REGION, WORKLOADS, Tenant

A = Tenant("taaaaaaaaa")
ONE, OTHER = "maaaaaaaa", "mbbbbbbbb"
PREFIX = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:acme-dev-{A.slug}-"
NAME = f"acme-dev-{A.slug}-member-workload"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/{NAME}"
BOUNDARY = policy.parse("boundary", workload.boundary(ACCOUNT, REGION, "acme", "dev"))


def access() -> Json:
    return workload.member_access(workload.Membership(f"arn:aws:s3:::{A.data}", "members", PREFIX, A.key_arn, REGION))


def member(name: str, held: Json | None = None) -> Principal:
    return Principal(
        name=ROLE,
        account=ACCOUNT,
        identity=(policy.parse("access", held or access()),),
        boundary=BOUNDARY,
        tags={"slug": A.slug, "member": name},
    )


def folder(name: str) -> Thing:
    own = bucket.tenant(A.data, A.key_arn, ACCOUNT, WORKLOADS, [A.role_name, NAME])
    return _thing(f"arn:aws:s3:::{A.data}/members/{name}/*", policy.parse("bucket", own))


def secret(name: str) -> Thing:
    own = policy.parse("secret", workload.secret(ACCOUNT, WORKLOADS, NAME))
    return _thing(f"{PREFIX}{name}-login-Ab12Cd", own)


def role(trust: Json | None = None) -> Thing:
    return _thing(ROLE, policy.parse("trust", trust or workload.member_trust(A.role_arn)))


def _thing(arn: str, own: Document) -> Thing:
    return Thing(arns=(arn,), account=ACCOUNT, policy=own, tags=None)


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"])
def test_its_own_folder_and_no_other(action: str) -> None:
    assert find(member(ONE), [action], [folder(ONE)]).verdict is Verdict.OPEN
    assert find(member(ONE), [action], [folder(OTHER), A.objects()]).verdict is Verdict.CLOSED


def test_its_own_secret_and_no_other() -> None:
    action = "secretsmanager:GetSecretValue"
    assert find(member(ONE), [action], [secret(ONE)]).verdict is Verdict.OPEN
    assert find(member(ONE), [action], [secret(OTHER), A.secret()]).verdict is Verdict.CLOSED
    widened = {**access(), "Statement": [{**each, "Resource": "*"} for each in access()["Statement"]]}
    assert find(member(ONE, widened), [action], [secret(OTHER)]).verdict is Verdict.OPEN
    assert find(member(ONE, widened), [action], [A.secret()]).verdict is Verdict.CLOSED


def test_who_left_gets_at_nothing_whoever_names_it() -> None:
    own = workload.Membership(f"arn:aws:s3:::{A.data}", "members", PREFIX, A.key_arn, REGION, left=[ONE])
    held = workload.member_access(own)
    for action, thing in (
        ("s3:GetObject", folder),
        ("s3:PutObject", folder),
        ("secretsmanager:GetSecretValue", secret),
    ):
        assert find(member(ONE, held), [action], [thing(ONE)]).verdict is Verdict.CLOSED
        assert find(member(OTHER, held), [action], [thing(OTHER)]).verdict is Verdict.OPEN


def tagged(*keys: str) -> Assumptions:
    """A request that brings session tags of these keys."""
    said: dict[str, Assumption] = {"aws:tagkeys": Known(keys), "aws:requesttag/member": Known((ONE,))}
    return Assumptions(keys=said)


def tenant() -> Principal:
    own = workload.Belongings("arn:data", "arn:backup", "", A.key_arn, [A.secret_arn], "arn:group", member_role=ROLE)
    return A.principal(access=workload.access(own))


def test_the_tenant_s_services_act_for_a_member_by_one_tag() -> None:
    assert find(tenant(), ["sts:AssumeRole"], [role()], tagged("member")).verdict is Verdict.OPEN
    assert find(tenant(), ["sts:AssumeRole"], [role()], tagged("member", "slug")).verdict is Verdict.CLOSED
    nobody = Assumptions(keys={"aws:requesttag/member": Absent()})
    assert find(tenant(), ["sts:AssumeRole"], [role()], nobody).verdict is Verdict.CLOSED


def test_without_the_rule_on_tags_another_slug_could_be_brought() -> None:
    trust = workload.member_trust(A.role_arn)
    del trust["Statement"][0]["Condition"]["ForAllValues:StringEquals"]
    assert find(tenant(), ["sts:AssumeRole"], [role(trust)], tagged("member", "slug")).verdict is Verdict.OPEN


def test_no_member_becomes_another_whatever_its_role_says() -> None:
    anything = document.document(document.allow("All", ["*"]))
    for who in (member(ONE), member(ONE, anything), Tenant("tbbbbbbbbb").principal(access=anything)):
        assert find(who, ["sts:AssumeRole", "sts:TagSession"], [role()]).verdict is Verdict.CLOSED
