"""The world between two steps, as the verifier asks it: it stands still, but for one tenant's hands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from operations.isolation.model import Party, Refusal, Unclear
from operations.isolation.ports import Acting, Live, Readings, World
from stacks.resources.members.spec import MemberPlan


class Moment:
    """Settings as they are between two steps: nothing moves, so what was read once is not asked again."""

    def __init__(self, inner: Readings) -> None:
        self._inner, self._read = inner, dict[str, Mapping[str, Any] | Exception]()

    def aws(self, region: str, service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
        asked = f"{region} {service} {operation} {sorted(parameters.items())}"
        return self._once(asked, lambda: self._inner.aws(region, service, operation, **parameters))

    def kubernetes(self, at: Party, path: str) -> Mapping[str, Any]:
        return self._once(f"{at.tenant} {path}", lambda: self._inner.kubernetes(at, path))

    def state(self, party: Party) -> str:
        return self._inner.state(party)

    def _once(self, asked: str, ask: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
        if asked not in self._read:
            try:
                self._read[asked] = ask()
            except (Refusal, Unclear) as error:
                self._read[asked] = error
        found = self._read[asked]
        if isinstance(found, Exception):
            raise found
        return found


class Hands:
    """Those whom nobody changes are taken on once, the tenant on its way again and again."""

    def __init__(self, steady: World, fresh: World, changed: str) -> None:
        self._steady, self._fresh, self._changed = steady.live, fresh.live, changed

    def of(self, party: Party) -> Acting:
        return self._those(party).of(party)

    def member(self, party: Party, member: MemberPlan) -> Acting:
        return self._those(party).member(party, member)

    def _those(self, party: Party) -> Live:
        return self._fresh if party.tenant == self._changed else self._steady
