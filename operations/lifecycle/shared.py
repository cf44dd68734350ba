"""The shared services of a cell: what its tenants stand on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.runs import Listener, Run, ignore
from operations import budgets, costing, desired, known, lost, preflight, programs, prospects, roots
from operations.bundle import Bundle, Rights
from operations.converging import check_not_going
from operations.previewing import previewed
from operations.registry.model import Kind, Record, RunKind, Status
from operations.reports import Applied, Destroyed, Drifted, Planned, Prospect, Shown
from operations.retiring import Exit
from operations.writing import Writer, writing
from stacks import plural
from stacks.blueprint import data, facts, ingress, model, shards, shared
from stacks.blueprint.ingress import CellIngress
from stacks.blueprint.phase import LIVE
from stacks.blueprint.shards import Room
from stacks.blueprint.shared import SharedBlueprint
from stacks.errors import BadInput, Refused

if TYPE_CHECKING:
    from engine.workspaces import Workspaces


@dataclass(frozen=True, slots=True)
class Place:
    """Which cell is meant; None is the environment's default."""

    region: str | None = None
    cell: int | None = None


def subject(bundle: Bundle, place: Place) -> str:
    """The cell's name: `shared.<region>.<cell>`. Raises BadInput where the environment has no such cell."""
    blueprint = desired.cell(bundle, place.region, place.cell)
    return desired.shared_subject(blueprint.region, blueprint.cell)


def is_new(bundle: Bundle, place: Place) -> bool:
    """Whether the cell has no shared services: there is nothing that an apply could harm."""
    return _live(bundle, subject(bundle, place)) is None


def plan(bundle: Bundle, place: Place, listen: Listener = ignore, *, refresh: bool = False) -> Planned:
    """What an apply would do; `refresh` counts drift too. Takes no lease.

    Raises BadInput, Refused, RunFailed, CloudUnreachable.
    """
    blueprint = desired.cell(bundle, place.region, place.cell)
    name = desired.shared_subject(blueprint.region, blueprint.cell)
    recorded = _live(bundle, name)
    check_not_going(recorded)
    _check_change(bundle, recorded, blueprint)
    _check_zone(bundle, blueprint)
    lost.check_cell(bundle, recorded, remade=refresh)
    workspaces = bundle.open(Rights())
    _check_quotas(bundle, workspaces, blueprint, name)
    serial = workspaces.serial(blueprint.stack)
    run = workspaces.preview(blueprint.stack, bundle.programs.shared(blueprint, LIVE), listen, refresh=refresh)
    return Planned(
        subject=name,
        stack=blueprint.stack,
        digest=blueprint.digest,
        base_serial=serial,
        new=recorded is None,
        run=previewed(name, run),
        cost=costing.of_cell(name, recorded, blueprint),
        refresh=refresh,
    )


def apply(
    bundle: Bundle, place: Place, base: Planned | None = None, listen: Listener = ignore, *, refresh: bool = False
) -> Applied:
    """Make or change the shared services; `refresh` takes back drift too.

    Raises BadInput, Refused, LeaseHeld, RunFailed, Interrupted.
    """
    blueprint = desired.cell(bundle, place.region, place.cell)
    name = desired.shared_subject(blueprint.region, blueprint.cell)
    with writing(bundle, name) as writer:
        recorded = _live(bundle, name)
        check_not_going(recorded)
        _check_change(bundle, recorded, blueprint)
        _check_base(writer.workspaces, blueprint, base)
        _check_zone(bundle, blueprint)
        lost.check_cell(bundle, recorded, remade=refresh)
        _check_quotas(bundle, writer.workspaces, blueprint, name)
        record = _begin(writer, blueprint, name)
        program = bundle.programs.shared(blueprint, LIVE)

        def work(workspaces: Workspaces) -> Run:
            return workspaces.apply(blueprint.stack, program, listen, refresh=refresh)

        again = f"tenant shared apply --region {blueprint.region} --cell {blueprint.cell}"
        _, run = writer.run(record, RunKind.APPLY, work, again)
        since = record.active_since or bundle.clock.now()
        done = replace(record, status=Status.ACTIVE, applied=record.blueprint, failure="", active_since=since)
        return Applied(writer.save(replace(done, outputs=dict(run.outputs))), run)


def show(bundle: Bundle, place: Place) -> Shown:
    """The shared services as the registry knows them. Raises BadInput where there are none."""
    record = known.shared(bundle, subject(bundle, place))
    return Shown(record, {}, rooms=tuple(_rooms(bundle, record)) if record.live else ())


