"""Diff: inputs against inputs."""

from __future__ import annotations

from typing import Any, Final, cast

from engine.providers.aws import naming, values
from engine.providers.aws.table import Prop, Row
from engine.providers.port import ChangeKind, Diff, PropertyChange, Props, Resource

_TAGS: Final = Prop("tags")
_REGION: Final = Prop("region", fixed=True, computed=True)


def diff(row: Row, resource: Resource, old_inputs: Props, old_outputs: Props, news: Props) -> Diff:
    """What changed, and which of it needs a new resource."""
    olds = {"region": old_outputs.get("region"), **old_inputs}
    changes = [
        PropertyChange(prop.name, kind, prop.fixed or _is_another(prop, olds.get(prop.name), news.get(prop.name)))
        for prop in (*row.props, _REGION)
        if (kind := _change(prop, olds.get(prop.name), news.get(prop.name)))
    ]
    if row.tags:
        changes += _tag_changes(old_inputs.get("tags"), news.get("tags"))
    return Diff(tuple(changes), _delete_first(row, resource, old_inputs, news))


def _delete_first(row: Row, resource: Resource, olds: Props, news: Props) -> bool:
    """Two can't have one name at a time; a made-up or a changed name lets the successor come first."""
    if row.name is None or not row.delete_before_replace:
        return row.delete_before_replace
    before, after = olds.get(row.name.prop), news.get(row.name.prop)
    return before == after and not naming.made_up(row.name, resource.name, after)


def changed(row: Row, old_inputs: Props, news: Props) -> tuple[Prop, ...]:
    """The row's properties that differ."""
    return tuple(p for p in row.props if _change(p, old_inputs.get(p.name), news.get(p.name)))


def _change(prop: Prop, old: Any, new: Any) -> ChangeKind | None:
    if values.same(prop, old, new):
        return None
    if new is None and prop.computed:
        return None  # silence leaves the choice to AWS, whatever it was before
    return _kind(values.absent(old), values.absent(new))


def _is_another(prop: Prop, old: Any, new: Any) -> bool:
    """Whether a part differs that can't be changed."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return False
    before, after = cast("Props", old), cast("Props", new)
    return any(before.get(part) != after.get(part) for part in prop.fixed_parts)


def _tag_changes(old: Any, new: Any) -> list[PropertyChange]:
    if values.has_unknown(new) and not isinstance(new, dict):
        return [PropertyChange("tags", ChangeKind.UPDATE)]
    before, after = cast("Props", old or {}), cast("Props", new or {})
    return [
        PropertyChange(_tag_path(key), _kind(key not in before, key not in after))
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key) or values.has_unknown(after.get(key))
    ]


def _tag_path(key: str) -> str:
    return f"tags.{key}" if key.isidentifier() else f'tags["{key}"]'


def _kind(missing_before: bool, missing_after: bool) -> ChangeKind:
    if missing_before:
        return ChangeKind.ADD
    return ChangeKind.DELETE if missing_after else ChangeKind.UPDATE
