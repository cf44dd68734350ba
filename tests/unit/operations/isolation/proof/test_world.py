"""How a Principal element names somebody, and what that is worth."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from operations.isolation.proof import world
from operations.isolation.proof.policy import Who
from operations.isolation.proof.prove import find
from operations.isolation.proof.world import Kind, Principal, Standing, Thing, standings
from tests.unit.operations.isolation.proof.given import allow, closed, deny, only, opened, read

ROLE = Principal(name="arn:aws:iam::1:role/path/a", account="1")
USER = Principal(name="arn:aws:iam::1:user/a", account="1", kind=Kind.USER)
SERVICE = Principal(name="s3.amazonaws.com", account="1", kind=Kind.SERVICE)


@pytest.mark.parametrize(
    ("principal", "kind", "name", "standing"),
    [
        (ROLE, "AWS", "*", Standing.DIRECT),
        (SERVICE, "AWS", "*", Standing.DIRECT),
        (ROLE, "AWS", ROLE.name, Standing.ROLE),
        (USER, "AWS", USER.name, Standing.DIRECT),
        (ROLE, "AWS", "1", Standing.ACCOUNT),
        (ROLE, "AWS", "arn:aws:iam::1:root", Standing.ACCOUNT),
        (ROLE, "AWS", "arn:aws:sts::1:assumed-role/a/anything", Standing.DIRECT),
        (ROLE, "AWS", "AROAEXAMPLE", Standing.UNSURE),
        (ROLE, "AWS", "arn:aws:iam::1:role/*", Standing.UNSURE),
        (ROLE, "CanonicalUser", "79a5", Standing.UNSURE),
        (SERVICE, "Service", "s3.amazonaws.com", Standing.DIRECT),
    ],
)
def test_a_name_has_a_standing(principal: Principal, kind: str, name: str, standing: Standing) -> None:
    assert standings(principal, Who(((kind, name),))) == {standing}


@pytest.mark.parametrize(
    ("principal", "kind", "name"),
    [
        (ROLE, "AWS", "arn:aws:iam::1:role/a"),
        (ROLE, "AWS", "arn:aws:iam::2:root"),
        (ROLE, "AWS", "2"),
        (ROLE, "AWS", "arn:aws:sts::1:assumed-role/b/a"),
        (ROLE, "AWS", "arn:aws:sts::2:assumed-role/a/x"),
        (ROLE, "Service", "s3.amazonaws.com"),
        (SERVICE, "AWS", "1"),
        (SERVICE, "Service", "ec2.amazonaws.com"),
    ],
)
def test_a_name_of_others_has_none(principal: Principal, kind: str, name: str) -> None:
    assert not standings(principal, Who(((kind, name),)))


@pytest.mark.parametrize("action", ["*", "*:Get", "s?:GetObject", "GetObject"])
def test_an_action_says_its_service(action: str) -> None:
    with pytest.raises(ValueError, match="service"):
        world.voice(action)


def within(principal: Principal, own: dict[str, Any], account: str = "1", action: str = "s3:GetObject") -> bool:
    thing = Thing(arns=("arn:aws:s3:::x/*",), account=account, policy=read("own", only(own)))
    proof = find(principal, [action], [thing])
    assert opened(proof) or closed(proof), proof
    return opened(proof)


def may(principal: Principal, *actions: str) -> Principal:
    return replace(principal, identity=(read("access", only(allow(*actions))),))


def bound(principal: Principal, *actions: str) -> Principal:
    return replace(principal, boundary=read("boundary", only(allow(*actions))))


def test_a_grant_to_a_role_is_cut_down_by_its_boundary_and_one_to_its_session_is_not() -> None:
    role, session = allow("s3:*", Principal={"AWS": ROLE.name}), "arn:aws:sts::1:assumed-role/a/s"
    assert within(ROLE, role)
    assert not within(bound(ROLE, "kms:*"), role)
    assert within(bound(ROLE, "kms:*", "s3:GetObject"), role)
    assert within(bound(ROLE, "kms:*"), allow("s3:*", Principal={"AWS": session}))
    assert within(bound(ROLE, "kms:*"), allow("s3:*", Principal="*"))


def test_a_grant_to_a_user_is_not_cut_down_by_its_boundary() -> None:
    assert within(bound(USER, "kms:*"), allow("s3:*", Principal={"AWS": USER.name}))


def test_a_grant_to_the_account_leaves_it_to_the_role() -> None:
    account = allow("*", Principal={"AWS": "1"})
    assert not within(ROLE, account)
    assert within(may(ROLE, "s3:*"), account)
    assert not within(may(ROLE, "kms:*"), allow("kms:*", Principal={"AWS": "2"}), action="kms:Decrypt")
    assert within(may(ROLE, "kms:*"), allow("kms:*", Principal={"AWS": "1"}), action="kms:Decrypt")


def test_another_accounts_thing_needs_both_sides() -> None:
    named, account = allow("s3:*", Principal={"AWS": ROLE.name}), allow("s3:*", Principal={"AWS": "1"})
    assert not within(ROLE, named, account="2")
    assert not within(may(ROLE, "s3:*"), allow("s3:*", Principal={"AWS": "3"}), account="2")
    assert within(may(ROLE, "s3:*"), named, account="2")
    assert within(may(ROLE, "s3:*"), account, account="2")


def test_a_deny_wins_wherever_it_stands() -> None:
    everyone = allow("s3:*", Principal="*")
    denied = read("wall", only(deny("s3:Get*")))
    assert not within(replace(ROLE, identity=(denied,)), everyone)
    assert not within(replace(ROLE, boundary=denied), everyone)
    assert not within(replace(ROLE, session=(denied,)), everyone)
    assert not within(replace(ROLE, guardrails=(denied,)), everyone)
    assert not within(may(ROLE, "s3:*"), deny("s3:*", Principal={"AWS": "arn:aws:iam::1:root"}))
    assert not within(may(ROLE, "s3:*"), deny("s3:*", NotPrincipal={"AWS": USER.name}))


def test_session_policies_and_guardrails_must_allow_too() -> None:
    little = read("little", only(allow("kms:*")))
    mine = may(ROLE, "s3:*")
    unspoken = allow("s3:*", Principal={"AWS": "2"})
    assert within(mine, unspoken)
    assert not within(replace(mine, session=(little,)), unspoken)
    assert not within(replace(mine, guardrails=(little,)), unspoken)


def test_a_key_whose_policy_is_not_known_is_not_called_closed() -> None:
    key = Thing(arns=("arn:aws:kms:r:1:key/k",), account="1")
    assert not closed(find(may(ROLE, "kms:*"), ["kms:Decrypt"], [key]))
    assert closed(find(ROLE, ["kms:Decrypt"], [key]))
