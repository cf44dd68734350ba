"""Locks of backup vaults, by the clock."""

from __future__ import annotations

import time
from typing import Any

from engine.local_cloud.ministack_side import vault_locks

DAY = 86_400


def locked(**members: Any) -> dict[str, Any]:
    return {"Locked": True, "MinRetentionDays": 7, **members}


def test_a_lock_comes_off_in_governance_mode() -> None:
    vault = locked()
    assert vault_locks.remove(vault) is None
    assert vault == {"Locked": False}


def test_a_lock_comes_off_in_compliance_mode_until_its_date() -> None:
    assert vault_locks.remove(locked(LockDate=time.time() + DAY)) is None


def test_after_its_date_a_lock_can_neither_be_changed_nor_taken_off() -> None:
    vault = locked(LockDate=time.time() - 1)
    assert vault_locks.remove(vault)
    assert vault_locks.put(vault, {"MinRetentionDays": 1})
    assert vault["MinRetentionDays"] == 7


def test_a_lock_that_is_put_again_is_replaced_whole() -> None:
    vault = locked(MaxRetentionDays=9, LockDate=time.time() + DAY)
    assert vault_locks.put(vault, {"MinRetentionDays": 3}) is None
    assert vault == {"Locked": True, "MinRetentionDays": 3}


def test_three_days_of_grace_are_the_least() -> None:
    vault: dict[str, Any] = {"Locked": False}
    assert vault_locks.put(vault, {"ChangeableForDays": 2})
    assert vault_locks.put(vault, {"ChangeableForDays": 3}) is None
    assert vault["LockDate"] > time.time() + 2 * DAY


def test_a_locked_vault_keeps_a_recovery_point_for_its_least_retention() -> None:
    now = int(time.time())
    assert vault_locks.keeps(locked(), now - 6 * DAY)
    assert vault_locks.keeps(locked(), now - 8 * DAY) is None
    assert vault_locks.keeps({"Locked": False}, now) is None
