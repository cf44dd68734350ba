"""Actual state: registry, leases, audit and the life cycle of tenants and shared services."""
