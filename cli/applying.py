"""What `tenant apply` does with a profile, and with a saved plan: show it, ask, carry it out."""

from __future__ import annotations

from pathlib import Path

from cli import agreeing, orphans, progress, render, text
from cli.context import Session
from operations.bundle import Bundle
from operations.lifecycle import plan_applying
from operations.lifecycle.apply import apply
from operations.lifecycle.plan import plan
from operations.plans.guards import Verdict
from operations.reports import Applied
from stacks.errors import BadInput


def check(tenant: str, file: Path | None, *, refresh: bool) -> None:
    """Raise BadInput where it is not clear what is to be applied."""
    if bool(tenant) == (file is not None):
        raise BadInput("It is not clear what is to be applied.", next="Name a tenant, or a saved plan: `--plan FILE`.")
    if file is not None and refresh:
        raise BadInput(
            "A saved plan says itself whether the cloud is looked at first.",
            next="Save one that does: `tenant plan TENANT --refresh --save FILE`.",
        )


def profile(session: Session, bundle: Bundle, tenant: str, *, refresh: bool) -> Applied:
    """Make the tenant what its profile says."""
    base = None if session.options.yes else plan(bundle, tenant, refresh=refresh)
    if base is not None and base.new:
        orphans.tell_beside(bundle, tenant)
    if base is not None and base.pending:
        agreeing.to(session, text.planned(base), "Apply this?")
    with progress.following(f"apply {tenant}") as listen:
        return apply(bundle, tenant, base, listen, refresh=refresh)


def saved(session: Session, bundle: Bundle, file: Path) -> Applied:
    """Apply the plan in a file."""
    found = plan_applying.read(bundle, file)
    verdict = plan_applying.judge(bundle, found)
    if verdict is Verdict.APPLY and found.planned.pending:
        agreeing.to(session, text.planned(found.planned), "Apply this?")
    with progress.following(f"apply {found.planned.subject}") as listen:
        report = plan_applying.apply(bundle, found, file, listen)
    if report.run is None:
        render.say(f"{found.planned.subject}: plan {found.id} was applied already; nothing was done.")
    return report
