"""Every type the engine can make, one module a service or part of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine.providers.aws.rows import (
    autoscaling,
    balancers,
    bucket_settings,
    buckets,
    cache_groups,
    cache_users,
    certificates,
    cluster_access,
    clusters,
    databases,
    dns,
    firewall_rules,
    firewalls,
    keys,
    launch_templates,
    listeners,
    log_groups,
    networks,
    parameter_groups,
    policies,
    roles,
    routes,
    secrets,
    subnet_groups,
    target_groups,
    vpc_services,
    zones,
)
from engine.providers.aws.table import Row

_MODULES: Final = (
    networks,
    routes,
    vpc_services,
    firewalls,
    launch_templates,
    keys,
    buckets,
    bucket_settings,
    log_groups,
    roles,
    policies,
    subnet_groups,
    parameter_groups,
    databases,
    cache_groups,
    cache_users,
    secrets,
    clusters,
    cluster_access,
    autoscaling,
    zones,
    dns,
    certificates,
    balancers,
    target_groups,
    listeners,
    firewall_rules,
)

ROWS: Final[Mapping[str, Row]] = {row.type: row for module in _MODULES for row in module.ROWS}
