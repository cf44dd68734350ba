"""Documents that commands write from skeletons: profiles to edit, plans to review."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from operations.lifecycle.pooler import Pool
from stacks import plural
from stacks.inputs.environment import Environment
from stacks.inputs.fields import Isolation
from stacks.inputs.tier import Isolations, Tier

_FOLDER = Path(__file__).parent / "skeletons"


def profile(tenant_id: str, tier: Tier, environment: Environment, schema: str) -> str:
    """A new tenant's profile of a tier; every key that may be given there, with what it means."""
    own = {kind for kind in Isolations.model_fields if tier.of(kind) is Isolation.SILO}
    sizes = [size.value for size in tier.sizes]
    return _render(
        "profile.yaml.j2", tenant=tenant_id, tier=tier, own=own, sizes=sizes, environment=environment, schema=schema
    )


def pooler(cell: str, pools: Sequence[Pool]) -> str:
    """Databases and users for PgBouncer's configuration (https://www.pgbouncer.org/config.html). No secret."""
    return _render("pgbouncer.ini.j2", cell=cell, pools=pools, tenants=plural.count(len(pools), "tenant"))


def plan(environment: str, title: str, plans: Sequence[object], *, details: bool) -> str:
    """Plans as Markdown; see `cli.plan_markdown` for what is shown, and how it is made harmless."""
    return _render("plan.md.j2", environment=environment, title=title, plans=plans, details=details)


def _render(name: str, **values: Any) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    # YAML and Markdown, not HTML: values are checked, or quoted, before they come here.
    loaded = Environment(  # noqa: S701
        loader=FileSystemLoader(_FOLDER),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return loaded.get_template(name).render(**values)
