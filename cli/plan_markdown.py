"""Plans as a comment on a pull request: pure, the same text for the same plans.

Whatever a profile or a cloud says stands in code spans: it can neither break the table nor mention anybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from cli import cost_text, errors, findings, path_changes, templates, text
from engine.runs import Change, Op, PathChange
from operations.cost.estimate import Line
from operations.lifecycle.plan_saving import Saved
from operations.reports import Considered, Planned

LONGEST: Final = 60_000
"""Characters. GitHub takes 65,536 in a comment; a pipeline may want to add a line of its own."""

_LONGEST_VALUE: Final = 200
_BREAKS_OUT: Final = re.compile(r"[`|]")
_MARKUP: Final = re.compile(r"[^\w ./:=,-]|_")
_CHANGED: Final = (Op.UPDATE, Op.REPLACE, Op.DELETE)


Row: TypeAlias = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What the comment says of one tenant, ready to be written: see the skeleton."""

    tenant: str
    why: str
    summary: str
    fault: str = ""
    changed: list[Row] = field(default_factory=list[Row])
    properties: list[Row] = field(default_factory=list[Row])
    created: list[Row] = field(default_factory=list[Row])
    unknown: list[Row] = field(default_factory=list[Row])
    cost: str = ""
    terms: list[str] = field(default_factory=list[str])
    costs: str = ""
    base: str = ""


def document(environment: str, answers: Sequence[Considered], saved: Mapping[str, Saved]) -> str:
    """The comment; its first line tells comments of one environment from others, so that one can be replaced."""
    plans = [_plan(one, saved.get(one.tenant)) for one in answers]
    title = _title(environment, answers)
    whole = templates.plan(environment, title, plans, details=True)
    return whole if len(whole) <= LONGEST else templates.plan(environment, title, plans, details=False)[:LONGEST]


def code(value: str) -> str:
    """Text as code, for a table's cell: one line, cut where it is long, whatever stands in it.

    What could end the code or the cell is spelt out in numbers, which no reader of Markdown takes for more than text.
    """
    flat = " ".join(value.split())
    short = flat if len(flat) <= _LONGEST_VALUE else f"{flat[:_LONGEST_VALUE]}…"
    if _BREAKS_OUT.search(short):
        return f"<code>{_MARKUP.sub(lambda found: f'&#{ord(found[0])};', short)}</code>"
    return f"`{short}`" if short else ""


def _title(environment: str, answers: Sequence[Considered]) -> str:
    pending = sum(1 for one in answers if one.pending)
    faulty = sum(1 for one in answers if one.error is not None)
    told = f"Plan of environment `{environment}`: "
    told += f"{pending} of {len(answers)} to change" if len(answers) > 1 else "changes" if pending else "no changes"
    return told + (f", {faulty} cannot be planned" if faulty else "")


def _plan(one: Considered, saved: Saved | None) -> Section:
    bare = Section(tenant=code(one.tenant), why=", ".join(one.why), summary="no changes")
    if one.gone:
        return replace(bare, summary="**profile gone; tenant still stands**", fault=code(findings.gone(one)))
    if one.error is not None:
        return replace(bare, summary="**cannot be planned**", fault=_fenced(errors.tell(one.error).lines()))
    return _planned(bare, one.planned, saved) if one.planned is not None else bare


def _planned(bare: Section, report: Planned, saved: Saved | None) -> Section:
    base = f"Blueprint `{report.digest[:12]}`, against version {report.base_serial} of stack `{report.stack}`."
    if saved is not None:
        base += f"\nSaved as `{saved.id}`, good until {saved.expires:%Y-%m-%d %H:%M} UTC."
    pending = sorted(report.run.pending, key=lambda change: (_order(change), change.type, change.name))
    if not report.pending:
        return replace(bare, base=base, cost=_money(cost_text.brief(report.cost)))
    changed = [change for change in pending if change.op in _CHANGED]
    return replace(
        bare,
        summary=text.brief(report).rstrip("."),
        terms=[code(line) for line in report.terms],
        changed=[_row(change) for change in changed],
        properties=[
            _value(change, inner) for change in changed for path in change.paths for inner in path_changes.inside(path)
        ],
        created=[_named(change) for change in pending if change.op is Op.CREATE],
        cost=_money(cost_text.brief(report.cost)),
        costs=_money("".join(cost_text.change(report.cost))),
        unknown=[_unknown(line) for line in report.cost.unknown],
        base=base,
    )


def _money(told: str) -> str:
    """Two dollar signs on a line begin and end a formula for some readers of Markdown."""
    return told.replace("$", "\\$")


def _order(change: Change) -> int:
    """What is deleted or replaced stands first: it is what a reviewer must not miss."""
    return (Op.DELETE, Op.REPLACE, Op.UPDATE, Op.CREATE).index(change.op)


def _named(change: Change) -> Row:
    return {"name": code(change.name), "type": code(change.type)}


def _row(change: Change) -> Row:
    op = f"**{change.op.value}**" if change.op in (Op.DELETE, Op.REPLACE) else change.op.value
    return _named(change) | {"op": op, "paths": ", ".join(code(path.path) for path in change.paths)}


def _value(change: Change, path: PathChange) -> Row:
    before, after = code(text.value(path.before)), code(text.value(path.after))
    return {"name": code(change.name), "path": code(path.path), "before": before, "after": after}


def _unknown(line: Line) -> Row:
    return {"kind": line.kind, "dimension": code(line.dimension), "why": line.gap.value if line.gap else ""}


def _fenced(lines: Iterable[str]) -> str:
    inside = "\n".join(lines)
    fence = "`" * max(3, max(map(len, re.findall("`+", inside)), default=0) + 1)
    return f"{fence}text\n{inside}\n{fence}"
