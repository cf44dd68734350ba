"""How two sets of inputs differ, what of it makes a new object, and what a live object's drift is. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast

from engine.providers.kubernetes.kinds import Kind
from engine.providers.port import ChangeKind, Props, Unknown

_IDENTITY: Final = ("apiVersion", "kind", "metadata", "metadata.name", "metadata.namespace")
_PLAIN: Final = re.compile(r"\w[\w-]*")

_FIXED: Final[Mapping[str, tuple[str, ...]]] = {
    "ClusterRoleBinding": ("roleRef",),
    "DaemonSet": ("spec.selector",),
    "Deployment": ("spec.selector",),
    "Job": ("spec.completions", "spec.selector", "spec.template"),
    "PersistentVolumeClaim": ("spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"),
    "PriorityClass": ("preemptionPolicy", "value"),
    "RoleBinding": ("roleRef",),
    "Secret": ("type",),
    "StatefulSet": ("spec.selector", "spec.serviceName", "spec.volumeClaimTemplates"),
    "StorageClass": ("parameters", "provisioner"),
}
"""Fields that can't change, for previews whose values are not known yet; otherwise the server's refusal tells."""

_CONTENT: Final = {"ConfigMap": ("binaryData", "data"), "Secret": ("data", "stringData")}
"""Kinds that are made anew with their content, so that what reads them is restarted; unless they are called mutable."""


def between(old: Any, new: Any, path: str = "") -> Iterator[tuple[str, ChangeKind]]:
    """Paths at which two values differ, and how."""
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _members(cast("Props", old), cast("Props", new), path)
    elif isinstance(old, list) and isinstance(new, list) and len(cast("list[Any]", old)) == len(cast("list[Any]", new)):
        pairs = zip(cast("list[Any]", old), cast("list[Any]", new), strict=True)
        for index, (before, after) in enumerate(pairs):
            yield from between(before, after, f"{path}[{index}]")
    elif isinstance(new, Unknown) or old != new:
        yield path, ChangeKind.UPDATE


def _members(old: Props, new: Props, path: str) -> Iterator[tuple[str, ChangeKind]]:
    for key in sorted({*old, *new}):
        inner = _joined(path, key)
        if key not in new:
            yield inner, ChangeKind.DELETE
        elif key not in old:
            yield inner, ChangeKind.ADD
        else:
            yield from between(old[key], new[key], inner)


def _joined(path: str, key: str) -> str:
    if not _PLAIN.fullmatch(key):
        return f'{path}["{key}"]'
    return f"{path}.{key}" if path else key


def replacing(kind: Kind, paths: Iterable[str], mutable: frozenset[str]) -> frozenset[str]:
    """The differing paths that no server would change in place: who it is, and content that is not called mutable."""
    content = () if kind.name in mutable else _CONTENT.get(kind.name, ())
    return frozenset(path for path in paths if path in _IDENTITY or _within(path, content))


def fixed(kind: Kind, paths: Iterable[str]) -> frozenset[str]:
    """The differing paths that are known to be immutable."""
    return frozenset(path for path in paths if _within(path, _FIXED.get(kind.name, ())))


def blamed(paths: frozenset[str], fields: Iterable[str]) -> frozenset[str]:
    """The differing paths that a server's refusal speaks of; all of them where it names none that differs."""
    named = tuple(field for field in fields if field)
    found = frozenset(path for path in paths if _within(path, named) or any(_within(field, (path,)) for field in named))
    return found or paths


def _within(path: str, fields: Iterable[str]) -> bool:
    return any(path == field or path.startswith((f"{field}.", f"{field}[")) for field in fields)


def drifted(inputs: Any, wanted: Any, live: Any) -> Any:
    """The inputs as they would have to be to make what is live.

    `wanted` is what the server would make of the inputs now: where that is what is live nothing drifted, however the
    server spells it (`4000m` is `4`, a default, a value in base64). What the inputs do not speak of is not ours.
    """
    if wanted == live:
        return inputs
    if isinstance(inputs, dict) and isinstance(live, dict):
        return _drifted_members(cast("Props", inputs), cast("Props", wanted or {}), cast("Props", live))
    if _same_length(inputs, wanted, live):
        trios = zip(cast("list[Any]", inputs), cast("list[Any]", wanted), cast("list[Any]", live), strict=True)
        return [drifted(*each) for each in trios]
    return live


def _drifted_members(inputs: Props, wanted: Props, live: Props) -> Props:
    """What is gone from the live object is gone from the inputs; what the server never shows stays as it was said."""
    return {
        key: drifted(value, wanted.get(key), live.get(key))
        for key, value in inputs.items()
        if key in live or key not in wanted
    }


def _same_length(*values: Any) -> bool:
    return all(isinstance(each, list) for each in values) and len({len(each) for each in values}) == 1
