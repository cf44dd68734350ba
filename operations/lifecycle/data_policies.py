"""Tables that a tenant shares with others, and whether their rows are kept apart: from the state of its cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from operations import known
from operations.bundle import Bundle
from stacks.blueprint import model
from stacks.errors import BadInput
from stacks.inputs.fields import Isolation
from stacks.resources.database.spec import DatabaseSpec

_TYPE = "rowsecurity:index:RowSecurity"


@dataclass(frozen=True, slots=True)
class Pool:
    """The schema that a tenant shares: in which cell, on which of its databases."""

    tenant: str
    region: str
    cell: int
    shard: int
    schema: str


@dataclass(frozen=True, slots=True)
class Tables:
    """Names of tables by what is known of them; what is wrong, or goes round the policies, as sentences.

    `protected`: each login sees its own rows. `closed`: without the column that says whose a row is, so no tenant gets
    in. `unprotected`: not as they should be. `exposed`: views and functions that go round the policies.
    """

    pool: Pool
    protected: tuple[str, ...]
    closed: tuple[str, ...]
    unprotected: tuple[str, ...]
    exposed: tuple[str, ...]


def pool(bundle: Bundle, tenant_id: str) -> Pool:
    """Where the tenant's shared tables are. Raises BadInput where there is no such tenant, or it shares none."""
    record = known.tenant(bundle, tenant_id)
    spec = model.from_json(dict(record.blueprint)).of(DatabaseSpec) if record.blueprint else None
    if spec is None or spec.isolation is not Isolation.POOL or spec.shard is None:
        raise BadInput(
            f"{tenant_id} shares no tables with other tenants.",
            why=f"Its database is {spec.isolation if spec else 'not known'}; policies on rows are for `pool`.",
        )
    return Pool(tenant_id, record.region, record.cell, spec.shard, f"{spec.database}.{spec.schema}")


def tables(bundle: Bundle, where: Pool, stack: str) -> Tables:
    """What the last look at the tables found."""
    rows = bundle.records().resources(stack)
    named = f"::pool-{where.shard}"
    found = [dict(row["outputs"]) for row in rows if row["type"] == _TYPE and str(row["urn"]).endswith(named)]
    outputs: dict[str, Any] = found[0] if found else {}
    return Tables(where, *(_listed(outputs, key) for key in ("protected", "closed", "unprotected", "exposed")))


def _listed(outputs: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(str(each) for each in outputs.get(key) or ())
