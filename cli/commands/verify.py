"""`tenant verify`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Depth(StrEnum):
    """How it is found out."""

    CONFIG = "config"
    PROOF = "proof"
    LIVE = "live"


def command(  # noqa: PLR0913 - one parameter an option of the command line
    ctx: typer.Context,
    tenants: Annotated[
        list[str] | None,
        typer.Argument(help="Tenants' ids; all of the environment where none is named.", metavar="TENANT"),
    ] = None,
    against: Annotated[str, typer.Option(help="Try them on this tenant, and it on them, and on nobody else.")] = "",
    level: Annotated[
        Depth | None,
        typer.Option(help="Settings as they are, proofs over policies, or what can really be done; else all."),
    ] = None,
    evidence: Annotated[Path | None, typer.Option(help="Keep the results in a signed file.")] = None,
    junit: Annotated[Path | None, typer.Option(help="Write the results as JUnit XML into this file.")] = None,
    check: Annotated[
        Path | None, typer.Option(help="Say what a file of evidence says, if it is as it was signed. Needs no cloud.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option(help="Check with the public key in this file, not the home's. Needs no home.")
    ] = None,
    public_key: Annotated[
        bool, typer.Option("--public-key", help="Print the key that others check this environment's evidence with.")
    ] = False,
) -> None:
    """Verify that tenants are apart, by their settings and by trying. Ends with 7 where it is broken or unproven."""
    from cli import checking, context, stopping, verifying

    session = context.of(ctx)
    wish = verifying.Wish(tuple(tenants or ()), against, level.value if level else "", evidence, junit)
    asked = checking.Wish(check, key, public_key)
    asked.check(wish)
    if asked.anything:
        checking.carry_out(session.settings, asked, as_json=session.json)
        return
    with stopping.on_signals() as stop:
        good = verifying.carry_out(session.bundle(stop), wish, as_json=session.json)
    if not good:
        raise typer.Exit(7)
