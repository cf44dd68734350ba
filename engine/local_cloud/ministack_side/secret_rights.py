"""Secrets under a customer's key take the right on the key, for which MiniStack's Secrets Manager never asks.

To read takes kms:Decrypt, to write a value kms:GenerateDataKey and kms:Decrypt, in the context of the secret and its
version (Secrets Manager UserGuide, security-encryption; API Reference, CreateSecret and UpdateSecret).
"""

from __future__ import annotations

import contextvars
import importlib
import json
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from engine.local_cloud import hooks
from engine.local_cloud.ministack_side.key_rights import READ, WRITE, Keys, Use

Request = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]
Operation = Callable[[Request], Response]
_VALUES: Final = {"SecretString", "SecretBinary"}
_CALLER: contextvars.ContextVar[str] = contextvars.ContextVar("caller_of_secrets", default="")
"""The access key of whoever is served; empty for the cloud's own parts."""


def context(secret: str, version: str) -> dict[str, str]:
    """What Secrets Manager binds a value to."""
    return {"SecretARN": secret, "SecretVersionId": version}


class SecretRights:
    """Secrets Manager's operations on values."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._secrets: Any = importlib.import_module("ministack.services.secretsmanager")
        router: Any = importlib.import_module("ministack.core.router")
        responses: Any = importlib.import_module("ministack.core.responses")
        self._access_key: Callable[..., str | None] = hooks.find(router, "extract_access_key_id")
        self._error: Callable[..., Response] = hooks.find(responses, "error_response_json")
        self._resolve: Callable[[str], tuple[Any, Any]] = hooks.find(self._secrets, "_resolve")
        self._kept: Any = hooks.find(self._secrets, "_secrets")

    def install(self) -> None:
        """Hook them. Raises hooks.MissingHook where one is gone."""
        hooks.around(self._secrets, "handle_request", self._serve)
        for name, hook in (
            ("_create_secret", self._create),
            ("_get_secret_value", self._read),
            ("_put_secret_value", self._write),
            ("_update_secret", self._write),
        ):
            hooks.around(self._secrets, name, hook)

    async def _serve(  # noqa: PLR0913 - MiniStack's call
        self,
        original: Callable[..., Awaitable[Response]],
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query: dict[str, Any],
    ) -> Response:
        token = _CALLER.set(self._access_key(headers, query) or "")
        try:
            return await original(method, path, headers, body, query)
        finally:
            _CALLER.reset(token)

    def _create(self, original: Operation, request: Request) -> Response:
        """Made first, as only then its ARN is known, and gone again where it may not be."""
        answer = original(request)
        if answer[0] != 200 or not _VALUES & request.keys():
            return answer
        refused = self._refused(request.get("KmsKeyId"), json.loads(answer[2]), WRITE, READ)
        if refused:
            del self._kept[request["Name"]]
        return refused or answer

    def _read(self, original: Operation, request: Request) -> Response:
        answer = original(request)
        if answer[0] != 200:
            return answer
        _, secret = self._resolve(request["SecretId"])
        return self._refused(secret.get("KmsKeyId"), json.loads(answer[2]), READ) or answer

    def _write(self, original: Operation, request: Request) -> Response:
        _, secret = self._resolve(request.get("SecretId", ""))
        if not secret or not {"KmsKeyId", *_VALUES} & request.keys():
            return original(request)
        version = request.setdefault("ClientRequestToken", str(uuid.uuid4()))
        told = {"ARN": secret["ARN"], "VersionId": version}
        return self._refused(request.get("KmsKeyId") or secret.get("KmsKeyId"), told, WRITE, READ) or original(request)

    def _refused(self, key: str | None, told: Mapping[str, Any], *actions: str) -> Response | None:
        """The answer to whoever may not use the key. None where there is nothing to ask, or nobody."""
        caller, arn = _CALLER.get(), self._keys.arn(key)
        if not caller or arn is None:
            return None
        bound = context(told["ARN"], told["VersionId"])
        uses = (Use("secretsmanager", action, arn, bound) for action in actions)
        why = next(filter(None, (self._keys.refusal(caller, use) for use in uses)), None)
        return self._error("AccessDeniedException", f"Access to KMS is not allowed. {why}", 400) if why else None
