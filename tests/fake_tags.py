"""Tags in a fake cloud: what the stacks' rows carry, unless somebody was at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from operations.cost.tagging import Carried, Finding, Resource
from stacks.errors import CloudFailed


@dataclass
class FakeTagging:
    """`changed`: tags of a resource that differ from its row's, by ARN; None where it is gone. `strays`: what no
    state knows. `seen`: whether the listing knows of anything in a state. `billing`: why no tag can be activated.
    """

    changed: dict[str, dict[str, str] | None] = field(default_factory=dict[str, "dict[str, str] | None"])
    strays: dict[str, Carried] = field(default_factory=dict[str, Carried])
    untaggable: set[str] = field(default_factory=set[str])
    fenced: int = 0
    activated: tuple[str, ...] = ()
    refused: dict[str, str] = field(default_factory=dict[str, str])
    billing: str = ""

    def listed(self, region: str) -> tuple[Carried, ...]:
        return tuple(each for each in self.strays.values() if f":{region}:" in each.arn)

    def can_carry(self, type: str) -> bool | None:
        return type not in self.untaggable

    def read(self, resource: Resource) -> Mapping[str, str] | None:
        if resource.arn in self.changed:
            return self.changed[resource.arn]
        return dict(resource.wanted)

    def write(self, finding: Finding, fence: Callable[[], None]) -> None:
        fence()
        self.fenced += 1
        arn = finding.resource.arn
        if arn in self.strays:
            self.strays[arn] = Carried(arn, finding.mended, finding.resource.parent)
        else:
            self.changed[arn] = finding.mended

    def activate(self, keys: Sequence[str]) -> Mapping[str, str]:
        if self.billing:
            raise CloudFailed("The tags could not be activated for cost allocation.", why=self.billing)
        self.activated = tuple(keys)
        return self.refused
