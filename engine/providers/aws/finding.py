"""What an interrupted create has left: by exact name, by tags, or by a composite id; only what is ours counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, cast

from engine.providers.aws import shapes, tags
from engine.providers.aws.table import Handle, Object, Row
from engine.providers.port import Found, ProviderError

Seek = Callable[[Handle], Iterable[str]]


def by_name(prop: str) -> Seek:
    """The id is the value of an input."""
    return lambda handle: [str(handle.inputs[prop])] if isinstance(handle.inputs.get(prop), str) else []


def by_tags(operation: str, member: str, id_path: str) -> Seek:
    """EC2's Describe with filters on `stack` and `Name`; what is deleted or going is sorted out by the caller.

    The answer's own tags are looked at again: a filter that went unheard must not lead to another's resource.
    """

    def seek(handle: Handle) -> Iterator[str]:
        wanted = identity(handle)
        filters = [{"Name": f"tag:{key}", "Values": [value]} for key, value in wanted.items()]
        name = "Filter" if "Filter" in shapes.input_shape("ec2", operation).members else "Filters"
        for found in handle.api.pages("ec2", operation, member, **{name: filters}):
            if carries(tags.from_pairs(shapes.listed(found, "Tags")), wanted):
                yield str(shapes.at(found, id_path))

    return seek


def identity(handle: Handle) -> Mapping[str, str]:
    """The two tags that name one resource of a type. Raises ProviderError where they are not there."""
    wanted = tags.of_inputs(handle.inputs)
    if "stack" not in wanted or "Name" not in wanted:
        raise ProviderError("Whether it was made can't be told: its tags `stack` and `Name` are missing.")
    return {"stack": wanted["stack"], "Name": wanted["Name"]}


def carries(found: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    """Whether tags hold all wanted ones."""
    return all(found.get(key) == value for key, value in wanted.items())


def assert_ours(row: Row, handle: Handle, found: Object, seen: Found) -> None:
    """Raise ProviderError unless the live resource carries this stack's token, or is what a row takes for ours."""
    if row.tags is None:
        if row.ours and not row.ours(handle, found):
            raise ProviderError(f"{row.type} {handle.id} exists already and is another one than this stack wants.")
        return
    token = tags.of_inputs(handle.inputs).get("stack")
    live = cast("dict[str, Any]", seen.outputs.get("tags") or {})
    if token is None:
        raise ProviderError(f"{row.type} {handle.id} exists; without a `stack` tag nobody can tell whose it is.")
    if live.get("stack") == token or (not live and row.ours and row.ours(handle, found)):
        return
    owner = f"stack {live['stack']}" if live.get("stack") else "nobody known"
    raise ProviderError(f"{row.type} {handle.id} exists and belongs to {owner}, not to {token}; it is left alone.")
