"""Cases of EKS."""

from __future__ import annotations

from engine.providers.port import Props
from tests.contract.providers.aws.case import Case, Live
from tests.contract.providers.aws.world import World

_POLICIES = "arn:aws:eks::aws:cluster-access-policy"
_VIEW, _EDIT = f"{_POLICIES}/AmazonEKSViewPolicy", f"{_POLICIES}/AmazonEKSEditPolicy"


def _cluster(world: World, name: str) -> Props:
    return {
        "name": name,
        "roleArn": world.role_arn,
        "version": "1.36",
        "vpcConfig": {"subnetIds": world.subnets, "endpointPublicAccess": False, "endpointPrivateAccess": True},
        "accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True},
        "encryptionConfig": {"provider": {"keyArn": world.key}, "resources": ["secrets"]},
        "enabledClusterLogTypes": ["audit", "api"],
        "tags": world.tags(name),
    }


def _open_to_the_world(world: World, live: Live) -> None:
    network = {"endpointPublicAccess": True}
    world.client("eks").update_cluster_config(name=live.id, resourcesVpcConfig=network)


def _stop_logging(world: World, live: Live) -> None:
    off = {"clusterLogging": [{"types": ["audit"], "enabled": False}]}
    world.client("eks").update_cluster_config(name=live.id, logging=off)


def _group(world: World, name: str) -> Props:
    return {
        "clusterName": world.cluster,
        "nodeGroupName": name,
        "nodeRoleArn": world.role_arn,
        "subnetIds": world.subnets,
        "instanceTypes": ["g5.2xlarge"],
        "scalingConfig": {"minSize": 1, "maxSize": 5, "desiredSize": 1},
        "labels": {"tenant": "acme", "tenant/pool": "gpu"},
        "taints": [{"key": "tenant", "value": "acme", "effect": "NO_SCHEDULE"}],
        "tags": world.tags(name),
    }


def _of(live: Live) -> Props:
    return {"clusterName": live.inputs["clusterName"], "nodegroupName": live.inputs["nodeGroupName"]}


def _scale(world: World, live: Live) -> None:
    size = {"minSize": 1, "maxSize": 9, "desiredSize": 9}
    world.client("eks").update_nodegroup_config(**_of(live), scalingConfig=size)


def _relabel(world: World, live: Live) -> None:
    world.client("eks").update_nodegroup_config(**_of(live), labels={"addOrUpdateLabels": {"tenant": "other"}})


def _untaint(world: World, live: Live) -> None:
    gone = [{"key": "tenant", "value": "acme", "effect": "NO_SCHEDULE"}]
    world.client("eks").update_nodegroup_config(**_of(live), taints={"removeTaints": gone})


def _entry(world: World, name: str) -> Props:
    role = world.client("iam").get_role(RoleName=world.role())["Role"]["Arn"]
    return {
        "clusterName": world.cluster,
        "principalArn": role,
        "kubernetesGroups": ["readers"],
        "userName": "acme",
        "tags": world.tags(name),
    }


def _regroup(world: World, live: Live) -> None:
    of = {"clusterName": live.inputs["clusterName"], "principalArn": live.inputs["principalArn"]}
    world.client("eks").update_access_entry(**of, kubernetesGroups=["masters"])


def _association(world: World, name: str) -> Props:
    entry = _entry(world, name)
    world.make("aws:eks/accessEntry:AccessEntry", name, **entry)
    of = {"clusterName": entry["clusterName"], "principalArn": entry["principalArn"]}
    return {**of, "policyArn": _VIEW, "accessScope": {"type": "namespace", "namespaces": ["acme"]}}


def _widen(world: World, live: Live) -> None:
    of = {key: live.inputs[key] for key in ("clusterName", "principalArn", "policyArn")}
    world.client("eks").associate_access_policy(**of, accessScope={"type": "cluster"})


