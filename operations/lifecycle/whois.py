"""Whose a cloud name is: from a bucket, role, alias, schema, stack name or ARN back to its tenant."""

from __future__ import annotations

import re

from operations.bundle import Bundle
from operations.registry.model import Record
from operations.reports import Owned
from stacks.errors import BadInput

_SLUG = re.compile(r"(?<![a-z0-9])([ts][a-z2-7]{9})(?![a-z0-9])")


def whois(bundle: Bundle, name: str) -> Owned:
    """The owner of a name, also of destroyed incarnations. Raises BadInput where nobody is known by it."""
    slugs = _SLUG.findall(name)
    for record in _all(bundle):
        if name in (record.stack, record.slug, record.subject) or name in _values(record):
            return Owned(name, record, _role(name, record))
        if record.slug and record.slug in slugs:
            return Owned(name, record, _role(name, record))
    raise BadInput(
        f"Nobody in environment {bundle.environment.name} is known by {name}.",
        why="No slug in it is in the registry, and no stack has it as an output.",
        next="If the registry was lost: `tenant registry rebuild`.",
    )


def _all(bundle: Bundle) -> tuple[Record, ...]:
    environment = bundle.environment.name
    newest = (*bundle.registry.tenants(environment), *bundle.registry.shared(environment))
    return tuple(r for one in newest for r in reversed(bundle.registry.incarnations(environment, one.subject)))


def _values(record: Record) -> frozenset[str]:
    return frozenset(o.value for o in record.outputs.values() if not o.secret and isinstance(o.value, str))


def _role(name: str, record: Record) -> str:
    """`data` of `<org>-<env>-<slug>-data`; the output's name where the value is one; else nothing."""
    for output, value in record.outputs.items():
        if not value.secret and value.value == name:
            return output
    after = name.partition(record.slug)[2] if record.slug else ""
    return after.strip("-/:*")
