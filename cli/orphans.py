"""Tenants that stand and that no profile names any more: told where a new one is planned or made, and by `validate`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from cli import render
from operations import desired, renamed
from operations.bundle import Bundle
from stacks import plural

_NAMED: Final = 5
"""How many are named where there are more."""


def tell_beside(bundle: Bundle, named: str) -> None:
    """Tell of them beside a new tenant, whose profile may have been one of theirs."""
    if renamed.of_folder(bundle, desired.path_of(bundle, named)):
        tell(bundle)


def tell(bundle: Bundle) -> None:
    """Tell who they are and what to do, on stderr; nothing where there are none."""
    if gone := renamed.unnamed(bundle):
        render.say(sentence(gone, bundle.environment.name, bundle.settings.profiles))


def sentence(gone: tuple[str, ...], environment: str, folder: Path) -> str:
    """Who stands without a profile, and the two ways out."""
    more = f" and {len(gone) - _NAMED:,} more" if len(gone) > _NAMED else ""
    stand = f"{', '.join(gone[:_NAMED])}{more} {plural.either(len(gone), 'stands', 'stand')} in {environment}"
    ways = f"put `tenant: {gone[0]}` back into its profile, for a tenant is not renamed; or end it"
    return f"warning: {stand}, and no profile in {folder} says so any more: {ways}: `tenant destroy {gone[0]}`"
