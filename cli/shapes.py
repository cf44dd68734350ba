"""What `--output json` writes: reports as plain data, by the schemas of docs/reference/json. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from cli import cost_shapes, errors
from engine.runs import Change, Output
from operations.lifecycle.data_policies import Tables
from operations.lifecycle.plan_saving import Saved
from operations.lifecycle.pooler import Pool
from operations.registry.model import Record, RunRecord
from operations.reports import Applied, Considered, Destroyed, Drifted, Owned, Planned, Rebuilt, Shown, Standing
from stacks.inputs.environment import Environment

MASKED = "[secret]"


def moment(when: datetime | None) -> str | None:
    """A time as ISO 8601 in UTC, to the second."""
    return when.strftime("%Y-%m-%dT%H:%M:%SZ") if when else None


def tenant(record: Record) -> dict[str, Any]:
    """A tenant as every answer shows it."""
    return {
        "id": record.subject,
        "slug": record.slug,
        "incarnation": record.incarnation,
        "tier": record.tier,
        "tier_version": record.tier_version,
        "environment": record.environment,
        "status": record.status.value,
        "updated_at": moment(record.updated_at),
    }


def environment(name: str, one: Environment) -> dict[str, Any]:
    """An environment in `tenant env list`; `name` is what `--env` takes."""
    regions = list(one.region_names)
    return {"name": name, "target": one.target.value, "engine": one.engine.value, "regions": regions}


def listing(records: Iterable[Record]) -> dict[str, Any]:
    """`tenant list`."""
    return {"tenants": [tenant(record) for record in records]}


def outputs(found: Mapping[str, Output]) -> dict[str, Any]:
    """Outputs by name, secrets masked."""
    return {name: MASKED if output.secret else output.value for name, output in sorted(found.items())}


def shown(report: Shown) -> dict[str, Any]:
    """`tenant show`."""
    return {
        "tenant": tenant(report.record),
        "facts": dict(report.record.facts),
        "blueprint_digest": report.record.digest,
        "outputs": outputs(report.record.outputs),
        "connect": dict(report.connect),
        "limits": [{**asdict(each), "how": each.how.value} for each in report.limits],
        "kept": [*report.kept, *([report.final_snapshot] if report.final_snapshot else [])],
    }


def cell(record: Record) -> dict[str, Any]:
    """Shared services as every answer shows them."""
    return {
        "name": record.subject,
        "environment": record.environment,
        "region": record.region,
        "cell": record.cell,
        "status": record.status.value,
        "updated_at": moment(record.updated_at),
    }


def shared_shown(report: Shown) -> dict[str, Any]:
    """`tenant shared show`."""
    record = report.record
    return {
        "shared": cell(record),
        "blueprint_digest": record.digest,
        "outputs": outputs(record.outputs),
        "shards": [
            {
                "kind": each.kind,
                "number": each.number,
                "tenants": each.tenants,
                "used": dict(each.used),
                "allowed": dict(each.allowed),
            }
            for each in report.rooms
        ],
    }


def change(one: Change) -> dict[str, Any]:
    """One resource that changes."""
    return {
        "urn": one.urn,
        "type": one.type,
        "name": one.name,
        "op": one.op.value,
        "paths": [{"path": p.path, "before": p.before, "after": p.after} for p in one.paths],
    }


def planned(report: Planned, kept: Saved | None = None) -> dict[str, Any]:
    """`tenant plan`; `kept` where it was saved."""
    told = {"saved": {"file": str(kept.file), "id": kept.id, "expires": moment(kept.expires)}} if kept else {}
    return told | {
        "tenant": report.subject,
        "blueprint_digest": report.digest,
        "base_serial": report.base_serial,
        "changes": [change(one) for one in report.run.pending],
        "summary": report.run.summary(),
        "terms": list(report.terms),
        "cost": cost_shapes.change(report.cost),
    }


def changed(since: str, answers: Iterable[Considered], kept: Mapping[str, Saved]) -> dict[str, Any]:
    """`tenant plan --changed-since`."""
    return {"since": since, "tenants": [_considered(one, kept.get(one.tenant)) for one in answers]}


def _considered(one: Considered, kept: Saved | None) -> dict[str, Any]:
    result = "gone" if one.gone else "faulty" if one.error else "planned"
    return {
        "tenant": one.tenant,
        "file": one.file,
        "why": list(one.why),
        "result": result,
        "plan": planned(one.planned, kept) if one.planned else None,
        "error": errors.tell(one.error).to_json()["error"] if one.error else None,
        "next": f"tenant destroy {one.tenant}" if one.gone else "",
    }


def applied(report: Applied, *, shared: bool = False) -> dict[str, Any]:
    """`tenant create`, `tenant apply`, `tenant shared apply`."""
    run = report.run
    named: dict[str, Any] = {"shared": cell(report.record)}
    if not shared:
        named = {"tenant": tenant(report.record), "terms": list(report.terms)}
    zero = {"create": 0, "update": 0, "replace": 0, "delete": 0, "same": 0}
    return named | {
        "changed": report.changed,
        "changes": [change(one) for one in run.pending] if run else [],
        "summary": run.summary() if run else zero,
    }


def destroyed(report: Destroyed, *, shared: bool = False) -> dict[str, Any]:
    """`tenant destroy`, `tenant shared destroy`."""
    named = {"shared": cell(report.record)} if shared else {"tenant": tenant(report.record)}
    told = {"changed": report.changed, "purged": report.record.purged, "kept": list(report.kept)}
    return named | told | {"key_until": moment(report.key_until)}


def tables(found: Tables) -> dict[str, Any]:
    """`tenant data policies apply`."""
    return {
        "tenant": found.pool.tenant,
        "schema": found.pool.schema,
        "protected": list(found.protected),
        "closed": list(found.closed),
        "unprotected": list(found.unprotected),
        "exposed": list(found.exposed),
    }


def pools(cell: str, found: Iterable[Pool]) -> dict[str, Any]:
    """`tenant data pooler`."""
    return {"cell": cell, "pools": [asdict(pool) for pool in found]}


def drift(reports: Iterable[Drifted]) -> dict[str, Any]:
    """`tenant drift`."""
    return {"tenants": [_drifted(report) for report in reports]}


def shared_drift(reports: Iterable[Drifted]) -> dict[str, Any]:
    """`tenant shared drift`."""
    return {"shared": [_drifted(report) for report in reports]}


def _drifted(report: Drifted) -> dict[str, Any]:
    changes = [change(one) for one in report.changes]
    return {"id": report.subject, "drifted": bool(report.changes), "changes": changes}


def standing(report: Standing) -> dict[str, Any]:
    """`tenant status`."""
    lease = report.lease
    held = {"owner": str(lease.owner), "since": moment(lease.since), "until": moment(lease.until)} if lease else None
    return {
        "tenant": tenant(report.record),
        "failure": report.record.failure,
        "lease": held,
        "abandoned": report.abandoned,
        "runs": [_run(run) for run in report.runs],
    }


def whois(report: Owned) -> dict[str, Any]:
    """`tenant whois`."""
    record = report.record
    who = {"name": report.name, "kind": record.kind.value, "subject": record.subject, "role": report.role}
    return who | {
        "incarnation": record.incarnation,
        "stack": record.stack,
        "environment": record.environment,
        "status": record.status.value,
    }


def rebuilt(reports: Iterable[Rebuilt]) -> dict[str, Any]:
    """`tenant registry rebuild`."""
    return {"stacks": [{"stack": r.stack, "subject": r.subject, "result": r.result} for r in reports]}


def _run(run: RunRecord) -> dict[str, Any]:
    return {
        "id": run.id,
        "kind": run.kind.value,
        "started": moment(run.started),
        "ended": moment(run.ended),
        "outcome": run.outcome,
        "summary": dict(run.summary),
        "error": run.error,
    }
