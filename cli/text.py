"""Reports as lines that people read: pure, the same text for the same report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from cli import cost_text, outline, path_changes, shapes
from engine.runs import Change, Op, PathChange
from operations.leases.model import Lease
from operations.lifecycle.data_policies import Tables
from operations.lifecycle.plan_saving import Saved
from operations.registry.model import Record
from operations.reports import Applied, Destroyed, Drifted, Owned, Planned, Prospect, Shown, Standing, Thing
from stacks import plural
from stacks.blueprint.limits import Limit
from stacks.blueprint.shards import Room
from stacks.inputs.environment import Environment

_ORDER: Final = (Op.CREATE, Op.UPDATE, Op.REPLACE, Op.DELETE)
_SIGN: Final = {Op.CREATE: "+", Op.UPDATE: "~", Op.REPLACE: "±", Op.DELETE: "-"}
_LONGEST_VALUE: Final = 60
INNER: Final = frozenset({"blueprint", "facts", "digest", "phase"})
"""Outputs for the registry's rebuild, not for people."""

TENANT_COLUMNS: Final = ("TENANT", "STATUS", "TIER", "SLUG", "INC.", "UPDATED (UTC)")
ENVIRONMENT_COLUMNS: Final = ("ENVIRONMENT", "TARGET", "ENGINE", "REGIONS")


def tenant_row(record: Record) -> tuple[str, ...]:
    """A line of `tenant list`; "INC." is the incarnation."""
    tier = f"{record.tier} v{record.tier_version}"
    updated = f"{record.updated_at:%Y-%m-%d %H:%M}"
    return (record.subject, record.status.value, tier, record.slug, str(record.incarnation), updated)


def environment_row(name: str, one: Environment) -> tuple[str, ...]:
    """A line of `tenant env list`; `name` is what `--env` takes."""
    return (name, one.target.value, one.engine.value, ", ".join(one.region_names))


def planned(report: Planned) -> Iterator[str]:
    """A plan: changes grouped by what happens, before -> after of each property."""
    if not report.pending:
        yield f"{report.subject}: no changes."
        return
    yield f"{report.subject}: {brief(report)}"
    yield from changes(report.run.pending)
    yield from (f"  ~ {line}" for line in report.terms)
    yield from cost_text.change(report.cost)
    yield f"blueprint {report.digest[:12]}, against version {report.base_serial} of stack {report.stack}"


def saved(report: Planned, kept: Saved) -> str:
    """Where a plan was saved, and how it is applied."""
    until = f"{kept.expires:%Y-%m-%d %H:%M} UTC"
    return f"{report.subject}: saved to {kept.file}, good until {until}; apply it: tenant apply --plan {kept.file}"


def changes(pending: Iterable[Change]) -> Iterator[str]:
    """Changes grouped by operation, sorted by type and name."""
    ordered = sorted(pending, key=lambda change: (change.type, change.name))
    for op in _ORDER:
        for change in (one for one in ordered if one.op is op):
            yield f"  {_SIGN[op]} {op.value:8} {change.name} ({change.type})"
            if op in (Op.UPDATE, Op.REPLACE):
                yield from (f"      {_path(inner)}" for path in change.paths for inner in path_changes.inside(path))


def brief(report: Planned) -> str:
    """What a plan would do, in a line."""
    return summary(report.run.summary()) if report.run.pending else "no resource changes; its terms do."


def summary(counts: dict[str, int]) -> str:
    """`3 to create, 1 to update; 40 stay the same.`"""
    told = [f"{counts[op.value]} to {op.value}" for op in _ORDER if counts[op.value]]
    same = f"{counts['same']} {plural.either(counts['same'], 'stays', 'stay')} the same."
    return f"{', '.join(told) or 'no changes'}; {same}"


def applied(report: Applied) -> Iterator[str]:
    """What `create` or `apply` did."""
    record = report.record
    if report.run is None or not report.changed:
        yield f"{record.subject}: no changes; {record.status}."
        return
    done = Counter(change.op for change in report.run.pending)
    told = ", ".join(f"{done[op]} {op.value}d" for op in _ORDER if done[op]) or "no resource changed"
    told += ", its terms recorded" if report.terms else ""
    yield f"{record.subject}: {told} in {report.run.seconds:.1f} s; {record.status}."
    yield from (f"  ~ {line}" for line in report.terms)
    if record.slug and record.tier:
        yield f"slug {record.slug}; how to connect: tenant show {record.subject}"


