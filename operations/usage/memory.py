"""Records of use in memory: for tests and rehearsals. Passes the same contract suite as the SQL ones."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from operations.usage import gpus
from operations.usage.gpus import Use
from operations.usage.month import Month

_Key = tuple[str, str, int, str]


@dataclass(frozen=True, slots=True)
class MemoryUses:
    """Uses in a dict, one lock around each call."""

    _uses: dict[_Key, Use] = field(default_factory=dict[_Key, Use])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, environment: str, subject: str, incarnation: int, uses: Iterable[Use]) -> None:
        """Join these to what is known of the same pods."""
        with self._lock:
            for use in uses:
                key = (environment, subject, incarnation, use.uid)
                known = self._uses.get(key)
                (self._uses[key],) = gpus.join([use] if known is None else [known, use])

    def of(self, environment: str, subject: str, month: Month) -> tuple[Use, ...]:
        """Uses of a tenant that reach into a month."""
        with self._lock:
            found = [use for key, use in self._uses.items() if key[:2] == (environment, subject)]
        return tuple(sorted(use for use in found if use.start < month.end and use.until >= month.start))
