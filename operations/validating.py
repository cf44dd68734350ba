"""Whether profiles can be used: by tiers and environment, beside each other, by what the registry knows. No cloud."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from operations import desired, people, reading
from operations.bundle import Bundle
from operations.people import Listed
from operations.reports import Considered
from operations.settings import Settings
from stacks.blueprint import checks
from stacks.errors import BadInput, Fault, Refused
from stacks.inputs import profile
from stacks.inputs.environment import Environment
from stacks.inputs.profile import Profile


def check(
    settings: Settings, environment: Environment, files: Sequence[Path], bundle: Bundle | None
) -> list[Considered]:
    """Each file with its tenant's id, or with what is wrong.

    Without a `bundle` nothing is known of what stands. Of a tenant that stands, what an apply would refuse is told
    too, as far as the registry alone can tell.
    """
    read = {file: _read(settings, environment, file) for file in files}
    loaded = {file: each for file, each in read.items() if isinstance(each, Profile)}
    listed = people.listed([*loaded.values(), *_siblings(loaded, set(read))])
    answers: list[Considered] = []
    for file, each in read.items():
        if isinstance(each, Profile):
            error = _wrong(settings, environment, file, each, listed, bundle)
            answers.append(Considered(tenant=each.tenant, file=str(file), error=error))
        else:
            answers.append(Considered(tenant="", file=str(file), error=each))
    return answers


def _read(settings: Settings, environment: Environment, file: Path) -> Profile | BadInput:
    try:
        return reading.load(settings, environment, file)
    except BadInput as error:
        return error


def _siblings(loaded: Mapping[Path, Profile], read: set[Path]) -> Iterator[Profile]:
    """Profiles beside those that are looked at, as far as they speak of somebody who stands in one of these."""
    said = {word for each in loaded.values() for _, word in people.of_profile(each)}
    for folder in sorted({file.parent for file in loaded}) if said else ():
        for file in profile.mentioning(folder, said):
            if file not in read:
                try:
                    yield profile.load(file)
                except BadInput:
                    continue


def _wrong(
    settings: Settings, environment: Environment, file: Path, asked: Profile, listed: Listed, bundle: Bundle | None
) -> BadInput | Refused | None:
    """All faults of the profile by itself and beside others; only where there are none, what stands against it."""
    twice = tuple(map(asked.fault, people.beside(asked, listed)))
    try:
        profile.find(file.parent, asked.tenant)
        checks.check(asked, desired.tier_of(bundle, settings, asked), environment)
    except Refused as error:
        return error
    except BadInput as error:
        return _joined(error, twice)
    if twice:
        return BadInput(f"{asked.tenant} can't have these members.", faults=twice)
    try:
        if bundle is not None:
            desired.check_known(bundle, file, asked)
    except (BadInput, Refused) as error:
        return error
    return None


def _joined(error: BadInput, more: Iterable[Fault]) -> BadInput:
    faults = tuple(more)
    if not faults:
        return error
    return BadInput(error.what, faults=(*error.faults, *faults), where=error.where, why=error.why, next=error.next)
