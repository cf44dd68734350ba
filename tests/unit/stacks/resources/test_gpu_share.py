from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from stacks.blueprint import placement, resolve, shared
from stacks.blueprint.clusters import NodePlan
from stacks.blueprint.model import Blueprint
from stacks.conventions import labels
from stacks.errors import BadInput
from stacks.inputs import environment, profile
from stacks.inputs.environment import Environment
from stacks.inputs.fields import Isolation
from stacks.inputs.shared_gpus import Queues
from stacks.parts import boot
from stacks.policies import device_plugin
from stacks.resources.gpu_share import manifests
from stacks.resources.gpu_share.spec import GpuShareSpec
from stacks.resources.namespace import manifests as of_namespace
from stacks.resources.namespace.spec import NamespaceSpec
from stacks.resources.node_pool.spec import NodePoolSpec
from tests.unit.stacks.given import KEY, TEMPLATES, asked, local, silo

A100 = {"instance_types": ["p4d.24xlarge"], "nodes": {"max": 2}}


def having(**gpu: Any) -> Environment:
    """The local environment, with these keys of its shared GPUs changed."""
    known = local()
    assert known.shared.gpu is not None
    pool = known.shared.gpu.model_copy(update=gpu)
    return known.model_copy(update={"shared": known.shared.model_copy(update={"gpu": pool})})


def made(where: Environment | None = None, **keys: Any) -> Blueprint:
    wanted, here = asked(**keys), where or local()
    return resolve.tenant(wanted, silo(), here, placement.place(wanted, silo(), here, (), KEY, 1))


def faults(where: Environment | None = None, **keys: Any) -> list[tuple[str, str]]:
    with pytest.raises(BadInput) as told:
        made(where, **keys)
    return [(fault.field, fault.why) for fault in told.value.faults]


def test_a_tenant_that_asks_for_none_has_no_share_and_no_queue() -> None:
    spec = made().of(GpuShareSpec)
    assert (spec.gpus, spec.queued, spec.flavor) == (0, False, "")
    assert labels.GPU_SHARE not in of_namespace.identity(made().of(NamespaceSpec), {})["labels"]


def test_a_share_counts_in_the_namespace_s_quota_beside_own_nodes() -> None:
    both = made(namespace={"gpus": 2}, gpu={"instance_types": ["g5.12xlarge"], "nodes": {"max": 3}})
    spec = both.of(NamespaceSpec)
    assert of_namespace.quota(spec)["hard"]["requests.nvidia.com/gpu"] == str(2 + 4 * 3)
    named = of_namespace.identity(spec, {})["labels"]
    assert (named[labels.GPU_SHARE], named[labels.GPU_QUEUE]) == ("true", "gpu")
    assert both.of(GpuShareSpec).isolation is Isolation.POOL


def test_the_tenant_s_queue_is_for_its_namespace_alone_and_its_share_is_hard() -> None:
    spec = made(namespace={"gpus": 2}).of(GpuShareSpec)
    queue = manifests.cluster_queue(spec)
    assert queue["namespaceSelector"] == {"matchLabels": {"kubernetes.io/metadata.name": spec.name}}
    (group,) = queue["resourceGroups"]
    quotas = {each["name"]: (each["nominalQuota"], each["borrowingLimit"]) for each in group["flavors"][0]["resources"]}
    assert quotas["nvidia.com/gpu"] == ("2", "0")
    assert set(group["coveredResources"]) == set(quotas) == {"cpu", "memory", "nvidia.com/gpu"}
    assert queue["preemption"]["reclaimWithinCohort"] == "Any"


def test_gpus_are_borrowed_only_where_kueue_takes_them_back() -> None:
    served = made(having(queues=Queues.KUEUE), namespace={"gpus": 1})
    assert served.of(GpuShareSpec).borrowing == silo().options.gpu_borrowing == 2
    assert served.of(NamespaceSpec).gpus == 1 + 2
    assert made(namespace={"gpus": 1}).of(GpuShareSpec).borrowing == 0
    unqueued = made(having(queues=Queues.NONE), namespace={"gpus": 1})
    assert (unqueued.of(GpuShareSpec).queued, unqueued.of(NamespaceSpec).gpu_queue) == (False, "")


def test_a_share_is_refused_where_there_is_none_to_be_had() -> None:
    none = local().model_copy(update={"shared": local().shared.model_copy(update={"gpu": None})})
    assert faults(none, namespace={"gpus": 1}) == [
        (
            "namespace.gpus",
            "environment `local` has no GPUs that tenants share (`shared.gpu`), and 1 are wanted",
        )
    ]
    assert faults(namespace={"gpus": 3})[0][1].startswith("3 GPUs are more than the shared nodes")
    assert faults(having(nodes=profile.NodeCount(max=9)), namespace={"gpus": 5}) == [
        ("namespace.gpus", "5 shared GPUs are more than tier `enterprise` gives")
    ]
    assert "this one has its own" in faults(namespace={"gpus": 1}, cluster={"dedicated": True})[0][1]
    assert "run on those only" in faults(namespace={"gpus": 1}, nodes={"instance_types": ["m7g.large"]})[0][1]


