"""What `tenant plan` does: plan, keep the plan, show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cli import render, shapes, text
from cli.context import Session
from operations.bundle import Bundle
from operations.lifecycle import plan_saving
from operations.lifecycle.plan import plan
from operations.lifecycle.status import at_work
from operations.reports import Planned


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where a plan is kept, and for how many hours it is good."""

    file: Path
    hours: int


def one(session: Session, bundle: Bundle, tenant: str, keeping: Keeping | None, *, refresh: bool) -> Planned:
    """Plan one tenant."""
    report = plan(bundle, tenant, refresh=refresh)
    if (lease := at_work(bundle, report.subject)) is not None:
        render.say(f"{report.subject}: {text.at_work(lease)}; what is planned here may be old when that ends")
    saved = None
    if keeping is not None:
        saved = plan_saving.save(bundle, report, keeping.file, timedelta(hours=keeping.hours))
        render.say(text.saved(report, saved))
    if session.json:
        render.as_json(shapes.planned(report, saved))
    else:
        render.lines(text.planned(report))
    return report
