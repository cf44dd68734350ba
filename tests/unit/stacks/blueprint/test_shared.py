from __future__ import annotations

import json

import pytest

from stacks.blueprint import data, ingress, shared
from stacks.conventions import tags
from stacks.conventions.naming import LIMITS
from stacks.errors import BadInput
from stacks.inputs import environment
from stacks.inputs.environment import Domain
from tests.unit.stacks.given import TEMPLATES, local


def test_a_cell_s_blueprint_survives_json() -> None:
    made = shared.resolve(local(), "us-east-1", 1)
    again = shared.from_json(json.loads(json.dumps(made.to_json())))
    assert again == made
    assert again.digest == made.digest
    assert made.stack == "local.shared.us-east-1.1"


def test_every_region_has_its_own_names_and_ranges() -> None:
    one, other = (shared.resolve(local(), region, 1) for region in ("us-east-1", "eu-central-1"))
    assert one.audit.audit_bucket != other.audit.audit_bucket
    assert one.network.cidr != other.network.cidr
    assert LIMITS["bucket"].allows(one.audit.access_logs_bucket)
    assert tags.faults(one.tags) == ()


def test_an_adopted_vpc_gets_data_subnets_and_no_gateways() -> None:
    real = environment.load(TEMPLATES / "environments" / "aws.example.yaml")
    adopted, made = (shared.resolve(real, "eu-central-1", cell).network for cell in (2, 1))
    assert (adopted.public_cidrs, adopted.private_cidrs, adopted.nat_gateways) == ((), (), 0)
    assert len(adopted.data_cidrs) == 3
    assert made.nat_gateways == 3


def test_an_adopted_vpc_s_route_tables_are_those_that_the_environment_names() -> None:
    real = environment.load(TEMPLATES / "environments" / "aws.example.yaml")
    adopted = shared.resolve(real, "eu-central-1", 2).network.adopted
    assert adopted is not None
    assert adopted.private_route_table_ids == ("rtb-0b1", "rtb-0b2", "rtb-0b3")


def test_what_a_cell_costs_follows_its_network() -> None:
    keys = {dimension.key: dimension.quantity for _, dimension in shared.resolve(local(), "us-east-1", 1).prices()}
    assert keys["vpc_interface_endpoint"] == 4 * 3 * 730
    assert "nat_gateway" not in keys
    assert keys["cloudwatch.logs.ingest"] is None


@pytest.mark.parametrize(
    ("region", "cell", "allowed"), [("us-east-2", 1, "eu-central-1, us-east-1"), ("us-east-1", 2, "1")]
)
def test_a_cell_that_is_not_in_the_environment_is_bad_input(region: str, cell: int, allowed: str) -> None:
    with pytest.raises(BadInput) as caught:
        shared.resolve(local(), region, cell)
    assert caught.value.faults[0].allowed == allowed


def test_reference_tables_that_tenants_read_are_not_taken_away() -> None:
    def given(*names: str) -> data.CellData | None:
        environment = local()
        assert environment.shared.data is not None
        databases = environment.shared.data.databases.model_copy(update={"reference": list(names)})
        shares = environment.shared.data.model_copy(update={"databases": databases})
        shared = environment.shared.model_copy(update={"data": shares})
        return data.of_cell(environment.model_copy(update={"shared": shared}), "us-east-1", 1, ())

    assert list(data.refusals(given("rates"), given("rates", "zones"))) == []
    (fault,) = data.refusals(given("rates", "zones"), given("rates"))
    assert (fault.field, fault.why) == ("shared.data.databases.reference", "tenants read tables in zones")


_NAMED = Domain(name="apps.example.com", zone_id="Z1")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        (None, _NAMED, None),
        (_NAMED, _NAMED.model_copy(update={"requests": 100, "waf": False}), None),
        (_NAMED, None, "domain.name"),
        (_NAMED, _NAMED.model_copy(update={"name": "else.example.com"}), "domain.name"),
        (_NAMED, _NAMED.model_copy(update={"zone_id": "Z2"}), "domain.zone_id"),
        (_NAMED.model_copy(update={"zone_id": None}), _NAMED, "domain.zone_id"),
    ],
)
def test_a_domain_that_names_lie_below_is_not_taken_away(
    old: Domain | None, new: Domain | None, field: str | None
) -> None:
    before, after = (
        ingress.of_cell(local().model_copy(update={"domain": domain}), "us-east-1", 1) for domain in (old, new)
    )
    assert [fault.field for fault in ingress.refusals(before, after)] == ([field] if field else [])


@pytest.mark.parametrize(
    ("zone", "region", "stack"),
    [(None, "us-east-1", ""), (None, "eu-central-1", "local.shared.us-east-1.1"), ("Z1", "eu-central-1", "")],
)
def test_the_zone_that_another_cell_made_is_taken_from_its_stack(zone: str | None, region: str, stack: str) -> None:
    chosen = local().model_copy(update={"domain": _NAMED.model_copy(update={"zone_id": zone})})
    made = shared.resolve(chosen, region, 1)
    assert made.ingress is not None
    assert made.ingress.zone_stack == stack
    assert shared.from_json(made.to_json()) == made
