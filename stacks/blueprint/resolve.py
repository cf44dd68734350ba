"""Profile, tier, environment and facts -> blueprint. Pure, and the only maker of blueprints."""

from __future__ import annotations

from stacks import catalog
from stacks.blueprint import checks
from stacks.blueprint.facts import Facts
from stacks.blueprint.model import Blueprint, Entitlements
from stacks.conventions import naming, tags
from stacks.conventions.naming import Names
from stacks.errors import BadInput
from stacks.inputs import promises
from stacks.inputs.document import Complaint
from stacks.inputs.environment import Environment
from stacks.inputs.profile import Profile
from stacks.inputs.tier import Tier
from stacks.resources.kind import Ask


def tenant(profile: Profile, tier: Tier, environment: Environment, facts: Facts) -> Blueprint:
    """What the tenant shall have.

    Raises BadInput with every fault, also where the profile asks for another region or kind of network than the facts
    have; NotBuiltYet with a fault for each kind of resource.
    """
    checks.check(profile, tier, environment)
    _check_facts(profile, facts)
    names = Names(environment.org, environment.name, facts.slug)
    ask = Ask(profile, tier, environment, facts, names)
    return Blueprint(
        tenant_id=profile.tenant,
        tier=tier.tier,
        tier_version=tier.version,
        tier_rank=tier.rank,
        size=profile.size.value,
        environment=environment.name,
        org=environment.org,
        account=environment.account,
        facts=facts,
        tags=_tags(ask),
        entitlements=_entitlements(ask),
        specs={kind.name: kind.resolve(ask) for kind in catalog.kinds()},
        promised=promises.of(profile, tier),
    )


def _check_facts(profile: Profile, facts: Facts) -> None:
    """A tenant that is there keeps its region and its kind of network; only a migration changes them."""
    wrong: list[Complaint] = []
    if profile.region != facts.region:
        wrong.append(Complaint(("region",), f"{profile.tenant} is in {facts.region} and can't be moved", facts.region))
    if profile.network.dedicated != facts.own_vpc:
        is_now = str(facts.own_vpc).lower()
        why = f"{profile.tenant} can't change between the cell's VPC and its own in place"
        wrong.append(Complaint(("network", "dedicated"), why, is_now))
    if wrong:
        raise BadInput(
            f"{profile.tenant} can't be changed as its profile says.", faults=tuple(map(profile.fault, wrong))
        )


def _tags(ask: Ask) -> dict[str, str]:
    profile, facts = ask.profile, ask.facts
    return tags.of(
        tags.Owned(
            tenant=profile.tenant,
            incarnation=facts.incarnation,
            tier=ask.tier.tier,
            tier_version=ask.tier.version,
            environment=ask.environment.name,
            stack=naming.tenant_stack(ask.environment.name, facts.slug),
            owner=profile.owner,
            cost_center=profile.cost_center,
            data_classification=profile.data_classification.value,
            expires_on=profile.expires_on.isoformat() if profile.expires_on else "",
        )
    )


def _entitlements(ask: Ask) -> Entitlements:
    profile, quota = ask.profile, ask.quota
    return Entitlements(
        gpu_hours_monthly=quota("gpu_hours_monthly"),
        storage_gb=quota("storage_gb"),
        api_calls_daily=quota("api_calls_daily"),
        concurrent_research=quota("concurrent_research"),
        tools=tuple(sorted(profile.enabled_tools)),
        compliance=tuple(sorted(each.value for each in profile.compliance)),
        residency=tuple(sorted(profile.residency)),
    )
