"""Isolation proven, not promised: assertions over settings and policies, and over what a tenant can really do."""
