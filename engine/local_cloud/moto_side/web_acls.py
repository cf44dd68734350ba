"""Web ACLs as WAF keeps them: an update says everything, a resource stands behind one ACL, one in use is kept."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from engine.local_cloud import hooks


def install() -> None:
    """Hook moto's WAF. Raises hooks.MissingHook where a name is gone."""
    models: Any = importlib.import_module("moto.wafv2.models")
    for name, hook in (("update_web_acl", _update), ("associate_web_acl", _associate), ("delete_web_acl", _delete)):
        hooks.around(models.WAFV2Backend, name, hook)
    hooks.find(importlib.import_module("moto.elbv2.models"), "elbv2_backends")


def _update(
    original: Callable[..., Any],
    backend: Any,
    name: str,
    identifier: str,
    action: Any,
    rules: Any,
    description: Any,
    *rest: Any,
) -> Any:
    """moto takes an empty list for nothing said."""
    token = original(backend, name, identifier, action, rules, description, *rest)
    acl = backend.get_web_acl(None, name, identifier)
    acl.rules = acl.rules if rules else []
    acl.description = description or ""
    return token


def _associate(original: Callable[..., Any], backend: Any, acl: str, resource: str) -> None:
    if acl in backend.wacls:
        backend.disassociate_web_acl(resource)
    original(backend, acl, resource)


def _delete(original: Callable[..., Any], backend: Any, name: str, scope: str, identifier: str, token: str) -> None:
    acl = backend.get_web_acl(None, name, identifier)
    if acl.lock_token == token and any(_stands(backend, resource) for resource in acl.associated_resources):
        error: Any = importlib.import_module("moto.wafv2.exceptions").WAFv2ClientError
        why = "AWS WAF couldn't perform the operation because your resource is being used by another resource."
        raise error("WAFAssociatedItemException", why)
    original(backend, name, scope, identifier, token)


def _stands(backend: Any, resource: str) -> bool:
    """A load balancer that is gone has left its ACL; moto does not see it go."""
    if ":loadbalancer/" not in resource:
        return True
    balancers: Any = importlib.import_module("moto.elbv2.models").elbv2_backends
    return resource in balancers[backend.account_id][backend.region_name].load_balancers
