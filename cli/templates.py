"""The skeletons that commands write for people to edit."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parent / "skeletons"


def profile(tenant_id: str, region: str, schema: str) -> str:
    """A new tenant's profile; every key that may be given, with what it means."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    # YAML, not HTML: the only values are an id and names that were checked before.
    loaded = Environment(  # noqa: S701
        loader=FileSystemLoader(_FOLDER), undefined=StrictUndefined, keep_trailing_newline=True
    )
    return loaded.get_template("profile.yaml.j2").render(tenant=tenant_id, region=region, schema=schema)
