"""Isolation proven, not promised: assertions over settings and over what a tenant can really do."""
