"""Load balancers and certificates refuse and wait as AWS's do."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from engine.local_cloud import LocalCloud
from tests.contract.local_cloud import clients
from tests.contract.local_cloud.conftest import Network


def test_a_protected_load_balancer_is_not_deleted(local_cloud: LocalCloud, network: Network, name: str) -> None:
    elb = clients.of(local_cloud, "elbv2")
    arn = elb.create_load_balancer(Name=name, Subnets=list(network.subnets))["LoadBalancers"][0]["LoadBalancerArn"]

    def protect(value: str) -> None:
        attribute = {"Key": "deletion_protection.enabled", "Value": value}
        elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[attribute])

    protect("true")
    with pytest.raises(ClientError, match="deletion protection") as refused:
        elb.delete_load_balancer(LoadBalancerArn=arn)
    assert clients.code(refused.value) == "OperationNotPermitted"
    protect("false")
    elb.delete_load_balancer(LoadBalancerArn=arn)
    with pytest.raises(ClientError, match="not"):
        elb.describe_load_balancers(LoadBalancerArns=[arn])


def test_a_certificate_is_issued_once_the_record_that_proves_it_stands_in_a_zone(
    local_cloud: LocalCloud, name: str
) -> None:
    acm, route53 = clients.of(local_cloud, "acm"), clients.of(local_cloud, "route53")
    domain = f"{name}.example"
    arn = acm.request_certificate(DomainName=domain, ValidationMethod="DNS")["CertificateArn"]

    def told() -> dict[str, Any]:
        return acm.describe_certificate(CertificateArn=arn)["Certificate"]

    assert told()["Status"] == "PENDING_VALIDATION"
    proof = told()["DomainValidationOptions"][0]["ResourceRecord"]
    zone = route53.create_hosted_zone(Name=domain, CallerReference=name)["HostedZone"]["Id"]

    def put(value: str) -> None:
        record = {"Name": proof["Name"], "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": value}]}
        changes = [{"Action": "UPSERT", "ResourceRecordSet": record}]
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})

    put("another.example.")
    assert told()["Status"] == "PENDING_VALIDATION"
    put(proof["Value"])
    assert told()["Status"] == "ISSUED"


def test_a_record_is_made_once_and_again_when_it_is_gone(local_cloud: LocalCloud, name: str) -> None:
    route53 = clients.of(local_cloud, "route53")
    domain = f"{name}.example"
    zone = route53.create_hosted_zone(Name=domain, CallerReference=name)["HostedZone"]["Id"]

    def change(action: str, start: str, value: str = "elsewhere.example") -> None:
        record = {"Name": f"{start}.{domain}", "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": value}]}
        changes = [{"Action": action, "ResourceRecordSet": record}]
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})

    change("CREATE", "later")
    change("CREATE", "a")
    for value in ("elsewhere.example", "another.example"):
        with pytest.raises(ClientError, match="already exists"):
            change("CREATE", "a", value)
    change("DELETE", "a")
    change("CREATE", "a")
    change("DELETE", "a")
    kept = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    assert [each["Name"] for each in kept if each["Type"] == "CNAME"] == [f"later.{domain}."]


def test_a_web_acl_is_kept_while_something_stands_behind_it_and_an_update_says_everything(
    local_cloud: LocalCloud, network: Network, name: str
) -> None:
    elb, waf = clients.of(local_cloud, "elbv2"), clients.of(local_cloud, "wafv2")
    seen = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "m"}
    rate: dict[str, Any] = {"RateBasedStatement": {"Limit": 100, "AggregateKeyType": "IP"}}
    rule: dict[str, Any] = {
        "Name": "r",
        "Priority": 1,
        "Action": {"Block": {}},
        "Statement": rate,
        "VisibilityConfig": seen,
    }
    fixed: dict[str, Any] = {"Name": name, "Scope": "REGIONAL"}
    shape: dict[str, Any] = {"DefaultAction": {"Allow": {}}, "VisibilityConfig": seen}
    acl = waf.create_web_acl(**fixed, **shape, Rules=[rule], Description="d")["Summary"]
    balancer = elb.create_load_balancer(Name=name, Subnets=list(network.subnets))["LoadBalancers"][0]["LoadBalancerArn"]
    waf.associate_web_acl(WebACLArn=acl["ARN"], ResourceArn=balancer)
    with pytest.raises(ClientError) as refused:
        waf.delete_web_acl(**fixed, Id=acl["Id"], LockToken=acl["LockToken"])
    assert clients.code(refused.value) == "WAFAssociatedItemException"
    token = waf.update_web_acl(**fixed, **shape, Id=acl["Id"], LockToken=acl["LockToken"])["NextLockToken"]
    found = waf.get_web_acl(**fixed, Id=acl["Id"])["WebACL"]
    assert (found["Rules"], found.get("Description", "")) == ([], "")
    elb.delete_load_balancer(LoadBalancerArn=balancer)
    waf.delete_web_acl(**fixed, Id=acl["Id"], LockToken=token)


def test_a_listing_that_wakes_every_service_stops_no_change(local_cloud: LocalCloud) -> None:
    ec2 = clients.of(local_cloud, "ec2")
    assert ec2.describe_vpc_endpoint_services()["ServiceNames"]
    ec2.delete_vpc(VpcId=ec2.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"])
