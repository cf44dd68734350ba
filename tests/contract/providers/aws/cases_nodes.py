"""Cases of what EKS's nodes are made of."""

from __future__ import annotations

import base64

from engine.providers.port import Props
from tests.contract.providers.aws.case import Case, Live
from tests.contract.providers.aws.world import World


def _template(world: World, name: str) -> Props:
    return {
        "name": name,
        "description": "gpu nodes",
        "imageId": "ami-12c6146b",
        "instanceType": "g5.2xlarge",
        "updateDefaultVersion": True,
        "vpcSecurityGroupIds": [world.group(), world.group()],
        "userData": base64.b64encode(b"#!/bin/sh\n").decode(),
        "monitoring": {"enabled": True},
        "blockDeviceMappings": [
            {
                "deviceName": "/dev/xvda",
                "ebs": {
                    "encrypted": "true",
                    "kmsKeyId": world.key,
                    "volumeSize": 100,
                    "volumeType": "gp3",
                    "iops": 3000,
                    "throughput": 125,
                    "deleteOnTermination": "true",
                },
            }
        ],
        "metadataOptions": {
            "httpEndpoint": "enabled",
            "httpTokens": "required",
            "httpPutResponseHopLimit": 1,
            "instanceMetadataTags": "disabled",
        },
        "tagSpecifications": [
            {"resourceType": "instance", "tags": {"tenant": "acme"}},
            {"resourceType": "volume", "tags": {"tenant": "acme", "Name": name}},
        ],
        "tags": world.tags(name),
    }


def _with_interfaces(world: World, name: str) -> Props:
    interface = {
        "deviceIndex": 0,
        "associatePublicIpAddress": "false",
        "deleteOnTermination": "true",
        "securityGroups": [world.group()],
    }
    return {"name": name, "networkInterfaces": [interface], "tags": world.tags(name)}


def _another_version(world: World, live: Live) -> None:
    """What somebody makes in the console: a version with another image, and weaker metadata options."""
    data = {"ImageId": "ami-000c540e28953ace2", "MetadataOptions": {"HttpTokens": "optional"}}
    world.client("ec2").create_launch_template_version(LaunchTemplateId=live.id, LaunchTemplateData=data)


def _turned_back(world: World, live: Live) -> None:
    ec2 = world.client("ec2")
    ec2.create_launch_template_version(
        LaunchTemplateId=live.id, SourceVersion="1", LaunchTemplateData={"ImageId": "ami-000c540e28953ace2"}
    )


CASES = (
    Case(
        "aws:ec2/launchTemplate:LaunchTemplate",
        _template,
        update=lambda world, inputs: {
            "instanceType": "g5.4xlarge",
            "description": "larger",
            "userData": None,
            "metadataOptions": {**inputs["metadataOptions"], "httpPutResponseHopLimit": 2},
            "tagSpecifications": inputs["tagSpecifications"][:1],
        },
        replace=lambda world, _: {"name": world.unique("another")},
        drift={
            "imageId": _another_version,
            "metadataOptions": _another_version,
            "updateDefaultVersion": _turned_back,
        },
        refused={"instanceRequirements": {"memoryMib": {"min": 1}}},
    ),
    Case(
        "aws:ec2/launchTemplate:LaunchTemplate",
        _with_interfaces,
        update=lambda world, inputs: {"defaultVersion": None, "imageId": "ami-12c6146b"},
        replace=None,
        drift={"imageId": _another_version},
        refused={"vpcSecurityGroupIds": ["sg-0"]},
        label="-interfaces",
    ),
)
