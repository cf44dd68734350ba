"""Keep a plan in a file, to be approved and applied later. Changes nothing else."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from operations.bundle import Bundle
from operations.plans import document, model
from operations.plans.model import SavedPlan
from operations.reports import Planned
from stacks.errors import BadInput


@dataclass(frozen=True, slots=True)
class Saved:
    """Where a plan was saved, under which name, and how long it is good."""

    file: Path
    id: str
    expires: datetime


def save(bundle: Bundle, planned: Planned, file: Path, good_for: timedelta) -> Saved:
    """Write the signed file, replacing one that is there. Raises BadInput where it cannot be written."""
    now = bundle.clock.now()
    environment = bundle.environment
    plan = SavedPlan(
        id=bundle.ids.run().replace("r", "p", 1),
        environment=environment.name,
        account=environment.account,
        created=now,
        expires=now + good_for,
        planned=model.plain(planned),
    )
    draft = file.with_name(f".{file.name}.{plan.id}")
    try:
        draft.write_text(document.write(plan, bundle.signing), encoding="utf-8")
        draft.replace(file)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise BadInput(
            f"The plan cannot be written to {file}.", why=f"{error.strerror or error}.", next="Name another file."
        ) from error
    return Saved(file, plan.id, plan.expires)
