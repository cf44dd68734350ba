"""Whether what is in the cloud carries the tags that its cost is told by: live tags against those of the blueprint.

Keys are case-sensitive to AWS: `Tenant` and `tenant` are two columns of a bill.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from stacks.conventions import tags as conventions

OF_ONE_RESOURCE: Final = ("Name", "isolation")
"""Tags that each resource has its own value of; all others are the stack's."""


@dataclass(frozen=True, slots=True)
class Carried:
    """Something in the cloud and its tags. `parent` is the ARN of what AWS made it of: a snapshot's instance."""

    arn: str
    tags: Mapping[str, str]
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Holder:
    """A tenant's incarnation, or a cell's shared services: whose stack it is, and the tags of everything in it."""

    subject: str
    stack: str
    region: str
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing to look at. `row` is how the stack's state has it; None where it only was listed."""

    arn: str
    type: str
    holder: Holder | None
    region: str
    wanted: Mapping[str, str] = field(default_factory=dict[str, str])
    row: Mapping[str, Any] | None = None
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A tag that is there and should be another: `key` as it is spelt, `wanted_key` and `wanted` as they should be."""

    key: str
    found: str
    wanted_key: str
    wanted: str

    @property
    def why(self) -> str:
        """`case` where the key is spelt in another case, else `value`."""
        return "value" if self.key == self.wanted_key else "case"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with one resource's tags. `gone`: the state has it and the cloud has not, which is drift."""

    resource: Resource
    live: Mapping[str, str] = field(default_factory=dict[str, str])
    missing: tuple[str, ...] = ()
    wrong: tuple[Wrong, ...] = ()
    untaggable: bool = False
    gone: bool = False

    @property
    def unknown_tenant(self) -> bool:
        """Whether it says that it is a tenant's, and there is no such tenant."""
        return self.resource.holder is None

    @property
    def mendable(self) -> bool:
        """Whether its tags can be put right, because it is known what they should be."""
        return bool(self.missing or self.wrong)

    @property
    def counts(self) -> bool:
        """Whether it is a fault: that something can't carry tags is none."""
        return not self.untaggable

    @property
    def mended(self) -> dict[str, str]:
        """All its tags as they should be: what others put there stays."""
        stale = {each.key for each in self.wrong}
        kept = {key: value for key, value in self.live.items() if key not in stale}
        return {**kept, **self.resource.wanted}


def judge(resource: Resource, live: Mapping[str, str] | None) -> Finding | None:
    """What is wrong; None where nothing is. `live` None: the cloud does not have it."""
    if live is None:
        return Finding(resource, gone=True)
    if resource.holder is None:
        return Finding(resource, live)
    wrong = tuple(_wrong(resource.wanted, live))
    told = {each.wanted_key for each in wrong}
    missing = tuple(sorted(key for key in resource.wanted if key not in live and key not in told))
    return Finding(resource, live, missing, wrong) if missing or wrong else None


def untaggable(resource: Resource) -> Finding:
    """What AWS lets nobody tag."""
    return Finding(resource, untaggable=True)


def strangers(
    listed: Iterable[Carried], recorded: Mapping[str, Resource], holders: Iterable[Holder], environment: str
) -> Iterator[tuple[Resource, Mapping[str, str]]]:
    """What no state knows and yet is a tenant's, by its own tags or by what it was made of; with its live tags."""
    known, every = tuple(holders), {each.arn: each for each in listed}
    for each in every.values():
        heir = _heir(each.parent, every, recorded, known)
        if each.arn in recorded or not (heir or _ours(each.tags, known, environment)):
            continue
        holder = heir or _holder(each.tags, known)
        wanted: Mapping[str, str] = holder.tags if holder else {}
        yield Resource(each.arn, _type(each.arn), holder, _region(each.arn), wanted, parent=each.parent), each.tags


def _heir(
    parent: str, listed: Mapping[str, Carried], recorded: Mapping[str, Resource], holders: tuple[Holder, ...]
) -> Holder | None:
    """Whose the thing is that something was made of: a node's disk is its tenant's, and no state has the node."""
    if parent in recorded:
        return recorded[parent].holder
    return _holder(listed[parent].tags, holders) if parent in listed else None


def _wrong(wanted: Mapping[str, str], live: Mapping[str, str]) -> Iterator[Wrong]:
    proper = {key.lower(): key for key in wanted}
    for key, found in sorted(live.items()):
        name = proper.get(key.lower())
        if name is not None and (key != name or found != wanted[name]):
            yield Wrong(key, found, name, wanted[name])


def _ours(tags: Mapping[str, str], holders: tuple[Holder, ...], environment: str) -> bool:
    """Whether a thing says that it is of this environment, in whatever case."""
    said = {key.lower(): value for key, value in tags.items()}
    if said.get("environment", environment) != environment:
        return False
    if said.get("managed-by") == conventions.MANAGED_BY or said.get("stack", "").startswith(f"{environment}."):
        return True
    named = said.get("tenant")
    return named is not None and ("environment" in said or any(named == each.tags.get("tenant") for each in holders))


def _holder(tags: Mapping[str, str], holders: tuple[Holder, ...]) -> Holder | None:
    """Whose it is: by its stack, else by its tenant, the newest incarnation of which comes last."""
    said = {key.lower(): value for key, value in tags.items()}
    for key in ("stack", "tenant"):
        found = [each for each in holders if key in said and each.tags.get(key) == said[key]]
        if found:
            return found[-1]
    return None


def _type(arn: str) -> str:
    """`rds:snapshot` of `arn:aws:rds:us-east-1:1:snapshot:x`."""
    parts = arn.split(":", 5)
    return f"{parts[2]}:{parts[5].replace('/', ':').partition(':')[0]}" if len(parts) > 5 else ""


def _region(arn: str) -> str:
    """Empty for what is in no region, such as roles."""
    parts = arn.split(":", 5)
    return parts[3] if len(parts) > 5 else ""
