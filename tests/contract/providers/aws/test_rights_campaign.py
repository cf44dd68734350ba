"""The deployer's policy, action by action: with it everything works, with one taken away something says which.

Minutes: `make campaign-policy`. The suite runs a sample, in `test_rights`.
"""

from __future__ import annotations

import pytest

from engine.local_cloud import LocalCloud
from engine.providers.aws.calls import Api
from engine.providers.port import ProviderError
from tests.contract.providers.aws import cases_rights, rights
from tests.contract.providers.aws.deployers import Deployer, everywhere
from tests.contract.providers.aws.rights import TRIALS, Trial
from tests.contract.providers.aws.world import World

pytestmark = [pytest.mark.campaign, pytest.mark.xdist_group("rights-campaign")]

USES: dict[str, frozenset[str]] = {}
"""What each trial asked for, under the whole policy."""


@pytest.fixture(scope="module")
def deployer(world: World, local_cloud: LocalCloud) -> Deployer:
    return Deployer(world.access, world.region, everywhere(cases_rights.ACCOUNT, world.region))


@pytest.mark.parametrize("trial", [pytest.param(trial, id=trial.id) for trial in TRIALS])
def test_the_whole_policy_is_enough(world: World, deployer: Deployer, trial: Trial) -> None:
    USES[trial.id] = trial.uses(world, deployer)


def test_every_action_that_is_decided_here_without_it_something_fails_and_names_it(
    world: World, deployer: Deployer, subtests: pytest.Subtests
) -> None:
    for action in rights.decided(rights.directly()):
        with subtests.test(action):
            deployer.lose(action)
            try:
                assert action in refusal(world, deployer, action)
            finally:
                deployer.give(*deployer.documents)


def refusal(world: World, deployer: Deployer, action: str) -> str:
    """What is said where the action is missing; empty where nothing fails."""
    if action in cases_rights.ASKED:
        return asked(world, deployer, action)
    for trial in TRIALS:
        if action in USES.get(trial.id, ()):
            try:
                trial.run(world, deployer)
            except ProviderError as error:
                return str(error)
    return ""


def asked(world: World, deployer: Deployer, action: str) -> str:
    """The answer to a bare request."""
    service, operation, parameters = cases_rights.ASKED[action]
    try:
        Api(deployer.access, world.region).read(service, operation, **parameters)
    except ProviderError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("action", sorted(cases_rights.ASKED))
def test_bare_requests_are_let_through_by_the_whole_policy(world: World, deployer: Deployer, action: str) -> None:
    assert "lacks" not in asked(world, deployer, action)
