"""A real Kubernetes control plane stands behind each EKS cluster, and EKS decides who gets in."""

from __future__ import annotations

import json
import os
import secrets
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from engine.local_cloud import ApiFault, LocalCloud
from engine.local_cloud.home import Home
from engine.local_cloud.kubernetes import binary
from engine.local_cloud.servers.kubernetes import Kubernetes
from engine.providers.aws import eks_tokens
from engine.providers.aws.access import AwsAccess, Credentials
from engine.providers.kubernetes import settings
from engine.providers.kubernetes.connection import Connection, Request
from engine.providers.kubernetes.refusals import Refusal
from engine.providers.port import Props, ProviderError
from engine.providers.reach import Direct
from tests.cluster_clients import ask, connect
from tests.contract.local_cloud import clients
from tests.contract.local_cloud.conftest import Network
from tests.control_plane_fixture import control_plane

__all__ = ["control_plane"]
pytestmark = pytest.mark.xdist_group("clusters")

ROLE = "arn:aws:iam::123456789012:role/clusters"
POLICIES = "arn:aws:eks::aws:cluster-access-policy"
CLASSES = "/apis/storage.k8s.io/v1/storageclasses"
CLAIMS = "/api/v1/namespaces/default/persistentvolumeclaims"
PODS = "/api/v1/namespaces/default/pods"
AGAIN = (AssertionError, OSError, ProviderError, ClientError)


@dataclass(frozen=True)
class Cluster:
    """An emulated cluster, and clients of its API."""

    cloud: LocalCloud
    name: str

    @property
    def eks(self) -> Any:
        return clients.of(self.cloud, "eks")

    def described(self) -> dict[str, Any]:
        return self.eks.describe_cluster(name=self.name)["cluster"]

    def client(self, access: AwsAccess, named: str = "") -> Connection:
        """A client of the API with a token of an AWS identity; `named` is the cluster that the token is made for."""
        made = eks_tokens.token(access, clients.REGION, named or self.name).text
        return self.with_token(made)

    def with_token(self, token: str) -> Connection:
        return connect(self.described(), token)

    @property
    def creator(self) -> Connection:
        known = self.cloud.environment()
        return self.client(AwsAccess(credentials=Credentials(known.access_key, known.secret_key)))

    @property
    def folder(self) -> Path:
        return self.cloud.ca_file.parent / f"servers/kubernetes/123456789012.{clients.REGION}.{self.name}"


