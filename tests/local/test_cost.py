"""Cost, as finance meets it: told before, and tags that somebody changed put right in the cloud itself."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.local.conftest import Desk

pytestmark = pytest.mark.xdist_group("cost")


def found(desk: Desk, *args: str) -> list[dict[str, Any]]:
    """What is wrong with the tags of the tenant `dear`."""
    every = desk.run("cost", "tags", *args, "--output", "json").json["resources"]
    return [each for each in every if each["tenant"] == "dear" and not each["untaggable"]]


def spoil(desk: Desk, slug: str) -> None:
    """Tags changed past the tool, in services that the tagging API sees and in those that it does not."""
    outputs, rds, iam, s3 = desk.outputs("dear"), desk.aws("rds"), desk.aws("iam"), desk.aws("s3")
    databases = rds.describe_db_instances()["DBInstances"]
    arn = next(each["DBInstanceArn"] for each in databases if slug in each["DBInstanceIdentifier"])
    rds.remove_tags_from_resource(ResourceName=arn, TagKeys=["tenant"])
    rds.add_tags_to_resource(ResourceName=arn, Tags=[{"Key": "Tenant", "Value": "dear"}])
    role = outputs["roleArn"].rpartition("/")[2]
    iam.untag_role(RoleName=role, TagKeys=["stack", "tenant", "cost-center"])
    s3.delete_bucket_tagging(Bucket=outputs["dataBucket"])


def test_what_a_plan_says_it_costs_is_what_the_estimate_says(desk: Desk) -> None:
    desk.profile("dear")
    cost = desk.run("plan", "dear", "--output", "json").json["cost"]
    estimate = desk.run("cost", "estimate", "dear", "--output", "json").json
    assert cost["monthly_before"] == "0.00"
    assert cost["monthly_after"] == cost["delta"] == estimate["total"]
    assert Decimal(estimate["total"]) == sum(Decimal(line["monthly"]) for line in estimate["lines"] if line["monthly"])


def test_spoilt_tags_are_found_put_right_and_no_drift_is_left(desk: Desk) -> None:
    desk.profile("dear")
    assert "a month (+$" in desk.run("create", "dear").err
    assert found(desk) == []
    spoil(desk, desk.slug("dear"))
    spoilt = {each["type"]: each for each in found(desk)}
    assert spoilt["aws:iam/role:Role"]["missing"] == ["cost-center", "stack", "tenant"]
    assert [each["why"] for each in spoilt["aws:rds/instance:Instance"]["wrong"]] == ["case"]
    assert "tenant" in spoilt["aws:s3/bucket:Bucket"]["missing"]
    assert len(spoilt) == 3
    assert desk.try_("cost", "tags", "--detailed-exitcode").code == 6
    assert found(desk, "--fix") == []
    assert desk.run("drift", "dear", "--output", "json").json["tenants"][0]["drifted"] is False


def test_the_local_cloud_has_no_bill_to_split(desk: Desk) -> None:
    answer = desk.try_("cost", "tags-activate")
    assert answer.code == 4
    assert "no Cost Explorer" in answer.err
