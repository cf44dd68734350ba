"""What the `tenant profile` commands do with files: reading, checking, writing a new one. No cloud, no registry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from cli import findings, junit, render, sarif, templates
from cli import outline as outlines
from cli.forms import Checks
from operations import compose
from operations.reports import Considered
from operations.settings import Settings
from stacks.blueprint import checks, placement, resolve
from stacks.conventions import naming
from stacks.errors import BadInput, Fault
from stacks.inputs import profile, tier
from stacks.inputs.environment import Environment

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


def check(settings: Settings, files: Iterable[Path]) -> list[Considered]:
    """Each file with its tenant's id, or with what is wrong. Raises BadInput where the environment cannot be used."""
    environment = compose.find_environment(settings)
    return [_check(settings, environment, file) for file in files]


def refuse(checked: Sequence[Considered]) -> None:
    """Raise BadInput with the faults of all files, where there are any."""
    wrong = [one.error for one in checked if isinstance(one.error, BadInput)]
    if len(wrong) == 1:
        raise wrong[0]
    if wrong:
        raise BadInput(
            f"{len(wrong)} of {len(checked)} profiles cannot be used.",
            faults=tuple(fault for error in wrong for fault in error.faults),
            why="\n".join(str(error) for error in wrong if not error.faults),
        )


def document(checked: Sequence[Considered], form: Checks) -> str:
    """The answer in the form that was asked for. Text and JSON are of what is fine: refuse the rest first."""
    match form:
        case Checks.SARIF:
            return sarif.document(map(findings.of, checked), Path.cwd(), render.version())
        case Checks.JUNIT:
            cases = (replace(findings.of(one, f"{one.tenant} is fine."), subject=one.file) for one in checked)
            return junit.document(list(cases), "tenant profile validate")
        case Checks.JSON:
            return render.json_text({"profiles": [{"file": one.file, "tenant": one.tenant} for one in checked]})
        case Checks.TEXT:
            return render.joined(f"{one.file}: {one.tenant} is fine." for one in checked)


def resolved(settings: Settings, file: Path) -> dict[str, Any]:
    """What the tenant would have, as an empty environment would place it. Raises BadInput."""
    environment = compose.find_environment(settings)
    asked = profile.load(file, tier.names(settings.tiers), environment.region_names)
    tiered = tier.of(asked, settings.tiers)
    facts = placement.place(asked, tiered, environment, (), _NO_KEY, 1)
    return resolve.tenant(asked, tiered, environment, facts).to_json()


def outline(blueprint: Mapping[str, Any]) -> Iterator[str]:
    """A blueprint's main lines for people."""
    yield f"{blueprint['tenant']}: {blueprint['tier']} v{blueprint['tier_version']}, size {blueprint['size']}"
    yield from outlines.lines({key: blueprint[key] for key in ("entitlements", "tags", "resources")})


def _check(settings: Settings, environment: Environment, file: Path) -> Considered:
    try:
        asked = profile.load(file, tier.names(settings.tiers), environment.region_names)
        checks.check(asked, tier.of(asked, settings.tiers), environment)
        profile.find(file.parent, asked.tenant)
    except BadInput as error:
        return Considered(tenant="", file=str(file), error=error)
    return Considered(tenant=asked.tenant, file=str(file))


def _with_id(folder: Path, tenant_id: str) -> list[Path]:
    try:
        return [profile.find(folder, tenant_id)] if folder.is_dir() else []
    except BadInput:
        return []
