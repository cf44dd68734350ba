"""What MiniStack lacks of AWS Backup's vaults: locks, policies, recovery points. They are kept in its own records.

A job's recovery point is whole at once and holds nothing. A locked vault keeps each for its least retention; the lock
comes off in governance mode, and in compliance mode until the lock date.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from urllib.parse import unquote

from engine.local_cloud import hooks
from engine.local_cloud.ministack_side import vault_locks

_POLICY = "_policy"
Response = tuple[int, dict[str, str], bytes]
Record = dict[str, Any]


def install() -> None:
    """Hook how Backup answers about vaults, and what its jobs leave in them."""
    Vaults(importlib.import_module("ministack.services.backup")).install()


class Vaults:
    """Answers about vaults; all else is MiniStack's."""

    def __init__(self, backup: Any) -> None:
        self._backup = backup
        self._records: Any = hooks.find(backup, "_vaults")
        self._jobs: Any = hooks.find(backup, "_jobs")
        self._ok, self._empty, self._refuse = (hooks.find(backup, name) for name in ("_ok", "_no_content", "_err"))

    def install(self) -> None:
        """Hook them."""
        for name, hook in (
            ("handle_request", self._handle),
            ("_describe_vault", self._describe),
            ("_delete_vault", self._delete),
            ("_list_vaults", self._list),
            ("_get_vault_access_policy", self._policy),
            ("_list_recovery_points_by_vault", self._points),
            ("_describe_recovery_point", self._point),
        ):
            hooks.around(self._backup, name, hook)

    async def _handle(
        self,
        original: Callable[..., Awaitable[Response]],
        method: str,
        path: str,
        headers: Any,
        body: bytes,
        query: Any,
    ) -> Response:
        parts = [unquote(part) for part in path.strip("/").split("/", 3)]
        if method in ("PUT", "DELETE") and len(parts) > 2 and parts[0] == "backup-vaults":
            vault = self._records.get(parts[1])
            if vault is None:
                return self._refuse("ResourceNotFoundException", f"Vault '{parts[1]}' not found.", 404)
            answer = self._change(vault, method, parts[2:], json.loads(body or b"{}"))
            if answer:
                return answer
        return await original(method, path, headers, body, query)

    def _change(self, vault: Record, method: str, what: list[str], body: Record) -> Response | None:
        match method, what:
            case "PUT", ["vault-lock"]:
                return self._told(vault_locks.put(vault, body))
            case "DELETE", ["vault-lock"]:
                return self._told(vault_locks.remove(vault))
            case "PUT", ["access-policy"]:
                vault[_POLICY] = body.get("Policy")
                return self._empty()
            case "DELETE", ["access-policy"]:
                vault.pop(_POLICY, None)
                return self._empty()
            case "DELETE", ["recovery-points", arn]:
                return self._forget(vault, arn)
            case _:
                return None

    def _told(self, refusal: vault_locks.Refusal | None) -> Response:
        return self._refuse(*refusal, 400) if refusal else self._empty()

    def _forget(self, vault: Record, arn: str) -> Response:
        for number, job in list(self._jobs.items()):
            if job["RecoveryPointArn"] == arn and job["BackupVaultName"] == vault["BackupVaultName"]:
                if refusal := vault_locks.keeps(vault, job["CompletionDate"]):
                    return self._refuse(*refusal, 400)
                del self._jobs[number]
                vault["NumberOfRecoveryPoints"] -= 1
                return self._empty()
        return self._refuse("ResourceNotFoundException", f"Recovery point '{arn}' not found.", 400)

    def _describe(self, original: Callable[[str], Response], name: str) -> Response:
        vault = self._records.get(name)
        return self._ok(_shown(vault)) if vault else original(name)

    def _list(self, original: Callable[[Any], Response], query: Any) -> Response:
        status, headers, body = original(query)
        answer = json.loads(body)
        answer["BackupVaultList"] = [_shown(vault) for vault in answer["BackupVaultList"]]
        return status, headers, json.dumps(answer).encode()

    def _delete(self, original: Callable[[str], Response], name: str) -> Response:
        vault = self._records.get(name)
        if vault and vault["NumberOfRecoveryPoints"]:
            why = f"Backup vault cannot be deleted (contains {vault['NumberOfRecoveryPoints']} recovery points)"
            return self._refuse("InvalidRequestException", why, 400)
        return original(name)

    def _policy(self, original: Callable[[str], Response], name: str) -> Response:
        vault = self._records.get(name)
        if not vault or not vault.get(_POLICY):
            return original(name)
        found = {key: vault[key] for key in ("BackupVaultName", "BackupVaultArn")}
        return self._ok({**found, "Policy": vault[_POLICY]})

    def _points(self, original: Callable[[str, Any], Response], name: str, query: Any) -> Response:
        vault = self._records.get(name)
        return self._ok({"RecoveryPoints": list(self._kept(vault))}) if vault else original(name, query)

    def _point(self, original: Callable[[str, str], Response], name: str, arn: str) -> Response:
        vault = self._records.get(name)
        found = [point for point in self._kept(vault) if point["RecoveryPointArn"] == unquote(arn)] if vault else []
        return self._ok(found[0]) if found else original(name, arn)

    def _kept(self, vault: Record) -> Iterator[Record]:
        for job in list(self._jobs.values()):
            if job["BackupVaultName"] == vault["BackupVaultName"] and job["RecoveryPointArn"]:
                kept = ("RecoveryPointArn", "BackupVaultName", "BackupVaultArn", "ResourceArn", "IamRoleArn")
                dates = {key: job[key] for key in ("CreationDate", "CompletionDate")}
                yield {**{key: job[key] for key in kept}, **dates, "Status": "COMPLETED"}


def _shown(vault: Record) -> Record:
    return {key: value for key, value in vault.items() if not key.startswith("_") and value != ""}
