"""What `tenant plan` does: plan one tenant or all that an edit concerns, keep the plans, show them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cli import changed_text, findings, junit, orphans, plan_markdown, render, sarif, shapes, text
from cli.forms import Plans
from operations import desired
from operations.bundle import Bundle
from operations.lifecycle import plan_changed, plan_saving
from operations.lifecycle.plan import plan
from operations.lifecycle.plan_saving import Saved
from operations.lifecycle.status import at_work
from operations.reports import Considered, Planned, PlansFailed
from stacks.errors import BadInput, Interrupted, TenantError


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be planned (one tenant, or all that was edited since a revision), kept, and written where and how.

    `save` is a file, or a folder where several are planned.
    """

    tenant: str
    since: str
    refresh: bool
    save: Path | None
    hours: int
    form: Plans
    to: Path | None

    def check(self) -> None:
        """Raise BadInput where it is not clear what is to be planned."""
        if bool(self.tenant) == bool(self.since):
            raise BadInput(
                "It is not clear what is to be planned.",
                next="Name one tenant, or a revision since which profiles were edited: `--changed-since REV`.",
            )


def carry_out(bundle: Bundle, wish: Wish) -> bool:
    """Plan, keep, show; whether anything is to be done. Raises what kept a tenant from being planned, at the end."""
    answers = tuple(_changed(bundle, wish) if wish.since else [_one(bundle, wish)])
    failed = [one for one in answers if one.error is not None]
    if not failed or wish.since or wish.form.tells_errors:
        saved = _keep_all(bundle, wish, answers)
        render.document(_document(bundle, wish, answers, saved), wish.to)
    if failed:
        raise _error(failed, len(answers))
    return any(one.pending for one in answers)


def _one(bundle: Bundle, wish: Wish) -> Considered:
    file = ""
    try:
        file = str(desired.path_of(bundle, wish.tenant))
        planned = plan(bundle, wish.tenant, refresh=wish.refresh)
    except Interrupted:
        raise
    except TenantError as error:
        return Considered(tenant=wish.tenant, file=file, error=error)
    _warn(bundle, planned.subject)
    if planned.new:
        orphans.tell_beside(bundle, wish.tenant)
    return Considered(tenant=planned.subject, file=file, planned=planned)


def _changed(bundle: Bundle, wish: Wish) -> Iterator[Considered]:
    for one in plan_changed.plan_changed(bundle, wish.since, refresh=wish.refresh):
        _warn(bundle, one.tenant)
        yield one


def _warn(bundle: Bundle, tenant: str) -> None:
    if (lease := at_work(bundle, tenant)) is not None:
        render.say(f"{tenant}: {text.at_work(lease)}; what is planned here may be old when that ends")


def _keep_all(bundle: Bundle, wish: Wish, answers: Sequence[Considered]) -> Mapping[str, Saved]:
    """Plans that were kept, by tenant. Raises BadInput for a folder with plans of before."""
    if wish.save is not None and wish.since:
        mine = {f"{one.tenant}.plan" for one in answers if one.planned is not None}
        others = sorted(path.name for path in wish.save.glob("*.plan") if path.name not in mine)
        if others:
            raise BadInput(
                f"{wish.save} holds plans that were not made now: {', '.join(others)}.",
                why="Whoever applies the plans of this folder would apply them too.",
                next="Empty it, or name another folder.",
            )
    return {one.tenant: kept for one in answers if (kept := _keep(bundle, wish, one)) is not None}


def _keep(bundle: Bundle, wish: Wish, one: Considered) -> Saved | None:
    if wish.save is None or one.planned is None:
        return None
    file = render.folder(wish.save) / f"{one.tenant}.plan" if wish.since else wish.save
    kept = plan_saving.save(bundle, one.planned, file, timedelta(hours=wish.hours))
    render.say(text.saved(one.planned, kept))
    return kept


def _document(bundle: Bundle, wish: Wish, answers: Sequence[Considered], saved: Mapping[str, Saved]) -> str:
    match wish.form:
        case Plans.MARKDOWN:
            return plan_markdown.document(bundle.environment.name, answers, saved)
        case Plans.SARIF:
            return sarif.document(map(findings.of, answers), Path.cwd(), render.version())
        case Plans.JUNIT:
            return junit.document([findings.of(one, changed_text.brief(one)) for one in answers], "tenant plan")
        case Plans.JSON if wish.since:
            return render.json_text(shapes.changed(wish.since, answers, saved))
        case Plans.JSON:
            return "".join(render.json_text(shapes.planned(plan, saved.get(plan.subject))) for plan in _plans(answers))
        case Plans.TEXT if wish.since:
            return render.joined(changed_text.lines(wish.since, answers))
        case Plans.TEXT:
            return render.joined(line for plan in _plans(answers) for line in text.planned(plan))


def _plans(answers: Sequence[Considered]) -> Iterator[Planned]:
    return (one.planned for one in answers if one.planned is not None)


def _error(failed: Sequence[Considered], number: int) -> TenantError:
    """The one error; of several, one that names all of them and has the highest of their exit codes."""
    errors = [one.error for one in failed if one.error is not None]
    return errors[0] if len(errors) == 1 else PlansFailed(errors, number)
