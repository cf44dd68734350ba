"""Plan every tenant that an edit of profiles, tiers or the environment concerns. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from engine.runs import Listener, ignore
from operations import desired, planning
from operations.bundle import Bundle
from operations.reports import Considered
from operations.revisions import selection
from operations.revisions.selection import Concerned, Folder, Head
from stacks.blueprint.facts import Facts
from stacks.errors import BadInput, CloudUnreachable, Interrupted, TenantError
from stacks.inputs import document, profile


def plan_changed(
    bundle: Bundle, revision: str, listen: Listener = ignore, *, refresh: bool = False
) -> tuple[Considered, ...]:
    """A plan of each, sorted by tenant; what cannot be planned says why, and the others are planned all the same.

    New tenants are placed beside each other, so that all of their plans can be applied. Raises BadInput for a folder
    without history and an unknown revision; CloudUnreachable and Interrupted, which would end all of them.
    """
    settings = bundle.settings
    edits = bundle.revisions.edits(revision, settings.profiles, (settings.tiers, settings.environments))
    proposed: list[Facts] = []
    answers: list[Considered] = []
    for each in selection.concerned(edits, _folder(bundle)):
        answer = _considered(bundle, each, proposed, listen, refresh=refresh)
        answers.append(answer)
    return tuple(answers)


def _considered(
    bundle: Bundle, each: Concerned, proposed: list[Facts], listen: Listener, *, refresh: bool
) -> Considered:
    file = bundle.settings.profiles / each.file.name  # as the folder was named, and not where it is in truth
    if each.gone:
        return Considered(tenant=each.tenant, file=str(file), why=each.why, gone=True)
    try:
        wanted = desired.tenant(bundle, file, proposed)
        proposed += [wanted.facts] if wanted.new else []
        planned = planning.planned(bundle, wanted, listen, refresh=refresh)
    except (CloudUnreachable, Interrupted):
        raise
    except TenantError as error:
        return Considered(tenant=each.tenant, file=str(file), why=each.why, error=error)
    return Considered(tenant=each.tenant, file=str(file), why=each.why, planned=planned)


def _folder(bundle: Bundle) -> Folder:
    settings = bundle.settings
    standing = {record.subject for record in bundle.registry.taken(bundle.environment.name)}
    environment = settings.environments.resolve() / f"{settings.environment}.yaml"
    return Folder(dict(_profiles(bundle)), environment, standing)


def _profiles(bundle: Bundle) -> Iterator[tuple[Path, Head]]:
    for file in sorted(bundle.settings.profiles.resolve().glob("*.yaml")):
        try:
            asked = profile.load(file)
        except BadInput:
            yield file, Head(_named(file), None)  # its faults are told where it is planned
        else:
            tier = desired.tier_file(bundle, asked)
            yield file, Head(asked.tenant, tier.resolve() if tier else None)


def _named(file: Path) -> str:
    """The id that a faulty profile has at least; its file's name where it has none."""
    try:
        return str(document.read(file).data.get("tenant") or file.stem)
    except BadInput:
        return file.stem
