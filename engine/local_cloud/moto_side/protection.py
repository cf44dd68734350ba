"""A load balancer that is protected from deletion is not deleted; moto keeps the attribute and deletes."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from engine.local_cloud import hooks


def install() -> None:
    """Hook moto's load balancers. Raises hooks.MissingHook where a name is gone."""
    models: Any = importlib.import_module("moto.elbv2.models")
    refused: Any = hooks.find(models, "RESTError")

    def delete(original: Callable[..., Any], backend: Any, arn: str) -> None:
        balancer = backend.load_balancers.get(arn)
        if balancer is not None and balancer.attrs.get("deletion_protection.enabled") == "true":
            why = f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
            raise refused("OperationNotPermitted", why)
        original(backend, arn)

    hooks.around(models.ELBv2Backend, "delete_load_balancer", delete)
