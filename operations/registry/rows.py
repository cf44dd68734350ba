"""Records as rows of the tables, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, cast

from engine.runs import Output
from operations.registry.model import Destruction, Kind, Record, RunKind, RunRecord, Status, Step

Row = Mapping[str, Any]


def moment(text: str | None) -> datetime | None:
    """A stored time, or None."""
    return datetime.fromisoformat(text) if text else None


def of_record(record: Record) -> dict[str, Any]:
    """A record's columns. The value of a secret output never reaches the disk."""
    row = {name: getattr(record, name) for name in Record.__dataclass_fields__}
    gone = cast("Destruction | None", row.pop("destruction"))
    return row | {
        "kind": record.kind.value,
        "status": record.status.value,
        "slug": record.slug or None,
        "cidrs": list(record.cidrs),
        "facts": dict(record.facts),
        "blueprint": dict(record.blueprint),
        "applied": dict(record.applied),
        "outputs": {name: _output(output) for name, output in record.outputs.items()},
        "destruction_run": gone.run_id if gone else None,
        "destruction_step": gone.step.value if gone else None,
        "created_at": record.created_at.isoformat(),
        "updated_at": record.updated_at.isoformat(),
        "active_since": record.active_since.isoformat() if record.active_since else None,
    }


def to_record(row: Row) -> Record:
    """The record that a row holds."""
    values: dict[str, Any] = {name: row[name] for name in Record.__dataclass_fields__ if name != "destruction"}
    step, run_id = row["destruction_step"], row["destruction_run"]
    outputs = cast("Mapping[str, Any]", row["outputs"])
    values |= {
        "kind": Kind(row["kind"]),
        "status": Status(row["status"]),
        "slug": row["slug"] or "",
        "cidrs": tuple(row["cidrs"]),
        "outputs": {name: Output(o["value"], o["secret"]) for name, o in outputs.items()},
        "destruction": Destruction(run_id, Step(step)) if step else None,
        "created_at": moment(row["created_at"]),
        "updated_at": moment(row["updated_at"]),
        "active_since": moment(row["active_since"]),
    }
    return Record(**values)


def of_run(run: RunRecord) -> dict[str, Any]:
    """A run's columns."""
    return asdict(run) | {
        "kind": run.kind.value,
        "started": run.started.isoformat(),
        "ended": run.ended.isoformat() if run.ended else None,
        "summary": dict(run.summary),
    }


def to_run(row: Row) -> RunRecord:
    """The run that a row holds."""
    values: dict[str, Any] = {name: row[name] for name in RunRecord.__dataclass_fields__}
    values["kind"] = RunKind(row["kind"])
    values["started"], values["ended"] = moment(row["started"]), moment(row["ended"])
    return RunRecord(**values)


def _output(output: Output) -> dict[str, Any]:
    return {"value": None if output.secret else output.value, "secret": output.secret}
