"""One table says of every key of a tier whether an edit may weaken live tenants by it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from stacks.inputs import promises, wording
from stacks.inputs.promises import FREE, PROMISES
from stacks.inputs.tier import Tier
from tests.unit.stacks.given import asked, silo


def keys(model: type[BaseModel], above: str = "") -> Iterator[str]:
    """Keys of a tier's file, those of a size's row as of one size."""
    for name, field in model.model_fields.items():
        path = f"{above}{field.alias or name}"
        inner = next(wording.models_in(field.annotation), None)
        if inner is None or path in FREE:
            yield path
        else:
            yield from keys(inner, f"{path}.")


def test_every_key_of_a_tier_is_promised_or_free_and_says_why() -> None:
    promised = [".".join(("sizes", *each.path) if each.sized else each.path) for each in PROMISES]
    assert sorted([*promised, *FREE]) == sorted(keys(Tier))
    assert all(each.why for each in PROMISES)


def test_no_end_is_the_most_of_all() -> None:
    seconds = next(each for each in PROMISES if each.endless)
    assert seconds.breaks(60, 0)
    assert not seconds.breaks(0, 60)
    assert not seconds.breaks(60, 60)


@pytest.mark.parametrize(
    ("changes", "key", "held"),
    [
        ({}, "sizes.small.database.backup_days", True),
        ({"database": {"backup_days": 21}}, "sizes.small.database.backup_days", False),
        ({"database": {"size": "large"}}, "sizes.large.database.backup_days", True),
        ({"database": {"size": "large"}}, "sizes.small.database.backup_days", False),
        ({"backups": {"days": 60}}, "retention.vault", False),
        ({}, "members.connections", False),
        ({"members": [{"id": "ann-a"}]}, "members.connections", True),
        ({}, "sizes.small.database_slice.statement_seconds", False),
    ],
)
def test_a_tenant_is_promised_what_it_leaves_to_its_tier(changes: dict[str, object], key: str, held: bool) -> None:
    assert (key in promises.of(asked(**changes), silo())) is held
