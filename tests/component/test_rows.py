"""What the programs declare is what the embedded engine's providers can make."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.providers.aws import AwsProvider
from engine.providers.aws.access import AwsAccess
from engine.providers.port import Configured, Resource
from engine.providers.postgresql import PostgresqlProvider
from engine.providers.random import RandomProvider
from engine.providers.reach import Direct
from stacks.blueprint import phase, resolve, shared
from stacks.blueprint.model import Blueprint
from stacks.inputs.environment import Nat
from stacks.programs import shared_services, tenant
from tests.component.declared import clear, run
from tests.unit.stacks.given import asked, blueprint, facts_of, local, silo

MASTER = {
    "host": "db.internal",
    "port": 5432,
    "username": "tenant_admin",
    "password": "secret",
    "database": "postgres",
    "sslmode": "verify-full",
    "superuser": False,
}


def routed_tenant() -> Blueprint:
    wanted = asked(network={"dedicated": True}, cluster={"dedicated": True})
    routed = local().model_copy(update={"nat": Nat.PER_ZONE})
    return resolve.tenant(wanted, silo(), routed, facts_of(wanted))


def cell(one: phase.Phase) -> Callable[[], None]:
    routed = local().model_copy(update={"nat": Nat.PER_ZONE})
    return shared_services.program(shared.resolve(routed, "us-east-1", 1), one)


PROGRAMS = {
    "a large tenant": lambda: tenant.program(blueprint(asked(size="large")), phase.LIVE),
    "a tenant with its own vpc": lambda: tenant.program(
        blueprint(asked(network={"dedicated": True}, cluster={"dedicated": True})), phase.LIVE
    ),
    "a tenant with its own vpc and gateways": lambda: tenant.program(routed_tenant(), phase.LIVE),
    "a retiring tenant": lambda: tenant.program(blueprint(asked()), phase.retiring("run-1")),
    "a purging tenant": lambda: tenant.program(blueprint(asked()), phase.PURGING),
    "a cell with gateways": lambda: cell(phase.LIVE),
    "a purging cell": lambda: cell(phase.PURGING),
}


@pytest.fixture(scope="module")
def providers() -> dict[str, Configured]:
    nowhere = AwsAccess(default_endpoint="http://127.0.0.1:9")
    return {
        "aws": AwsProvider(nowhere).configure({"region": "us-east-1"}),
        "postgresql": PostgresqlProvider(Direct()).configure(dict(MASTER)),
        "random": RandomProvider().configure({}),
    }


@pytest.mark.parametrize("which", sorted(PROGRAMS))
def test_every_property_that_a_program_sends_is_one_that_its_row_knows(
    which: str, providers: dict[str, Configured]
) -> None:
    failures: list[str] = []
    checked = 0
    for each in run(PROGRAMS[which]()).resources:
        provider = providers.get(each.type.split(":")[0])
        if provider is None:
            continue
        meant = Resource(f"urn:pulumi:s::tenants::{each.type}::{each.name}", each.type, each.name)
        found = provider.check(meant, None, clear(each.inputs), b"a seed of enough bytes to draw on")
        failures += [f"{each.type} {each.name}.{one.property}: {one.reason}" for one in found.failures]
        checked += 1
    assert failures == []
    assert checked >= 18


def test_the_provider_of_the_master_is_configured_with_nothing_unknown() -> None:
    assert list(PostgresqlProvider(Direct()).check_config(dict(MASTER))) == []


def test_what_the_programs_protect_is_what_the_providers_say_holds_data() -> None:
    aws = AwsProvider(AwsAccess(default_endpoint="http://127.0.0.1:9"))
    made = run(tenant.program(blueprint(asked()), phase.LIVE)).resources
    protected = {each.type for each in made if each.protect}
    assert protected == {each.type for each in made if each.type.startswith("aws:") and aws.holds_data(each.type)}
