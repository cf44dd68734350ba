"""What the `tenant profile` commands do with files: reading, checking, writing a new one. No cloud."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from cli import findings, junit, orphans, render, sarif, templates
from cli import outline as outlines
from cli.context import Session
from cli.forms import Checks
from operations import compose, desired, known, reading, validating
from operations.reports import Considered
from operations.settings import Settings
from stacks import plural
from stacks.blueprint import placement, resolve
from stacks.conventions import naming
from stacks.errors import BadInput, Fault, NotBuiltYet, Refused, TenantError
from stacks.inputs import profile, tier
from stacks.inputs import schema as schemas
from stacks.inputs.tier import Tier

_NO_KEY: Final = b"shown, never applied"
"""A profile is shown before its tenant has a slug; this stands in for the environment's key."""


_SCHEMA: Final = "../schema/profile.json"
"""As seen from the profiles folder: the layout of the templates that come with the tool."""


def write_new(settings: Settings, tenant_id: str, tier_name: str) -> Path:
    """A new profile in the profiles folder, of the highest tier where none is named.

    Raises BadInput for a bad id or tier, and where a profile has the id already.
    """
    faults = tuple(Fault(None, "tenant", c.why, c.allowed, c.nearest) for c in naming.complaints(tenant_id))
    if faults:
        raise BadInput(f"{tenant_id} cannot be a tenant's id.", faults=faults)
    file = settings.profiles / f"{tenant_id}.yaml"
    taken = [file] if file.exists() else _with_id(settings.profiles, tenant_id)
    if taken:
        raise BadInput(f"{tenant_id} has a profile already: {taken[0]}.", next="Edit that one, or take another id.")
    environment, tiered = compose.find_environment(settings), _tier(settings, tier_name)
    file.parent.mkdir(parents=True, exist_ok=True)
    _put_schema(settings.profiles)
    file.write_text(templates.profile(tenant_id, tiered, environment, _SCHEMA), encoding="utf-8")
    return file


def _tier(settings: Settings, name: str) -> Tier:
    if name:
        return tier.load_version(settings.tiers, name, None)
    found = [tier.load_version(settings.tiers, each, None) for each in tier.names(settings.tiers)]
    if not found:
        raise BadInput(f"There is no tier in {settings.tiers}.", next="Write one: docs/reference/tiers.md.")
    return max(found, key=lambda each: each.rank)


def _put_schema(folder: Path) -> None:
    """The schema where profiles name it, so that editors find it; one that is there is left as it is."""
    file = folder.resolve().parent / "schema" / "profile.json"
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        file.write_text(schemas.render(profile.Profile), encoding="utf-8")


def check(session: Session, paths: Iterable[Path]) -> list[Considered]:
    """Each file, and each profile of a folder, with its tenant's id, or with what is wrong.

    The registry is read where there is one, and none is made. Raises BadInput where the environment cannot be used, and
    for a folder without profiles.
    """
    settings = session.settings
    environment = compose.find_environment(settings)
    asked = list(paths)
    files = dict.fromkeys(file for path in asked for file in _files(path))
    bundle = session.bundle() if settings.registry_file.is_file() else None
    if bundle is not None and any(path.resolve() == settings.profiles.resolve() for path in asked):
        orphans.tell(bundle)
    return validating.check(settings, environment, list(files), bundle)


def refuse(checked: Sequence[Considered]) -> None:
    """Raise BadInput with the faults of all files, where there are any; Refused where all is guards that say no."""
    wrong = [one.error for one in checked if one.error is not None]
    if len(wrong) == 1:
        raise wrong[0]
    unbuilt = sum(isinstance(error, NotBuiltYet) for error in wrong)
    what = _refused(len(wrong) - unbuilt, unbuilt, len(checked))
    if wrong and all(isinstance(error, Refused) for error in wrong):
        raise Refused(what, why=_told(wrong))
    if wrong:
        faults = (fault for error in wrong if isinstance(error, BadInput) for fault in error.faults)
        raise BadInput(what, faults=tuple(dict.fromkeys(faults)), why=_told(wrong))


