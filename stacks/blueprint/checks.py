"""What a profile asks for against what its tier and environment offer, all faults at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from stacks import catalog
from stacks.blueprint import gpu_checks, members
from stacks.conventions import capacity
from stacks.errors import BadInput, Fault, NotBuiltYet
from stacks.inputs import document
from stacks.inputs.document import Complaint
from stacks.inputs.environment import Environment
from stacks.inputs.fields import Isolation
from stacks.inputs.profile import Profile, Quotas
from stacks.inputs.tier import OwnSlice, Tier

_CERTIFIED = 64
"""The longest name that a certificate can be for (ACM UserGuide, acm-certificate: a common name is 64 characters)."""


def check(profile: Profile, tier: Tier, environment: Environment) -> None:
    """Raises BadInput for what can't be had, NotBuiltYet where all that is wrong is that it can't be had yet."""
    wrong = faults(profile, tier, environment)
    missing = tuple(not_built(profile, tier))
    if wrong:
        raise BadInput(f"{profile.tenant} can't be made as its profile says.", faults=wrong + missing)
    if missing:
        what = f"{profile.tenant} asks for what is not built yet."
        raise NotBuiltYet(what, faults=missing, next="Choose what is allowed, or a tier that has it.")


def faults(profile: Profile, tier: Tier, environment: Environment) -> tuple[Fault, ...]:
    """What the profile asks for and its tier and environment have not."""
    wrong = (
        *environment.check_region(profile),
        *_size(profile, tier),
        *_quotas(profile, tier),
        *_tools(profile, tier),
        *_options(profile, tier),
        *_namespace(profile, tier),
        *members.complaints(profile, tier),
        *gpu_checks.check(profile, tier, environment),
        *_ingress(profile, environment),
        *_shared(profile, tier, environment),
    )
    return tuple(profile.fault(complaint) for complaint in wrong)


def not_built(profile: Profile, tier: Tier) -> Iterator[Fault]:
    """What the model knows and this version can't make: one fault for each kind of resource, and for each key."""
    for kind in catalog.kinds():
        wanted = tier.of(kind.name)
        if wanted not in kind.offers:
            allowed = ", ".join(sorted(kind.offers))
            why = f"`{wanted}` is not built yet for {kind.title.lower()} (tier {tier.tier} version {tier.version})"
            yield Fault(tier.where("isolation", kind.name), f"isolation.{kind.name}", why, allowed)


def _size(profile: Profile, tier: Tier) -> Iterator[Complaint]:
    known = [size.value for size in tier.sizes]
    for path, size in (
        (("size",), profile.size),
        (("database", "size"), profile.database.size),
        (("cache", "size"), profile.cache.size),
    ):
        if size is not None and size not in tier.sizes:
            why = f"tier `{tier.tier}` has no size `{size}`"
            yield Complaint(path, why, ", ".join(known), document.nearest(size, known) or known[-1])


def _quotas(profile: Profile, tier: Tier) -> Iterator[Complaint]:
    for name in Quotas.model_fields:
        asked, most = getattr(profile.quotas, name), getattr(tier.limits, name)
        if asked is not None and asked > most:
            why = f"{asked} is more than tier `{tier.tier}` gives"
            yield Complaint(("quotas", name), why, f"up to {most}", str(most))


def _tools(profile: Profile, tier: Tier) -> Iterator[Complaint]:
    for index, tool in enumerate(profile.enabled_tools):
        if tool not in tier.tools:
            why = f"tier `{tier.tier}` does not offer `{tool}`"
            yield Complaint(("enabled_tools", index), why, ", ".join(tier.tools), document.nearest(tool, tier.tools))


def _options(profile: Profile, tier: Tier) -> Iterator[Complaint]:
    """What goes beyond a size is had where the tier offers it."""
    if profile.cluster.dedicated and not tier.options.dedicated_cluster:
        yield Complaint(("cluster", "dedicated"), f"tier `{tier.tier}` offers no cluster of its own", "false", "false")
    pools = (
        (("gpu",), profile.gpu, tier.options.gpu_nodes, "GPU nodes"),
        (("nodes",), profile.nodes, tier.options.nodes, "nodes of its own"),
    )
    for path, pool, most, what in pools:
        if pool is not None and not most:
            yield Complaint(path, f"tier `{tier.tier}` offers no {what}", "no such key")
        elif pool is not None and pool.nodes.max > most:
            why = f"{pool.nodes.max} {what} are more than tier `{tier.tier}` gives"
            yield Complaint((*path, "nodes", "max"), why, f"up to {most}", str(most))


def _ingress(profile: Profile, environment: Environment) -> Iterator[Complaint]:
    """A public name lies below a domain."""
    wanted, domain = profile.ingress, environment.domain
    if wanted is None:
        return
    if domain is None:
        why = f"environment `{environment.name}` has no `domain` for public names"
        yield Complaint(("ingress",), why, "no such key")
        return
    if wanted.waf and not domain.waf:
        why = f"environment `{environment.name}` has no web ACL (`domain.waf`)"
        yield Complaint(("ingress", "waf"), why, "false", "false")
    elif len(host := domain.host(profile.tenant)) > _CERTIFIED:
        why = f"`{host}` is too long for a certificate"
        yield Complaint(("ingress",), why, f"{_CERTIFIED} characters, or no such key")


