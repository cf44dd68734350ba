"""Where a tenant's pods run: its cluster, its nodes, its namespace."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stacks.blueprint import resolve
from stacks.blueprint.model import Blueprint
from stacks.errors import BadInput
from stacks.inputs.environment import AdoptCluster
from stacks.inputs.fields import Isolation
from stacks.resources.cluster import spec as cluster
from stacks.resources.cluster.spec import ClusterSpec
from stacks.resources.encryption.spec import EncryptionSpec
from stacks.resources.identity.spec import IdentitySpec
from stacks.resources.namespace import manifests
from stacks.resources.namespace.spec import NamespaceSpec
from stacks.resources.node_pool.spec import NodePoolSpec
from stacks.resources.quotas import NODE_GROUPS, VCPUS
from tests.unit.stacks.given import asked, blueprint, facts_of, local, silo

GPU = {"instance_types": ["g5.2xlarge", "g5.12xlarge"], "nodes": {"max": 3}}
DEDICATED = {"dedicated": True}


def refused(**changes: Any) -> list[tuple[str, str, str, str]]:
    with pytest.raises(BadInput) as told:
        blueprint(asked(**changes), facts_of(asked()))
    return [(fault.field, fault.why, fault.allowed, fault.nearest) for fault in told.value.faults]


def test_a_namespace_is_in_the_cell_s_cluster_unless_the_profile_asks_for_one_of_its_own() -> None:
    shared, own = blueprint(asked()), blueprint(asked(cluster=DEDICATED))
    assert (shared.of(ClusterSpec).isolation, shared.of(NamespaceSpec).isolation) == (Isolation.POOL, Isolation.BRIDGE)
    assert (own.of(ClusterSpec).isolation, own.of(NamespaceSpec).isolation) == (Isolation.SILO, Isolation.SILO)
    assert shared.of(ClusterSpec).seat.name != own.of(ClusterSpec).seat.name == own.names.of("cluster")


def test_the_role_of_pods_is_for_those_of_the_tenant_s_own_cluster() -> None:
    for made in (blueprint(asked()), blueprint(asked(cluster=DEDICATED))):
        assert made.of(IdentitySpec).clusters == (made.of(ClusterSpec).seat.arn,)


def test_an_adopted_cluster_is_used_with_its_own_roles() -> None:
    environment, wanted = local(), asked()
    node, storage = (f"arn:aws:iam::123456789012:role/{name}" for name in ("their-nodes", "their-driver"))
    adopted = AdoptCluster(name="research", node_role=node, storage_role=storage)
    region = environment.regions[0]
    cell = region.cells[0].model_copy(update={"adopt_cluster": adopted})
    there = region.model_copy(update={"cells": [cell]})
    changed = environment.model_copy(update={"regions": [there, *environment.regions[1:]]})
    made = resolve.tenant(wanted, silo(), changed, facts_of(wanted))
    assert made.of(ClusterSpec).seat.name == "research"
    assert made.of(ClusterSpec).seat.node_role == node
    assert storage in made.of(EncryptionSpec).service_roles


def test_what_makes_disks_may_use_the_key_only_where_there_are_such() -> None:
    def roles(made: Blueprint) -> set[str]:
        return {arn.rpartition("/")[2].rpartition("-")[2] for arn in made.of(EncryptionSpec).service_roles}

    assert roles(blueprint(asked())) == {"storage", "backup"}
    assert roles(blueprint(asked(gpu=GPU))) == {"storage", "backup", "AWSServiceRoleForAutoScaling"}


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        ({}, {"cluster": DEDICATED}, "cluster.dedicated"),
        (
            {"cluster": {**DEDICATED, "version": "1.35"}},
            {"cluster": {**DEDICATED, "version": "1.34"}},
            "cluster.version",
        ),
        (
            {"cluster": {**DEDICATED, "version": "1.33"}},
            {"cluster": {**DEDICATED, "version": "1.35"}},
            "cluster.version",
        ),
    ],
)
def test_what_a_cluster_can_not_become(before: dict[str, Any], after: dict[str, Any], field: str) -> None:
    old, new = (blueprint(asked(**changes)).of(ClusterSpec) for changes in (before, after))
    assert [fault.field for fault in cluster.refusals(old, new)] == [field]
    assert list(cluster.refusals(new, new)) == []


def test_a_cluster_goes_to_the_next_version() -> None:
    old, new = (blueprint(asked(cluster={**DEDICATED, "version": v})).of(ClusterSpec) for v in ("1.34", "1.35"))
    assert list(cluster.refusals(old, new)) == []


def test_a_gpu_pool_says_what_it_uses_up_and_lets_as_many_gpus_be_asked_for() -> None:
    made = blueprint(asked(gpu=GPU))
    (pool,) = made.of(NodePoolSpec).pools
    assert (pool.gpus, pool.image, pool.owner) == (4, "AL2023_x86_64_NVIDIA", made.slug)
    assert made.of(NamespaceSpec).gpus == 12
    demanded = {demand.quota: demand.amount for demand in made.demands()}
    assert demanded[NODE_GROUPS] == 1
    assert demanded["ec2.g_vcpus"] == 3 * 48
    spot = blueprint(asked(gpu={**GPU, "capacity": "spot"}))
    assert {demand.quota for demand in spot.demands()} & set(VCPUS) == {"ec2.g_spot_vcpus"}


def test_nodes_that_come_and_go_are_no_cost_that_is_known() -> None:
    prices = [each for kind, each in blueprint(asked(gpu=GPU)).prices() if kind == "node_pool"]
    assert {each.quantity for each in prices} == {None}
    always = {**GPU, "nodes": {"min": 2, "max": 2}}
    (hours, disk) = [each for kind, each in blueprint(asked(gpu=always)).prices() if kind == "node_pool"]
    assert (hours.key, hours.quantity) == ("ec2.g5.2xlarge.linux", 1460)
    assert (disk.key, disk.quantity) == ("ebs.gp3", 400)


def test_a_pool_with_hours_costs_what_its_hours_cost() -> None:
    hours = {"start": "08:00", "end": "20:00", "time_zone": "Europe/Berlin"}
    made = blueprint(asked(gpu={**GPU, "nodes": {"max": 1}, "hours": hours}))
    (pool,) = made.of(NodePoolSpec).pools
    assert pool.schedule is not None
    assert (pool.schedule.start, pool.schedule.end) == ("0 8 * * MON,TUE,WED,THU,FRI", "0 20 * * MON,TUE,WED,THU,FRI")
    assert pool.schedule.hours_weekly == 60
    (price,) = [each for _, each in made.prices() if each.key == "ec2.g5.2xlarge.linux"]
    assert price.quantity == round(730 * 60 / 168, 2)


def test_hours_past_midnight_end_on_the_next_day() -> None:
    hours = {"start": "22:00", "end": "06:30", "days": ["fri", "sun"]}
    (pool,) = blueprint(asked(gpu={**GPU, "hours": hours})).of(NodePoolSpec).pools
    assert pool.schedule is not None
    assert (pool.schedule.end, pool.schedule.hours_weekly) == ("30 6 * * SAT,MON", 17)


@pytest.mark.parametrize(
    ("changes", "field", "nearest"),
    [
        ({"gpu": {**GPU, "nodes": {"max": 6}}}, "gpu.nodes.max", "5"),
        ({"nodes": {"instance_types": ["m7i.large"], "nodes": {"max": 21}}}, "nodes.nodes.max", "20"),
        ({"namespace": {"pods": 2}}, "namespace.pods", "3"),
        ({"namespace": {"memory_gb": 1}, "quotas": {"concurrent_research": 10}}, "namespace.memory_gb", "5"),
    ],
)
def test_what_goes_beyond_the_tier_or_is_too_little_is_refused(
    changes: dict[str, Any], field: str, nearest: str
) -> None:
    ((told, _, _, offered),) = refused(**changes)
    assert (told, offered) == (field, nearest)


def test_a_namespace_is_no_larger_than_the_tier_s_largest_size() -> None:
    ((field, why, allowed, _),) = refused(namespace={"cpu": 1000})
    assert (field, allowed) == ("namespace.cpu", "up to 384")
    assert "tier `enterprise`" in why


def test_a_tier_that_offers_no_nodes_says_so_for_each() -> None:
    poor = silo().model_copy(update={"options": type(silo().options)()})
    wanted = asked(gpu=GPU, nodes={"instance_types": ["m7i.large"]}, cluster=DEDICATED)
    with pytest.raises(BadInput) as told:
        resolve.tenant(wanted, poor, local(), facts_of(wanted))
    assert [fault.field for fault in told.value.faults] == ["cluster.dedicated", "gpu", "nodes"]


def test_egress_ends_at_own_data_dns_aws_and_own_pods() -> None:
    made = blueprint(asked()).of(NamespaceSpec)
    policies = manifests.network(made)
    assert policies["deny-all"] == {"podSelector": {}, "policyTypes": ["Egress", "Ingress"]}
    (data,) = policies["own-data"]["egress"]
    assert [each["ipBlock"]["cidr"] for each in data["to"]] == list(made.data_cidrs)
    assert [each["port"] for each in data["ports"]] == [5432, 6379]
    (aws,) = policies["aws"]["egress"]
    (world,) = [each["ipBlock"] for each in aws["to"] if each["ipBlock"]["cidr"] == "0.0.0.0/0"]
    assert "10.0.0.0/8" in world["except"]


def test_a_tag_that_no_label_holds_is_an_annotation() -> None:
    metadata = manifests.identity(blueprint(asked()).of(NamespaceSpec), {"owner": "a@b.example", "tenant": "acme"})
    assert metadata["annotations"] == {"tenant/owner": "a@b.example"}
    assert metadata["labels"]["tenant/tenant"] == "acme"
    assert metadata["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


@settings(deadline=None)
@given(cpu=st.integers(1, 384), pods=st.integers(3, 2000), gb=st.integers(2, 1536))
def test_the_quota_is_what_was_asked_for(cpu: int, pods: int, gb: int) -> None:
    made = blueprint(asked(namespace={"cpu": cpu, "pods": pods, "memory_gb": gb}), facts_of(asked()))
    hard = manifests.quota(made.of(NamespaceSpec))["hard"]
    assert (hard["requests.cpu"], hard["pods"], hard["requests.memory"]) == (str(cpu), str(pods), f"{gb}Gi")
    assert hard["services.loadbalancers"] == "0"