def tables(found: Tables) -> Iterator[str]:
    """Shared tables, what is wrong first."""
    for each in found.unprotected:
        yield f"  ! unprotected  {each}"
    for each in found.exposed:
        yield f"  ! exposed      {each}"
    for each in found.closed:
        yield f"  - closed       {each}: it has no column that says whose a row is, so no tenant gets in"
    for each in found.protected:
        yield f"    protected    {each}"
    held, wrong = plural.count(len(found.protected), "table"), len(found.unprotected) + len(found.exposed)
    yield f"{found.pool.schema}: {held} shared row by row, {wrong} to be mended by hand."


def shown(report: Shown) -> Iterator[str]:
    """What is known of a tenant or of shared services."""
    record = report.record
    yield from _head(record)
    yield "outputs"
    plain = shapes.outputs(record.outputs)
    hidden = {*INNER, "members", "clusterAuthority"}  # a certificate is for machines
    yield from (f"  {name}: {_short(value)}" for name, value in plain.items() if name not in hidden)
    yield from _members(record.subject, plain.get("members") or {})
    lines = [f"  {name}: {line}" for name, line in report.connect.items() if line]
    yield from (["connect", *lines] if lines else [])
    yield from (["limits", *_limits(report.limits)] if report.limits else [])
    yield from (["shards", *map(_room, report.rooms)] if report.rooms else [])
    if record.purged:
        yield "nothing of it is kept"
    elif report.kept:
        yield "kept until --purge"
        yield from (f"  {name}" for name in report.kept)
        yield from ([f"  final snapshot {report.final_snapshot}"] if report.final_snapshot else [])


def _room(one: Room) -> str:
    filled = ", ".join(f"{used:,} of {one.allowed[name]:,} {name}" for name, used in one.used.items())
    return f"  {one.kind} {one.number}: {plural.count(one.tenants, 'tenant')}; {filled}"


_MOST_MEMBERS: Final = 20


