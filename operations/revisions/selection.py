"""Which tenants an edit of files concerns: pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from operations.revisions.port import Edit
from stacks.errors import BadInput
from stacks.inputs import document


@dataclass(frozen=True, slots=True)
class Head:
    """A profile as far as a choice needs it: its tenant's id, and the tier file that the tenant has or would get."""

    tenant: str
    tier: Path | None


@dataclass(frozen=True, slots=True)
class Folder:
    """The profiles that there are, by file; the environment's file; the ids of tenants that stand."""

    profiles: Mapping[Path, Head]
    environment: Path
    standing: Collection[str]


@dataclass(frozen=True, slots=True)
class Concerned:
    """A tenant to plan, or to speak of: `gone` where its profile was deleted and it still stands."""

    tenant: str
    file: Path
    why: tuple[str, ...]
    gone: bool = False


def concerned(edits: Iterable[Edit], folder: Folder) -> tuple[Concerned, ...]:
    """Tenants whose profile, tier or environment was edited, sorted by id and file."""
    every = {edit.path: edit for edit in edits}
    chosen = [
        Concerned(head.tenant, file, why)
        for file, head in folder.profiles.items()
        if (why := tuple(_reasons(file, head, every, folder.environment)))
    ]
    return tuple(sorted([*chosen, *_gone(every.values(), folder)], key=lambda one: (one.tenant, one.file)))


def _reasons(file: Path, head: Head, edits: Mapping[Path, Edit], environment: Path) -> Iterator[str]:
    if file in edits:
        yield f"profile {edits[file].verb}"
    if head.tier is not None and head.tier in edits:
        yield f"tier {head.tier.parent.name} version {head.tier.stem} {edits[head.tier].verb}"
    if environment in edits:
        yield f"environment {environment.stem} {edits[environment].verb}"


def _gone(edits: Iterable[Edit], folder: Folder) -> Iterator[Concerned]:
    """Ids that a profile had and none has any more: its file was deleted, or was given another id."""
    have = {head.tenant for head in folder.profiles.values()}
    for edit in edits:
        tenant = _id_before(edit)
        if tenant in folder.standing and tenant not in have:
            yield Concerned(tenant, edit.path, ("profile deleted",) if not edit.there else ("id edited",), gone=True)


def _id_before(edit: Edit) -> str:
    if edit.before is None or edit.path.suffix != ".yaml":
        return ""
    try:
        return str(document.parse(edit.before, edit.path).data.get("tenant", ""))
    except BadInput:
        return ""
