"""A profile whose `tenant:` was changed while its tenant stands: what is named by the id once is not renamed.

A profile's file may be called anything; only where it is called by a tenant that stands and has no other profile is it
sure to have been that one's. Where the file was renamed too, it is told who stands and has no profile any more; a new
tenant that is in all but its id what such a one has is taken for it.
"""

from __future__ import annotations

from pathlib import Path

from operations import known
from operations.bundle import Bundle
from operations.registry.model import Record
from stacks.blueprint import model, resolve
from stacks.errors import BadInput, Fault, Refused
from stacks.inputs import document, profile, tier
from stacks.inputs.document import Complaint
from stacks.inputs.profile import Profile


def check_gone(bundle: Bundle, tenant: str) -> None:
    """Raise BadInput where a tenant stands of whose id no profile is any more, and say what became of its file."""
    if not known.stands(bundle, tenant):
        return
    folder = bundle.settings.profiles
    file = folder / f"{tenant}.yaml"
    if file.is_file():
        read = document.read(file)
        raise _refused(tenant, read.fault(_complaint(tenant, str(read.data.get("tenant")))))
    raise BadInput(
        f"{tenant} stands, and no profile in {folder} has `tenant: {tenant}` any more.",
        why="A tenant is not renamed: an id that was changed in its profile is that of another one.",
        next=f"Put its profile back, with `tenant: {tenant}` in it; or end it: `tenant destroy {tenant}`.",
    )


def check(bundle: Bundle, file: Path, asked: Profile) -> None:
    """Raise BadInput where this was the profile of a tenant that stands, and would make another one beside it."""
    was = file.stem
    if was == asked.tenant or known.stands(bundle, asked.tenant) or not known.stands(bundle, was):
        return
    try:
        profile.find(file.parent, was)
    except BadInput as error:
        if not error.faults:  # else there are several, which is told where that one is meant
            raise _refused(was, asked.fault(_complaint(was, asked.tenant))) from error


def unnamed(bundle: Bundle) -> tuple[str, ...]:
    """Tenants that stand in the environment and that no profile of the profiles folder names, sorted."""
    records = bundle.registry.tenants(bundle.environment.name)
    return profile.unnamed(bundle.settings.profiles, [each.subject for each in records if each.live])


def of_folder(bundle: Bundle, file: Path) -> bool:
    """Whether a profile is one of the profiles folder: one from elsewhere says nothing of who has one there."""
    return file.resolve().parent == bundle.settings.profiles.resolve()


def check_like(bundle: Bundle, file: Path, asked: Profile) -> None:
    """Raise Refused where the profile of a new tenant says just what one has that stands and has none any more."""
    gone = unnamed(bundle) if of_folder(bundle, file) else ()
    for was in gone:
        record = bundle.registry.find(bundle.environment.name, was)
        if record is not None and _is_of(bundle, record, asked):
            raise Refused(
                f"{asked.tenant} would be what {was} is, under another name; nothing was touched.",
                where=str(asked.where("tenant") or file),
                why=f"{was} stands with its data, no profile in {bundle.settings.profiles} names it any more, and this"
                " one says just what it has. A tenant that exists is not renamed: its slug, its names and what it"
                " holds stay those of its id.",
                next=f"Put `tenant: {was}` back. For a second one like it, give {was} its profile back, or destroy it"
                f" first: `tenant destroy {was}`.",
            )


def _is_of(bundle: Bundle, record: Record, asked: Profile) -> bool:
    """Whether the profile, with the id of this tenant, makes what that one has: owner, size, and all the rest."""
    had = record.applied or record.blueprint
    if not had or (had["tier"], had["facts"]["region"]) != (asked.tier, asked.region):
        return False
    old = model.from_json(dict(had))
    same = asked.model_copy(update={"tenant": record.subject})
    try:
        tiered = tier.of(same, bundle.settings.tiers, old.tier_version)
        return resolve.tenant(same, tiered, bundle.environment, old.facts).digest == old.digest
    except BadInput:
        return False


def _complaint(was: str, now: str) -> Complaint:
    why = f"`{was}` can't become `{now}`: {was} stands, and its slug, its names and what it holds stay those of its id"
    return Complaint(("tenant",), why, was, was)


def _refused(was: str, fault: Fault) -> BadInput:
    return BadInput(
        f"{was}: a tenant that exists is not renamed; nothing was touched.",
        faults=(fault,),
        next=f"Put `tenant: {was}` back. For another id make a tenant beside it, from a file of its own (`tenant"
        f" profile init ID`), bring its data over, then end this one: `tenant destroy {was}`.",
    )
