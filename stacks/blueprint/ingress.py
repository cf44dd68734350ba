"""A cell's way in from the internet: what the environment's domain asks of shared services."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from stacks.conventions import addressing, naming
from stacks.errors import Fault
from stacks.inputs.environment import Environment
from stacks.resources.kind import HOURS_A_MONTH, PriceDimension

_BALANCER_LOGS: Final = "load-balancer"
_MANAGED_RULES: Final = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
)


@dataclass(frozen=True, slots=True)
class CellIngress:
    """The cell's way in from the internet, below `domain`; `host` is the name of the load balancer's own certificate.

    `zone_id` is the domain's hosted zone where the environment names it; else one cell makes it, and the others take it
    from that one's stack, `zone_stack`: by its name a zone is not found for sure, there may be several. `requests` of
    one address in five minutes are served; `log_prefix` is the first part of access logs' keys.
    """

    domain: str
    zone_id: str
    makes_zone: bool
    host: str
    waf: bool
    requests: int
    managed_rules: tuple[str, ...]
    log_prefix: str
    zone_stack: str = ""


def of_cell(environment: Environment, region: str, cell: int) -> CellIngress | None:
    """What a cell gets; None where the environment has no domain."""
    domain = environment.domain
    if domain is None:
        return None
    makes_zone = domain.zone_id is None and environment.first_cell == (region, cell)
    finds_zone = domain.zone_id is None and not makes_zone
    return CellIngress(
        domain=domain.name,
        zone_id=domain.zone_id or "",
        makes_zone=makes_zone,
        host=domain.host(f"cell-{cell}.{region}"),
        waf=domain.waf,
        requests=domain.requests,
        managed_rules=_MANAGED_RULES if domain.waf else (),
        log_prefix=_BALANCER_LOGS,
        zone_stack=naming.shared_stack(environment.name, *environment.first_cell) if finds_zone else "",
    )


def prices(ingress: CellIngress) -> Iterator[PriceDimension]:
    """A load balancer has a public address in each zone."""
    yield PriceDimension("alb", "hour", HOURS_A_MONTH)
    yield PriceDimension("alb.lcu", "LCU-hour", None)
    yield PriceDimension("public_ipv4", "hour", HOURS_A_MONTH * addressing.ZONES)
    if ingress.makes_zone:
        yield PriceDimension("route53.zone", "zone-month", 1)
    if ingress.waf:
        yield PriceDimension("waf.web_acl", "acl-month", 1)
        yield PriceDimension("waf.rule", "rule-month", len(ingress.managed_rules) + 1)
        yield PriceDimension("waf.requests", "million requests", None)


def refusals(old: CellIngress | None, new: CellIngress | None) -> Iterator[Fault]:
    """Changes under which names of tenants would stop to lead anywhere."""
    if old is None:
        return
    if new is None or new.domain != old.domain:
        yield Fault(None, "domain.name", "names of tenants and their certificates lie below it", old.domain)
    elif (new.zone_id, new.makes_zone) != (old.zone_id, old.makes_zone):
        why = "records of tenants are in the zone that there is, and do not move"
        yield Fault(None, "domain.zone_id", why, old.zone_id or "none, with the same first cell")
