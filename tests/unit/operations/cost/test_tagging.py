"""Live tags against those of the blueprint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.cost import tagging
from operations.cost.tagging import Carried, Finding, Holder, Resource

TAGS = {"cost-center": "CC-1", "environment": "local", "managed-by": "tenant", "stack": "local.t1", "tenant": "acme"}
ACME = Holder("acme", "local.t1", "us-east-1", TAGS)
WANTED = {**TAGS, "Name": "demo-local-t1-data", "isolation": "silo"}
BUCKET = Resource("arn:aws:s3:::data", "aws:s3/bucket:Bucket", ACME, "us-east-1", WANTED, row={})
SNAPSHOT = "arn:aws:rds:us-east-1:1:snapshot:x"


def without(*keys: str, **more: str) -> dict[str, str]:
    return {key: value for key, value in WANTED.items() if key not in keys} | more


@dataclass(frozen=True)
class Case:
    id: str
    live: Mapping[str, str]
    missing: tuple[str, ...] = ()
    wrong: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


CASES = [
    Case("a key is not there", without("tenant"), missing=("tenant",)),
    Case("nothing is there", {}, missing=tuple(sorted(WANTED))),
    Case("a value is another one", without(tenant="globex"), wrong=[("tenant", "value")]),
    Case("a value is in another case", without(tenant="Acme"), wrong=[("tenant", "value")]),
    Case("a key is in another case", without("tenant", Tenant="acme"), wrong=[("Tenant", "case")]),
    Case("a key is there in two cases", without(Tenant="acme"), wrong=[("Tenant", "case")]),
]


def judged(live: Mapping[str, str] | None, resource: Resource = BUCKET) -> Finding:
    found = tagging.judge(resource, live)
    assert found is not None
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_differs_is_told_once(case: Case) -> None:
    found = judged(case.live)
    assert found.missing == case.missing
    assert [(each.key, each.why) for each in found.wrong] == case.wrong


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_is_mended_has_nothing_wrong_any_more(case: Case) -> None:
    mended = judged({**case.live, "team": "theirs"}).mended
    assert tagging.judge(BUCKET, mended) is None
    assert mended["team"] == "theirs"


@given(st.dictionaries(st.sampled_from([*WANTED, "Tenant", "TENANT", "Stack", "team"]), st.sampled_from("ab")))
def test_whatever_is_there_one_mend_is_enough(live: dict[str, str]) -> None:
    found = tagging.judge(BUCKET, live)
    assert tagging.judge(BUCKET, found.mended if found else live) is None


def test_tags_of_others_are_no_fault() -> None:
    assert tagging.judge(BUCKET, {**WANTED, "team": "theirs"}) is None


def test_what_is_gone_is_said_and_not_mended() -> None:
    found = judged(None)
    assert found.gone
    assert not found.mendable
    assert found.counts


def test_what_can_t_carry_tags_is_no_fault() -> None:
    assert not tagging.untaggable(BUCKET).counts


def stray(tags: Mapping[str, str], parent: str = "", arn: str = SNAPSHOT) -> list[Resource]:
    recorded = {"arn:aws:rds:us-east-1:1:db:acme": BUCKET}
    return [found for found, _ in tagging.strangers([Carried(arn, tags, parent)], recorded, [ACME], "local")]


def test_what_aws_made_of_a_tenant_s_thing_belongs_to_the_tenant_without_any_tag() -> None:
    (found,) = stray({}, parent="arn:aws:rds:us-east-1:1:db:acme")
    assert found.holder is ACME
    assert judged({}, found).missing == tuple(sorted(TAGS))


def test_what_belongs_to_a_node_that_no_state_has_is_the_node_s_tenant_s() -> None:
    node = Carried("arn:aws:ec2:us-east-1:1:instance/i-1", TAGS)
    disk = Carried("arn:aws:ec2:us-east-1:1:volume/vol-1", {}, node.arn)
    found = {each.type: each for each, _ in tagging.strangers([node, disk], {}, [ACME], "local")}
    assert found["ec2:volume"].holder is ACME
    assert judged({}, found["ec2:volume"]).missing == tuple(sorted(TAGS))


@pytest.mark.parametrize("tags", [{"Stack": "local.t1"}, {"tenant": "acme"}, {"TENANT": "acme"}])
def test_what_says_whose_it_is_in_any_case_is_judged_as_theirs(tags: dict[str, str]) -> None:
    (found,) = stray(tags)
    assert found.holder is ACME
    assert (found.type, found.region) == ("rds:snapshot", "us-east-1")


@pytest.mark.parametrize(
    "tags",
    [
        {"tenant": "ghost", "environment": "local"},
        {"stack": "local.t9"},
        {"Managed-By": "tenant"},
        {"managed-by": "tenant", "tenant": "ghost"},
    ],
)
def test_what_says_it_is_ours_and_names_nobody_we_know_has_an_unknown_tenant(tags: dict[str, str]) -> None:
    (found,) = stray(tags)
    finding = judged(tags, found)
    assert finding.unknown_tenant
    assert not finding.mendable


@pytest.mark.parametrize(
    "tags",
    [
        {},
        {"team": "theirs"},
        {"tenant": "ghost"},
        {"environment": "production", "tenant": "acme", "managed-by": "tenant"},
        {"stack": "production.t1"},
    ],
)
def test_what_is_of_others_is_left_out(tags: dict[str, str]) -> None:
    assert stray(tags) == []


def test_what_a_state_knows_is_no_stranger() -> None:
    assert stray(TAGS, arn="arn:aws:rds:us-east-1:1:db:acme") == []


def test_an_id_used_again_belongs_to_the_newest_incarnation() -> None:
    newer = Holder("acme", "local.t2", "us-east-1", {**TAGS, "stack": "local.t2"})
    found = list(tagging.strangers([Carried(SNAPSHOT, {"tenant": "acme"})], {}, [ACME, newer], "local"))
    assert found[0][0].holder is newer
