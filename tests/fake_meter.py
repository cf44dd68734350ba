"""Namespaces in memory: pods as they are listed, and gates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from operations.registry.model import Record
from stacks.errors import CloudFailed


@dataclass
class FakeMeter:
    """Pods by tenant; which gates are closed; tenants whose cluster does not answer; bytes in shared buckets."""

    listed: dict[str, list[dict[str, Any]]] = field(default_factory=dict[str, list[dict[str, Any]]])
    closed: set[str] = field(default_factory=set[str])
    silent: set[str] = field(default_factory=set[str])
    sizes: dict[str, int] = field(default_factory=dict[str, int])

    def pods(self, of: Record) -> Sequence[Mapping[str, Any]]:
        self._answer(of)
        return self.listed.get(of.subject, [])

    def close(self, of: Record) -> None:
        self._answer(of)
        self.closed.add(of.subject)

    def open(self, of: Record) -> None:
        self._answer(of)
        self.closed.discard(of.subject)

    def objects(self, of: Record) -> int | None:
        return self.sizes.get(of.subject)

    def _answer(self, of: Record) -> None:
        if of.subject in self.silent:
            raise CloudFailed(f"The cluster of {of.subject} does not answer as it should.")