_DATA: Final = ("database", "object_store", "cache", "encryption")
_OF_ITS_OWN: Final = (
    ("database", "database", "instance of their own"),
    ("cache", "cache", "group of their own"),
    ("backups", "backup", "vault of their own"),
    ("models", "object_store", "buckets of their own"),
)
"""A section of a profile, the kind of resource that it changes, and what a tenant must have for it to say anything."""


def _shared(profile: Profile, tier: Tier, environment: Environment) -> Iterator[Complaint]:
    """What is shared can't be changed for one tenant, and is had where the environment has it."""
    shares = [kind for kind in _DATA if tier.of(kind) is not Isolation.SILO]
    if shares and environment.shared.data is None:
        why = f"environment `{environment.name}` has nothing that tenants share (`shared.data`), which this tier needs"
        yield Complaint(("tier",), why, "a tier with everything of its own")
    for section, kind, what in _OF_ITS_OWN:
        said = sorted(getattr(profile, section).model_fields_set) if getattr(profile, section) else []
        if said and tier.of(kind) is not Isolation.SILO:
            yield Complaint((section,), f"tenants of tier `{tier.tier}` have no {what}", "no such key")
    if profile.data_locations.redis_db is not None and tier.of("cache") is not Isolation.SILO:
        why = f"tenants of tier `{tier.tier}` share a cache: the number of their database is given to them"
        yield Complaint(("data_locations", "redis_db"), why, "no such key")
    if profile.network.dedicated and (tier.of("network") is not Isolation.SILO or shares):
        why = f"tenants of tier `{tier.tier}` share data that is not reached from an own VPC"
        yield Complaint(("network", "dedicated"), why, "false", "false")
    models = environment.shared.data.models if environment.shared.data else None
    if profile.shared.models and models is None:
        why = f"environment `{environment.name}` has no model cache (`shared.data.models`)"
        yield Complaint(("shared", "models"), why, "no such key")
    yield from _reference(profile, tier, environment)
    yield from _queues(profile, environment)
    if profile.data_locations.database_schema and (why := _no_own_schema(tier)):
        yield Complaint(("data_locations", "database_schema"), why, "no such key")


def _reference(profile: Profile, tier: Tier, environment: Environment) -> Iterator[Complaint]:
    """Reference tables are read in the database that they are in, which must be the tenant's too."""
    if not profile.shared.reference:
        return
    if tier.of("database") is Isolation.SILO or (
        tier.of("database") is Isolation.BRIDGE and tier.bridge_database is OwnSlice.DATABASE
    ):
        why = f"tenants of tier `{tier.tier}` have a database of their own, from which no other one's tables are read"
        allowed = "no such key, and a copy of the tables; or a tier whose tenants share a database"
        yield Complaint(("shared", "reference"), why, allowed)
        return
    known = sorted(environment.shared.data.databases.reference) if environment.shared.data else []
    for index, name in enumerate(profile.shared.reference):
        if name not in known:
            why = (
                f"environment `{environment.name}` has no reference tables `{name}` (`shared.data.databases.reference`)"
            )
            nearest = document.nearest(name, known)
            yield Complaint(("shared", "reference", index), why, ", ".join(known) or "no such key", nearest)


def _queues(profile: Profile, environment: Environment) -> Iterator[Complaint]:
    """A tenant sends to queues that the environment has."""
    known = sorted(environment.shared.data.queues) if environment.shared.data else []
    for index, name in enumerate(profile.shared.queues):
        if name not in known:
            why = f"environment `{environment.name}` has no queue `{name}` (`shared.data.queues`)"
            allowed = ", ".join(known) or "no such key"
            yield Complaint(("shared", "queues", index), why, allowed, document.nearest(name, known))


def _no_own_schema(tier: Tier) -> str:
    """Why a tenant can't name its schema, nothing where it can."""
    if tier.of("database") is Isolation.POOL:
        return f"tenants of tier `{tier.tier}` share their tables"
    if tier.of("database") is Isolation.BRIDGE and tier.bridge_database is OwnSlice.SCHEMA:
        return "a schema beside those of other tenants is called by the slug, which tells nothing"
    return ""


def _namespace(profile: Profile, tier: Tier) -> Iterator[Complaint]:
    """What pods may use together is no more than the tier's largest size gives, and holds the tenant's own work."""
    if profile.size not in tier.sizes:
        return
    largest = [row.namespace for row in tier.sizes.values()]
    at_once = profile.quotas.concurrent_research
    pods = tier.sizes[profile.size].quotas.concurrent_research if at_once is None else at_once
    needs = capacity.needed(pods)
    for name, least in (("cpu", needs.cpu), ("memory_gb", needs.memory_gb), ("pods", needs.pods), ("storage_gb", 0)):
        asked = getattr(profile.namespace, name)
        if asked is None:
            continue
        most = max(getattr(row, name) for row in largest)
        if asked > most:
            yield Complaint(("namespace", name), f"{asked} is more than tier `{tier.tier}` gives", f"up to {most}")
        if asked < least:
            why = f"{asked} is less than its own pods need: {pods} at one time (`concurrent_research`)"
            yield Complaint(("namespace", name), why, f"{least} or more", str(least))
