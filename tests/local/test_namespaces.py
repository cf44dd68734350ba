"""A tenant's namespace in a real control plane: what its people and pods may do there, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.providers.aws import eks_tokens
from engine.providers.aws.access import AwsAccess, Credentials
from engine.providers.kubernetes.connection import Connection
from engine.providers.kubernetes.refusals import Refusal
from engine.providers.port import Props
from tests.cluster_clients import ask, connect
from tests.control_plane_fixture import control_plane
from tests.local.conftest import Desk, until

__all__ = ["control_plane"]
pytestmark = pytest.mark.xdist_group("namespaces")

TRUST = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "sts:AssumeRole"}
MEMBERS = """
namespace:
  members: ["{member}"]
shared:
  models: [llama-3.1]
"""
IMAGE = "registry.k8s.io/pause:3.10"


class Namespaces:
    """Two tenants in the cell's cluster, and clients of its API."""

    def __init__(self, desk: Desk, member: str) -> None:
        self.desk, self.member = desk, member
        self.outputs = {tenant: desk.outputs(tenant) for tenant in ("east", "west")}
        self.name = {tenant: str(outputs["namespace"]) for tenant, outputs in self.outputs.items()}

    def client(self, access: AwsAccess) -> Connection:
        cluster = self.outputs["east"]["cluster"]
        found = self.desk.aws("eks").describe_cluster(name=cluster)["cluster"]
        return connect(found, eks_tokens.token(access, "us-east-1", cluster).text)

    @property
    def admin(self) -> Connection:
        known = self.desk.environment
        return self.client(AwsAccess(credentials=Credentials(known.access_key, known.secret_key)))

    @property
    def person(self) -> Connection:
        keys = self.desk.aws("sts").assume_role(RoleArn=self.member, RoleSessionName="person")["Credentials"]
        held = Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
        return self.client(AwsAccess(credentials=held))

    def path(self, tenant: str, kind: str, api: str = "api/v1") -> str:
        return f"/{api}/namespaces/{self.name[tenant]}/{kind}"


def refusal(client: Connection, path: str, method: str = "GET", body: Props | None = None) -> str:
    """Why the server said no; it must have said no."""
    with pytest.raises(Refusal) as told:
        ask(client, path, method, body)
    assert told.value.status in (403, 422), told.value
    return str(told.value)


def pod(name: str, resources: Props | None = None, **spec: Any) -> Props:
    """A pod as `restricted` wants them, with this in its spec."""
    safe = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "runAsNonRoot": True}
    seccomp = {"seccompProfile": {"type": "RuntimeDefault"}}
    container = {"name": "c", "image": IMAGE, "securityContext": {**safe, **seccomp}}
    if resources:
        container["resources"] = {"requests": resources, "limits": resources}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {"containers": [container], **spec}}


def gpu(tenant_slug: str, count: int = 1) -> Props:
    """What a pod asks that wants a GPU of its tenant's own nodes."""
    toleration = {"key": "tenant/slug", "operator": "Equal", "value": tenant_slug, "effect": "NoSchedule"}
    return pod(
        f"gpu-{count}",
        {"nvidia.com/gpu": str(count), "cpu": "100m", "memory": "64Mi"},
        nodeSelector={"tenant/gpu": "true", "tenant/slug": tenant_slug},
        tolerations=[toleration],
    )


@pytest.fixture(scope="module")
def two(desk: Desk, control_plane: Path) -> Iterator[Namespaces]:
    document = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
    role = desk.aws("iam").create_role(RoleName="east-people", AssumeRolePolicyDocument=document)["Role"]
    for tenant in ("east", "west"):
        desk.profile(tenant, whole=tenant == "east")
    with (desk.profiles / "east.yaml").open("a", encoding="utf-8") as file:
        file.write(MEMBERS.format(member=role["Arn"]))
    desk.run("create", "east")
    desk.run("create", "west")
    made = Namespaces(desk, role["Arn"])
    yield made
    for tenant in ("east", "west"):
        desk.run("destroy", tenant, "--purge", "--confirm", tenant)
    left = ask(made.admin, "/api/v1/namespaces")["items"]
    assert not {each["metadata"]["name"] for each in left} & set(made.name.values())


