"""Make the registry again from the states: what they output, and where that is missing, what their tags say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from engine.runs import Output
from operations import prospects
from operations.bundle import Bundle
from operations.leases import holder
from operations.registry.model import Destruction, Kind, Record, Status, Step
from operations.reports import Rebuilt
from stacks.errors import LeaseHeld, Refused

if TYPE_CHECKING:
    from engine.workspaces import Workspaces

Rows: TypeAlias = tuple[Mapping[str, Any], ...]

_INTERRUPTED = "The registry was rebuilt from a state whose last run failed or did not end."

_COMPLETE = {
    Kind.TENANT: ("databaseEndpoint", "cacheEndpoint", "dataBucket", "keyArn"),
    Kind.SHARED: ("vpcId", "boundaryArn", "keyArn"),
}
"""Outputs that a live stack has only when its creation came to its end."""


def rebuild(bundle: Bundle) -> tuple[Rebuilt, ...]:
    """Restore every stack of the environment that the registry does not know, sorted by name; purged ones as such.

    What the registry knows already is left as it is. A stack at which someone is at work is left alone, and said.
    """
    workspaces = bundle.records()
    ours = [name for name in workspaces.stacks() if name.startswith(f"{bundle.environment.name}.")]
    found = [_read(bundle, workspaces, stack) for stack in ours]
    order = sorted((one for one in found if isinstance(one, Record)), key=lambda r: (r.subject, r.incarnation))
    unread = [one for one in found if isinstance(one, Rebuilt)]
    # Where a purge died at its very end the stack is there still; then the state counts.
    purged = [one for one in bundle.endings.all() if one.environment == bundle.environment.name]
    gone = [_restore(bundle, one) for one in purged if one.stack not in ours]
    return tuple(sorted((*(_restore(bundle, one) for one in order), *unread, *gone), key=lambda one: one.stack))


def _restore(bundle: Bundle, record: Record) -> Rebuilt:
    known = bundle.registry.incarnations(record.environment, record.subject)
    if any(one.incarnation == record.incarnation for one in known):
        return Rebuilt(record.stack, record.subject, "known")
    name = f"{record.environment}/{record.subject}"
    try:
        with holder.hold(bundle.leases, name, bundle.owner, bundle.timing, bundle.clock) as held:
            bundle.registry.claim(replace(record, token=held.token))
    except (LeaseHeld, Refused) as error:
        return Rebuilt(record.stack, record.subject, f"left alone: {error}")
    return Rebuilt(record.stack, record.subject, "restored")


def _read(bundle: Bundle, workspaces: Workspaces, stack: str) -> Record | Rebuilt:
    rows = workspaces.resources(stack)
    if not rows:
        return Rebuilt(stack, "", "left alone: the stack is empty")
    told = workspaces.outputs(stack)
    tags = _tags(rows)
    identity = _identity(stack, told, tags)
    if identity is None:
        return Rebuilt(stack, "", "left alone: neither outputs nor tags say whose it is")
    return _record(bundle, workspaces, stack, identity, told, rows)


@dataclass(frozen=True, slots=True)
class _Identity:
    """Whose a stack is."""

    kind: Kind
    subject: str
    incarnation: int
    tier: str
    tier_version: int


def _identity(stack: str, told: Mapping[str, Output], tags: Mapping[str, str]) -> _Identity | None:
    rest = stack.partition(".")[2]
    if rest.startswith("shared."):
        return _Identity(Kind.SHARED, rest, 1, "", 0)
    said = {name: output.value for name, output in told.items()}
    subject = said.get("tenant") or tags.get("tenant")
    if not subject:
        return None
    number = said.get("incarnation") or tags.get("incarnation") or 1
    version = said.get("tierVersion") or tags.get("tier-version") or 0
    return _Identity(Kind.TENANT, subject, int(number), said.get("tier") or tags.get("tier", ""), int(version))


def _record(
    bundle: Bundle,
    workspaces: Workspaces,
    stack: str,
    identity: _Identity,
    told: Mapping[str, Output],
    rows: Rows,
) -> Record:
    now = bundle.clock.now()
    blueprint = _value(told, "blueprint")
    facts = _value(told, "facts") or blueprint.get("facts") or _facts(stack, identity, rows)
    place = facts or blueprint
    last = workspaces.last(stack)
    ended_well = last is not None and last.succeeded
    status, destruction = _standing(told, rows, ended_well)
    lacking = any(name not in told for name in _COMPLETE[identity.kind])
    unfinished = status is Status.ACTIVE and (lacking or not ended_well)
    status = Status.FAILED if unfinished else status
    shared = identity.kind is Kind.SHARED
    return Record(
        environment=bundle.environment.name,
        kind=identity.kind,
        subject=identity.subject,
        incarnation=identity.incarnation,
        stack=stack,
        region=str(place.get("region") or (identity.subject.split(".")[1] if shared else _region(rows))),
        cell=int(place.get("cell") or (identity.subject.split(".")[2] if shared else 1)),
        slug=str(facts.get("slug") or blueprint.get("slug") or ""),
        tier=identity.tier,
        tier_version=identity.tier_version,
        cidrs=tuple(facts.get("cidrs", ())),
        facts=facts,
        blueprint=blueprint,
        digest=str(told["digest"].value) if "digest" in told else "",
        outputs=told,
        status=status,
        destruction=destruction,
        applied=blueprint if told and ended_well and not unfinished else {},
        failure="" if told and not unfinished else _INTERRUPTED,
        active_since=now if told and not lacking else None,
        created_at=now,
        updated_at=now,
    )


def _standing(told: Mapping[str, Output], rows: Rows, ended_well: bool) -> tuple[Status, Destruction | None]:
    """The status that the phase in the outputs tells: `live`, `retiring:RUN`, `archived`, `purging`.

    A run that failed may have left its outputs all the same: what it began is to be begun again.
    """
    phase, _, run = str(told["phase"].value if "phase" in told else "").partition(":")
    match phase:
        case "live":
            return Status.ACTIVE, None
        case "retiring":
            return Status.DESTROYING, Destruction(run, Step.ARCHIVING if ended_well else Step.RETIRING)
        case "archived" if prospects.holds_services(rows):
            return Status.DESTROYING, Destruction("", Step.ARCHIVING)
        case "archived":
            return Status.DESTROYED, Destruction("", Step.ARCHIVED)
        case "purging":
            return Status.DESTROYED, Destruction("", Step.PURGING)
        case _:
            return Status.FAILED, None


def _value(told: Mapping[str, Output], name: str) -> dict[str, Any]:
    value: Any = told[name].value if name in told else {}
    return dict(cast("dict[str, Any]", json.loads(value) if isinstance(value, str) else value))


def _tags(rows: Rows) -> dict[str, str]:
    for row in rows:
        tags = cast("dict[str, str]", _inputs(row).get("tags") or {})
        if "stack" in tags:
            return tags
    return {}


def _facts(stack: str, identity: _Identity, rows: Rows) -> dict[str, Any]:
    """Facts out of resource rows, for a tenant whose first run did not end; none for shared services."""
    if identity.kind is Kind.SHARED:
        return {}
    vpcs = [str(row["inputs"]["cidrBlock"]) for row in rows if row["type"] == "aws:ec2/vpc:Vpc"]
    subnets = [str(row["inputs"]["cidrBlock"]) for row in rows if row["type"] == "aws:ec2/subnet:Subnet"]
    return {
        "slug": stack.rpartition(".")[2],
        "incarnation": identity.incarnation,
        "cidrs": sorted(vpcs or subnets),
        "cell": 1,
        "region": _region(rows),
        "database_shard": None,
        "cache_shard": None,
    }


def _region(rows: Rows) -> str:
    for row in rows:
        if row["type"] == "pulumi:providers:aws" and "region" in _inputs(row):
            return str(_inputs(row)["region"])
    return ""


def _inputs(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", row.get("inputs") or {})
