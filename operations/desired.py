"""From what a person names to what a tenant shall have: profile, tier and facts become a blueprint."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from operations import budgets, people, reading, renamed, roots, tier_edits
from operations.bundle import Bundle
from operations.registry.model import Kind, Record, Status
from operations.settings import Settings
from stacks.blueprint import diff, facts, model, placement, resolve, shared
from stacks.blueprint.data import CellData
from stacks.blueprint.facts import Facts
from stacks.blueprint.model import Blueprint
from stacks.errors import BadInput, Refused
from stacks.inputs import profile, tier
from stacks.inputs.document import Complaint
from stacks.inputs.fields import Isolation
from stacks.inputs.profile import Profile
from stacks.inputs.tier import Tier
from stacks.resources.database.spec import DatabaseSpec
from stacks.resources.identity.spec import IdentitySpec
from stacks.resources.ingress.spec import IngressSpec
from stacks.resources.object_store.spec import ObjectStoreSpec


@dataclass(frozen=True, slots=True)
class Desired:
    """What a tenant shall have. `recorded` is what is known of it: None where nobody has this id now.

    `profile` is None where a saved plan says what is wanted, and no profile is read.
    """

    profile: Profile | None
    facts: Facts
    blueprint: model.Blueprint
    recorded: Record | None

    @property
    def new(self) -> bool:
        """Whether the facts are only proposed: nothing is claimed yet."""
        return self.recorded is None


def path_of(bundle: Bundle, named: str) -> Path:
    """The profile's file: `named` is a file, or the id of a tenant whose profile is in the profiles folder."""
    try:
        return profile.path_of(bundle.settings.profiles, named)
    except BadInput as error:
        if not error.faults:
            renamed.check_gone(bundle, named)
        raise


def tenant(bundle: Bundle, file: Path, beside: Iterable[Facts] = ()) -> Desired:
    """What the profile in `file` asks for, beside what is known. Raises BadInput; Refused when the cell is full.

    `beside` are facts that other plans of the same command propose: what they take is not proposed again.
    """
    asked = _load(bundle, file)
    renamed.check(bundle, file, asked)
    _check_people(bundle, asked)
    recorded = bundle.registry.find(bundle.environment.name, asked.tenant)
    if recorded is not None and not recorded.live:
        incarnation, recorded = recorded.incarnation + 1, None
    else:
        incarnation = 1
    if recorded:
        roots.check(bundle, recorded)
    if recorded:
        tiered = tier_edits.of(bundle, recorded, asked, _pinned(recorded, asked.tier))
        tier_edits.check(bundle, recorded, asked, tiered)
        place = _known(recorded, tiered)
        _check_shards(bundle, asked.tenant, place)
        _check_budgets(bundle, asked.tenant, tiered)
        place = _regrown(bundle, place, asked, tiered)
    else:
        tiered = tier.of(asked, bundle.settings.tiers)
        _check_budgets(bundle, asked.tenant, tiered)
        place = _place(bundle, asked, tiered, incarnation, beside)
    return Desired(asked, place, resolve.tenant(asked, tiered, bundle.environment, place), recorded)


def to_make(bundle: Bundle, file: Path) -> Desired:
    """The same, for who makes it. Raises Refused too where it would be a tenant that stands, under another name."""
    wanted = tenant(bundle, file)
    if wanted.new and wanted.profile:
        renamed.check_like(bundle, file, wanted.profile)
    return wanted


def _known(recorded: Record, tiered: Tier) -> Facts:
    """The tenant's facts. Raises Refused where they lack what its tier needs."""
    place = facts.from_json(recorded.facts)
    shards = (("database", place.database_shard), ("cache", place.cache_shard))
    if any(shard is None and tiered.of(kind) is not Isolation.SILO for kind, shard in shards):
        raise Refused(
            f"{recorded.subject}: nobody knows any more where it is in what its cell's tenants share.",
            why="Its records were restored, and the run that was to make it had not ended before.",
            next=f"Destroy what there is of it, then make it anew: `tenant destroy {recorded.subject}`.",
        )
    return place


def _check_shards(bundle: Bundle, tenant_id: str, place: Facts) -> None:
    """Raise BadInput where the environment's file has fewer of what tenants share than they are on."""
    environment, data = bundle.environment, bundle.environment.shared.data
    shards = (
        ("databases", place.database_shard or 0, data.databases.count if data else 0),
        ("caches", place.cache_shard or 0, data.caches.count if data else 0),
    )
    short = [(name, shard, count) for name, shard, count in shards if shard > count]
    if short:
        least = placement.least(_taken(bundle))
        raise BadInput(
            f"{tenant_id}: the environment's file takes away what it stands on; nothing was touched.",
            faults=tuple(
                environment.fault(
                    Complaint(
                        ("shared", "data", name, "count"),
                        f"{count} of each cell's shared {name}, and {tenant_id} is on number {shard}",
                        f"{least[name]} or more",
                        str(least[name]),
                    )
                )
                for name, shard, count in short
            ),
            next="Put the file back: what is shared grows and never shrinks.",
        )


