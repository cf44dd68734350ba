"""Cases of what stands before the tenants: names, certificates, balancers, their filters."""

from __future__ import annotations

from typing import Any

from engine.providers.port import Props
from tests.contract.providers.aws.case import Case, Live
from tests.contract.providers.aws.world import World


def _zone_of(world: World, **inputs: Any) -> tuple[str, str]:
    """A new zone's id and name."""
    name = world.unique("zone")
    domain = f"{name}.example"
    made = world.make("aws:route53/zone:Zone", name, name=domain, tags=world.tags(name), forceDestroy=True, **inputs)
    return made.id, domain


def _zone(world: World, name: str) -> Props:
    return {"name": f"{name}.example", "comment": "tenants", "tags": world.tags(name)}


def _private_zone(world: World, name: str) -> Props:
    return {"name": f"{name}.internal", "vpcs": [{"vpcId": world.vpc}], "tags": world.tags(name)}


def _another_vpc(world: World, name: str) -> str:
    return world.make("aws:ec2/vpc:Vpc", name, cidrBlock="10.30.0.0/16", tags=world.tags(name)).id


def _joined(world: World, live: Live) -> None:
    network = {"VPCRegion": world.region, "VPCId": _another_vpc(world, world.unique("joined"))}
    world.client("route53").associate_vpc_with_hosted_zone(HostedZoneId=live.id, VPC=network)


def _recommented(world: World, live: Live) -> None:
    world.client("route53").update_hosted_zone_comment(Id=live.id, Comment="mine")


def _addresses(world: World, name: str) -> Props:
    zone, domain = _zone_of(world)
    return {"zoneId": zone, "name": f"acme.{domain}", "type": "A", "ttl": 60, "records": ["192.0.2.1", "192.0.2.2"]}


def _text(world: World, name: str) -> Props:
    zone, _ = _zone_of(world)
    return {"zoneId": zone, "name": "acme", "type": "TXT", "ttl": 300, "records": ["v=spf1 -all", "owner=acme"]}


def _alias(world: World, name: str) -> Props:
    zone, domain = _zone_of(world)
    alias = {"name": f"lb-1.{world.region}.elb.amazonaws.com", "zoneId": "Z35SXDOTRQ7X7K", "evaluateTargetHealth": True}
    return {"zoneId": zone, "name": domain, "type": "A", "aliases": [alias]}


def _repointed(record: Props) -> Any:
    def put(world: World, live: Live) -> None:
        inputs, route53 = live.inputs, world.client("route53")
        zone = route53.get_hosted_zone(Id=inputs["zoneId"])["HostedZone"]["Name"].rstrip(".")
        name = inputs["name"] if inputs["name"].endswith(zone) else f"{inputs['name']}.{zone}"
        change = {"Action": "UPSERT", "ResourceRecordSet": {"Name": name, "Type": inputs["type"], **record}}
        route53.change_resource_record_sets(HostedZoneId=inputs["zoneId"], ChangeBatch={"Changes": [change]})

    return put


def _certificate(world: World, name: str) -> Props:
    domain = f"{name}.example"
    return {
        "domainName": domain,
        "subjectAlternativeNames": [f"*.{domain}"],
        "validationMethod": "DNS",
        "options": {"certificateTransparencyLoggingPreference": "ENABLED"},
        "tags": world.tags(name),
    }


def _unlogged(world: World, live: Live) -> None:
    options = {"CertificateTransparencyLoggingPreference": "DISABLED"}
    world.client("acm").update_certificate_options(CertificateArn=live.id, Options=options)


def certificate(world: World) -> Props:
    """A certificate and the record that proves it, as a wait for it names them."""
    zone, domain = _zone_of(world)
    name = world.unique("certificate")
    made = world.make(
        "aws:acm/certificate:Certificate", name, domainName=domain, validationMethod="DNS", tags=world.tags(name)
    )
    (proof,) = made.outputs["domainValidationOptions"]
    record = world.make(
        "aws:route53/record:Record",
        name,
        zoneId=zone,
        name=proof["resourceRecordName"],
        type=proof["resourceRecordType"],
        ttl=60,
        records=[proof["resourceRecordValue"]],
    )
    return {"certificateArn": made.id, "validationRecordFqdns": [record.outputs["fqdn"]]}


CASES = (
    Case(
        "aws:route53/zone:Zone",
        _zone,
        update=lambda world, _: {"comment": "other tenants", "forceDestroy": True},
        replace=lambda world, _: {"name": "another.example"},
        drift={"comment": _recommented},
        refused={"enableAcceleratedRecovery": True},
    ),
    Case(
        "aws:route53/zone:Zone",
        _private_zone,
        update=lambda world, inputs: {"vpcs": [*inputs["vpcs"], {"vpcId": _another_vpc(world, world.unique("more"))}]},
        replace=None,
        drift={"vpcs": _joined},
        refused={"nonsense": 1},
        label="-private",
    ),
    Case(
        "aws:route53/record:Record",
        _addresses,
        update=lambda world, _: {"ttl": 300, "records": ["192.0.2.3"]},
        replace=lambda world, _: {"type": "AAAA"},
        drift={"records": _repointed({"TTL": 60, "ResourceRecords": [{"Value": "203.0.113.9"}]})},
        refused={"weightedRoutingPolicies": [{"weight": 1}]},
        foreign=lambda world, inputs: {**inputs, "ttl": 61},
    ),
    Case(
        "aws:route53/record:Record",
        _text,
        update=lambda world, inputs: {"records": [*inputs["records"], "more=1"]},
        replace=lambda world, _: {"name": "other"},
        drift={"ttl": _repointed({"TTL": 9, "ResourceRecords": [{"Value": '"owner=mallory"'}]})},
        refused={"healthCheckId": "x"},
        foreign=lambda world, inputs: {**inputs, "records": ["another"]},
        label="-text",
    ),
    Case(
        "aws:route53/record:Record",
        _alias,
        update=lambda world, inputs: {"aliases": [{**inputs["aliases"][0], "evaluateTargetHealth": False}]},
        replace=None,
        drift={"aliases": _repointed({"TTL": 60, "ResourceRecords": [{"Value": "203.0.113.9"}]})},
        refused={"aliases": [{"name": "a", "zoneId": "Z", "evaluateTargetHealth": True, "weight": 1}], "ttl": 60},
        foreign=lambda world, inputs: {**inputs, "aliases": [{**inputs["aliases"][0], "name": "other.example"}]},
        label="-alias",
    ),
    Case(
        "aws:acm/certificate:Certificate",
        _certificate,
        update=lambda world, _: {"options": {"certificateTransparencyLoggingPreference": "DISABLED"}},
        replace=lambda world, _: {"subjectAlternativeNames": ["another.example"]},
        drift={"options": _unlogged},
        refused={"privateKey": "key", "validationMethod": "EMAIL"},
    ),
    Case(
        "aws:acm/certificateValidation:CertificateValidation",
        lambda world, _: certificate(world),
        update=None,
        replace=lambda world, _: {"certificateArn": "arn:aws:acm:eu-west-1:123456789012:certificate/0"},
        drift={},
        refused={"nonsense": 1},
        lasts="a wait leaves nothing to delete",
    ),
)
