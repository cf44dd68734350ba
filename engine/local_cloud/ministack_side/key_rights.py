"""Whether a service's caller may use the key that its data is under: MiniStack's services ask for no right on it.

AWS lets a service use a customer's key only with the caller's own right: key policy, identity policies and boundary
decide as they do for a direct call, with `kms:ViaService` and the service's encryption context in the request (KMS
Developer Guide, "kms:ViaService").
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from engine.local_cloud import hooks
from engine.local_cloud.ministack_side import encryption_context

WRITE: Final = "kms:GenerateDataKey"
READ: Final = "kms:Decrypt"
_BY_THE_KEY: Final = "no resource-based policy"


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a key by a service, for whoever called the service."""

    service: str  # as in the names of its endpoints: s3, secretsmanager
    action: str  # WRITE or READ
    key: str  # ARN
    context: Mapping[str, str]  # what the service binds the ciphertext to

    def conditions(self) -> dict[str, Any]:
        """The condition keys of the request to KMS that the service makes."""
        via = f"{self.service}.{self.key.split(':')[3]}.amazonaws.com"
        return {"kms:ViaService": via, **encryption_context.conditions(self.context)}


class Keys:
    """KMS and IAM of this process, asked without a request."""

    def __init__(self) -> None:
        self._evaluator: Any = importlib.import_module("ministack.core.iam_evaluator")
        self._enforce: Callable[..., Any] = hooks.find(self._evaluator, "enforce")
        self._find: Callable[[str], Any] = hooks.find(importlib.import_module("ministack.services.kms"), "_resolve_key")

    def install(self) -> None:
        """Let a decision say that it was the key policy's."""
        hooks.around(self._evaluator, "combine_resource_policy", _with_reason)

    def arn(self, name: str | None) -> str | None:
        """The ARN of a key by its id, ARN or alias. None where there is none, as of the keys that AWS manages."""
        found = self._find(name) if name else None
        return str(found["Arn"]) if found else None

    def refusal(self, access_key: str, use: Use) -> str | None:
        """Why the caller may not use the key so, in AWS's words. None where it may."""
        context = {**use.conditions(), **encryption_context.caller()}
        region = use.key.split(":")[3]
        denied = self._enforce(access_key, use.action, "kms", region, resource_arn=use.key, service_context=context)
        if denied is None:
            return None
        return str(denied.message) if isinstance(denied, self._evaluator.AuthError) else sentence(use, denied)


def sentence(use: Use, denied: Any) -> str:
    """The refusal of a use, by MiniStack's decision about it."""
    whose = "a resource-based policy" if denied.resource_policy_arn else "an identity-based policy"
    lacking = _BY_THE_KEY if denied.reason == _BY_THE_KEY else "no identity-based policy"
    why = (
        f"with an explicit deny in {whose}"
        if denied.decision == "Deny"
        else f"because {lacking} allows the {use.action} action"
    )
    return f"User: {denied.principal_arn} is not authorized to perform: {use.action} on resource: {use.key} {why}"


def _with_reason(original: Callable[..., Any], identity: Any, *rest: Any, **named: Any) -> Any:
    result = original(identity, *rest, **named)
    if result is not identity and result.decision == "ImplicitDeny":
        result.reason = _BY_THE_KEY
    return result
