"""A profile's file, read with all that is wrong with it told at once: what it says, and what its tier has not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from operations.settings import Settings
from stacks import plural
from stacks.blueprint import checks
from stacks.errors import BadInput, Fault
from stacks.inputs import profile, tier
from stacks.inputs.environment import Environment
from stacks.inputs.profile import Profile

Pinned = Callable[[Profile], int | None]
"""Which version of its tier a profile's tenant has; None where it takes the newest."""


def load(settings: Settings, environment: Environment, file: Path, pinned: Pinned = lambda _profile: None) -> Profile:
    """The profile. Raises BadInput; then what its tier and the environment have not stands among the faults too."""
    try:
        return profile.load(file, tier.names(settings.tiers), environment.region_names)
    except BadInput as error:
        more = _of_tier(settings, environment, file, pinned) if error.faults else ()
        if not more:
            raise
        told = {(fault.where, fault.field) for fault in more}
        # of one key the tier's word counts: what else would have to be said for it is no way out where it is not had
        faults = (*(each for each in error.faults if (each.where, each.field) not in told), *more)
        what = f"{file} can't be used: {plural.count(len(faults), 'fault')}."
        raise BadInput(what, faults=faults, where=error.where, why=error.why, next=error.next) from error


def _of_tier(settings: Settings, environment: Environment, file: Path, pinned: Pinned) -> tuple[Fault, ...]:
    """Faults of the rest of a profile against its tier, as far as there is a rest and a tier."""
    rest = profile.remainder(file, environment.region_names)
    if rest is None:
        return ()
    try:
        return checks.faults(rest, tier.of(rest, settings.tiers, pinned(rest)), environment)
    except BadInput:
        return ()
