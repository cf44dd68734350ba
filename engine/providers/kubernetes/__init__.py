"""Kubernetes for the embedded engine: every kind that the server knows, by discovery and server-side apply."""

from engine.providers.kubernetes.provider import KubernetesProvider

__all__ = ["KubernetesProvider"]
