"""A tenant's namespace: what its pods may use together, where they may run, whom they may reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from stacks.blueprint import data
from stacks.conventions import addressing, naming
from stacks.inputs.environment import Cell
from stacks.inputs.fields import Isolation
from stacks.resources.kind import SILO_OR_BRIDGE, Ask, Claim, Kind, PriceDimension

SERVICE_ACCOUNT = "workload"
"""The account that the tenant's pods run as to take on its IAM role."""


@dataclass(frozen=True, slots=True)
class MemberShare:
    """What pods in the namespace of the member called `member` may use together, and ARNs of who works in it."""

    name: str
    member: str
    cpu: int
    memory_gb: int
    pods: int
    storage_gb: int
    gpus: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NamespaceSpec:
    """Cores, GB, pods and GPUs are for all pods together, less what members have of them; `rank` is the tier's, which
    pods' priority follows.

    `data_cidrs` and `endpoint_cidrs` are where its data and AWS's private endpoints answer; `members` are ARNs of
    roles of people who work in it; `own_nodes` says that its pods run on its own nodes only. From `web_cidrs` the
    cell's load balancer reaches its pods on `web_port`, 0 for not at all. `gpu_share` says that its pods may run on
    nodes whose GPUs tenants share, `gpu_queue` by which queue, empty for none. `models` are folders of `model_bucket`
    that its pods may mount. `shares` are those of members with their own namespaces.
    """

    isolation: Isolation
    name: str
    slug: str
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
    gpu_share: bool = False
    gpu_queue: str = ""
    model_bucket: str = ""
    models: tuple[str, ...] = ()
    shares: tuple[MemberShare, ...] = ()

    def of(self, share: MemberShare) -> NamespaceSpec:
        """A member's: held as the tenant's own is, within its share, and not reached from outside.

        The queue for shared GPUs is in the tenant's namespace: members' GPUs are those of its own nodes. So are volumes
        of models: pods of members have no role to read them as.
        """
        figures = {name: getattr(share, name) for name in ("name", "members", *_SHARED)}
        nothing: dict[str, Any] = {"gpu_queue": "", "model_bucket": "", "models": (), "shares": ()}
        return replace(self, **figures, web_port=0, web_cidrs=(), gpu_share=False, **nothing)


_SHARED: Final = ("cpu", "memory_gb", "pods", "storage_gb", "gpus")
"""What members have parts of, as profiles, sizes and specs call it."""


def resolve(ask: Ask) -> NamespaceSpec:
    """The size's figures, changed where the profile says so; as many GPUs as its own nodes and its share may have."""
    wanted, figures, profile, facts = ask.profile.namespace, ask.row.namespace, ask.profile, ask.facts
    own = addressing.own_vpc(facts.cidrs[0]) if facts.own_vpc else None
    cell = ask.environment.cell(facts.region, facts.cell)
    ranges = addressing.cell(cell.cidr) if cell else None
    private = own.private if own else ranges.private if ranges else ()
    shared = ranges.data if ranges and ask.shares_data else ()
    shares = tuple(_shares(ask))
    models = tuple(sorted(profile.shared.models))

    def left(name: str, most: int) -> int:
        return most - sum(getattr(share, name) for share in shares)

    return NamespaceSpec(
        isolation=Isolation.SILO if profile.cluster.dedicated else Isolation.BRIDGE,
        name=facts.slug,
        slug=facts.slug,
        cpu=left("cpu", figures.cpu if wanted.cpu is None else wanted.cpu),
        memory_gb=left("memory_gb", figures.memory_gb if wanted.memory_gb is None else wanted.memory_gb),
        pods=left("pods", figures.pods if wanted.pods is None else wanted.pods),
        storage_gb=left("storage_gb", figures.storage_gb if wanted.storage_gb is None else wanted.storage_gb),
        gpus=left("gpus", profile.gpu.together if profile.gpu else 0) + ask.shared_gpus + ask.borrowed_gpus,
        rank=ask.tier.rank,
        own_nodes=profile.nodes is not None,
        data_cidrs=own.data if own else (*facts.cidrs, *shared),
        data_ports=(addressing.DATABASE_PORT, addressing.CACHE_PORT),
        endpoint_cidrs=private,
        members=tuple(sorted(wanted.members)),
        web_port=profile.ingress.port if profile.ingress else 0,
        web_cidrs=_outside(cell) if profile.ingress and cell else (),
        gpu_share=ask.shared_gpus > 0,
        gpu_queue=ask.gpu_queue,
        model_bucket=data.model_bucket(ask.cell) if models else "",
        models=models,
        shares=shares,
    )


def _shares(ask: Ask) -> Iterator[MemberShare]:
    slug = ask.facts.slug
    for each in sorted(ask.profile.members, key=lambda each: each.id):
        if each.namespace and each.active:
            figures = {name: getattr(each.namespace, name) for name in _SHARED}
            people = (each.role,) if each.role else ()
            code = naming.member(slug, each.id)
            yield MemberShare(naming.member_namespace(slug, each.id), code, members=people, **figures)


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
    if spec.shares:
        yield Claim("MEMBERS_NAMESPACES_APART", "OWN_PEOPLE_READ_NAMESPACE")
    yield Claim("PRIVILEGED_PODS_REFUSED", "RESTRICTED_PODS_ADMITTED")


KIND = Kind(
    "namespace",
    "Namespace",
    NamespaceSpec,
    SILO_OR_BRIDGE,
    resolve,
    prices,
    claims,
    asked=True,
)
