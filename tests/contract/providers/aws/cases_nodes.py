"""Cases of what EKS's nodes are made of."""

from __future__ import annotations

import base64
from typing import Any

from engine.providers.port import Props
from tests.contract.providers.aws.case import Case, Drift, Live
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


def _group_of_nodes(world: World) -> str:
    """The Auto Scaling group of a new node group, as EKS tells its name."""
    name = world.unique("nodes")
    made = world.make(
        "aws:eks/nodeGroup:NodeGroup",
        name,
        clusterName=world.cluster,
        nodeGroupName=name,
        nodeRoleArn=world.role_arn,
        subnetIds=world.subnets,
        scalingConfig={"minSize": 0, "maxSize": 5, "desiredSize": 1},
        tags=world.tags(name),
    )
    return str(made.outputs["resources"][0]["autoscalingGroups"][0]["name"])


def _schedule(world: World, name: str) -> Props:
    return {
        "autoscalingGroupName": _group_of_nodes(world),
        "scheduledActionName": name,
        "recurrence": "0 19 * * MON-FRI",
        "timeZone": "Europe/Berlin",
        "minSize": 0,
        "maxSize": 5,
        "desiredCapacity": 0,
    }


def _once(world: World, name: str) -> Props:
    times = {"startTime": "2037-01-31T06:00:00Z", "endTime": "2037-02-28T06:00:00Z"}
    sizes = {"minSize": -1, "maxSize": -1, "desiredCapacity": 3}
    return {"autoscalingGroupName": _group_of_nodes(world), "scheduledActionName": name, **times, **sizes}


def _reschedule(**change: Any) -> Drift:
    def put(world: World, live: Live) -> None:
        world.client("autoscaling").put_scheduled_update_group_action(
            AutoScalingGroupName=live.inputs["autoscalingGroupName"], ScheduledActionName=live.id, **change
        )

    return put


def _tag(world: World, name: str) -> Props:
    tag = {"key": "k8s.io/cluster-autoscaler/node-template/label/pool", "value": "gpu", "propagateAtLaunch": False}
    return {"autoscalingGroupName": _group_of_nodes(world), "tag": tag}


def _retag(world: World, live: Live) -> None:
    tag = {
        "ResourceId": live.inputs["autoscalingGroupName"],
        "ResourceType": "auto-scaling-group",
        "Key": live.inputs["tag"]["key"],
        "Value": "cpu",
        "PropagateAtLaunch": True,
    }
    world.client("autoscaling").create_or_update_tags(Tags=[tag])


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
    Case(
        "aws:autoscaling/schedule:Schedule",
        _schedule,
        update=lambda world, _: {"recurrence": "0 20 * * *", "timeZone": "Etc/UTC", "maxSize": 3, "minSize": -1},
        replace=lambda world, _: {"scheduledActionName": "another"},
        drift={
            "desiredCapacity": _reschedule(Recurrence="0 19 * * MON-FRI", DesiredCapacity=4, MinSize=0, MaxSize=5),
            "recurrence": _reschedule(Recurrence="0 7 * * *", DesiredCapacity=0, MinSize=0, MaxSize=5),
        },
        refused={"startTime": "tomorrow"},
    ),
    Case(
        "aws:autoscaling/schedule:Schedule",
        _once,
        update=lambda world, _: {"startTime": "2037-02-01T06:00:00Z", "endTime": None},
        replace=None,
        drift={"minSize": _reschedule(StartTime="2037-01-31T06:00:00Z", MinSize=2, DesiredCapacity=3)},
        refused={"endTime": "2037-01-31T06:00:00"},
        label="-once",
    ),
    Case(
        "aws:autoscaling/tag:Tag",
        _tag,
        update=lambda world, inputs: {"tag": {**inputs["tag"], "value": "cpu", "propagateAtLaunch": True}},
        replace=lambda world, inputs: {"tag": {**inputs["tag"], "key": "another"}},
        drift={"tag": _retag},
        refused={"tags": {"a": "b"}},
    ),
)
