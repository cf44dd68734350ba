"""One person is let into one tenant: by a login, whatever its case, or by an IAM role."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from operations import people
from operations.registry.model import Kind, Record, Status
from tests.unit.stacks.given import asked, blueprint

ROLE = "arn:aws:iam::123456789012:role/ada"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SHARE = {"cpu": 1, "memory_gb": 4, "pods": 5}


def there(tenant: str, **changes: Any) -> Record:
    made = blueprint(asked(tenant=tenant, **changes))
    return Record(
        environment="local",
        kind=Kind.TENANT,
        subject=tenant,
        incarnation=1,
        stack=made.stack,
        region=made.region,
        cell=1,
        status=Status.ACTIVE,
        created_at=NOON,
        updated_at=NOON,
        blueprint=made.to_json(),
    )


@pytest.mark.parametrize(
    ("theirs", "mine", "field"),
    [
        ({"members": [{"id": "eve", "login": "Ada@Example.com"}]}, {"login": "ada@example.COM"}, "login"),
        ({"members": [{"id": "eve", "role": ROLE, "namespace": SHARE}]}, {"role": ROLE}, "role"),
        ({"namespace": {"members": [ROLE]}}, {"role": ROLE}, "role"),
    ],
)
def test_who_is_in_another_tenant_is_told_with_its_place(theirs: Any, mine: Any, field: str) -> None:
    profile = asked(members=[{"id": "bob"}, {"id": "ada", **mine}])
    (complaint,) = people.elsewhere(profile, [there("globex", **theirs)])
    assert complaint.path == ("members", 1, field)
    assert "tenant globex" in complaint.why


def test_who_left_and_who_is_gone_and_the_tenant_itself_do_not_count() -> None:
    members = [{"id": "ada", "login": "ada@example.com"}]
    profile = asked(members=members)
    left = there("globex", members=[{**members[0], "active": False}])
    gone = replace(there("globex", members=members), status=Status.DESTROYED)
    assert list(people.elsewhere(profile, [left, gone, there("acme", members=members)])) == []
