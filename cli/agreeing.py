"""Asking before something is done: a person at the terminal answers, a script says so beforehand."""

from __future__ import annotations

from collections.abc import Iterable

import typer

from cli import render
from cli.context import Session
from stacks.errors import BadInput


def to(session: Session, what: Iterable[str], question: str) -> None:
    """Show what would be done and ask. Raises BadInput where the answer is no, or where nobody can be asked."""
    if session.options.yes:
        return
    for line in what:
        render.say(line)
    if not session.wiring.terminal():
        raise BadInput("Nothing was done: there is no terminal to ask at.", next="Say --yes.")
    if not typer.confirm(question, err=True):
        raise BadInput("Nothing was done.")


def to_offer(session: Session, what: Iterable[str], question: str) -> None:
    """Show what would be made, and ask where a person sits. Raises BadInput where the answer is no.

    A script that says to make something new means it, and nothing that is there can come to harm.
    """
    for line in what:
        render.say(line)
    asked = session.wiring.terminal() and not session.options.yes
    if asked and not typer.confirm(question, err=True):
        raise BadInput("Nothing was done.")


def by_name(session: Session, what: Iterable[str], name: str, confirmed: str) -> None:
    """Show what would be destroyed and have its name typed. Raises BadInput where the name is another one."""
    if confirmed and confirmed != name:
        raise BadInput(f"Nothing was done: --confirm says {confirmed}, and this is {name}.")
    for line in what:
        render.say(line)
    if confirmed and session.options.yes:
        return
    if not session.wiring.terminal():
        raise BadInput(
            "Nothing was done: there is no terminal to ask at.", next=f"Say both --yes and --confirm {name}."
        )
    if typer.prompt(f"Type {name} to destroy it", err=True) != name:
        raise BadInput(f"Nothing was done: that is not {name}.")