def test_a_person_of_the_tenant_works_in_its_namespace_and_in_no_other(two: Namespaces) -> None:
    person = two.person
    ask(person, two.path("east", "pods"), "POST", pod("works"))
    assert [each["metadata"]["name"] for each in ask(person, two.path("east", "pods"))["items"]] == ["works"]
    for path in (two.path("west", "pods"), two.path("west", "secrets"), "/api/v1/namespaces", "/api/v1/nodes"):
        assert "forbidden" in refusal(person, path)
    ask(person, two.path("east", "pods/works"), "DELETE")


def test_a_person_of_the_tenant_cannot_change_what_holds_it(two: Namespaces) -> None:
    person = two.person
    quota = two.path("east", "resourcequotas/quota")
    assert ask(person, quota)["spec"]["hard"]["requests.nvidia.com/gpu"] == "2"
    assert "forbidden" in refusal(person, quota, "DELETE")
    rbac = "apis/rbac.authorization.k8s.io/v1"
    assert "forbidden" in refusal(person, two.path("east", "roles/member", rbac), "DELETE")
    policies = "apis/networking.k8s.io/v1"
    assert "forbidden" in refusal(person, two.path("east", "networkpolicies/deny-all", policies), "DELETE")
    assert "forbidden" in refusal(person, f"/api/v1/namespaces/{two.name['east']}", "DELETE")


def test_a_pod_over_quota_is_refused_and_one_within_runs_on_the_tenant_s_gpu_node(two: Namespaces) -> None:
    pods = two.path("east", "pods")
    assert "exceeded quota" in refusal(two.person, pods, "POST", gpu(two.name["east"], 3))
    ask(two.person, pods, "POST", gpu(two.name["east"]))

    def runs() -> bool:
        found = ask(two.admin, f"{pods}/gpu-1")
        return bool(found["status"].get("phase") == "Running" and found["spec"]["nodeName"])

    until(runs)
    node = ask(two.admin, f"/api/v1/nodes/{ask(two.admin, f'{pods}/gpu-1')['spec']['nodeName']}")
    assert node["metadata"]["labels"]["tenant/slug"] == two.name["east"]
    ask(two.person, f"{pods}/gpu-1", "DELETE")


def test_pods_stay_off_nodes_of_others_whatever_they_ask(two: Namespaces) -> None:
    pods, other = two.path("west", "pods"), two.name["east"]
    wants: dict[str, Props] = {
        "select nodes by": pod("a", nodeSelector={"tenant/slug": other}),
        "require nodes by": pod("b", affinity=_near({"key": "tenant/slug", "operator": "Exists"})),
        "tolerate its own": pod("c", tolerations=[{"key": "tenant/slug", "operator": "Exists"}]),
        "only": pod("d", tolerations=[{"operator": "Exists"}]),
        "by the scheduler": pod("e", nodeName=f"demo-local-{other}-gpu-0"),
        "priority class": pod("f", priorityClassName=other),
        "cluster's scheduler": pod("g", schedulerName="mine"),
    }
    for sentence, wanted in wants.items():
        assert sentence in refusal(two.admin, pods, "POST", wanted)
    own = pod("own", tolerations=[{"key": "tenant/slug", "value": two.name["west"], "effect": "NoSchedule"}])
    ask(two.admin, pods, "POST", own)
    ask(two.admin, f"{pods}/own", "DELETE")


def _near(expression: Props) -> Props:
    terms = {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}


def test_privileged_pods_are_refused(two: Namespaces) -> None:
    wide = pod("wide", hostNetwork=True)
    assert "restricted" in refusal(two.admin, two.path("west", "pods"), "POST", wide)


def test_volumes_are_of_the_tenant_s_own_class_which_is_under_its_key(two: Namespaces) -> None:
    def claim(name: str, storage_class: str) -> Props:
        size = {"requests": {"storage": "1Gi"}}
        spec = {"accessModes": ["ReadWriteOnce"], "resources": size, "storageClassName": storage_class}
        return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": spec}

    claims = two.path("west", "persistentvolumeclaims")
    assert "storage class" in refusal(two.admin, claims, "POST", claim("theirs", two.name["east"]))
    ask(two.admin, claims, "POST", claim("own", two.name["west"]))
    ask(two.admin, f"{claims}/own", "DELETE")
    found = ask(two.admin, f"/apis/storage.k8s.io/v1/storageclasses/{two.name['west']}")
    assert found["parameters"]["kmsKeyId"] == two.outputs["west"]["keyArn"]


