"""Faults that cannot be: what is said of a call that the local cloud does not have."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.local_cloud.faults.book import FaultBook
from engine.local_cloud.faults.model import ApiFault
from engine.local_cloud.home import Home
from stacks.errors import BadInput


def refusal(folder: Path, service: str, operation: str) -> BadInput:
    with pytest.raises(BadInput) as refused:
        FaultBook(Home(folder)).add(ApiFault(service, operation, lose_answer=True))
    return refused.value


@pytest.mark.parametrize("far", ["postgres", "cognito", "redshift", "lambda"])
def test_a_service_that_is_like_none_is_answered_with_those_that_there_are(tmp_path: Path, far: str) -> None:
    refused = refusal(tmp_path, far, "Invoke")
    assert "Did you mean" not in str(refused)
    assert " rds, " in refused.next


@pytest.mark.parametrize(("typed", "meant"), [("rsd", "rds"), ("elasticcache", "elasticache")])
def test_a_mistyped_service_is_answered_with_the_one_that_was_meant(tmp_path: Path, typed: str, meant: str) -> None:
    assert refusal(tmp_path, typed, "X").next == f"Did you mean {meant}?"


def test_a_mistyped_operation_is_answered_with_the_one_that_was_meant(tmp_path: Path) -> None:
    assert refusal(tmp_path, "rds", "CreateDbInstance").next == "Did you mean CreateDBInstance?"