def drift(bundle: Bundle, place: Place, listen: Listener = ignore) -> Drifted:
    """What differs between the state and the cloud, tables that no policy protects among it. Changes nothing.

    Raises BadInput where there are none, Refused where one is gone that tenants share, RunFailed, CloudUnreachable.
    """
    record = known.shared(bundle, subject(bundle, place))
    if not record.live:
        raise BadInput(f"{record.subject} is destroyed: there is nothing that could drift.")
    return _look(bundle, record, listen)


def drift_of_all(bundle: Bundle, listen: Listener = ignore) -> tuple[Drifted, ...]:
    """The same of every cell that is not destroyed, sorted by name."""
    live = (record for record in bundle.registry.shared(bundle.environment.name) if record.live)
    return tuple(_look(bundle, record, listen) for record in sorted(live, key=lambda each: each.subject))


def _look(bundle: Bundle, record: Record, listen: Listener) -> Drifted:
    lost.check_cell(bundle, record)
    run = bundle.open(Rights()).drift(record.stack, programs.of(bundle, record, LIVE), listen)
    return Drifted(record.subject, previewed(record.subject, run).pending)


def prospect(bundle: Bundle, place: Place, *, purge: bool) -> Prospect:
    """What a destroy would delete and keep. Raises BadInput, and Refused where tenants stand on it."""
    record = known.shared(bundle, subject(bundle, place))
    _check_empty(bundle, record, purge=purge)
    lost.check_cell(bundle, record if record.live else None)
    return prospects.of(bundle, record, purge=purge)


def destroy(bundle: Bundle, place: Place, *, purge: bool, listen: Listener = ignore) -> Destroyed:
    """Archive the shared services, or purge them. Raises Refused where tenants stand on them, and as `apply`."""
    name = subject(bundle, place)
    record = known.shared(bundle, name)
    if not record.live and (record.purged or not purge):
        return Destroyed(record, prospects.kept(record), changed=False)
    with writing(bundle, name) as writer:
        record = known.shared(bundle, name)
        asked = prospects.of(bundle, record, purge=purge)
        way = Exit(writer, listen, f"tenant shared destroy --region {record.region} --cell {record.cell}")
        if record.live:
            record = way.archive(_mark(writer, record, purge=purge))
        if purge:
            _check_empty(bundle, record, purge=purge)
            record = way.purge(record)
    return Destroyed(record, prospects.kept(record), changed=True, key_until=prospects.key_until(bundle, asked))


def _rooms(bundle: Bundle, record: Record) -> Iterator[Room]:
    data, here = bundle.environment.shared.data, (record.region, record.cell)
    places = [facts.from_json(each.facts) for each in bundle.registry.taken(record.environment)]
    return shards.rooms(data, [each for each in places if (each.region, each.cell) == here]) if data else iter(())


def _mark(writer: Writer, record: Record, *, purge: bool) -> Record:
    """Mark it first, then look for tenants: a create claims first, then looks at the mark. One sees the other."""
    marked = writer.save(replace(record, status=Status.DESTROYING))
    try:
        _check_empty(writer.bundle, record, purge=purge)
    except Refused:
        writer.save(record)
        raise
    return marked


def _check_empty(bundle: Bundle, record: Record, *, purge: bool) -> None:
    here = (record.region, record.cell)
    standing = sorted(r.subject for r in bundle.registry.taken(record.environment) if (r.region, r.cell) == here)
    if standing:
        raise Refused(
            f"{record.subject}: {_stand(len(standing))} on it: {', '.join(standing)}.",
            why="Their network, audit and permissions boundary are part of it.",
            next="Destroy them first: `tenant destroy TENANT`.",
        )
    others = _named_by(bundle, record)
    if others:
        raise Refused(
            f"{record.subject}: it has the zone that names in other cells are in: {', '.join(others)}.",
            next="Destroy those first: `tenant shared destroy --region REGION --cell CELL`.",
        )
    kept = [each for each in _archived(bundle, record) if purge or _in_shared_database(each)]
    if kept:
        listed = ", ".join(sorted({each.subject for each in kept}))
        raise Refused(
            f"{record.subject}: archived data of destroyed tenants still stands on it: {listed}.",
            next="Purge them first: `tenant destroy TENANT --purge`.",
        )


def _stand(number: int) -> str:
    return f"{plural.count(number, 'tenant')} {plural.either(number, 'stands', 'stand')}"


def _in_shared_database(record: Record) -> bool:
    """Whether what is kept of a tenant is in a database of the cell, which goes when the cell is archived."""
    return bool(record.blueprint) and model.from_json(dict(record.blueprint)).facts.database_shard is not None


