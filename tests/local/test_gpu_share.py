"""GPUs that tenants share, in a real control plane: who gets to them, by which queue, and for how many hours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.providers.aws import eks_tokens
from engine.providers.aws.access import AwsAccess, Credentials
from engine.providers.kubernetes.connection import Connection
from engine.providers.port import Props
from tests.cluster_clients import ask, connect
from tests.control_plane_fixture import control_plane
from tests.local.conftest import Desk, until
from tests.local.test_namespaces import pod, refusal

__all__ = ["control_plane"]
pytestmark = pytest.mark.xdist_group("gpu-share")

SHARE = "tenant/gpu-share"
QUEUE = {"kueue.x-k8s.io/queue-name": "gpu"}
KUEUE = "/apis/kueue.x-k8s.io/v1beta1"


class Share:
    """A tenant with a share of one GPU, one without, and the cluster's administrator."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.outputs = {tenant: desk.outputs(tenant) for tenant in ("with", "without")}
        known = desk.environment
        access = AwsAccess(credentials=Credentials(known.access_key, known.secret_key))
        name = self.outputs["with"]["cluster"]
        found = desk.aws("eks").describe_cluster(name=name)["cluster"]
        self.cluster = name
        self.admin: Connection = connect(found, eks_tokens.token(access, "us-east-1", name).text)

    def slug(self, tenant: str) -> str:
        return str(self.outputs[tenant]["namespace"])

    def pods(self, tenant: str) -> str:
        return f"/api/v1/namespaces/{self.slug(tenant)}/pods"


@pytest.fixture(scope="module")
def share(desk: Desk, control_plane: Path) -> Iterator[Share]:
    desk.write("with", tier="enterprise", namespace="{gpus: 1}")
    desk.write("without", tier="enterprise")
    for tenant in ("with", "without"):
        desk.run("create", tenant)
    made = Share(desk)
    eks = desk.aws("eks")
    (group,) = [each for each in eks.list_nodegroups(clusterName=made.cluster)["nodegroups"] if "gpu-shared" in each]
    sizes = {"minSize": 0, "maxSize": 2, "desiredSize": 1}
    eks.update_nodegroup_config(clusterName=made.cluster, nodegroupName=group, scalingConfig=sizes)
    yield made
    eks.update_nodegroup_config(
        clusterName=made.cluster, nodegroupName=group, scalingConfig={**sizes, "desiredSize": 0}
    )
    gone = {made.slug(tenant) for tenant in ("with", "without")}
    for tenant in ("with", "without"):
        desk.run("destroy", tenant, "--purge", "--confirm", tenant)
    left = {each["metadata"]["name"] for each in ask(made.admin, f"{KUEUE}/clusterqueues")["items"]}
    assert not gone & left


def gpu(name: str, count: int = 1, marked: dict[str, str] | None = None, **spec: Any) -> Props:
    """A pod for shared GPUs."""
    asked = {"cpu": "100m", "memory": "64Mi", **({"nvidia.com/gpu": str(count)} if count else {})}
    made = pod(name, asked, tolerations=[{"key": SHARE, "operator": "Exists"}], **spec)
    made["metadata"]["labels"] = QUEUE if marked is None else marked
    return made


def runs(share: Share, path: str) -> None:
    until(lambda: ask(share.admin, path)["status"].get("phase") == "Running")


def test_a_pod_of_the_share_runs_on_a_shared_node(share: Share) -> None:
    pods = share.pods("with")
    ask(share.admin, pods, "POST", gpu("mine"))
    runs(share, f"{pods}/mine")
    node = ask(share.admin, f"/api/v1/nodes/{ask(share.admin, f'{pods}/mine')['spec']['nodeName']}")
    assert node["metadata"]["labels"]["tenant/pool"] == "gpu-shared"
    assert [taint["key"] for taint in node["spec"]["taints"]] == [SHARE]
    assert "exceeded quota" in refusal(share.admin, pods, "POST", gpu("more"))
    ask(share.admin, f"{pods}/mine", "DELETE")


def test_nobody_gets_to_a_shared_node_without_share_gpu_or_queue(share: Share) -> None:
    mine, theirs = share.pods("with"), share.pods("without")
    assert "where it has a share" in refusal(share.admin, theirs, "POST", gpu("a"))
    assert "ask for nvidia.com/gpu" in refusal(share.admin, mine, "POST", gpu("b", 0))
    assert "waits in its tenant's queue" in refusal(share.admin, mine, "POST", gpu("c", marked={}))
    elsewhere = {"kueue.x-k8s.io/queue-name": share.slug("without")}
    assert "waits in its tenant's queue" in refusal(share.admin, mine, "POST", gpu("d", marked=elsewhere))


def test_queues_are_there_in_kueue_s_shape_and_what_someone_changed_is_seen(share: Share) -> None:
    slug = share.slug("with")
    path = f"{KUEUE}/clusterqueues/{slug}"
    found = ask(share.admin, path)
    assert found["spec"]["namespaceSelector"] == {"matchLabels": {"kubernetes.io/metadata.name": slug}}
    local = ask(share.admin, f"{KUEUE}/namespaces/{slug}/localqueues/gpu")
    assert local["spec"]["clusterQueue"] == slug
    assert ask(share.admin, f"{KUEUE}/workloadpriorityclasses/{slug}")["value"] == 3000
    found["spec"]["namespaceSelector"] = {}
    ask(share.admin, path, "PUT", found)
    (told,) = share.desk.run("drift", "with", "--output", "json").json["tenants"]
    assert [change["name"] for change in told["changes"]] == ["cluster-queue"]
    share.desk.run("apply", "with", "--refresh")
    assert ask(share.admin, path)["spec"]["namespaceSelector"] != {}


def test_spent_hours_let_no_new_pod_in_and_are_no_drift(share: Share) -> None:
    desk, pods = share.desk, share.pods("with")
    ask(share.admin, pods, "POST", gpu("counted"))
    runs(share, f"{pods}/counted")
    (told,) = desk.run("usage", "record", "with", "--output", "json").json["tenants"]
    assert (told["pods"], told["gate"]) == (1, "open")
    ask(share.admin, f"{pods}/counted", "DELETE")
    until(lambda: not ask(share.admin, pods)["items"])
    desk.write("with", tier="enterprise", namespace="{gpus: 1}", quotas="{gpu_hours_monthly: 0}")
    desk.run("apply", "with")
    (told,) = desk.run("usage", "record", "with", "--output", "json").json["tenants"]
    assert (told["pods"], told["gate"]) == (1, "closed")
    refused = f"/api/v1/namespaces/{share.slug('with')}/resourcequotas/gpu-hours"
    until(lambda: "hard" in ask(share.admin, refused).get("status", {}))
    assert "gpu-hours" in refusal(share.admin, pods, "POST", gpu("late"))
    assert desk.run("drift", "with", "--output", "json").json["tenants"][0]["drifted"] is False
    assert "gated by samples" in desk.run("show", "with").out
    desk.write("with", tier="enterprise", namespace="{gpus: 1}")
    desk.run("apply", "with")
    assert "let in" in desk.run("usage", "record", "--all").out
    ask(share.admin, pods, "POST", gpu("again"))
    ask(share.admin, f"{pods}/again", "DELETE")
