"""Which tenants there are: from the registry only."""

from __future__ import annotations

from operations.bundle import Bundle
from operations.registry.model import Record


def listing(bundle: Bundle) -> tuple[Record, ...]:
    """The newest incarnation of each tenant, sorted by id."""
    return bundle.registry.tenants(bundle.environment.name)
