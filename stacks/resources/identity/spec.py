"""A tenant's identity: the IAM role that its workloads take on, limited to what is its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stacks.blueprint import clusters, data
from stacks.inputs.fields import Isolation
from stacks.resources.kind import SILO_ONLY, Ask, Claim, Kind, PriceDimension
from stacks.resources.quotas import ROLES, Demand


@dataclass(frozen=True, slots=True)
class SharedQueue:
    """A queue of the cell that the role sends to, by the name that the profile calls it."""

    name: str
    arn: str


@dataclass(frozen=True, slots=True)
class IdentitySpec:
    """The role's name, the Kubernetes namespace whose pods may take it on, in which clusters, and who else may.

    `queues` are what it sends to beside its own.
    """

    isolation: Isolation
    role: str
    account: str
    namespace: str
    principals: tuple[str, ...]
    clusters: tuple[str, ...] = ()
    queues: tuple[SharedQueue, ...] = ()


def resolve(ask: Ask) -> IdentitySpec:
    """One role; pods of the namespace named by the slug take it on through EKS Pod Identity."""
    return IdentitySpec(
        isolation=Isolation.SILO,
        role=ask.names.of("workload"),
        account=ask.environment.account,
        namespace=ask.facts.slug,
        principals=tuple(sorted(ask.environment.workload_principals)),
        clusters=tuple(sorted(ask.environment.pod_clusters)) or (clusters.of_tenant(ask).arn,),
        queues=tuple(_queue(ask, name) for name in sorted(ask.profile.shared.queues)),
    )


def _queue(ask: Ask, name: str) -> SharedQueue:
    region, account = ask.facts.region, ask.environment.account
    return SharedQueue(name, f"arn:aws:sqs:{region}:{account}:{data.queue_name(ask.cell, name)}")


def prices(spec: IdentitySpec) -> Iterator[PriceDimension]:
    """IAM is free."""
    return iter(())


def demands(spec: IdentitySpec) -> Iterator[Demand]:
    """One role."""
    yield Demand(ROLES, 1)


def claims(spec: IdentitySpec) -> Iterator[Claim]:
    """The role reaches its own and nothing else, and can't widen itself."""
    yield Claim("ROLE_CANNOT_TAKE_NEIGHBOURS_ROLE", "OWN_ROLE_TAKEN_BY_OWN_PRINCIPAL")
    yield Claim("ROLE_CANNOT_CHANGE_ITSELF", "ROLE_READS_OWN_SECRET")
    yield Claim("BOUNDARY_ATTACHED", "ROLE_EXISTS")
    if spec.queues:
        yield Claim("SHARED_QUEUES_SEND_ONLY", "OWN_ROLE_SENDS_TO_SHARED_QUEUES")


KIND = Kind("identity", "Identity", IdentitySpec, SILO_ONLY, resolve, prices, claims, demands=demands)
