"""Passwords, strings and ids that are drawn once and then live in the state: the official `pulumi-random` types."""

from engine.providers.random.provider import RandomProvider

__all__ = ["RandomProvider"]
