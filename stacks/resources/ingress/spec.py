"""A tenant's public name: a rule of its own at the cell's load balancer, under its own certificate.

The name is the tenant's id below the environment's domain. It is the one name in the cloud that holds the id, because
it is for the tenant's own users; no policy is written over it, so that `acme` is a prefix of `acme-eu` does no harm.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stacks.inputs.fields import Isolation
from stacks.resources.kind import Ask, Claim, Kind, PriceDimension


@dataclass(frozen=True, slots=True)
class IngressSpec:
    """The public name, empty for none; the port that pods answer on, and the path that tells whether they do."""

    isolation: Isolation
    host: str
    port: int
    health_path: str


def resolve(ask: Ask) -> IngressSpec:
    """A name where the profile asks for one."""
    wanted, domain = ask.profile.ingress, ask.environment.domain
    if wanted is None or domain is None:
        return IngressSpec(Isolation.BRIDGE, "", 0, "")
    return IngressSpec(Isolation.BRIDGE, domain.host(ask.profile.tenant), wanted.port, wanted.health_path)


def prices(spec: IngressSpec) -> Iterator[PriceDimension]:
    """Names, certificates and rules cost nothing; what goes through does, by use."""
    if spec.host:
        yield PriceDimension("alb.lcu", "LCU-hour", None)


def claims(spec: IngressSpec) -> Iterator[Claim]:
    """Nobody comes in but by the cell's load balancer, where there is a name; nobody else answers under it."""
    yield Claim("OUTSIDERS_REACH_NO_POD", "OWN_PODS_CONNECT")
    if spec.host:
        yield Claim("NEIGHBOURS_DO_NOT_ANSWER_ITS_NAME", "OWN_PODS_ANSWER_ITS_NAME")


KIND = Kind("ingress", "Ingress", IngressSpec, frozenset({Isolation.BRIDGE}), resolve, prices, claims)