def _archived(bundle: Bundle, record: Record) -> list[Record]:
    here = (record.region, record.cell)
    ids = [r.subject for r in bundle.registry.tenants(record.environment)]
    every = [r for tenant_id in ids for r in bundle.registry.incarnations(record.environment, tenant_id)]
    return [r for r in every if (r.region, r.cell) == here and not r.live and not r.purged]


def _named_by(bundle: Bundle, record: Record) -> list[str]:
    """Other cells that stand and find their names' zone, which this one made."""
    own = _ingress(record)
    if own is None or not own.makes_zone:
        return []
    regions = ((region.name, cell.number) for region in bundle.environment.regions for cell in region.cells)
    live = (_live(bundle, desired.shared_subject(*place)) for place in regions)
    return sorted(each.subject for each in live if each and each.subject != record.subject and _ingress(each))


def _ingress(record: Record) -> CellIngress | None:
    return shared.from_json(dict(record.blueprint)).ingress if record.blueprint else None


def _live(bundle: Bundle, name: str) -> Record | None:
    found = bundle.registry.find(bundle.environment.name, name)
    return found if found is not None and found.live else None


def _begin(writer: Writer, blueprint: SharedBlueprint, name: str) -> Record:
    """The record at work; what was archived comes back to life in its old stack."""
    found, now = writer.bundle.registry.find(writer.bundle.environment.name, name), writer.bundle.clock.now()
    if found is None:
        fresh = Record(
            environment=writer.bundle.environment.name,
            kind=Kind.SHARED,
            subject=name,
            incarnation=1,
            stack=blueprint.stack,
            region=blueprint.region,
            cell=blueprint.cell,
            slug=blueprint.slug,
            blueprint=blueprint.to_json(),
            digest=blueprint.digest,
            status=Status.PROVISIONING,
            created_at=now,
            updated_at=now,
        )
        return writer.claim(fresh)
    since = found.active_since if found.live else None
    return writer.save(
        replace(
            found,
            status=Status.UPDATING if since else Status.PROVISIONING,
            blueprint=blueprint.to_json(),
            digest=blueprint.digest,
            destruction=None,
            active_since=since,
            failure="",
        )
    )


def _check_change(bundle: Bundle, recorded: Record | None, blueprint: SharedBlueprint) -> None:
    """Against what was applied, not what was tried: a change that failed may be taken back. Raises BadInput."""
    if recorded is None:
        return
    roots.check(bundle, recorded)
    if not recorded.applied:
        return
    environment = bundle.environment
    applied = shared.from_json(dict(recorded.applied))
    faults = (
        *ingress.refusals(applied.ingress, blueprint.ingress),
        *data.refusals(applied.data, blueprint.data),
    )
    if faults:
        raise BadInput(
            f"{recorded.subject}: this change cannot be made to shared services that exist; nothing was touched.",
            faults=tuple(replace(fault, where=environment.where(*fault.field.split("."))) for fault in faults),
            next="Put the environment's file back, or destroy the cell's tenants and the cell first.",
        )
    budgets.check(bundle, recorded.subject)


def _check_zone(bundle: Bundle, blueprint: SharedBlueprint) -> None:
    """Raise Refused where names of this cell are to be in another one's zone, and that is not there."""
    if blueprint.ingress is None or not blueprint.ingress.zone_stack:
        return
    region, cell = bundle.environment.first_cell
    owner = _live(bundle, desired.shared_subject(region, cell))
    if owner is None or owner.status is Status.DESTROYING or "zoneId" not in owner.outputs:
        raise Refused(
            f"{desired.shared_subject(blueprint.region, blueprint.cell)}: there is no zone yet for names in"
            f" {blueprint.ingress.domain}; nothing was touched.",
            why=f"Cell {cell} of {region} makes it, for all cells of the environment.",
            next=f"Apply that one first: `tenant shared apply --region {region} --cell {cell}`. Or name a zone that is"
            " there: `domain.zone_id` in the environment's file.",
        )


def _check_quotas(bundle: Bundle, workspaces: Workspaces, blueprint: SharedBlueprint, name: str) -> None:
    preflight.check(bundle, name, blueprint.region, blueprint.demands(), workspaces.resources(blueprint.stack))


def _check_base(workspaces: Workspaces, blueprint: SharedBlueprint, base: Planned | None) -> None:
    if base is not None and (base.digest, base.base_serial) != (blueprint.digest, workspaces.serial(blueprint.stack)):
        raise Refused(
            f"{base.subject}: something changed since the plan was shown; nothing was done.",
            next="Plan again: `tenant shared plan`.",
        )