def _check_budgets(bundle: Bundle, tenant_id: str, tiered: Tier) -> None:
    shares = (("database", "databases"), ("cache", "caches"))
    if kinds := tuple(name for kind, name in shares if tiered.of(kind) is not Isolation.SILO):
        budgets.check(bundle, tenant_id, kinds)


def _check_people(bundle: Bundle, asked: Profile) -> None:
    if any(member.login or member.role for member in asked.members):
        faults = tuple(map(asked.fault, people.elsewhere(asked, bundle.registry.tenants(bundle.environment.name))))
        if faults:
            raise BadInput(f"{asked.tenant} can't have these members.", faults=faults)


def tier_file(bundle: Bundle, asked: Profile) -> Path | None:
    """The file of the tier version that a tenant is pinned to, or would get; None where its tier has no version."""
    pinned = _version(bundle, asked)
    newest = max(tier.versions(bundle.settings.tiers, asked.tier), default=None)
    version = asked.tier_version or pinned or newest
    return bundle.settings.tiers / asked.tier / f"{version}.yaml" if version else None


def _version(bundle: Bundle, asked: Profile) -> int | None:
    recorded = bundle.registry.find(bundle.environment.name, asked.tenant)
    return _pinned(recorded, asked.tier) if recorded is not None and recorded.live else None


def cell(bundle: Bundle, region: str | None, number: int | None) -> shared.SharedBlueprint:
    """What a cell's shared services shall have; the environment's first cell where none is named."""
    name = region or bundle.environment.default_region
    settings = bundle.environment.region(name)
    if settings is None:
        known = ", ".join(bundle.environment.region_names)
        raise BadInput(f"Environment {bundle.environment.name} is not in region {name}.", next=f"Regions: {known}.")
    cells = sorted(c.number for c in settings.cells)
    if number is not None and number not in cells:
        have = ", ".join(map(str, cells))
        raise BadInput(f"Region {name} of {bundle.environment.name} has no cell {number}.", next=f"Cells: {have}.")
    return shared.resolve(bundle.environment, name, cells[0] if number is None else number)


def shared_subject(region: str, number: int) -> str:
    """Under which name the registry keeps a cell's shared services."""
    return f"shared.{region}.{number}"


def proposed(bundle: Bundle, desired: Desired) -> Record:
    """The record that claims a new tenant's facts."""
    blueprint, place, now = desired.blueprint, desired.facts, bundle.clock.now()
    return Record(
        environment=bundle.environment.name,
        kind=Kind.TENANT,
        subject=blueprint.tenant_id,
        incarnation=blueprint.incarnation,
        stack=blueprint.stack,
        region=blueprint.region,
        cell=place.cell,
        slug=blueprint.slug,
        tier=blueprint.tier,
        tier_version=blueprint.tier_version,
        cidrs=place.cidrs,
        facts=place.to_json(),
        blueprint=blueprint.to_json(),
        digest=blueprint.digest,
        status=Status.PROVISIONING,
        created_at=now,
        updated_at=now,
    )


def check_change(desired: Desired) -> None:
    """Raise BadInput where the change cannot be made to what is there (a disk cannot shrink, a region not move)."""
    recorded = desired.recorded
    if recorded is None or not recorded.applied:
        return
    # against what was applied, not what was tried: a change that failed may be taken back
    faults = diff.refusals(model.from_json(dict(recorded.applied)), desired.blueprint)
    if faults:
        raise BadInput(
            f"{recorded.subject}: this change cannot be made to a tenant that exists; nothing was touched.",
            faults=diff.located(faults, desired.profile) if desired.profile else faults,
            next="Put back what stood there, or say what is allowed.",
        )


def tier_of(bundle: Bundle | None, settings: Settings, asked: Profile) -> Tier:
    """The tier that a profile is held against: a live tenant's own, else the newest, or the one that it names."""
    recorded = bundle.registry.find(bundle.environment.name, asked.tenant) if bundle else None
    if bundle and recorded and recorded.live:
        return tier_edits.of(bundle, recorded, asked, _pinned(recorded, asked.tier))
    return tier.of(asked, settings.tiers)


def check_known(bundle: Bundle, file: Path, asked: Profile) -> None:
    """Raise BadInput and Refused where the registry alone tells that a valid profile could not be applied."""
    renamed.check(bundle, file, asked)
    _check_people(bundle, asked)
    recorded = bundle.registry.find(bundle.environment.name, asked.tenant)
    if recorded is not None and recorded.live:
        check_change(tenant(bundle, file))


