"""Which lives there are for a deployer's rights, and what the local cloud decides of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

from engine.local_cloud import routing
from engine.providers.aws.permissions import actions, needs
from engine.providers.aws.rows import ROWS
from engine.providers.port import ProviderError
from tests.contract.providers.aws import cases_rights, test_rows, watching
from tests.contract.providers.aws.case import Case
from tests.contract.providers.aws.deployers import Deployer
from tests.contract.providers.aws.lives import Life
from tests.contract.providers.aws.watching import watched
from tests.contract.providers.aws.world import World


@dataclass(frozen=True)
class Trial:
    """Something that a deployer does. `of` is the type or the part whose calls it makes."""

    id: str
    of: str
    run: Callable[[World, Deployer], None]

    def uses(self, world: World, deployer: Deployer) -> frozenset[str]:
        """The actions that it asks for. Raises ProviderError where it is refused."""
        watching.SEEN[self.of].clear()
        self.run(world, deployer)
        return frozenset(action for called in watching.SEEN[self.of] for action in actions.of(called))


def _live(case: Case, world: World, deployer: Deployer) -> None:
    life = Life(world, case, watched(deployer.access, world.region))
    try:
        life.run()
    except BaseException:
        with suppress(ProviderError):
            life.end(world.provider)
        raise


def _part(name: str, world: World, deployer: Deployer) -> None:
    for run in cases_rights.PARTS[name]:
        with watching.by(name):
            run(world, deployer.access)


CASES: Final = (*test_rows.CASES, *cases_rights.CASES)
TRIALS: Final = (
    *(Trial(test_rows.id_of(case), case.type, partial(_live, case)) for case in CASES),
    *(Trial(f"part-{name.replace(' ', '-')}", name, partial(_part, name)) for name in cases_rights.PARTS),
)


def decided(needed: Iterable[str]) -> list[str]:
    """Those that the local cloud has a service for, sorted: it decides every request to it."""
    here = {actions.PREFIXES.get(service.name, service.name) for service in routing.SERVICES}
    return sorted(action for action in needed if action.partition(":")[0] in here)


def directly() -> list[str]:
    """Every action that the tool asks for itself."""
    return sorted(needs.direct(ROWS))
