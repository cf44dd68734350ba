"""A tenant's namespace: what its pods may use together, where they may run, whom they may reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stacks.conventions import addressing
from stacks.inputs.environment import Cell
from stacks.inputs.fields import Isolation
from stacks.inputs.machines import machine
from stacks.resources.kind import Ask, Claim, Kind, PriceDimension

SERVICE_ACCOUNT = "workload"
"""The account that the tenant's pods run as to take on its IAM role."""


@dataclass(frozen=True, slots=True)
class NamespaceSpec:
    """Cores, GB, pods and GPUs are for all pods together; `rank` is the tier's, which pods' priority follows.

    `data_cidrs` and `endpoint_cidrs` are where its data and AWS's private endpoints answer; `members` are ARNs of
    roles of people who work in it; `own_nodes` says that its pods run on its own nodes only. From `web_cidrs` the
    cell's load balancer reaches its pods on `web_port`, 0 for not at all.
    """

    isolation: Isolation
    name: str
    cpu: int
    memory_gb: int
    pods: int
    storage_gb: int
    gpus: int
    rank: int
    own_nodes: bool
    data_cidrs: tuple[str, ...]
    data_ports: tuple[int, ...]
    endpoint_cidrs: tuple[str, ...]
    members: tuple[str, ...]
    web_port: int = 0
    web_cidrs: tuple[str, ...] = ()


def resolve(ask: Ask) -> NamespaceSpec:
    """The size's figures, changed where the profile says so; as many GPUs as its own nodes may have."""
    wanted, figures, profile, facts = ask.profile.namespace, ask.row.namespace, ask.profile, ask.facts
    gpu = profile.gpu
    own = addressing.own_vpc(facts.cidrs[0]) if facts.own_vpc else None
    cell = ask.environment.cell(facts.region, facts.cell)
    ranges = addressing.cell(cell.cidr) if cell else None
    private = own.private if own else ranges.private if ranges else ()
    shared = ranges.data if ranges and ask.shares_data else ()
    return NamespaceSpec(
        isolation=Isolation.SILO if profile.cluster.dedicated else Isolation.BRIDGE,
        name=facts.slug,
        cpu=figures.cpu if wanted.cpu is None else wanted.cpu,
        memory_gb=figures.memory_gb if wanted.memory_gb is None else wanted.memory_gb,
        pods=figures.pods if wanted.pods is None else wanted.pods,
        storage_gb=figures.storage_gb if wanted.storage_gb is None else wanted.storage_gb,
        gpus=gpu.nodes.max * max(machine(each).gpus for each in gpu.instance_types) if gpu else 0,
        rank=ask.tier.rank,
        own_nodes=profile.nodes is not None,
        data_cidrs=own.data if own else (*facts.cidrs, *shared),
        data_ports=(addressing.DATABASE_PORT, addressing.CACHE_PORT),
        endpoint_cidrs=private,
        members=tuple(sorted(wanted.members)),
        web_port=profile.ingress.port if profile.ingress else 0,
        web_cidrs=_outside(cell) if profile.ingress and cell else (),
    )


def _outside(cell: Cell) -> tuple[str, ...]:
    """Where the cell's load balancer stands. Of an adopted VPC that is not known: its security group is the limit."""
    return ("0.0.0.0/0",) if cell.adopt else addressing.cell(cell.cidr).public


def prices(spec: NamespaceSpec) -> Iterator[PriceDimension]:
    """Volumes by use; pods run on nodes that are paid for elsewhere."""
    if spec.storage_gb:
        yield PriceDimension("ebs.gp3", "GB-month", None)


def claims(spec: NamespaceSpec) -> Iterator[Claim]:
    """Nothing of others is seen, reached or used up."""
    yield Claim("NEIGHBOURS_CANNOT_READ_NAMESPACE", "OWN_ACCOUNT_READS_NAMESPACE")
    yield Claim("NEIGHBOURS_PODS_CANNOT_CONNECT", "OWN_PODS_CONNECT")
    yield Claim("QUOTA_EXCEEDED_REFUSED", "QUOTA_WITHIN_ADMITTED")
    yield Claim("PRIVILEGED_PODS_REFUSED", "RESTRICTED_PODS_ADMITTED")


KIND = Kind(
    "namespace",
    "Namespace",
    NamespaceSpec,
    frozenset({Isolation.BRIDGE, Isolation.SILO}),
    resolve,
    prices,
    claims,
)
