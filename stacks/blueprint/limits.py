"""What a tenant may use, and how far that is held: refused beyond it, told when it is passed, or only written down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from stacks.blueprint.model import Blueprint
from stacks.inputs.fields import Isolation
from stacks.resources.api_access.spec import ApiAccessSpec
from stacks.resources.budget.spec import BudgetSpec
from stacks.resources.database.spec import DatabaseSpec
from stacks.resources.members.spec import MembersSpec
from stacks.resources.namespace.spec import MemberShare, NamespaceSpec
from stacks.resources.object_store.spec import ObjectStoreSpec


class How(StrEnum):
    """How far a limit is held."""

    ENFORCED = "enforced"
    """The cloud refuses what is beyond it."""
    BEST_EFFORT = "enforced, best effort"
    """The cloud refuses what is beyond it, somewhat late at times: it promises no hard limit."""
    GATED = "gated by samples"
    """What is beyond it is refused as of the last sample: approximately, and while somebody takes samples."""
    ALARMED = "alarmed, not enforced"
    """Somebody is told; nothing is refused."""
    DEFAULT = "a default"
    """Sessions begin with it, and who works in one may change it."""
    RECORDED = "recorded only"
    """It stands in the profile, and nothing counts it."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit; `by` says what holds it, or why nothing does. `member` is whose it is, empty for the tenant's own."""

    name: str
    value: int
    unit: str
    how: How
    by: str
    member: str = ""


def of(blueprint: Blueprint) -> tuple[Limit, ...]:
    """All limits of a tenant, those that are enforced first, and then those of its members."""
    found = (*_compute(blueprint), *_data(blueprint), *_spent(blueprint), *_counted(blueprint))
    ordered = sorted(found, key=lambda limit: list(How).index(limit.how))
    return (*ordered, *_of_members(blueprint))


def _of_members(blueprint: Blueprint) -> Iterator[Limit]:
    """What the profile says of each; what the tier gives every member alike is told by the tier."""
    spaces = {share.member: share for share in blueprint.of(NamespaceSpec).shares}
    why = "its tenant's services, which find it in the output `members`"
    for member in blueprint.of(MembersSpec).members:
        if share := spaces.get(member.code):
            for limit in _room(share, "ResourceQuota of the member's namespace"):
                yield replace(limit, member=member.id)
        for name, value, unit in (
            ("gpu hours", member.gpu_hours_monthly, "a month"),
            ("objects", member.storage_gb, "GB"),
            ("api calls", member.api_calls_daily, "a day"),
            ("concurrent research", member.concurrent_research, "at one time"),
        ):
            if value is not None:
                yield Limit(name, value, unit, How.RECORDED, why, member.id)


def _compute(blueprint: Blueprint) -> Iterator[Limit]:
    return _room(blueprint.of(NamespaceSpec), "ResourceQuota of its namespace")


def _room(spec: NamespaceSpec | MemberShare, by: str) -> Iterator[Limit]:
    for name, value, unit in (
        ("cpu", spec.cpu, "cores"),
        ("memory", spec.memory_gb, "GB"),
        ("pods", spec.pods, "at one time"),
        ("volumes", spec.storage_gb, "GB"),
        ("gpus", spec.gpus, "at one time"),
    ):
        yield Limit(name, value, unit, How.ENFORCED, by)


def _data(blueprint: Blueprint) -> Iterator[Limit]:
    database, objects = blueprint.of(DatabaseSpec), blueprint.of(ObjectStoreSpec)
    if database.plan:
        yield Limit("database disk", database.plan.storage_gb, "GB", How.ENFORCED, "the disk of its instance")
    else:
        by = "connection limit of each of its roles"
        yield Limit("database connections", database.connection_limit, "for each role", How.ENFORCED, by)
        by = "statement_timeout of its roles, which a session may change"
        yield Limit("statement", database.statement_seconds, "seconds", How.DEFAULT, by)
    if objects.isolation is Isolation.SILO:
        by = "alarm on the size of its data bucket, once a day"
        yield Limit("objects", objects.quota_gb, "GB", How.ALARMED, by)
    else:
        by = "alarm on the size of its folder, as `tenant usage record` last measured it"
        yield Limit("objects", objects.quota_gb, "GB", How.ALARMED, by)


def _spent(blueprint: Blueprint) -> Iterator[Limit]:
    budget = blueprint.of(BudgetSpec)
    if budget.monthly_usd:
        yield Limit("cost", budget.monthly_usd, "USD a month", How.ALARMED, "AWS Budgets, some hours behind")


def _counted(blueprint: Blueprint) -> Iterator[Limit]:
    """GPU hours, which are sampled; requests, where an API counts them; what only the tenant's services could count."""
    held, why = blueprint.entitlements, "nothing of ours counts it; its services find it in the blueprint"
    gate = "`tenant usage record`, as often as it is run: it closes the namespace's quota `gpu-hours`; approximate"
    yield Limit("gpu hours", held.gpu_hours_monthly, "a month", How.GATED, gate)
    yield _calls(blueprint)
    yield Limit("concurrent research", held.concurrent_research, "at one time", How.RECORDED, why)


def _calls(blueprint: Blueprint) -> Limit:
    """Requests a day: API Gateway counts them by the tenant's key, where the environment has an API."""
    spec = blueprint.specs.get("api_access")  # blueprints of tenants from before there were usage plans have none
    most = blueprint.entitlements.api_calls_daily
    if not isinstance(spec, ApiAccessSpec) or not spec.api:
        why = "no API of the environment counts them (`api` of its region); its services find it in the blueprint"
        return Limit("api calls", most, "a day", How.RECORDED, why)
    if not spec.open:
        return Limit("api calls", most, "a day", How.ENFORCED, "no key: the API refuses whoever brings none")
    return Limit("api calls", most, "a day", How.BEST_EFFORT, "usage plan of its API key, counted in UTC days")
