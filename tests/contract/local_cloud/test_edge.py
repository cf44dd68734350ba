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
