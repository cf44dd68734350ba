"""What was purged, a file each, beside the environment's key: it outlives the registry and the states.

A slug is made of the key, the tenant's id and its incarnation. Were a purged incarnation forgotten, the next tenant
of that id would get the same slug again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from operations.home import PRIVATE_FILE, prepare
from operations.registry.model import Destruction, Kind, Record, Status, Step
from operations.registry.rows import moment

_KEPT: Final = ("environment", "subject", "incarnation", "stack", "region", "cell", "slug", "tier", "tier_version")


@dataclass(frozen=True, slots=True)
class KeptEndings:
    """Files in one folder, named by the stack."""

    folder: Path

    def note(self, record: Record) -> None:
        """Write down that nothing of this incarnation is left; on disk when this returns."""
        prepare(self.folder)
        data = {name: getattr(record, name) for name in _KEPT}
        text = json.dumps(data | {"kind": record.kind.value, "created_at": record.created_at.isoformat()}, indent=2)
        file = self.folder / f"{record.stack}.json"
        draft = file.with_suffix(f".{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(text + "\n")
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)

    def all(self) -> tuple[Record, ...]:
        """Records of what was purged, sorted by stack."""
        files = sorted(self.folder.glob("*.json"))
        return tuple(_record(json.loads(file.read_text(encoding="utf-8"))) for file in files)


def _record(data: Mapping[str, Any]) -> Record:
    created = moment(data["created_at"])
    assert created is not None
    return Record(
        **{name: data[name] for name in _KEPT},
        kind=Kind(data["kind"]),
        status=Status.DESTROYED,
        destruction=Destruction("", Step.PURGED),
        created_at=created,
        updated_at=created,
    )