@pytest.fixture(scope="session")
def cluster(local_cloud: LocalCloud, network: Network, control_plane: Path) -> Iterator[Cluster]:
    made = Cluster(local_cloud, f"c{secrets.token_hex(3)}")
    service = {"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [service]})
    clients.of(local_cloud, "iam").create_role(RoleName="clusters", AssumeRolePolicyDocument=trust)
    vpc = {"subnetIds": list(network.subnets)}
    local_cloud.faults.add(ApiFault("eks", "CreateCluster", creating=8.0, times=1))
    asked = time.monotonic()
    told = made.eks.create_cluster(name=made.name, roleArn=ROLE, resourcesVpcConfig=vpc, version="1.36")["cluster"]
    assert (told["status"], told.get("endpoint", "")) == ("CREATING", "")
    made.eks.get_waiter("cluster_active").wait(name=made.name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    assert time.monotonic() - asked >= 8, "a fault keeps it in the making, however soon its control plane serves"
    yield made
    made.eks.delete_cluster(name=made.name)
    assert not made.folder.exists()


def test_an_active_cluster_answers_at_its_endpoint_under_its_authority(cluster: Cluster, network: Network) -> None:
    found = cluster.described()
    assert found["status"] == "ACTIVE"
    assert found["resourcesVpcConfig"]["vpcId"] == network.vpc
    assert ask(cluster.creator, "/version")["gitVersion"] == f"v{binary.KUBERNETES}"


def test_its_kubeconfig_needs_no_secret_and_gets_in(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    known = cluster.cloud.environment()
    path = known.kubeconfigs[cluster.name]
    assert path.stat().st_mode & 0o077 == 0
    assert known.secret_key not in path.read_text()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", known.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", known.secret_key)
    client = Connection(settings.parse({"kubeconfig": json.loads(path.read_text())}), Direct())
    assert ask(client, "/api/v1/namespaces")["items"]


@pytest.fixture
def role(local_cloud: LocalCloud) -> Callable[[], tuple[str, AwsAccess]]:
    """A fresh role and what its session signs with."""

    def make() -> tuple[str, AwsAccess]:
        iam, name = clients.of(local_cloud, "iam"), f"r{secrets.token_hex(4)}"
        trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
        keys = clients.of(local_cloud, "sts").assume_role(RoleArn=arn, RoleSessionName="session")["Credentials"]
        held = Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
        return arn, AwsAccess(credentials=held)

    return make


def status(client: Connection, path: str) -> int:
    try:
        ask(client, path)
    except Refusal as refusal:
        return refusal.status
    return 200


def test_who_has_no_access_entry_and_whose_token_is_for_another_cluster_stay_out(
    cluster: Cluster, role: Callable[[], tuple[str, AwsAccess]]
) -> None:
    arn, session = role()
    assert status(cluster.client(session), "/api/v1/namespaces") == 401
    cluster.eks.create_access_entry(clusterName=cluster.name, principalArn=arn)
    assert status(cluster.client(session, named="another"), "/api/v1/namespaces") == 401
    assert status(cluster.with_token("k8s-aws-v1.forged"), "/api/v1/namespaces") == 401
    clients.eventually(lambda: _equal(status(cluster.client(session), "/api/v1/namespaces"), 403), AssertionError)


def _equal(found: Any, wanted: Any) -> None:
    assert found == wanted


def test_an_access_policy_opens_its_namespace_and_nothing_else_and_closes_it_when_it_goes(
    cluster: Cluster, role: Callable[[], tuple[str, AwsAccess]]
) -> None:
    arn, session = role()
    for name in ("mine", "theirs"):
        ask(cluster.creator, "/api/v1/namespaces", "POST", {"metadata": {"name": name}})
    cluster.eks.create_access_entry(clusterName=cluster.name, principalArn=arn)
    policy = {"clusterName": cluster.name, "principalArn": arn, "policyArn": f"{POLICIES}/AmazonEKSViewPolicy"}
    cluster.eks.associate_access_policy(**policy, accessScope={"type": "namespace", "namespaces": ["mine"]})
    client = cluster.client(session)
    assert clients.eventually(lambda: ask(client, "/api/v1/namespaces/mine/pods"), Refusal)["items"] == []
    assert status(client, "/api/v1/namespaces/theirs/pods") == 403
    with pytest.raises(Refusal):
        ask(client, "/api/v1/namespaces/mine/configmaps", "POST", {"metadata": {"name": "a"}})
    cluster.eks.disassociate_access_policy(**policy)
    clients.eventually(lambda: _equal(status(client, "/api/v1/namespaces/mine/pods"), 403), AssertionError)
    cluster.eks.delete_access_entry(clusterName=cluster.name, principalArn=arn)
    clients.eventually(lambda: _equal(status(client, "/api/v1/namespaces/mine/pods"), 401), AssertionError)


def test_a_node_group_is_nodes_with_its_labels_taints_and_gpus_and_pods_run_there(cluster: Cluster) -> None:
    group = {"clusterName": cluster.name, "nodegroupName": "gpus"}
    cluster.eks.create_nodegroup(
        **group,
        nodeRole=ROLE,
        subnets=[],
        instanceTypes=["g5.2xlarge"],
        scalingConfig={"minSize": 1, "maxSize": 5, "desiredSize": 2},
        labels={"pool": "gpu"},
        taints=[{"key": "tenant", "value": "a", "effect": "NO_SCHEDULE"}],
    )
    with pytest.raises(ClientError, match="nodegroups attached"):
        cluster.eks.delete_cluster(name=cluster.name)

    def nodes() -> list[Props]:
        found = ask(cluster.creator, "/api/v1/nodes?labelSelector=pool%3Dgpu")["items"]
        assert [each["status"]["allocatable"]["nvidia.com/gpu"] for each in found] == ["1", "1"]
        return found

    found = clients.eventually(nodes, AssertionError, KeyError)
    assert {taint["key"] for each in found for taint in each["spec"]["taints"]} >= {"tenant"}
    pod = {
        "metadata": {"name": "trainer", "namespace": "default"},
        "spec": {
            "tolerations": [{"key": "tenant", "operator": "Exists"}],
            "containers": [{"name": "c", "image": "pause", "resources": {"limits": {"nvidia.com/gpu": "1"}}}],
        },
    }
    pods = "/api/v1/namespaces/default/pods"
    clients.eventually(lambda: ask(cluster.creator, pods, "POST", pod), Refusal)  # its service account comes later
    clients.eventually(lambda: _equal(ask(cluster.creator, f"{pods}/trainer")["status"]["phase"], "Running"), *AGAIN)
    cluster.eks.delete_nodegroup(**group)
    clients.eventually(lambda: _equal(_names(cluster, "/api/v1/nodes"), []), *AGAIN)


def _names(cluster: Cluster, path: str) -> list[str]:
    return [each["metadata"]["name"] for each in ask(cluster.creator, path)["items"]]


def test_tags_are_taken_away_all_at_once(cluster: Cluster) -> None:
    arn = cluster.described()["arn"]
    cluster.eks.tag_resource(resourceArn=arn, tags={"one": "1", "two": "2", "three": "3"})
    cluster.eks.untag_resource(resourceArn=arn, tagKeys=["one", "two"])
    assert cluster.eks.list_tags_for_resource(resourceArn=arn)["tags"] == {"three": "3"}


def test_the_node_simulator_may_do_what_a_kubelet_does_and_no_more(cluster: Cluster) -> None:
    simulator = cluster.with_token((cluster.folder / "pki/local-nodes.token").read_text())
    clients.eventually(lambda: ask(simulator, "/api/v1/nodes"), Refusal)
    assert status(simulator, "/api/v1/secrets") == 403
    with pytest.raises(Refusal):
        ask(simulator, "/api/v1/namespaces", "POST", {"metadata": {"name": "own"}})


def test_a_killed_control_plane_comes_back_with_everything(cluster: Cluster) -> None:
    ask(cluster.creator, "/api/v1/namespaces", "POST", {"metadata": {"name": "kept"}})
    (part,) = [
        each for each in cluster.cloud.status() if each.name.startswith("kubernetes") and cluster.name in each.name
    ]
    assert part.pid
    os.kill(part.pid, signal.SIGKILL)
    assert clients.eventually(lambda: ask(cluster.creator, "/api/v1/namespaces/kept"), *AGAIN, KeyError)


def test_a_control_plane_that_no_cluster_owns_is_removed(cluster: Cluster) -> None:
    """As a process leaves it that dies between a cluster's record and its server."""
    stray = Kubernetes(Home(cluster.cloud.ca_file.parent), f"123456789012.{clients.REGION}.{cluster.name}-not")
    stray.create("", "http://127.0.0.1:9/nobody")
    clients.eventually(lambda: _equal(stray.folder.exists(), False), AssertionError)
    assert cluster.described()["status"] == "ACTIVE"


def test_no_secret_is_in_the_arguments_of_its_process(cluster: Cluster) -> None:
    (part,) = [
        each for each in cluster.cloud.status() if each.name.startswith("kubernetes") and cluster.name in each.name
    ]
    line = Path(f"/proc/{part.pid}/cmdline").read_text()
    review = json.loads((cluster.folder / "review.kubeconfig").read_text())["clusters"][0]["cluster"]["server"]
    assert review.rpartition("/")[2] not in line
    assert (cluster.folder / "pki/local-admin.token").read_text() not in line
    assert (cluster.folder / "review.kubeconfig").stat().st_mode & 0o077 == 0


@pytest.fixture
def claim(cluster: Cluster) -> Callable[..., str]:
    """A claim of a class of its own; its path."""

    def make(name: str, driver: str = "ebs.csi.aws.com", **of_class: Any) -> str:
        known = {"provisioner": driver, "allowVolumeExpansion": True, **of_class}
        ask(cluster.creator, CLASSES, "POST", {"metadata": {"name": name}, **known})
        size = {"requests": {"storage": "5Gi"}}
        spec = {"storageClassName": name, "accessModes": ["ReadWriteOnce"], "resources": size}
        ask(cluster.creator, CLAIMS, "POST", {"metadata": {"name": name}, "spec": spec})
        return f"{CLAIMS}/{name}"

    return make


def volumes(client: Connection) -> dict[str, str]:
    """The phase of each volume, by its class."""
    found = ask(client, "/api/v1/persistentvolumes")["items"]
    return {each["spec"]["storageClassName"]: each["status"]["phase"] for each in found}


def phase(client: Connection, path: str) -> str:
    return ask(client, path)["status"]["phase"]


def becomes(wanted: Any, what: Callable[[], Any]) -> None:
    def look() -> None:
        assert what() == wanted

    clients.eventually(look, *AGAIN, KeyError)


def test_a_claim_is_bound_at_once_or_with_its_first_pod_and_grows(
    cluster: Cluster, claim: Callable[..., str], name: str
) -> None:
    client = cluster.creator
    at_once, later = claim("at-once"), claim("later", volumeBindingMode="WaitForFirstConsumer")
    strange = claim("strange", driver="example.invalid/none")
    becomes("Bound", lambda: phase(client, at_once))
    assert (phase(client, later), phase(client, strange)) == ("Pending", "Pending")
    group = {"clusterName": cluster.name, "nodegroupName": name}
    cluster.eks.create_nodegroup(**group, nodeRole=ROLE, subnets=[], instanceTypes=["m5.large"])
    mounts = [{"name": "data", "mountPath": "/data"}]
    pod: Props = {
        "metadata": {"name": "holder"},
        "spec": {
            "containers": [{"name": "c", "image": "pause", "volumeMounts": mounts}],
            "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "later"}}],
        },
    }
    clients.eventually(lambda: ask(client, PODS, "POST", pod), *AGAIN)
    becomes("Running", lambda: phase(client, f"{PODS}/holder"))
    assert phase(client, later) == "Bound"
    larger: Props = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "later"},
        "spec": {"resources": {"requests": {"storage": "9Gi"}}},
    }
    client.send(Request("grow", "PATCH", later, larger, {"fieldManager": "test", "force": "true"}))
    becomes("9Gi", lambda: ask(client, later)["status"]["capacity"]["storage"])
    ask(client, f"{PODS}/holder", "DELETE")
    cluster.eks.delete_nodegroup(**group)


def test_a_volume_goes_with_its_claim_unless_its_class_keeps_it(cluster: Cluster, claim: Callable[..., str]) -> None:
    client = cluster.creator
    gone, kept = claim("gone"), claim("kept", reclaimPolicy="Retain")
    for path in (gone, kept):
        becomes("Bound", lambda path=path: phase(client, path))
        ask(client, path, "DELETE")
    becomes((None, "Released"), lambda: (volumes(client).get("gone"), volumes(client).get("kept")))
