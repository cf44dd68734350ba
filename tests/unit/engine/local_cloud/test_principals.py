from __future__ import annotations

import pytest

from engine.local_cloud.ministack_side import principals


@pytest.mark.parametrize(
    ("arn", "told"),
    [
        ("arn:aws:sts::123456789012:assumed-role/acme/proof", "arn:aws:iam::123456789012:role/acme"),
        ("arn:aws:sts::123456789012:assumed-role/path/acme/proof", "arn:aws:iam::123456789012:role/path/acme"),
        ("arn:aws:iam::123456789012:user/admin", "arn:aws:iam::123456789012:user/admin"),
    ],
)
def test_a_session_is_told_as_its_role(arn: str, told: str) -> None:
    assert principals.role_of(arn) == told
