"""Settings as one verification finds them: each is asked for once, however many assertions and pairs rest on it.

So all of them speak of the same settings; and a service that is asked for a role's policies hears of it once, not for
every other tenant's things. What failed is no answer: whoever needs it next asks again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from operations.isolation.model import Missing, Party, Refusal
from operations.isolation.ports import Readings

_Setting = Mapping[str, Any]


@dataclass(slots=True)
class _Answer:
    """What was told, once it was; one at a time asks."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    told: _Setting | Missing | Refusal | None = None


class Once:
    """Readings that keep what they were told, for as long as one verification goes on. Threads may share it."""

    def __init__(self, inner: Readings) -> None:
        self._inner, self._lock = inner, threading.Lock()
        self._answers: dict[tuple[str, ...], _Answer] = {}

    def aws(self, region: str, service: str, operation: str, **parameters: Any) -> _Setting:
        """One answer to a call that reads."""
        key = (region, service, operation, repr(sorted(parameters.items())))
        return self._once(key, lambda: self._inner.aws(region, service, operation, **parameters))

    def kubernetes(self, at: Party, path: str) -> _Setting:
        """An object or a list of the cluster that `at` is in."""
        return self._once((at.stack, path), lambda: self._inner.kubernetes(at, path))

    def state(self, party: Party) -> str:
        """The tenant's Pulumi state as it is kept; asked for each time, since one assertion reads it."""
        return self._inner.state(party)

    def _once(self, key: tuple[str, ...], ask: Callable[[], _Setting]) -> _Setting:
        """The answer, or the same refusal. Who comes while it is asked for waits for it."""
        with self._lock:
            answer = self._answers.setdefault(key, _Answer())
        with answer.lock:
            if answer.told is None:
                try:
                    answer.told = ask()
                except (Missing, Refusal) as error:
                    answer.told = error
            told = answer.told
        if isinstance(told, Exception):
            raise type(told)(*told.args) from told
        return told