def _told(wrong: Sequence[TenantError]) -> str:
    """What is no fault of a line. What holds for many tenants alike, an edited tier say, is told once."""
    told: dict[tuple[str, str], list[TenantError]] = {}
    for error in wrong:
        if not (isinstance(error, BadInput) and error.faults):
            told.setdefault((error.where, error.why), []).append(error)
    return "\n".join(line for alike in told.values() for line in _alike(alike))


def _alike(errors: Sequence[TenantError]) -> Iterator[str]:
    yield from (error.what for error in errors)
    last = errors[-1]
    yield from (f"  {line}" for part in (last.where, last.why, last.next) for line in part.splitlines())


def document(checked: Sequence[Considered], form: Checks) -> str:
    """The answer in the form that was asked for. JSON is of what is fine: refuse the rest first."""
    match form:
        case Checks.SARIF:
            return sarif.document(map(findings.of, checked), Path.cwd(), render.version())
        case Checks.JUNIT:
            cases = (replace(findings.of(one, f"{one.tenant} is fine."), subject=one.file) for one in checked)
            return junit.document(list(cases), "tenant profile validate")
        case Checks.JSON:
            return render.json_text({"profiles": [{"file": one.file, "tenant": one.tenant} for one in checked]})
        case Checks.TEXT:
            return render.joined(_lines(checked))


def resolved(session: Session, named: str) -> dict[str, Any]:
    """What the tenant of a profile would have: with its own facts where it stands, else as an empty environment would
    place it. Raises BadInput, and Refused where the tenant that stands can't have it.
    """
    settings = session.settings
    environment = compose.find_environment(settings)
    file = profile.path_of(settings.profiles, named)
    asked = reading.load(settings, environment, file)
    if settings.registry_file.is_file() and known.stands(bundle := session.bundle(), asked.tenant):
        return desired.tenant(bundle, file).blueprint.to_json()
    tiered = tier.of(asked, settings.tiers)
    facts = placement.place(asked, tiered, environment, (), _NO_KEY, 1)
    return resolve.tenant(asked, tiered, environment, facts).to_json()


def outline(blueprint: Mapping[str, Any]) -> Iterator[str]:
    """A blueprint's main lines for people."""
    yield f"{blueprint['tenant']}: {blueprint['tier']} v{blueprint['tier_version']}, size {blueprint['size']}"
    yield from outlines.lines({key: blueprint[key] for key in ("entitlements", "tags", "resources")})


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    if found := sorted(path.glob("*.yaml")):
        return found
    raise BadInput(f"There is no profile in {path}.", next="Write one: `tenant profile init ID`.")


def _refused(faulty: int, unbuilt: int, number: int) -> str:
    told = [f"{faulty} of {number} profiles cannot be used"] if faulty else []
    if unbuilt:
        rest = f"{unbuilt} of {number} profiles" if not faulty else str(unbuilt)
        told.append(f"{rest} {plural.either(unbuilt, 'is', 'are')} valid and not built yet")
    return f"{', '.join(told)}."


def _lines(checked: Sequence[Considered]) -> Iterator[str]:
    """A line a profile that is valid, and how many are fine; what is wrong is told on stderr."""
    fine = [one for one in checked if one.error is None]
    for one in checked:
        if isinstance(one.error, NotBuiltYet):
            yield f"{one.file}: {one.tenant} is valid, not built yet."
        elif one in fine:
            yield f"{one.file}: {one.tenant} is fine."
    if len(checked) > 1:
        yield f"{len(fine)} of {len(checked)} profiles can be made."


def _with_id(folder: Path, tenant_id: str) -> list[Path]:
    try:
        return [profile.find(folder, tenant_id)] if folder.is_dir() else []
    except BadInput:
        return []
