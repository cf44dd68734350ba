"""A managed node group, with the launch template whose tags reach what AWS does not tag by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from stacks.blueprint.clusters import NodePlan
from stacks.conventions import labels
from stacks.inputs.fields import Isolation
from stacks.parts import boot
from stacks.parts.scope import Component, Scope

_TAGGED: Final = ("instance", "volume", "network-interface")
_ROOT_DISK: Final = "/dev/xvda"


@dataclass(frozen=True, slots=True)
class Ground:
    """Where nodes stand: the cluster's name, the role that they have, their subnets, the key of their disks.

    `groups` are security groups besides the cluster's own, which every node needs and is the first of them.
    """

    cluster: pulumi.Input[str]
    role: pulumi.Input[str]
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    key: pulumi.Input[str]
    groups: Sequence[pulumi.Input[str]]


class Nodes(Component):
    """One pool. Its nodes carry its owner's label, and a taint that keeps the pods of others away."""

    def __init__(
        self,
        plan: NodePlan,
        isolation: Isolation,
        scope: Scope,
        ground: Ground,
        after: Sequence[pulumi.Resource] = (),
        parent: pulumi.Resource | None = None,
    ) -> None:
        super().__init__("Nodes", scope, plan.role, parent)
        self.plan, self.isolation, self.ground = plan, isolation, ground
        template = self._template()
        self.group = aws.eks.NodeGroup(
            plan.role,
            cluster_name=ground.cluster,
            node_group_name=plan.name,
            node_role_arn=ground.role,
            subnet_ids=ground.subnet_ids,
            instance_types=list(plan.instance_types),
            ami_type=plan.image,
            capacity_type=plan.capacity.upper(),
            scaling_config=aws.eks.NodeGroupScalingConfigArgs(
                min_size=plan.least, max_size=plan.most, desired_size=plan.at_rest
            ),
            labels=labels.of_node(plan.owner, plan.role, gpu=plan.gpus > 0, plugin=plan.plugin),
            taints=[
                aws.eks.NodeGroupTaintArgs(**taint) for taint in labels.taints(plan.owner, gpu_share=plan.gpu_share)
            ],
            launch_template=aws.eks.NodeGroupLaunchTemplateArgs(
                id=template.id, version=template.latest_version.apply(str)
            ),
            tags=scope.labels(isolation, plan.role),
            # how many nodes there are is up to who scales them, between least and most
            opts=self.child(after=after, ignore=["scalingConfig.desiredSize"]),
        )
        self._keep_hours()
        self.register_outputs({"nodeGroup": self.group.node_group_name})

    def _template(self) -> aws.ec2.LaunchTemplate:
        plan, scope = self.plan, self.scope
        disk = aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
            volume_size=plan.storage_gb,
            volume_type="gp3",
            encrypted="true",
            kms_key_id=self.ground.key,
            delete_on_termination="true",
        )
        tags = scope.labels(self.isolation, plan.role)
        return aws.ec2.LaunchTemplate(
            plan.role,
            name=plan.name,
            description=f"Nodes of {scope.names.slug}",
            update_default_version=True,
            block_device_mappings=[aws.ec2.LaunchTemplateBlockDeviceMappingArgs(device_name=_ROOT_DISK, ebs=disk)],
            metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
                http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1
            ),
            vpc_security_group_ids=list(self.ground.groups),
            user_data=boot.user_data(plan) or None,
            tag_specifications=[
                aws.ec2.LaunchTemplateTagSpecificationArgs(resource_type=type, tags=tags) for type in _TAGGED
            ],
            tags=tags,
            opts=self.child(),
        )

    def _keep_hours(self) -> None:
        """Nodes in the hours of the schedule, and none outside of them."""
        plan = self.plan
        if plan.schedule is None:
            return
        group = self.group.resources.apply(_scaling_group)
        for role, cron, sizes in (
            ("start", plan.schedule.start, (plan.at_rest, plan.most, plan.at_rest)),
            ("end", plan.schedule.end, (0, 0, 0)),
        ):
            least, most, desired = sizes
            aws.autoscaling.Schedule(
                f"{plan.role}-{role}",
                scheduled_action_name=f"{plan.role}-{role}",
                autoscaling_group_name=group,
                recurrence=cron,
                time_zone=plan.schedule.time_zone,
                min_size=least,
                max_size=most,
                desired_capacity=desired,
                opts=self.child(),
            )


def _scaling_group(found: Sequence[aws.eks.outputs.NodeGroupResource]) -> str:
    """The Auto Scaling group that EKS made for a node group."""
    return next(group.name or "" for group in found[0].autoscaling_groups or ())
