"""Who acts between two steps: everybody stands still, but for one tenant."""

from __future__ import annotations

from operations.isolation.model import Party
from operations.isolation.ports import Acting, Live, World
from stacks.resources.members.spec import MemberPlan


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
