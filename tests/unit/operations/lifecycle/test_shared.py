"""Shared services and the domain that names lie below: what is refused, and nothing is touched."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from operations.bundle import Bundle
from operations.lifecycle import shared
from operations.lifecycle.create import create
from operations.lifecycle.shared import Place
from stacks.errors import BadInput, Refused
from stacks.inputs.environment import Domain
from tests.fakes import World

OTHER = Place("eu-central-1", 1)


def with_domain(world: World, domain: Domain | None) -> Bundle:
    """The bundle, with another domain in its environment's file."""
    return replace(world.bundle, environment=world.bundle.environment.model_copy(update={"domain": domain}))


@pytest.mark.parametrize("domain", [None, Domain(name="else.example.com")])
def test_a_domain_is_neither_renamed_nor_taken_away(world: World, domain: Domain | None) -> None:
    changed = with_domain(world, domain)
    for command in (shared.plan, shared.apply):
        with pytest.raises(BadInput, match="nothing was touched") as caught:
            command(changed, Place())
        assert [fault.field for fault in caught.value.faults] == ["domain.name"]
    assert world.cloud.log == []


def test_the_cell_that_made_the_zone_stays_while_names_of_other_cells_are_in_it(world: World) -> None:
    shared.apply(world.bundle, OTHER)
    with pytest.raises(Refused, match=r"shared\.eu-central-1\.1"):
        shared.destroy(world.bundle, Place(), purge=False)
    shared.destroy(world.bundle, OTHER, purge=False)
    assert shared.destroy(world.bundle, Place(), purge=False).changed


@pytest.mark.parametrize("command", [shared.plan, shared.apply])
def test_a_cell_whose_names_are_in_another_one_s_zone_waits_for_that_one(bare: World, command: Any) -> None:
    with pytest.raises(Refused, match="no zone yet") as told:
        command(bare.bundle, OTHER)
    assert "`tenant shared apply --region us-east-1 --cell 1`" in told.value.next
    assert bare.cloud.log == []
    assert bare.registry.find("local", "shared.eu-central-1.1") is None
    shared.apply(with_domain(bare, None), Place())
    with pytest.raises(Refused, match="no zone yet"):
        command(bare.bundle, OTHER)
    shared.apply(bare.bundle, Place())
    command(bare.bundle, OTHER)


def test_a_cell_whose_zone_is_named_or_needs_none_waits_for_nobody(bare: World) -> None:
    shared.apply(with_domain(bare, Domain(name="apps.example.com", zone_id="Z1")), OTHER)
    assert shared.plan(with_domain(bare, None), Place()).new


def test_a_public_name_waits_for_the_load_balancer_that_it_leads_to(bare: World) -> None:
    shared.apply(with_domain(bare, None), Place())
    file = bare.write("acme", ingress={"port": 8080})
    with pytest.raises(Refused, match="no load balancer yet"):
        create(bare.bundle, str(file))
    assert bare.registry.tenants("local") == ()
    shared.apply(bare.bundle, Place())
    assert create(bare.bundle, str(file)).record.live


def test_a_cell_whose_shared_data_was_not_applied_refuses_tenants_that_need_it(bare: World) -> None:
    environment = bare.bundle.environment
    without = environment.model_copy(update={"shared": environment.shared.model_copy(update={"data": None})})
    shared.apply(replace(bare.bundle, environment=without), Place())
    file = bare.write("acme", tier="starter", database={})
    with pytest.raises(Refused) as told:
        create(bare.bundle, str(file))
    assert "number 1 of the databases" in told.value.what
    assert "tenant shared apply" in told.value.next


@pytest.mark.parametrize(
    ("lacking", "shared_with", "told"),
    [
        ({"queues": {}}, {"queues": ["jobs"]}, "the queue `jobs`"),
        ({"models": None}, {"models": ["llama-3"]}, "the model cache"),
        ({"databases": {"reference": []}}, {"reference": ["reference"]}, "the schema `reference` of reference tables"),
    ],
)
def test_what_a_tenant_is_given_by_name_must_be_in_its_cell(
    bare: World, lacking: dict[str, Any], shared_with: dict[str, Any], told: str
) -> None:
    environment = bare.bundle.environment
    assert environment.shared.data is not None
    databases = environment.shared.data.databases.model_copy(update=lacking.get("databases", {}))
    data = environment.shared.data.model_copy(update={**lacking, "databases": databases})
    before = environment.model_copy(update={"shared": environment.shared.model_copy(update={"data": data})})
    shared.apply(replace(bare.bundle, environment=before), Place())
    file = bare.write("acme", tier="starter", database={}, shared=shared_with)
    with pytest.raises(Refused) as refused:
        create(bare.bundle, str(file))
    assert refused.value.what == f"acme: {told} is not there."
    shared.apply(bare.bundle, Place())
    assert create(bare.bundle, str(file)).record.live


@pytest.mark.parametrize("change", [{"data": None}, {"count": 0}], ids=["none", "fewer"])
def test_what_tenants_share_never_shrinks(world: World, change: dict[str, Any]) -> None:
    settings = world.bundle.environment.shared
    assert settings.data is not None
    fewer = settings.data.databases.model_copy(update=change)
    data = None if "data" in change else settings.data.model_copy(update={"databases": fewer})
    smaller = world.bundle.environment.model_copy(update={"shared": settings.model_copy(update={"data": data})})
    for command in (shared.plan, shared.apply):
        with pytest.raises(BadInput, match="cannot be made"):
            command(replace(world.bundle, environment=smaller), Place())
