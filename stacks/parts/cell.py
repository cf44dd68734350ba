"""What a tenant's program takes of its cell: outputs of the shared services, which are there before any tenant."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

import pulumi

from stacks.parts.inside import Door

Found = TypeVar("Found")


class Cell:
    """The shared services next to a tenant, by the names of their outputs."""

    def __init__(self, stack: str) -> None:
        self._reference = pulumi.StackReference(stack)

    def text(self, name: str) -> pulumi.Output[str]:
        """One output."""
        return cast("pulumi.Output[str]", self._reference.require_output(name))

    def texts(self, name: str) -> pulumi.Output[Sequence[str]]:
        """One that is a list."""
        return cast("pulumi.Output[Sequence[str]]", self._reference.require_output(name))

    def of(self, name: str, key: int | str, read: Callable[[Mapping[str, Any]], Found]) -> pulumi.Output[Found]:
        """Something of the shared thing with this number or name, of those that an output lists."""

        def pick(listed: Mapping[str, Mapping[str, Any]]) -> Found:
            return read(listed[str(key)])

        listed = cast("pulumi.Output[Mapping[str, Mapping[str, Any]]]", self._reference.require_output(name))
        return listed.apply(pick)

    @property
    def door(self) -> Door:
        """The way into its cluster."""
        return Door(*(self.text(name) for name in ("clusterName", "clusterEndpoint", "clusterAuthority")))
