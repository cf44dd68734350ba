"""What `tenant cost tags` and `tags-activate` write, as text and as JSON. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from operations.cost.tagging import Finding, Wrong
from operations.lifecycle.cost_activation import Activated
from operations.lifecycle.cost_tags import TagAudit


def audited(report: TagAudit) -> dict[str, Any]:
    """`tenant cost tags` as JSON."""
    return {"resources": [_resource(each) for each in report.findings], "summary": summary(report)}


def summary(report: TagAudit) -> dict[str, int]:
    """How many of what."""
    found, wrong = report.findings, [each for one in report.findings for each in one.wrong]
    return {
        "stacks": report.holders,
        "looked_at": report.looked_at,
        "findings": len(report.faults),
        "missing": sum(len(each.missing) for each in found),
        "wrong_value": sum(each.why == "value" for each in wrong),
        "wrong_case": sum(each.why == "case" for each in wrong),
        "not_propagated": sum(bool(each.resource.parent) for each in found),
        "unknown_tenant": sum(each.unknown_tenant for each in found),
        "gone": sum(each.gone for each in found),
        "untaggable": sum(each.untaggable for each in found),
        "mended": report.mended,
    }


def told(report: TagAudit) -> Iterator[str]:
    """`tenant cost tags` for people: faults one by one, what can't carry tags by kind."""
    if report.mended:
        yield f"{report.mended} resources were put right."
    for each in report.faults:
        yield from _fault(each)
    untaggable = Counter(each.resource.type for each in report.findings if each.untaggable)
    if untaggable:
        yield f"{untaggable.total()} things can't carry tags, which is no fault: they are part of others"
        yield from (f"  {count:4} {type}" for type, count in sorted(untaggable.items()))
    counted = summary(report)
    well = "all is tagged as it should be" if not report.faults else f"{counted['findings']} with wrong tags"
    yield f"{report.looked_at} resources of {report.holders} stacks looked at: {well}."


def proposed(report: TagAudit) -> Iterator[str]:
    """What --fix would do."""
    for each in report.mendable:
        yield from _fault(each)
    yield f"{len(report.mendable)} resources will be tagged as their blueprints say; other tags on them stay."


def activation(report: Activated) -> dict[str, Any]:
    """`tenant cost tags-activate` as JSON."""
    return {"tags": [{"key": key, "refused": report.refused.get(key)} for key in report.keys]}


def activated(report: Activated) -> Iterator[str]:
    """`tenant cost tags-activate` for people."""
    for key in report.keys:
        why = report.refused.get(key)
        yield f"{key}: not activated: {why}" if why else f"{key}: active"
    yield "Bills show them from now on, after up to a day. AWS knows a key some hours after something first carried it."


def _resource(one: Finding) -> dict[str, Any]:
    resource = one.resource
    return {
        "arn": resource.arn,
        "type": resource.type,
        "tenant": resource.holder.subject if resource.holder else None,
        "missing": list(one.missing),
        "wrong": [_wrong(each) for each in one.wrong],
        "untaggable": one.untaggable,
        "unknown_tenant": one.unknown_tenant,
        "gone": one.gone,
        "parent": resource.parent or None,
    }


def _wrong(one: Wrong) -> dict[str, str]:
    names = {"key": one.key, "found": one.found, "wanted_key": one.wanted_key, "wanted": one.wanted}
    return {**names, "why": one.why}


def _fault(one: Finding) -> Iterator[str]:
    resource = one.resource
    whose = resource.holder.subject if resource.holder else "unknown tenant"
    yield f"{whose}: {resource.arn} ({resource.type})"
    if resource.parent:
        yield f"    tags did not come over from {resource.parent}"
    if one.gone:
        yield f"    is not there any more: tenant drift {whose}"
    if one.unknown_tenant:
        said = ", ".join(
            f"{key}={value}" for key, value in sorted(one.live.items()) if key.lower() in ("tenant", "stack")
        )
        yield f"    says it is {said or 'ours'}, and there is no such tenant: it is left alone"
    if one.missing:
        yield f"    missing: {', '.join(one.missing)}"
    for each in one.wrong:
        spelt = f" is {each.wanted_key} in the wrong case" if each.why == "case" else f" should be {each.wanted}"
        yield f"    wrong: {each.key}={each.found}{spelt}"
