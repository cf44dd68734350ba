"""Cases of launch templates and of Auto Scaling."""

from __future__ import annotations

from engine.providers.port import Props
from tests.contract.providers.aws.case import Case, Live
from tests.contract.providers.aws.world import World


def _template(world: World, name: str) -> Props:
    disk = {"volumeSize": 200, "volumeType": "gp3", "encrypted": "true", "kmsKeyId": world.key}
    return {
        "name": name,
        "description": "nodes",
        "updateDefaultVersion": True,
        "blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {**disk, "deleteOnTermination": "true"}}],
        "metadataOptions": {"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1},
        "vpcSecurityGroupIds": [world.group()],
        "tagSpecifications": [
            {"resourceType": kind, "tags": world.tags(name)} for kind in ("instance", "volume", "network-interface")
        ],
        "tags": world.tags(name),
    }


def _loosen(world: World, live: Live) -> None:
    """A version in which instances answer to whoever asks for their credentials."""
    open_to_all = {"MetadataOptions": {"HttpEndpoint": "enabled", "HttpTokens": "optional"}}
    world.client("ec2").create_launch_template_version(
        LaunchTemplateId=live.id, SourceVersion="$Latest", LaunchTemplateData=open_to_all
    )


def _schedule(world: World, name: str) -> Props:
    return {
        "scheduledActionName": name,
        "autoscalingGroupName": f"eks-{name}",
        "recurrence": "0 8 * * MON,TUE",
        "timeZone": "Europe/Berlin",
        "minSize": 1,
        "maxSize": 5,
        "desiredCapacity": 1,
    }


def _reschedule(world: World, live: Live) -> None:
    of = {"AutoScalingGroupName": live.inputs["autoscalingGroupName"], "ScheduledActionName": live.id}
    world.client("autoscaling").put_scheduled_update_group_action(**of, Recurrence="0 0 * * *", MinSize=5, MaxSize=9)


CASES = (
    Case(
        "aws:ec2/launchTemplate:LaunchTemplate",
        _template,
        update=lambda world, inputs: {
            "description": "smaller nodes",
            "blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"volumeSize": 100, "encrypted": "true"}}],
        },
        replace=lambda world, inputs: {"name": f"{inputs['name']}-b"},
        drift={"metadataOptions": _loosen, "blockDeviceMappings": _loosen, "tagSpecifications": _loosen},
        refused={"hibernationOptions": {"configured": True}},
    ),
    Case(
        "aws:autoscaling/schedule:Schedule",
        _schedule,
        update=lambda world, _: {"recurrence": "0 9 * * MON", "maxSize": 3},
        replace=lambda world, inputs: {"autoscalingGroupName": f"{inputs['autoscalingGroupName']}-b"},
        drift={"recurrence": _reschedule, "minSize": _reschedule},
        refused={"nonsense": 1},
    ),
)
