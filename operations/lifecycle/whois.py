"""Whose a cloud name is: from a bucket, role, alias, schema, stack name or ARN back to its tenant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from operations.bundle import Bundle
from operations.registry.model import Record
from operations.reports import Owned
from stacks.errors import BadInput

_SLUG = re.compile(r"(?<![a-z0-9])([ts][a-z2-7]{9})(?![a-z0-9])")


def whois(bundle: Bundle, name: str) -> Owned:
    """The owner of a name, also of destroyed incarnations. Raises BadInput where nobody is known by it."""
    slugs = _SLUG.findall(name)
    for record in _all(bundle):
        if name in (record.stack, record.slug, record.subject):
            return Owned(name, record, "")
        if (path := _path(name, record)) or (record.slug and record.slug in slugs):
            return Owned(name, record, path or _part(name, record.slug))
    raise BadInput(
        f"Nobody in environment {bundle.environment.name} is known by {name}.",
        why="No slug in it is in the registry, and no stack has it as an output.",
        next="If the registry was lost: `tenant registry rebuild`.",
    )


def _all(bundle: Bundle) -> tuple[Record, ...]:
    environment = bundle.environment.name
    newest = (*bundle.registry.tenants(environment), *bundle.registry.shared(environment))
    return tuple(r for one in newest for r in reversed(bundle.registry.incarnations(environment, one.subject)))


def _path(name: str, record: Record) -> str:
    """The output that a name is, or where in it: `dataBucket`, `securityGroups.data`, `subnetIds[1]`; or nothing."""
    told = ((output, kept.value) for output, kept in record.outputs.items() if not kept.secret)
    return next((path for output, value in told for path, inner in _inside(output, value) if inner == name), "")


def _inside(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """A value, or the values in it, each with its path."""
    if isinstance(value, Mapping):
        for key, inner in cast("Mapping[str, Any]", value).items():
            yield from _inside(f"{path}.{key}", inner)
    elif isinstance(value, list):
        for index, inner in enumerate(cast("list[Any]", value)):
            yield from _inside(f"{path}[{index}]", inner)
    else:
        yield path, value


def _part(name: str, slug: str) -> str:
    """`data` of `<org>-<env>-<slug>-data`."""
    return name.partition(slug)[2].strip("-/:*")
