"""EKS clusters and node groups are changed by what is sent, and refuse what AWS refuses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from engine.local_cloud import LocalCloud
from tests.contract.local_cloud import clients
from tests.contract.local_cloud.conftest import Network
from tests.control_plane_fixture import control_plane

__all__ = ["control_plane"]
pytestmark = pytest.mark.xdist_group("clusters")

ROLE = "arn:aws:iam::123456789012:role/updates"


@pytest.fixture(scope="module")
def eks(local_cloud: LocalCloud) -> Any:
    return clients.of(local_cloud, "eks")


@pytest.fixture(scope="module")
def cluster(local_cloud: LocalCloud, network: Network, eks: Any, control_plane: Path) -> Iterator[str]:
    iam, trust = clients.of(local_cloud, "iam"), '{"Version":"2012-10-17","Statement":[]}'
    iam.create_role(RoleName="updates", AssumeRolePolicyDocument=trust)
    eks.create_cluster(
        name="changed",
        roleArn=ROLE,
        version="1.35",
        resourcesVpcConfig={"subnetIds": list(network.subnets)},
        accessConfig={"authenticationMode": "API_AND_CONFIG_MAP"},
    )
    yield "changed"
    eks.delete_cluster(name="changed")


def shown(eks: Any, cluster: str) -> dict[str, Any]:
    return eks.describe_cluster(name=cluster)["cluster"]


def refused(sentence: str, what: Any, **arguments: Any) -> None:
    with pytest.raises(ClientError, match=sentence):
        what(**arguments)


def test_only_what_is_sent_is_changed_and_a_change_of_nothing_is_refused(eks: Any, cluster: str) -> None:
    before = shown(eks, cluster)["resourcesVpcConfig"]
    private = {"endpointPrivateAccess": True}
    update = eks.update_cluster_config(name=cluster, resourcesVpcConfig=private)["update"]
    assert shown(eks, cluster)["resourcesVpcConfig"] == {**before, **private}
    assert eks.describe_update(name=cluster, updateId=update["id"])["update"]["status"] == "Successful"
    assert update["id"] in eks.list_updates(name=cluster)["updateIds"]
    refused("already at the desired", eks.update_cluster_config, name=cluster, resourcesVpcConfig=private)
    neither = {"endpointPrivateAccess": False, "endpointPublicAccess": False}
    refused("cannot be false", eks.update_cluster_config, name=cluster, resourcesVpcConfig=neither)


def test_log_types_are_switched_one_by_one_and_one_kind_of_change_at_a_time(eks: Any, cluster: str) -> None:
    def switch(on: bool, *types: str) -> dict[str, Any]:
        return {"clusterLogging": [{"types": list(types), "enabled": on}]}

    eks.update_cluster_config(name=cluster, logging=switch(True, "audit", "api"))
    eks.update_cluster_config(name=cluster, logging=switch(False, "api"))
    assert shown(eks, cluster)["logging"]["clusterLogging"] == [{"types": ["audit"], "enabled": True}]
    refused("No changes needed", eks.update_cluster_config, name=cluster, logging=switch(True, "audit"))
    both = {"logging": switch(True, "api"), "resourcesVpcConfig": {"endpointPublicAccess": False}}
    refused("Only one type", eks.update_cluster_config, name=cluster, **both)


def test_a_cluster_climbs_one_minor_version_at_a_time(eks: Any, cluster: str) -> None:
    refused("from 1.35 to 1.37", eks.update_cluster_version, name=cluster, version="1.37")
    refused("from 1.35 to 1.34", eks.update_cluster_version, name=cluster, version="1.34")
    eks.update_cluster_version(name=cluster, version="1.36")
    assert shown(eks, cluster)["version"] == "1.36"
    refused("already at version", eks.update_cluster_version, name=cluster, version="1.36")
    refused("unsupported Kubernetes version 1.37", eks.update_cluster_version, name=cluster, version="1.37")


def test_the_authentication_mode_goes_one_way(eks: Any, cluster: str) -> None:
    eks.update_cluster_config(name=cluster, accessConfig={"authenticationMode": "API"})
    back = {"authenticationMode": "API_AND_CONFIG_MAP"}
    refused("Unsupported authentication mode", eks.update_cluster_config, name=cluster, accessConfig=back)


def test_a_protected_cluster_is_not_deleted(eks: Any, cluster: str) -> None:
    assert shown(eks, cluster)["deletionProtection"] is False
    eks.update_cluster_config(name=cluster, deletionProtection=True)
    refused("deletion protection", eks.delete_cluster, name=cluster)
    eks.update_cluster_config(name=cluster, deletionProtection=False)


def test_a_node_group_keeps_what_was_asked_and_changes_by_what_is_sent(
    local_cloud: LocalCloud, eks: Any, cluster: str, network: Network, name: str
) -> None:
    group = {"clusterName": cluster, "nodegroupName": "gpu"}
    template = launch_template(local_cloud, name, {"EbsOptimized": True}, {"EbsOptimized": False})
    made = eks.create_nodegroup(
        **group,
        subnets=list(network.subnets),
        nodeRole=ROLE,
        scalingConfig={"minSize": 1, "desiredSize": 2, "maxSize": 5},
        launchTemplate=template,
        updateConfig={"maxUnavailablePercentage": 50},
        labels={"tenant": "a"},
        taints=[{"key": "tenant", "value": "a", "effect": "NO_SCHEDULE"}],
    )["nodegroup"]
    assert (made["launchTemplate"], made["updateConfig"]) == (template, {"maxUnavailablePercentage": 50})
    eks.update_nodegroup_config(
        **group,
        scalingConfig={"desiredSize": 3},
        labels={"addOrUpdateLabels": {"pool": "gpu"}, "removeLabels": ["tenant"]},
        taints={"addOrUpdateTaints": [{"key": "tenant", "value": "b", "effect": "NO_SCHEDULE"}]},
    )
    after = eks.describe_nodegroup(**group)["nodegroup"]
    assert after["scalingConfig"] == {"minSize": 1, "desiredSize": 3, "maxSize": 5}
    assert (after["labels"], after["taints"]) == (
        {"pool": "gpu"},
        [{"key": "tenant", "value": "b", "effect": "NO_SCHEDULE"}],
    )
    refused("greater than max", eks.update_nodegroup_config, **group, scalingConfig={"desiredSize": 9})
    refused("above the cluster's", eks.update_nodegroup_version, **group, version="1.99")
    eks.update_nodegroup_version(**group, launchTemplate={**template, "version": "2"})
    assert eks.describe_nodegroup(**group)["nodegroup"]["launchTemplate"]["version"] == "2"
    eks.delete_nodegroup(**group)


def launch_template(cloud: LocalCloud, name: str, first: dict[str, Any], *later: dict[str, Any]) -> dict[str, str]:
    """A launch template of these versions, as EKS shows the first of it."""
    ec2 = clients.of(cloud, "ec2")
    made = ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=first)["LaunchTemplate"]
    for each in later:
        ec2.create_launch_template_version(LaunchTemplateName=name, LaunchTemplateData=each)
    return {"id": made["LaunchTemplateId"], "name": name, "version": "1"}


def scaling_group(cloud: LocalCloud, group: dict[str, Any]) -> Any:
    name = group["resources"]["autoScalingGroups"][0]["name"]
    found = clients.of(cloud, "autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[name])
    return next(iter(found["AutoScalingGroups"]), None)


def test_a_node_group_has_an_auto_scaling_group_of_its_size_that_goes_with_its_schedules(
    local_cloud: LocalCloud, eks: Any, cluster: str, network: Network
) -> None:
    scaling = clients.of(local_cloud, "autoscaling")
    group = {"clusterName": cluster, "nodegroupName": "scaled"}
    sizes = {"minSize": 1, "desiredSize": 2, "maxSize": 5}
    made = eks.create_nodegroup(**group, subnets=list(network.subnets), nodeRole=ROLE, scalingConfig=sizes)["nodegroup"]
    found = scaling_group(local_cloud, made)
    assert (found["MinSize"], found["DesiredCapacity"], found["MaxSize"], found["Instances"]) == (1, 2, 5, [])
    assert {each["Key"]: each["Value"] for each in found["Tags"]}["eks:nodegroup-name"] == "scaled"
    name = found["AutoScalingGroupName"]
    scaling.put_scheduled_update_group_action(AutoScalingGroupName=name, ScheduledActionName="night", MinSize=0)
    eks.update_nodegroup_config(**group, scalingConfig={"desiredSize": 4})
    assert scaling_group(local_cloud, made)["DesiredCapacity"] == 4
    eks.delete_nodegroup(**group)
    assert scaling_group(local_cloud, made) is None
    assert scaling.describe_scheduled_actions()["ScheduledUpdateGroupActions"] == []
    late = {"AutoScalingGroupName": name, "ScheduledActionName": "late", "MinSize": 0}
    refused("not found", scaling.put_scheduled_update_group_action, **late)


def test_a_node_group_is_made_of_a_template_that_is_there_and_says_the_type_once(
    local_cloud: LocalCloud, eks: Any, cluster: str, name: str
) -> None:
    whole = launch_template(local_cloud, name, {"InstanceType": "g5.2xlarge"}, {"InstanceType": "g5.4xlarge"})
    group: dict[str, Any] = {"clusterName": cluster, "nodegroupName": name, "subnets": [], "nodeRole": ROLE}
    for template in ({"name": "nobody"}, {"name": name, "version": "9"}):
        refused("could not be found", eks.create_nodegroup, **group, launchTemplate=template)
    by_name = {"name": name}
    refused("not both", eks.create_nodegroup, **group, launchTemplate=by_name, instanceTypes=["g5.xlarge"])
    refused("Disk size", eks.create_nodegroup, **group, launchTemplate=by_name, diskSize=50)
    made = eks.create_nodegroup(**group, launchTemplate=by_name)["nodegroup"]
    assert (made["launchTemplate"], made["instanceTypes"]) == (whole, [])
    eks.delete_nodegroup(clusterName=cluster, nodegroupName=name)


def test_what_is_offered_is_listed_and_nothing_else_is_made(eks: Any, network: Network) -> None:
    versions = [one["clusterVersion"] for one in eks.describe_cluster_versions()["clusterVersions"]]
    assert versions[0] == "1.36"
    addons = eks.describe_addon_versions(kubernetesVersion="1.36", addonName="vpc-cni")["addons"]
    assert addons[0]["addonVersions"][0]["compatibilities"][0]["clusterVersion"] == "1.36"
    names = {policy["name"] for policy in eks.list_access_policies()["accessPolicies"]}
    assert {"AmazonEKSClusterAdminPolicy", "AmazonEKSViewPolicy"} <= names
    place = {"subnetIds": list(network.subnets)}
    refused("1.19", eks.create_cluster, name="old", roleArn=ROLE, version="1.19", resourcesVpcConfig=place)
