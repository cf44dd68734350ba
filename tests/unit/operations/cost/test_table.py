"""Price tables: what is taken, what is refused, what a region without a table costs."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from operations.cost import shelf, table
from operations.cost.table import Confidence, Factor, Price
from tests.unit.operations.cost.given import HEAD, prices


def test_a_price_carries_its_date_source_and_confidence() -> None:
    found = table.parse(HEAD + 'kms.key,key-month,1.00,2024-07,B,"one, two"\n', "t.csv")
    assert found["kms.key"] == Price("kms.key", "key-month", Decimal("1.00"), "2024-07", Confidence.B, "one, two")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("a,hour,0,2026,A,s", "leave out what is not known"),
        ("a,hour,-1,2026,A,s", "leave out what is not known"),
        ("a,hour,NaN,2026,A,s", "not a price"),
        ("a,hour,cheap,2026,A,s", "not a number"),
        ("a,hour,1,2026,D,s", "'D' is not a valid Confidence"),
        ("a,hour,1,,A,s", "date or source"),
        ("a,hour,1,2026,A,", "date or source"),
        ("a,hour,1,2026,A,s\na,hour,2,2026,A,s", "stands twice"),
    ],
)
def test_a_row_that_nobody_could_check_is_refused_with_its_line(row: str, why: str) -> None:
    with pytest.raises(ValueError, match=rf"t\.csv:[23]: .*{re.escape(why)}"):
        table.parse(f"{HEAD}{row}\n", "t.csv")


def test_a_region_without_a_table_has_no_prices() -> None:
    assert not prices().knows("eu-central-1")
    assert prices().find("eu-central-1", "kms.key") is None


def test_a_region_factor_scales_prices_and_weakens_their_confidence() -> None:
    factor = Factor("eu-central-1", "us-east-1", Decimal("1.1"), "2026-01", Confidence.C, "a comparison")
    found = prices({"eu-central-1": factor}).find("eu-central-1", "kms.key")
    assert found is not None
    assert found.usd == Decimal("1.100")
    assert found.confidence is Confidence.C
    assert "us-east-1 x 1.1: a comparison" in found.source


def test_a_price_that_a_region_s_base_does_not_know_stays_unknown() -> None:
    factor = Factor("eu-central-1", "us-east-1", Decimal("1.1"), "2026-01", Confidence.C, "a comparison")
    assert prices({"eu-central-1": factor}).find("eu-central-1", "unheard.of") is None


def test_the_tables_that_come_with_the_tool_can_be_used() -> None:
    packaged = shelf.packaged()
    assert "us-east-1" in packaged.tables
    assert packaged.find("us-east-1", "kms.key") is not None
    assert all(each.base in packaged.tables for each in packaged.factors.values())


@pytest.mark.parametrize("region", sorted(shelf.packaged().tables))
def test_every_row_says_since_when_and_names_no_stranger_s_number(region: str) -> None:
    for price in shelf.packaged().tables[region].values():
        assert re.fullmatch(r"20\d\d(-\d\d){0,2}", price.as_of), price
        assert not re.search(r"\bid \d", price.source), price
