"""What is really tagged in the cloud, against what the blueprints say; and putting it right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from operations.bundle import Bundle, Rights
from operations.cost import tagging
from operations.cost.tagging import OF_ONE_RESOURCE, Carried, Finding, Holder, Resource
from operations.leases import holder as leases
from operations.registry.model import Record


@dataclass(frozen=True, slots=True)
class TagAudit:
    """What was looked at, and what was found, sorted by tenant and ARN. `mended` counts what was put right."""

    holders: int
    looked_at: int
    findings: tuple[Finding, ...]
    mended: int = 0

    @property
    def faults(self) -> tuple[Finding, ...]:
        """Findings that count: that something can't carry tags is no fault."""
        return tuple(each for each in self.findings if each.counts)

    @property
    def mendable(self) -> tuple[Finding, ...]:
        """Findings that can be put right."""
        return tuple(each for each in self.findings if each.mendable)


def audit(bundle: Bundle) -> TagAudit:
    """Look at everything of every tenant of the environment. Changes nothing. Raises CloudFailed, CloudUnreachable."""
    bundle.open(Rights())  # raises where the cloud does not run
    records = tuple(_records(bundle))
    holders = {record.stack: _holder(record) for record in records}
    listed = _listed(bundle, holders.values())
    recorded: dict[str, Resource] = {}
    findings: list[Finding | None] = []
    for record in records:
        for resource in _resources(bundle, holders[record.stack]):
            recorded[resource.arn] = resource
            findings.append(_judge(bundle, resource, listed))
    looked_at = len(findings)
    stray = list(tagging.strangers(listed.values(), recorded, holders.values(), bundle.environment.name))
    findings += [tagging.judge(resource, live) for resource, live in stray]
    found = sorted((each for each in findings if each), key=_order)
    return TagAudit(len(holders), looked_at + len(stray), tuple(found))


def mend(bundle: Bundle, found: TagAudit) -> TagAudit:
    """Put right what can be, under each tenant's lease, and look again. Raises LeaseHeld, CloudFailed."""
    by_subject: dict[str, list[Finding]] = {}
    for each in found.mendable:
        if each.resource.holder is not None:
            by_subject.setdefault(each.resource.holder.subject, []).append(each)
    for subject, findings in sorted(by_subject.items()):
        name = f"{bundle.environment.name}/{subject}"
        with leases.hold(bundle.leases, name, bundle.owner, bundle.timing, bundle.clock) as held:
            for each in findings:
                bundle.tagging.write(each, held.fence)
    return replace(audit(bundle), mended=sum(map(len, by_subject.values())))


def _records(bundle: Bundle) -> Iterator[Record]:
    """Every incarnation of every tenant, oldest first, and the shared services: old ones still have data to pay for."""
    name = bundle.environment.name
    for newest in (*bundle.registry.tenants(name), *bundle.registry.shared(name)):
        yield from bundle.registry.incarnations(name, newest.subject)


def _holder(record: Record) -> Holder:
    return Holder(record.subject, record.stack, record.region, dict(record.blueprint.get("tags") or {}))


def _listed(bundle: Bundle, holders: Iterable[Holder]) -> Mapping[str, Carried]:
    regions = {each.region for each in holders} | {each.name for each in bundle.environment.regions}
    return {each.arn: each for region in sorted(regions) for each in bundle.tagging.listed(region)}


def _resources(bundle: Bundle, holder: Holder) -> Iterator[Resource]:
    """What the stack's state has of AWS: not components, providers, nor what was only read."""
    for row in bundle.records().resources(holder.stack):
        type = str(row["type"])
        if not row.get("custom") or row.get("external") or not type.startswith("aws:"):
            continue
        inputs, outputs = _props(row, "inputs"), _props(row, "outputs")
        own = {key: value for key, value in _props(inputs, "tags").items() if key in OF_ONE_RESOURCE}
        arn = str(outputs.get("arn") or row.get("id") or row["urn"]).removesuffix(":*")
        region = str(inputs.get("region") or holder.region)
        yield Resource(arn, type, holder, region, {**holder.tags, **own}, row)


def _judge(bundle: Bundle, resource: Resource, listed: Mapping[str, Carried]) -> Finding | None:
    can = bundle.tagging.can_carry(resource.type)
    if can is False or (can is None and "tags" not in _props(resource.row or {}, "inputs")):
        return tagging.untaggable(resource)
    told = listed.get(resource.arn)
    found = tagging.judge(resource, told.tags if told else {})
    # What a listing says may be minutes old: only what the service itself confirms is a finding.
    return tagging.judge(resource, bundle.tagging.read(resource)) if found and can else found


def _props(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", data.get(key) or {})


def _order(found: Finding) -> tuple[str, str, str]:
    holder = found.resource.holder
    return (holder.subject if holder else "", found.resource.type, found.resource.arn)
