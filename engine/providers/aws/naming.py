"""Names the provider makes up, as Pulumi does: the resource's name, a hyphen, seven hex digits of the seed."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from engine.providers.aws.table import Name
from engine.providers.port import Props, Unknown

_DIGITS = 7


def generate(rule: Name, resource_name: str, prefix: str | None, seed: bytes) -> str:
    """A name within the service's limit; the same seed gives the same name. The suffix is never cut."""
    suffix = hashlib.sha256(seed or resource_name.encode()).hexdigest()[:_DIGITS]
    stem = prefix if prefix is not None else rule.start + resource_name + "-"
    if rule.lower:
        stem = re.sub(r"[^a-z0-9.-]+", "-", stem.lower()) if prefix is None else stem.lower()
    return stem[: rule.longest - _DIGITS] + suffix


def made_up(rule: Name, resource_name: str, name: object) -> bool:
    """Whether a name is one that `generate` made for this resource, so that a successor will have another."""
    stem = rule.start + resource_name + "-"
    return isinstance(name, str) and bool(re.fullmatch(re.escape(stem) + r"[0-9a-f]{7}", name))


def settle(rule: Name, resource_name: str, olds: Props | None, news: Props, seed: bytes) -> Any:
    """The name to use: the given one, else the one it has, else a new one."""
    given = news.get(rule.prop)
    if given is not None:
        return given
    prefix = news.get(rule.prefix_prop) if rule.prefix_prop else None
    had = (olds or {}).get(rule.prop)
    if isinstance(prefix, Unknown):
        return had if had is not None else prefix
    if isinstance(had, str) and (prefix is None or had.startswith(str(prefix))):
        return had
    return generate(rule, resource_name, None if prefix is None else str(prefix), seed)