def test_a_shared_model_is_a_claim_that_nobody_else_binds_and_its_people_do_not_delete(two: Namespaces) -> None:
    own, claims = two.name["east"], two.path("east", "persistentvolumeclaims")
    claim, volume = ask(two.person, f"{claims}/model-llama-3.1"), f"{own}-model-llama-3.1"
    assert (claim["spec"]["accessModes"], claim["spec"]["volumeName"]) == (["ReadOnlyMany"], volume)
    held = ask(two.admin, f"/api/v1/persistentvolumes/{volume}")["spec"]
    assert (held["claimRef"]["namespace"], held["csi"]["driver"]) == (own, "s3.csi.aws.com")
    assert held["mountOptions"] == ["read-only", "prefix llama-3.1/"]
    assert "goes when the tenant's profile" in refusal(two.person, f"{claims}/model-llama-3.1", "DELETE")
    stolen = {**claim, "metadata": {"name": "stolen"}, "status": {}}
    assert "storage class" in refusal(two.admin, two.path("west", "persistentvolumeclaims"), "POST", stolen)


def test_pods_find_what_is_theirs_and_no_secret_is_kept_for_them(two: Namespaces) -> None:
    found = ask(two.admin, two.path("west", "configmaps/connections"))["data"]
    assert found["databaseEndpoint"] == two.outputs["west"]["databaseEndpoint"]
    assert found["databaseSecretArn"] == two.outputs["west"]["databaseSecretArn"]
    assert ask(two.admin, two.path("west", "secrets"))["items"] == []
    associations = two.desk.aws("eks").list_pod_identity_associations(
        clusterName=two.outputs["west"]["cluster"], namespace=two.name["west"]
    )["associations"]
    assert [each["serviceAccount"] for each in associations] == ["workload"]


def test_what_someone_opened_in_the_namespace_is_seen_and_put_back(two: Namespaces) -> None:
    path = two.path("east", "networkpolicies/deny-all", "apis/networking.k8s.io/v1")
    ask(two.admin, path, "DELETE")
    (told,) = two.desk.run("drift", "east", "--output", "json").json["tenants"]
    assert [change["name"] for change in told["changes"]] == ["deny-all"]
    two.desk.run("apply", "east", "--refresh")
    assert ask(two.admin, path)["spec"]["policyTypes"] == ["Egress", "Ingress"]
    assert two.desk.run("drift", "east", "--output", "json").json["tenants"][0]["drifted"] is False


def test_the_gpu_pool_has_its_tags_its_disks_key_and_its_hours(two: Namespaces) -> None:
    ec2, key = two.desk.aws("ec2"), two.outputs["east"]["keyArn"]
    name = f"demo-local-{two.name['east']}-gpu"
    asked = {"LaunchTemplateName": name, "Versions": ["$Latest"]}
    (version,) = ec2.describe_launch_template_versions(**asked)["LaunchTemplateVersions"]
    rendered = version["LaunchTemplateData"]
    tagged = {each["ResourceType"]: each["Tags"] for each in rendered["TagSpecifications"]}
    for kind in ("instance", "volume", "network-interface"):
        assert {"Key": "tenant", "Value": "east"} in tagged[kind]
    (disk,) = rendered["BlockDeviceMappings"]
    assert (disk["Ebs"]["Encrypted"], disk["Ebs"]["KmsKeyId"]) == (True, key)
    assert rendered["MetadataOptions"]["HttpTokens"] == "required"
    assert rendered["MetadataOptions"]["HttpPutResponseHopLimit"] == 1
    actions = two.desk.aws("autoscaling").describe_scheduled_actions()["ScheduledUpdateGroupActions"]
    mine = [each for each in actions if name in each["AutoScalingGroupName"]]
    hours = {each["ScheduledActionName"]: each["Recurrence"] for each in mine}
    assert hours == {"gpu-start": "0 8 * * MON,TUE,WED,THU,FRI", "gpu-end": "0 20 * * MON,TUE,WED,THU,FRI"}