def test_a_refused_share_says_where_it_stands(tmp_path: Path) -> None:
    text = (TEMPLATES / "profiles" / "globex.yaml").read_text().replace("cluster:\n  dedicated: true\n", "")
    (tmp_path / "globex.yaml").write_text(text + "namespace:\n  gpus: 9\n")
    wanted = profile.load(tmp_path / "globex.yaml")
    with pytest.raises(BadInput) as told:
        resolve.tenant(wanted, silo(), local(), placement.place(wanted, silo(), local(), (), KEY, 1))
    (fault,) = told.value.faults
    assert fault.where is not None
    assert (fault.where.file, fault.where.line) == (str(tmp_path / "globex.yaml"), len(text.splitlines()) + 2)


def test_shared_gpus_are_never_cut_and_the_refusal_says_why(tmp_path: Path) -> None:
    text = (TEMPLATES / "environments" / "local.yaml").read_text()
    (tmp_path / "local.yaml").write_text(text.replace("queues: crds}", "queues: crds, sharing: time-slicing}"))
    with pytest.raises(BadInput) as told:
        environment.load(tmp_path / "local.yaml")
    assert any("keeps neither memory nor faults apart" in fault.why for fault in told.value.faults)
    assert all(fault.where and fault.field == "shared.gpu.sharing" for fault in told.value.faults)


@pytest.mark.parametrize(
    ("gpu", "why"),
    [
        ({"instance_types": ["g5.2xlarge"], "sharing": "mig-1g.5gb"}, "has no MIG"),
        ({**A100, "sharing": "mig-1g.10gb"}, "can't be cut by"),
    ],
)
def test_a_cut_that_the_gpu_cannot_have_is_refused(tmp_path: Path, gpu: dict[str, Any], why: str) -> None:
    text = (TEMPLATES / "profiles" / "globex.yaml").read_text()
    (tmp_path / "globex.yaml").write_text(f"{text}gpu: {gpu}\n")
    with pytest.raises(BadInput) as told:
        profile.load(tmp_path / "globex.yaml")
    assert [fault.field for fault in told.value.faults] == ["gpu.sharing"]
    assert why in told.value.faults[0].why


def test_own_gpus_are_cut_as_the_profile_says_and_counted_in_parts() -> None:
    cut = made(gpu={**A100, "sharing": "mig-2g.10gb"})
    (pool,) = cut.of(NodePoolSpec).pools
    assert (pool.plugin, cut.of(NamespaceSpec).gpus) == (device_plugin.MIG, 2 * 8 * 3)
    script = base64.b64decode(boot.user_data(pool)).decode()
    assert "nvidia-smi mig -cgi 2g.10gb,2g.10gb,2g.10gb -C" in script
    sliced = made(gpu={"instance_types": ["g5.2xlarge"], "sharing": "time-slicing"})
    assert sliced.of(NodePoolSpec).pools[0].plugin == "time-slicing"
    assert sliced.of(NamespaceSpec).gpus == 4


def pool_of_the_cell() -> NodePlan:
    found = shared.resolve(local(), "us-east-1", 1).gpu
    assert found is not None
    return found.nodes


def test_shared_nodes_are_tainted_and_pass_gpus_as_mounts_only() -> None:
    plan = pool_of_the_cell()
    assert labels.taints(plan.owner, gpu_share=plan.gpu_share) == (
        {"key": labels.GPU_SHARE, "value": "true", "effect": "NO_SCHEDULE"},
    )
    assert labels.of_node(plan.owner, plan.role, gpu=True, plugin=plan.plugin)[labels.PLUGIN] == "shared"
    assert "as-volume-mounts=true" in base64.b64decode(boot.user_data(plan)).decode()
    configuration = device_plugin.CONFIGURATIONS["shared"]
    assert configuration["flags"]["plugin"]["deviceListStrategy"] == "volume-mounts"
    assert "sharing" not in configuration


def test_a_cell_s_blueprint_with_gpus_survives_its_json() -> None:
    cell = shared.resolve(local(), "us-east-1", 1)
    assert shared.from_json(cell.to_json()) == cell


def test_every_configuration_has_its_plugin_and_no_node_has_two() -> None:
    required = "requiredDuringSchedulingIgnoredDuringExecution"
    chosen: dict[str, Any] = {}
    for name in ("", *device_plugin.CONFIGURATIONS):
        pod = device_plugin.daemon_set(name)["template"]["spec"]
        (term,) = pod["affinity"]["nodeAffinity"][required]["nodeSelectorTerms"]
        (wanted,) = [each for each in term["matchExpressions"] if each["key"] == labels.PLUGIN]
        chosen[name] = wanted.get("values", wanted["operator"])
    assert chosen == {"": "DoesNotExist", "shared": ["shared"], "mig": ["mig"], "time-slicing": ["time-slicing"]}


@pytest.mark.parametrize("name", ["", *device_plugin.CONFIGURATIONS])
def test_no_plugin_has_a_token_of_the_cluster_or_calls_of_the_kernel_that_the_runtime_keeps_from_others(
    name: str,
) -> None:
    pod = device_plugin.daemon_set(name)["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"] == {"seccompProfile": {"type": "RuntimeDefault"}}
