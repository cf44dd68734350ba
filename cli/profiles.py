"""What the `tenant profile` commands do with files: reading, checking, writing a new one. No cloud, no registry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from cli import outline as outlines
from cli import templates
from operations import compose
from operations.settings import Settings
from stacks.blueprint import checks, placement, resolve
from stacks.conventions import naming
from stacks.errors import BadInput, Fault
from stacks.inputs import profile, tier

_NO_KEY: Final = b"shown, never applied"
"""A profile is shown before it has a slug; this stands in for the environment's key."""


def write_new(settings: Settings, tenant_id: str) -> Path:
    """A new profile in the profiles folder. Raises BadInput for a bad id, and where a profile has it already."""
    faults = tuple(Fault(None, "tenant", c.why, c.allowed, c.nearest) for c in naming.complaints(tenant_id))
    if faults:
        raise BadInput(f"{tenant_id} cannot be a tenant's id.", faults=faults)
    file = settings.profiles / f"{tenant_id}.yaml"
    taken = [file] if file.exists() else _with_id(settings.profiles, tenant_id)
    if taken:
        raise BadInput(f"{tenant_id} has a profile already: {taken[0]}.", next="Edit that one, or take another id.")
    region = compose.find_environment(settings).default_region
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(templates.profile(tenant_id, region, "../schema/profile.json"), encoding="utf-8")
    return file


def validate(settings: Settings, files: Iterable[Path]) -> list[tuple[Path, str]]:
    """Each file with its tenant's id. Raises BadInput with the faults of all files."""
    environment = compose.find_environment(settings)
    fine: list[tuple[Path, str]] = []
    wrong: list[BadInput] = []
    for file in files:
        try:
            asked = profile.load(file, tier.names(settings.tiers))
            checks.check(asked, tier.of(asked, settings.tiers), environment)
            profile.find(file.parent, asked.tenant)
            fine.append((file, asked.tenant))
        except BadInput as error:
            wrong.append(error)
    if len(wrong) == 1:
        raise wrong[0]
    if wrong:
        raise BadInput(
            f"{len(wrong)} of {len(wrong) + len(fine)} profiles cannot be used.",
            faults=tuple(fault for error in wrong for fault in error.faults),
            why="\n".join(str(error) for error in wrong if not error.faults),
        )
    return fine


def resolved(settings: Settings, file: Path) -> dict[str, Any]:
    """What the tenant would have, as an empty environment would place it. Raises BadInput."""
    environment = compose.find_environment(settings)
    asked = profile.load(file, tier.names(settings.tiers))
    tiered = tier.of(asked, settings.tiers)
    facts = placement.place(asked, tiered, environment, (), _NO_KEY, 1)
    return resolve.tenant(asked, tiered, environment, facts).to_json()


def outline(blueprint: Mapping[str, Any]) -> Iterator[str]:
    """A blueprint's main lines for people."""
    yield f"{blueprint['tenant']}: {blueprint['tier']} v{blueprint['tier_version']}, size {blueprint['size']}"
    yield from outlines.lines({key: blueprint[key] for key in ("entitlements", "tags", "resources")})


def _with_id(folder: Path, tenant_id: str) -> list[Path]:
    try:
        return [profile.find(folder, tenant_id)] if folder.is_dir() else []
    except BadInput:
        return []
