"""Reference pages of the files people edit, made from models and tiers: `python -m stacks.inputs.reference`.

A test keeps `docs/reference/profile.md`, `tiers.md` and `quotas.md` fresh.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from stacks.inputs import tier, wording
from stacks.inputs.profile import Profile
from stacks.inputs.promises import FREE, PROMISES, Weaker
from stacks.inputs.tier import Isolations, QuotaRow, Tier
from stacks.resources.quotas import QUOTAS

DOCS: Final = Path("docs/reference")
TIERS: Final = Path("tenant_templates/tiers")

_PROFILE = """\
# Profile

One file a tenant, in the profiles folder; `tenant:` names it, the file's own name does not matter. Keys that are not
here are refused. `tenant profile validate` tells every fault at once, with its line and column. The JSON Schema
that editors check against is `tenant_templates/schema/profile.json`.

A key whose default is `-` must be there. What `size` gives (see [tiers](tiers.md)) holds where `database` and `cache`
do not say otherwise. `data_locations.redis_db` is chosen where a tenant has a cache of its own; beside others it is
given the number of a database, and a profile that sets one is refused.

The namespace is called by the slug. Pods that ask for nothing get 0.25 cores and 0.5 GB each; the namespace must hold
as many of them as `quotas.concurrent_research`, beside what it gives its members. A pod uses the tenant's own nodes
with the toleration `tenant/slug` of the slug; its volumes are of the storage class of that name; the config map
`connections` tells it where its data is, and the service account `workload` gives it the role that reads its secrets.
"""

_TIERS = """\
# Tiers

A tier decides, for each kind of resource, how far a tenant is apart from the others: `pool` (shared resource, shared
tables), `bridge` (shared resource, own slice), `silo` (own resource, own key). A tenant whose tier asks for a model
that a kind does not offer is refused, with one fault for each kind. A tier's versions are files
`tenant_templates/tiers/<tier>/<version>.yaml`; a tenant stays on the version it was made with until its profile names
another.

A destroy leaves a final snapshot of the database and of the cache, with the key and the buckets; the database's
automated backups, which lead back to earlier moments, go with it. A purge deletes the rest. A change that replaces a
cache, which the plan shows, loses what is in it: only a destroy keeps that.
"""

_PROMISES = """\
## What may be edited under live tenants

A version is what live tenants have by it. An edit of its file that would make something of this weaker is refused, with
exit 3, the line, and who lives by the version, by every command that would apply it. What is weaker is a version of its
own: `tier_version` in a profile takes a tenant there. A key that a profile says itself (`database.backup_days`, say) is
its tenant's, and no matter of the tier. How far apart tenants are, and the rank, are not edited in either direction.
A tier says nothing of TLS, of the audit trail or of the rotation of keys: these are the same for all.
"""

_WEAKER: Final = {Weaker.LESS: "less", Weaker.MORE: "more", Weaker.OTHER: "other"}

_QUOTAS = """\
# Quotas of the account

Before anything is sent, `create`, `apply` and `plan` (`shared apply` and `shared plan` too) hold what a stack needs
beyond what it has against these quotas of the account, all tenants and everything else in it counted. What does not fit
is refused with exit 3, the numbers, and the command that asks AWS for more. Only the quotas of which more is needed are
looked at.

Limits are what Service Quotas says of the account. The local cloud has no Service Quotas: there AWS's defaults hold,
and `quotas.rds_instances` of the environment's file. KMS keys that AWS manages are counted with the others.
"""


def profile_page() -> str:
    """The page of a profile's keys."""
    return "\n".join([_PROFILE, *_keys(Profile, ""), ""])


def tiers_page(folder: Path) -> str:
    """The page of all tiers, each in its newest version."""
    found = sorted((tier.load_version(folder, name, None) for name in tier.names(folder)), key=lambda one: one.rank)
    lines = [_TIERS, "## Isolation", "", *_table(["kind", *(one.tier for one in found)], _isolation(found))]
    for one in found:
        lines += ["", f"## {one.tier}, version {one.version}", "", one.description, ""]
        lines += [*_table(["size", "database", "cache", *QuotaRow.model_fields], _sizes(one)), ""]
        lines.append(
            f"Kept: logs {one.retention.logs} days, overwritten objects {one.retention.noncurrent_objects} days,"
        )
        lines.append(f"backups {one.retention.backups} days. Tools: {', '.join(one.tools)}.")
    promised = [[f"`{each}`", _WEAKER[each.weaker], each.why] for each in PROMISES]
    free = [[f"`{key}`", why] for key, why in FREE.items()]
    lines += ["", _PROMISES, *_table(["key", "refused where it is", "what that would do"], promised), ""]
    lines += ["The other keys:", "", *_table(["key", "why"], free)]
    return "\n".join([*lines, ""])


def quotas_page() -> str:
    """The page of the quotas that a stack is held against."""
    rows = [
        [f"{quota.service} `{quota.code}`", quota.title, "account" if quota.whole else "region", f"{quota.default:,}"]
        for quota in QUOTAS.values()
    ]
    return "\n".join([_QUOTAS, *_table(["quota", "counts", "of a", "AWS's default"], rows), ""])


def write(docs: Path, tiers: Path) -> None:
    """Write all pages."""
    docs.mkdir(parents=True, exist_ok=True)
    (docs / "profile.md").write_text(profile_page(), encoding="utf-8")
    (docs / "tiers.md").write_text(tiers_page(tiers), encoding="utf-8")
    (docs / "quotas.md").write_text(quotas_page(), encoding="utf-8")


def _keys(model: type[BaseModel], prefix: str) -> Iterator[str]:
    """A table of a section's keys, and one for each section in it."""
    title = f"`{prefix}`" if prefix else "Keys"
    rows = [_key(name, model) for name in model.model_fields]
    yield from (f"## {title}", "", *_table(["key", "default", "meaning"], rows), "")
    for name, field in model.model_fields.items():
        inner = next(wording.models_in(field.annotation), None)
        if inner is not None and not prefix:
            yield from _keys(inner, name)


def _key(name: str, model: type[BaseModel]) -> list[str]:
    field = model.model_fields[name]
    default = "-" if field.is_required() else _spelt(field.get_default(call_default_factory=True, validated_data={}))
    return [f"`{field.alias or name}`", default, field.description or ""]


def _spelt(value: Any) -> str:
    if isinstance(value, BaseModel):
        return "see below"
    if value is None or value == []:
        return "none"
    return f"`{str(value).lower()}`"


def _isolation(tiers: list[Tier]) -> list[list[str]]:
    return [[kind, *(one.of(kind).value for one in tiers)] for kind in Isolations.model_fields]


def _sizes(one: Tier) -> Iterator[list[str]]:
    for size, row in one.sizes.items():
        database, cache = "shared", "shared"
        if row.database:
            zones = ", two zones" if row.database.multi_az else ""
            days = row.database.backup_days
            database = f"{row.database.instance_class}, {row.database.storage_gb} GB, backups {days} days{zones}"
        if row.cache:
            kept = f"snapshots {row.cache.snapshot_days} days"
            cache = f"{row.cache.node_type}, replicas {row.cache.replicas}, {kept}"
        yield [size.value, database, cache, *(str(getattr(row.quotas, name)) for name in QuotaRow.model_fields)]


def _table(head: list[str], rows: Any) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


if __name__ == "__main__":
    write(DOCS, TIERS)
