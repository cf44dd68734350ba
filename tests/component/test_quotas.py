"""What a blueprint says it uses up is what its program declares: neither can change without the other."""

from __future__ import annotations

from typing import Any

import pytest

from operations import quotas
from stacks.blueprint import phase, resolve, shared
from stacks.blueprint.model import Blueprint
from stacks.blueprint.shared import SharedBlueprint
from stacks.inputs import environment
from stacks.inputs.environment import Environment, Nat
from stacks.programs import shared_services, tenant
from stacks.resources.quotas import QUOTAS, Demand
from tests.component.declared import Outcome, run
from tests.unit.stacks.given import TEMPLATES, asked, facts_of, local, silo


def rows(made: Outcome) -> list[dict[str, Any]]:
    return [{"type": each.type, "id": each.name, "inputs": each.inputs} for each in made.resources]


def check(made: Outcome, blueprint: Blueprint | SharedBlueprint) -> None:
    """Each side, less the other, leaves nothing."""
    declared = rows(made)
    assert quotas.needed(blueprint.demands(), declared) == {}
    told = quotas.needed(blueprint.demands(), [])
    assert told == quotas.needed((Demand(q.key, _of(declared, q.key)) for q in QUOTAS.values()), [])


def _of(declared: list[dict[str, Any]], key: str) -> int:
    quota = QUOTAS[key]
    found = [each["inputs"] for each in declared if each["type"] == quota.type]
    return sum(quota.count(inputs) for inputs in found)


def with_nat(nat: str) -> Environment:
    return local().model_copy(update={"nat": Nat(nat)})


@pytest.mark.parametrize("dedicated", [False, True])
@pytest.mark.parametrize("nat", ["none", "single", "per_zone"])
def test_a_tenant_uses_up_what_it_says(dedicated: bool, nat: str) -> None:
    wanted = asked(
        network={"dedicated": dedicated},
        cluster={"dedicated": dedicated},
        cache={"replicas": 2},
        database={"storage_gb": 321},
        gpu={"instance_types": ["p4d.24xlarge", "g5.2xlarge"], "nodes": {"max": 2}, "capacity": "spot"},
        nodes={"instance_types": ["m7i.large", "m7i.2xlarge"]},
    )
    blueprint = resolve.tenant(wanted, silo(), with_nat(nat), facts_of(wanted))
    check(run(tenant.program(blueprint, phase.LIVE)), blueprint)


@pytest.mark.parametrize("nat", ["none", "single", "per_zone"])
def test_shared_services_use_up_what_they_say(nat: str) -> None:
    blueprint = shared.resolve(with_nat(nat), "us-east-1", 1)
    check(run(shared_services.program(blueprint, phase.LIVE)), blueprint)


def test_shared_services_in_an_adopted_vpc_use_up_what_they_say() -> None:
    blueprint = shared.resolve(environment.load(TEMPLATES / "environments" / "aws.example.yaml"), "eu-central-1", 2)
    check(run(shared_services.program(blueprint, phase.LIVE)), blueprint)
