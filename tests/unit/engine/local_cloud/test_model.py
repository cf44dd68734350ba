"""Faults, routing and addresses: the pure parts."""

from __future__ import annotations

import botocore.session
import pytest

from engine.local_cloud import ApiFault, routing
from engine.local_cloud.faults import shapes
from engine.local_cloud.network import addresses
from stacks.errors import BadInput


@pytest.mark.parametrize(
    "chosen", [{}, {"error": "X", "hang": 1.0}, {"lose_answer": True, "creating": 1.0}], ids=["none", "two", "both"]
)
def test_a_fault_does_exactly_one_thing(chosen: dict[str, object]) -> None:
    with pytest.raises(BadInput, match="exactly one thing"):
        ApiFault("rds", "CreateDBInstance", **chosen)  # pyright: ignore[reportArgumentType] - wrong on purpose


def test_only_what_is_made_slowly_can_stay_in_creating() -> None:
    with pytest.raises(BadInput, match="RestoreDBInstanceFromDBSnapshot"):
        ApiFault("s3", "CreateBucket", creating=3)
    assert ApiFault("rds", "CreateDBInstance", creating=3).effect() == "stays in creating for 3 s"


@pytest.mark.parametrize("field", ["hang", "creating", "times"])
def test_a_negative_number_is_refused(field: str) -> None:
    with pytest.raises(BadInput):
        ApiFault("rds", "CreateDBInstance", **{"error": "X" if field == "times" else "", field: -1})  # pyright: ignore[reportArgumentType] - wrong on purpose


@pytest.mark.parametrize("service", sorted(routing.BY_NAME))
def test_names_are_those_of_botocore(service: str) -> None:
    known, model = routing.BY_NAME[service], shapes.service(service)
    assert (known.signing or known.name) == model.signing_name
    assert routing.variable(service) == f"AWS_ENDPOINT_URL_{str(model.service_id).upper().replace(' ', '_')}"


def test_s3_control_is_told_from_s3_where_they_sign_alike() -> None:
    assert routing.service_of("s3") == "s3"
    assert routing.service_of("monitoring") == "cloudwatch"
    assert routing.service_of("ce") == "ce"
    assert "ce" in botocore.session.Session().get_available_services()


def test_addresses_of_a_home_are_its_own_and_stay() -> None:
    one = [next(addresses.candidates("/a", f"postgres.{number}")) for number in range(300)]
    other = [next(addresses.candidates("/b", f"postgres.{number}")) for number in range(300)]
    assert one == [next(addresses.candidates("/a", f"postgres.{number}")) for number in range(300)]
    assert not set(one) & set(other)
    assert all(address.startswith("127.") and not address.startswith("127.0.") for address in one)