def check_stands(bundle: Bundle, blueprint: Blueprint) -> None:
    """Raise Refused where the tenant's cell has not what the tenant stands on."""
    check_shared(bundle, blueprint.region, blueprint.facts.cell, public=bool(blueprint.of(IngressSpec).host))
    _check_data(bundle, blueprint)


def _check_data(bundle: Bundle, blueprint: Blueprint) -> None:
    """What the tenant has a slice of, or is given by name, is in its cell since that was last applied."""
    place = blueprint.facts
    found = bundle.registry.find(bundle.environment.name, shared_subject(place.region, place.cell))
    cell = shared.from_json(dict(found.applied)).data if found and found.applied else None
    if missing := next(_missing(blueprint, cell), ""):
        raise Refused(
            f"{blueprint.tenant_id}: {missing} is not there.",
            where=f"cell {place.cell} of {place.region}",
            why="The environment's file says that the cell has it, and its shared services were not applied since.",
            next=f"Apply them first: `tenant shared apply --region {place.region} --cell {place.cell}`.",
        )


def _missing(blueprint: Blueprint, cell: CellData | None) -> Iterator[str]:
    place, database = blueprint.facts, blueprint.of(DatabaseSpec)
    databases = {each.number: each for each in cell.databases} if cell else {}
    caches = {each.number for each in cell.caches} if cell else frozenset[int]()
    if place.database_shard is not None and place.database_shard not in databases:
        yield f"number {place.database_shard} of the databases that tenants share"
    if place.cache_shard is not None and place.cache_shard not in caches:
        yield f"number {place.cache_shard} of the caches that tenants share"
    readable = databases[database.shard].reference if database.shard in databases else ()
    yield from (f"the schema `{each}` of reference tables" for each in database.reference if each not in readable)
    queues = {each.name for each in cell.queues} if cell else frozenset[str]()
    yield from (f"the queue `{each.name}`" for each in blueprint.of(IdentitySpec).queues if each.name not in queues)
    if blueprint.of(ObjectStoreSpec).shared_models and not (cell and cell.models):
        yield "the model cache"


def check_shared(bundle: Bundle, region: str, number: int, *, public: bool = False) -> None:
    """Raise Refused where the cell has no shared services to stand on; BadInput where those have other names."""
    subject = shared_subject(region, number)
    found = bundle.registry.find(bundle.environment.name, subject)
    again = f"`tenant shared apply --region {region} --cell {number}`"
    going = found is not None and (found.destruction is not None or found.status is Status.DESTROYING)
    if found is None or found.active_since is None or going:
        raise Refused(
            f"The shared services of cell {number} in {region} are not there.",
            why="A tenant's network, audit and permissions boundary stand on them.",
            next=f"Make them first: {again}.",
        )
    roots.check(bundle, found)
    if public and "listenerArn" not in found.outputs:
        raise Refused(
            f"The shared services of cell {number} in {region} have no load balancer yet.",
            why="A tenant's public name leads to it, and the environment got its `domain` after they were applied.",
            next=f"Apply them first: {again}.",
        )


def _pinned(recorded: Record, tier_name: str) -> int | None:
    """The version of the tier that the tenant has; None where it has another tier, and takes the newest version.

    What was applied counts before what was tried: who takes back a failed change of tier gets what was there before.
    """
    if recorded.applied and recorded.applied["tier"] == tier_name:
        return int(recorded.applied["tier_version"])
    return recorded.tier_version if recorded.tier == tier_name else None


def _load(bundle: Bundle, file: Path) -> Profile:
    asked = reading.load(bundle.settings, bundle.environment, file, lambda rest: _version(bundle, rest))
    if file.suffix == ".yaml":
        profile.find(file.parent, asked.tenant)  # raises where another profile beside it has the same id
    return asked


def _regrown(bundle: Bundle, place: Facts, asked: Profile, tiered: tier.Tier) -> Facts:
    beside = (each for each in _taken(bundle) if each.slug != place.slug)
    return placement.regrown(place, asked, tiered, bundle.environment, beside)


def _taken(bundle: Bundle) -> Iterator[Facts]:
    """Facts of all tenants; the registry is asked where somebody looks at them."""
    for record in bundle.registry.taken(bundle.environment.name):
        yield facts.from_json(record.facts)


def _place(bundle: Bundle, asked: Profile, tiered: tier.Tier, incarnation: int, beside: Iterable[Facts]) -> Facts:
    claims = placement.Claims((*_taken(bundle), *beside))
    return placement.place(asked, tiered, bundle.environment, claims, bundle.key, incarnation)
