"""What AWS Backup lets one do about a vault's lock, said of the vault's record."""

from __future__ import annotations

import time
from typing import Any

_DAY_SECONDS = 86_400
_FEWEST_GRACE_DAYS = 3
_LIMITS = ("MinRetentionDays", "MaxRetentionDays")
Refusal = tuple[str, str]


def put(vault: dict[str, Any], asked: dict[str, Any]) -> Refusal | None:
    """Lock it, or change the lock."""
    least, most = (asked.get(limit) for limit in _LIMITS)
    grace = asked.get("ChangeableForDays")
    if _is_final(vault):
        return "InvalidRequestException", "The vault lock configuration is immutable: its lock date has passed"
    if grace is not None and grace < _FEWEST_GRACE_DAYS:
        return "InvalidParameterValueException", f"ChangeableForDays must be at least {_FEWEST_GRACE_DAYS}"
    if least is not None and most is not None and least > most:
        return "InvalidParameterValueException", "MinRetentionDays must be less than or equal to MaxRetentionDays"
    _loosen(vault)
    vault.update({limit: asked[limit] for limit in _LIMITS if asked.get(limit) is not None}, Locked=True)
    if grace is not None:
        vault["LockDate"] = int(time.time()) + grace * _DAY_SECONDS
    return None


def remove(vault: dict[str, Any]) -> Refusal | None:
    """Unlock it."""
    if _is_final(vault):
        return "InvalidRequestException", "The vault lock configuration can't be deleted: its lock date has passed"
    _loosen(vault)
    return None


def keeps(vault: dict[str, Any], since: int) -> Refusal | None:
    """Why a recovery point of that age can't be deleted; nobody can before the least retention, not root either."""
    days = int(vault.get("MinRetentionDays") or 0) if vault.get("Locked") else 0
    if time.time() < since + days * _DAY_SECONDS:
        return "InvalidRequestException", f"The vault is locked: its recovery points are kept for {days} days"
    return None


def _is_final(vault: dict[str, Any]) -> bool:
    return "LockDate" in vault and time.time() >= vault["LockDate"]


def _loosen(vault: dict[str, Any]) -> None:
    for member in ("LockDate", *_LIMITS):
        vault.pop(member, None)
    vault["Locked"] = False
