"""The ways in which AWS services take, show and change tags."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from engine.providers.aws import shapes
from engine.providers.aws.table import Handle, Object, Tagset
from engine.providers.port import Props

RESERVED = "aws:"


def of_inputs(inputs: Props) -> Tagset:
    """The tags that are wanted."""
    return {str(k): str(v) for k, v in cast("Mapping[str, Any]", inputs.get("tags") or {}).items()}


def pairs(tags: Tagset, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """Tags as AWS's usual list."""
    return [{key: k, value: v} for k, v in sorted(tags.items())]


def from_pairs(listed: Any, key: str = "Key", value: str = "Value") -> Tagset:
    """AWS's usual list as tags, without those AWS sets itself."""
    tags = {str(tag[key]): str(tag.get(value) or "") for tag in cast("list[dict[str, Any]]", listed or [])}
    return {k: v for k, v in tags.items() if not k.startswith(RESERVED)}


def removed(old: Tagset, new: Tagset) -> list[str]:
    """Keys to take away."""
    return sorted(set(old) - set(new))


def changed(old: Tagset, new: Tagset) -> Tagset:
    """Tags to set."""
    return {k: v for k, v in new.items() if old.get(k) != v}


@dataclass(frozen=True, slots=True)
class Ec2Tags:
    """EC2: tag specifications at creation, CreateTags and DeleteTags by id afterwards."""

    kind: str

    def on_create(self, tags: Tagset) -> Object:
        """One tag specification of this kind."""
        return {"TagSpecifications": [{"ResourceType": self.kind, "Tags": pairs(tags)}]} if tags else {}

    def read(self, handle: Handle, found: Object) -> Tagset:
        """Every Describe answers with `Tags`."""
        return from_pairs(found.get("Tags"))

    def write(self, handle: Handle, old: Tagset, new: Tagset) -> None:
        """Set first, then take away: in between there are too many, never too few."""
        if fresh := changed(old, new):
            handle.api.write("ec2", "CreateTags", Resources=[handle.id], Tags=pairs(fresh))
        if stale := removed(old, new):
            handle.api.write("ec2", "DeleteTags", Resources=[handle.id], Tags=[{"Key": k} for k in stale])


def by_id(handle: Handle) -> str:
    """Tagged by the resource's id."""
    return handle.id


def by_output(name: str) -> Callable[[Handle], str]:
    """Tagged by what an output says."""
    return lambda handle: str(handle.outputs[name])


by_arn: Final = by_output("arn")


@dataclass(frozen=True, slots=True)
class PairTags:
    """A list of key and value; a tag and an untag operation; read from the object or by an operation of its own."""

    service: str
    tag: str
    untag: str
    subject: str
    who: Callable[[Handle], str] = by_id
    listing: tuple[str, str] | None = None
    member: str = "Tags"
    key: str = "Key"
    value: str = "Value"
    untag_member: str = "TagKeys"

    def on_create(self, tags: Tagset) -> Object:
        """A list, as the create request takes it."""
        return {self.member: pairs(tags, self.key, self.value)} if tags else {}

    def read(self, handle: Handle, found: Object) -> Tagset:
        """From the object, or asked for."""
        if self.listing is None:
            return from_pairs(found.get(self.member), self.key, self.value)
        operation, member = self.listing
        answer = handle.api.read(self.service, operation, **{self.subject: self.who(handle)})
        return from_pairs(shapes.at(answer, member), self.key, self.value)

    def write(self, handle: Handle, old: Tagset, new: Tagset) -> None:
        """Set first, then take away."""
        subject = {self.subject: self.who(handle)}
        if fresh := changed(old, new):
            handle.api.write(self.service, self.tag, **subject, **{self.member: pairs(fresh, self.key, self.value)})
        if stale := removed(old, new):
            handle.api.write(self.service, self.untag, **subject, **{self.untag_member: stale})


@dataclass(frozen=True, slots=True)
class MapTags:
    """A plain map; a tag and an untag operation; read from the object, or by the operation `listing`.

    `created` is the map's name in the create request, `member` everywhere else.
    """

    service: str
    who: Callable[[Handle], str] = by_arn
    listing: str | None = "ListTagsForResource"
    tag: str = "TagResource"
    untag: str = "UntagResource"
    subject: str = "resourceArn"
    created: str = "tags"
    member: str = "tags"
    untag_member: str = "tagKeys"

    def on_create(self, tags: Tagset) -> Object:
        """A map."""
        return {self.created: tags} if tags else {}

    def read(self, handle: Handle, found: Object) -> Tagset:
        """From the object, or asked for."""
        told = handle.api.read(self.service, self.listing, **self._subject(handle)) if self.listing else found
        tags = cast("Tagset", told.get(self.member) or {})
        return {k: v for k, v in tags.items() if not k.startswith(RESERVED)}

    def write(self, handle: Handle, old: Tagset, new: Tagset) -> None:
        """Set first, then take away."""
        if fresh := changed(old, new):
            handle.api.write(self.service, self.tag, **self._subject(handle), **{self.member: fresh})
        if stale := removed(old, new):
            handle.api.write(self.service, self.untag, **self._subject(handle), **{self.untag_member: stale})

    def _subject(self, handle: Handle) -> Object:
        return {self.subject: self.who(handle)}


@dataclass(frozen=True, slots=True)
class BucketTags:
    """S3: the whole set at once, after the create."""

    def on_create(self, tags: Tagset) -> Object:
        """CreateBucket takes none."""
        return {}

    def read(self, handle: Handle, found: Object) -> Tagset:
        """NoSuchTagSet means none."""
        answer = handle.api.seek("s3", "GetBucketTagging", Bucket=handle.id)
        return from_pairs((answer or {}).get("TagSet"))

    def write(self, handle: Handle, old: Tagset, new: Tagset) -> None:
        """Replace the set."""
        if new:
            handle.api.write("s3", "PutBucketTagging", Bucket=handle.id, Tagging={"TagSet": pairs(new)})
        elif old:
            handle.api.write("s3", "DeleteBucketTagging", Bucket=handle.id)
