"""A preview or a look for drift that did not come to its end is an error: half a plan must not look like one."""

from __future__ import annotations

from engine.runs import Outcome, Run
from operations.reports import RunFailed
from stacks.errors import Interrupted


def previewed(subject: str, run: Run) -> Run:
    """The run, when it came to its end. Raises RunFailed or Interrupted."""
    if run.outcome is Outcome.INTERRUPTED:
        raise Interrupted(f"{subject}: interrupted; nothing was changed.")
    if run.outcome is Outcome.FAILED:
        why = "\n".join(f"{f.urn.rpartition('::')[2]}: {f.message}".lstrip(": ") for f in run.failures)
        raise RunFailed(f"{subject}: the preview failed; nothing was changed.", run, why=why)
    return run
