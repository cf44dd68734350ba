"""One program for a cluster and for what is in it, as for AWS: the kubeconfig is made of the cluster's outputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s
import pytest

from engine.embedded.command import EmbeddedCommand
from engine.local_cloud import LocalCloud
from engine.providers.aws import AwsProvider, eks_tokens
from engine.providers.kubernetes import KubernetesProvider
from engine.providers.reach import Direct
from engine.runs import Op, Outcome, Run
from engine.workspaces import Workspaces
from stacks.parts.inside import Door, kubeconfig
from tests.contract.local_cloud.conftest import Network
from tests.control_plane_fixture import control_plane

__all__ = ["control_plane"]
pytestmark = pytest.mark.xdist_group("clusters")

STACK = "test.cluster"
TRUST = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",'
    ' "Principal": {"Service": "eks.amazonaws.com"}}]}'
)


def program(subnets: tuple[str, ...], pods: str) -> Any:
    def declare() -> None:
        tags = {"stack": STACK, "Name": "lab"}
        here = pulumi.ResourceOptions(provider=aws.Provider("here", region="us-east-1"))
        role = aws.iam.Role("lab", name="lab-cluster", assume_role_policy=TRUST, tags=tags, opts=here)
        network: Any = {"subnet_ids": list(subnets), "endpoint_private_access": True}
        cluster = aws.eks.Cluster("lab", name="lab", role_arn=role.arn, vpc_config=network, tags=tags, opts=here)
        authority = cluster.certificate_authority.apply(lambda each: each.data or "")
        found = kubeconfig(Door(cluster.name, cluster.endpoint, authority), "us-east-1")
        inside = k8s.Provider("inside", kubeconfig=found, enable_patch_force=True)
        options = pulumi.ResourceOptions(provider=inside)
        labels: Any = {"name": "acme", "labels": {"pod-security.kubernetes.io/enforce": "restricted"}}
        namespace = k8s.core.v1.Namespace("acme", metadata=labels, opts=options)
        place: Any = {"name": "acme", "namespace": namespace.metadata["name"]}
        k8s.core.v1.ResourceQuota("acme", metadata=place, spec={"hard": {"pods": pods}}, opts=options)

    return declare


def changed(run: Run) -> dict[str, Op]:
    return {change.type.rpartition(":")[2]: change.op for change in run.changes if change.op is not Op.SAME}


def test_a_cluster_and_what_is_in_it_are_made_changed_and_gone_in_one_go(
    local_cloud: LocalCloud, network: Network, control_plane: Path, tmp_path: Path
) -> None:
    access = local_cloud.access()
    providers = {
        "aws": AwsProvider(access),
        "kubernetes": KubernetesProvider(Direct(), eks_tokens.of(access)),
    }
    workspaces = Workspaces(EmbeddedCommand(providers), f"file://{tmp_path}/state", "pass", tmp_path / "work")
    preview = workspaces.preview(STACK, program(network.subnets, "10"))
    assert preview.outcome is Outcome.SUCCEEDED, preview.failures
    made = workspaces.apply(STACK, program(network.subnets, "10"))
    assert made.outcome is Outcome.SUCCEEDED, made.failures
    assert changed(workspaces.preview(STACK, program(network.subnets, "10"))) == {}
    assert changed(workspaces.preview(STACK, program(network.subnets, "20"))) == {"ResourceQuota": Op.UPDATE}
    assert workspaces.apply(STACK, program(network.subnets, "20")).outcome is Outcome.SUCCEEDED
    assert changed(workspaces.drift(STACK, program(network.subnets, "20"))) == {}
    gone = workspaces.destroy(STACK, program(network.subnets, "20"))
    assert gone.outcome is Outcome.SUCCEEDED, gone.failures
