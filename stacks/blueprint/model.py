"""A tenant's blueprint: every resource it will have, as frozen data.

Pure: the same profile, tier, environment and facts give the same blueprint, byte for byte. Estimates, policy, proofs
and plans read it; a program declares it; nothing here needs a cloud.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from stacks import catalog
from stacks.blueprint import canonical, facts
from stacks.blueprint.facts import Facts
from stacks.conventions import naming
from stacks.conventions.naming import Names
from stacks.inputs.promises import Value
from stacks.resources.kind import Claim, PriceDimension, Spec
from stacks.resources.quotas import Demand

FORMAT = 6
"""Version of the JSON; raised when a reader of old ones could be misled."""

AnySpec = TypeVar("AnySpec", bound=Spec)


@dataclass(frozen=True, slots=True)
class Entitlements:
    """What the tenant may use, and what it is held to; no cloud resource by itself."""

    gpu_hours_monthly: int
    storage_gb: int
    api_calls_daily: int
    concurrent_research: int
    tools: tuple[str, ...]
    compliance: tuple[str, ...]
    residency: tuple[str, ...]


@dataclass(frozen=True)
class Blueprint:
    """What a tenant shall have. `specs` holds one spec for each kind of resource, by the kind's name, sorted.

    `promised` is what its tier says that no edit may weaken, by the key in the tier's file: see `promises`.
    """

    tenant_id: str
    tier: str
    tier_version: int
    tier_rank: int
    size: str
    environment: str
    org: str
    account: str
    facts: Facts
    tags: Mapping[str, str]
    entitlements: Entitlements
    specs: Mapping[str, Spec]
    promised: Mapping[str, Value] = field(default_factory=dict[str, Value])

    @property
    def slug(self) -> str:
        """The tenant's name in the cloud."""
        return self.facts.slug

    @property
    def incarnation(self) -> int:
        """Which tenant of this id it is, from 1."""
        return self.facts.incarnation

    @property
    def region(self) -> str:
        """Where it is."""
        return self.facts.region

    @property
    def stack(self) -> str:
        """Its Pulumi stack, `<env>.<slug>`."""
        return naming.tenant_stack(self.environment, self.slug)

    @property
    def shared_stack(self) -> str:
        """The Pulumi stack of the shared services next to it."""
        return naming.shared_stack(self.environment, self.region, self.facts.cell)

    @property
    def names(self) -> Names:
        """Maker of its fixed names."""
        return Names(self.org, self.environment, self.slug)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, in hex."""
        return canonical.digest(self.to_json())

    def of(self, spec: type[AnySpec]) -> AnySpec:
        """The spec of this type, e.g. `of(DatabaseSpec)`. Raises KeyError where the tenant has none."""
        for each in self.specs.values():
            if isinstance(each, spec):
                return each
        raise KeyError(spec.__name__)

    def prices(self) -> Iterator[tuple[str, PriceDimension]]:
        """All that AWS will bill, with the kind it is billed for."""
        for name, spec in self.specs.items():
            for dimension in catalog.kind(name).prices(spec):
                yield name, dimension

    def demands(self) -> Iterator[Demand]:
        """All that it uses up of the account's quotas."""
        for name, spec in self.specs.items():
            yield from catalog.kind(name).demands(spec)

    def claims(self) -> Iterator[tuple[str, Claim]]:
        """All that must be true of its isolation, with the kind it is claimed for."""
        for name, spec in self.specs.items():
            for claim in catalog.kind(name).claims(spec):
                yield name, claim

    def to_json(self) -> dict[str, Any]:
        """Plain data, complete: prices and claims stand in it for readers without this program."""
        return {
            "format": FORMAT,
            "tenant": self.tenant_id,
            "tier": self.tier,
            "tier_version": self.tier_version,
            "tier_rank": self.tier_rank,
            "size": self.size,
            "environment": self.environment,
            "org": self.org,
            "account": self.account,
            "stack": self.stack,
            "facts": self.facts.to_json(),
            "tags": dict(self.tags),
            "entitlements": canonical.plain(asdict(self.entitlements)),
            "resources": {name: canonical.plain(asdict(spec)) for name, spec in self.specs.items()},  # pyright: ignore[reportArgumentType]  # each kind's spec is a dataclass; the protocol can't say so
            "promised": dict(sorted(self.promised.items())),
            "prices": [{"kind": kind, **asdict(dimension)} for kind, dimension in self.prices()],
            "claims": [{"kind": kind, **asdict(claim)} for kind, claim in self.claims()],
        }


def from_json(data: Mapping[str, Any]) -> Blueprint:
    """A blueprint from what `to_json` gave. Raises Refused for another format."""
    canonical.check_format(data["format"], FORMAT)
    return Blueprint(
        tenant_id=data["tenant"],
        tier=data["tier"],
        tier_version=data["tier_version"],
        tier_rank=data["tier_rank"],
        size=data["size"],
        environment=data["environment"],
        org=data["org"],
        account=data["account"],
        facts=facts.from_json(data["facts"]),
        tags=dict(data["tags"]),
        entitlements=canonical.read(Entitlements, data["entitlements"]),
        specs={name: canonical.read(catalog.kind(name).spec, spec) for name, spec in sorted(data["resources"].items())},
        promised=dict(data.get("promised", {})),
    )
