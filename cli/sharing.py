"""Shared services applied from the command line: shown, agreed to, done."""

from __future__ import annotations

from cli import agreeing, progress, text
from cli.context import Session
from operations.bundle import Bundle
from operations.lifecycle import shared
from operations.lifecycle.shared import Place
from operations.reports import Applied


def apply(session: Session, bundle: Bundle, place: Place, *, refresh: bool) -> Applied:
    """Show what would change, ask where there is something to ask and somebody to answer, and do it."""
    unasked = session.options.yes or shared.is_new(bundle, place)
    base = None if unasked else shared.plan(bundle, place, refresh=refresh)
    if base is not None and base.run.pending:
        agreeing.to(session, text.planned(base), "Apply this?")
    with progress.following("apply shared services") as listen:
        return shared.apply(bundle, place, base, listen, refresh=refresh)
