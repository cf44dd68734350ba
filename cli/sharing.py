"""Shared services from the command line: what is shown, agreed to and done; what is looked at."""

from __future__ import annotations

from cli import agreeing, progress, text
from cli.context import Session
from operations.bundle import Bundle
from operations.lifecycle import shared
from operations.lifecycle.shared import Place
from operations.reports import Applied, Drifted
from stacks.errors import BadInput


def apply(session: Session, bundle: Bundle, place: Place, *, refresh: bool) -> Applied:
    """Show what would change, ask where there is something to ask and somebody to answer, and do it."""
    unasked = session.options.yes or shared.is_new(bundle, place)
    base = None if unasked else shared.plan(bundle, place, refresh=refresh)
    if base is not None and base.run.pending:
        agreeing.to(session, text.planned(base), "Apply this?")
    with progress.following("apply shared services") as listen:
        return shared.apply(bundle, place, base, listen, refresh=refresh)


def drift(bundle: Bundle, place: Place, *, everyone: bool) -> tuple[Drifted, ...]:
    """Of one cell, or of every one of the environment."""
    if not everyone:
        return (shared.drift(bundle, place),)
    if place != Place():
        raise BadInput("It is not clear whose drift is meant.", next="Name one cell, or say --all.")
    return shared.drift_of_all(bundle)