def _members(tenant: str, members: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """What each has of the tenant; all of it, with the secrets' ARNs, is in the outputs."""
    yield from ["members"] if members else []
    for name, told in [*sorted(members.items())][:_MOST_MEMBERS]:
        parts = [f"{key} {told[key]}" for key in ("schema", "folder", "cachePrefix", "namespace") if key in told]
        who = f" ({told['signsInAs']})" if "signsInAs" in told else ""
        yield f"  {name}{who}: {told['name']}; {', '.join(parts)}"
    if len(members) > _MOST_MEMBERS:
        yield f"  and {len(members) - _MOST_MEMBERS:,} more: tenant outputs {tenant}"


def _limits(limits: Iterable[Limit]) -> Iterator[str]:
    """A line for each way in which the tenant's limits are held, and for each member that has some of its own."""
    held = {who: list(each) for who, each in groupby(limits, key=lambda limit: limit.member)}
    for how, alike in groupby(held.pop("", []), key=lambda limit: limit.how):
        yield f"  {how.value}: {', '.join(map(_limit, alike))}"
    for who, own in [*held.items()][:_MOST_MEMBERS]:
        ways = groupby(own, key=lambda limit: limit.how)
        yield f"  of {who}: " + "; ".join(f"{how.value}: {', '.join(map(_limit, alike))}" for how, alike in ways)
    if len(held) > _MOST_MEMBERS:
        yield f"  and those of {len(held) - _MOST_MEMBERS:,} members more: --output json"


def _limit(limit: Limit) -> str:
    return f"{limit.name} {limit.value:,} {limit.unit}"


def standing(report: Standing) -> Iterator[str]:
    """Where a tenant stands."""
    yield from _head(report.record)
    if report.lease:
        yield at_work(report.lease)
    if report.abandoned:
        yield "nobody is at work on it: the process of the last run is gone; the same command goes on"
    for run in report.runs:
        ended = f"{run.outcome} after {(run.ended - run.started).total_seconds():.0f} s" if run.ended else "not ended"
        counted = ", ".join(f"{count} {op}" for op, count in run.summary.items() if count and op != "same")
        yield f"  {run.started:%Y-%m-%d %H:%M:%S} UTC  {run.kind.value:8} {ended}  {counted}".rstrip()
        yield from (f"      {line}" for line in run.error.splitlines())


def at_work(lease: Lease) -> str:
    """Who holds a lease."""
    since, until = f"{lease.since:%H:%M:%S} UTC", f"{lease.until:%H:%M:%S} UTC"
    return f"at work: {lease.owner}, since {since}, lease until {until}"


def prospect(report: Prospect) -> Iterator[str]:
    """What a destroy would do, for the confirmation."""
    record = report.record
    yield f"{record.subject} (incarnation {record.incarnation}, slug {record.slug}) in {record.environment}"
    yield from _things("will be deleted", report.deleted)
    if report.along:
        yield f"  and with them {report.along} parts of them: logins, grants, passwords, groups"
    if report.purge:
        yield from (f"  snapshot {name}" for name in report.snapshots)
        yield from (f"  what was kept of incarnation {old.incarnation}, slug {old.slug}" for old in report.archived)
        yield "nothing is kept: the data cannot be restored"
        if report.key_days is not None:
            yield f"KMS deletes the key {plural.count(report.key_days, 'day')} later; until then it is disabled"
        return
    if report.final_snapshot:
        yield "a final snapshot of the database is taken first"
    yield from _things("will be kept, until --purge", report.kept)


def destroyed(report: Destroyed) -> Iterator[str]:
    """What is left after a destroy."""
    record = report.record
    done = f"{record.subject}: destroyed."
    yield done if report.changed else f"{record.subject} was destroyed already; nothing was done."
    if record.purged:
        yield "nothing of it is kept"
        if report.key_until:
            yield f"its key is disabled; KMS deletes it on {report.key_until:%Y-%m-%d} (UTC)"
    elif report.kept:
        own = record.blueprint.get("resources", {}).get("database", {}).get("plan")
        snapshots = ", and the snapshots of its database" if own else ""
        yield f"kept until --purge: {', '.join(report.kept)}{snapshots}"


def drifted(reports: Iterable[Drifted]) -> Iterator[str]:
    """What drifted."""
    for report in reports:
        if not report.changes:
            yield f"{report.subject}: no drift."
            continue
        differ = plural.either(len(report.changes), "differs from its state", "differ from their state")
        yield f"{report.subject}: {plural.count(len(report.changes), 'resource')} {differ}."
        yield from changes(report.changes)


def whois(report: Owned) -> Iterator[str]:
    """Whose a name is."""
    record = report.record
    which = f"incarnation {record.incarnation}, " if record.tier else ""
    yield f"{report.name} belongs to {record.subject} ({which}{record.status}) in {record.environment}"
    yield f"stack {record.stack}" + (f", role {report.role}" if report.role else "")


def _head(record: Record) -> Iterator[str]:
    tier = f", {record.tier} v{record.tier_version}" if record.tier else ""
    yield f"{record.subject}: {record.status}{tier}, in cell {record.cell} of {record.region}"
    yield f"slug {record.slug}, incarnation {record.incarnation}, stack {record.stack}"
    yield f"blueprint {record.digest[:12]}, updated {record.updated_at:%Y-%m-%d %H:%M:%S} UTC"
    for number, line in enumerate(record.failure.splitlines()):
        yield f"failed: {line}" if number == 0 else f"        {line}"


def _things(title: str, things: tuple[Thing, ...]) -> Iterator[str]:
    counted = Counter(thing.type for thing in things)
    yield f"{plural.count(len(things), 'resource')} {title}" + (":" if things else "")
    for kind in sorted(counted):
        names = sorted(thing.name for thing in things if thing.type == kind)
        yield f"  {kind}: {', '.join(names)}"


def value(one: Any) -> str:
    """A property before or after, on one line; what is not there is nothing."""
    return "nothing" if one is None else outline.inline(one)


def _path(path: PathChange) -> str:
    return f"{path.path}: {_short(path.before)} -> {_short(path.after)}"


def _short(one: Any) -> str:
    text = value(one)
    return text if len(text) <= _LONGEST_VALUE or "\n" not in text else f"{text[:_LONGEST_VALUE]}…"