def _pods(world: World, name: str) -> Props:
    of = {"clusterName": world.cluster, "namespace": "acme", "serviceAccount": name}
    return {**of, "roleArn": world.role_arn, "tags": world.tags(name)}


def _another_role(world: World) -> str:
    return str(world.client("iam").get_role(RoleName=world.role())["Role"]["Arn"])


def _repoint(world: World, live: Live) -> None:
    of = {"clusterName": live.inputs["clusterName"], "associationId": live.id}
    world.client("eks").update_pod_identity_association(**of, roleArn=_another_role(world))


def _addon(world: World, name: str) -> Props:
    # the name is one of AWS's catalogue there; here any will do, so that cases do not meet
    values = '{"enableNetworkPolicy": "true"}'
    of = {"clusterName": world.cluster, "addonName": name, "addonVersion": "v1.20.0-eksbuild.1"}
    return {**of, "configurationValues": values, "tags": world.tags(name)}


def _unconfigure(world: World, live: Live) -> None:
    of = {"clusterName": live.inputs["clusterName"], "addonName": live.inputs["addonName"]}
    world.client("eks").update_addon(**of, configurationValues='{"enableNetworkPolicy": "false"}')


CASES = (
    Case(
        "aws:eks/cluster:Cluster",
        _cluster,
        update=lambda world, inputs: {
            "vpcConfig": {**inputs["vpcConfig"], "endpointPublicAccess": True, "publicAccessCidrs": ["10.0.0.0/8"]},
            "enabledClusterLogTypes": ["authenticator"],
            "deletionProtection": None,
            "upgradePolicy": {"supportType": "STANDARD"},
        },
        replace=lambda world, _: {
            "encryptionConfig": {"provider": {"keyArn": world.other_key}, "resources": ["secrets"]}
        },
        drift={"vpcConfig": _open_to_the_world, "enabledClusterLogTypes": _stop_logging},
        refused={"outpostConfig": {}},
    ),
    Case(
        "aws:eks/nodeGroup:NodeGroup",
        _group,
        update=lambda world, _: {
            "scalingConfig": {"minSize": 2, "maxSize": 5, "desiredSize": 2},
            "labels": {"tenant": "acme"},
            "taints": [{"key": "tenant", "value": "acme", "effect": "NO_EXECUTE"}],
        },
        replace=lambda world, _: {"instanceTypes": ["g5.4xlarge"]},
        drift={"scalingConfig": _scale, "labels": _relabel, "taints": _untaint},
        refused={"remoteAccess": {"ec2SshKey": "key"}},
    ),
    Case(
        "aws:eks/accessEntry:AccessEntry",
        _entry,
        update=lambda world, _: {"kubernetesGroups": ["writers", "readers"]},
        replace=lambda world, _: {"principalArn": _another_role(world)},
        drift={"kubernetesGroups": _regroup},
        refused={"nonsense": 1},
    ),
    Case(
        "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
        _association,
        update=lambda world, _: {"accessScope": {"type": "namespace", "namespaces": ["acme", "acme-jobs"]}},
        replace=lambda world, _: {"policyArn": _EDIT},
        drift={"accessScope": _widen},
        refused={"nonsense": 1},
    ),
    Case(
        "aws:eks/podIdentityAssociation:PodIdentityAssociation",
        _pods,
        update=lambda world, _: {"roleArn": _another_role(world), "disableSessionTags": True},
        replace=lambda world, _: {"namespace": "other"},
        drift={"roleArn": _repoint},
        refused={"targetRoleArn": "arn:aws:iam::123456789012:role/other"},
    ),
    Case(
        "aws:eks/addon:Addon",
        _addon,
        update=lambda world, _: {"configurationValues": '{"enableNetworkPolicy": "false"}'},
        replace=lambda world, _: {"addonName": "another"},
        drift={"configurationValues": _unconfigure},
        refused={"podIdentityAssociations": []},
    ),
)
