"""Tags in the cloud: listed through the tagging API and the services, asked and changed one by one, activated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from operations.adapters import failures
from operations.cost.tagging import Carried, Finding, Resource

if TYPE_CHECKING:
    from engine.providers.aws import AwsAccess
    from engine.providers.aws.labels import Labelled


@dataclass(frozen=True, slots=True)
class CloudTagging:
    """Tags of one account; `prefix` begins the names of what is ours. `access` is asked for each time."""

    access: Callable[[], AwsAccess]
    prefix: str

    def listed(self, region: str) -> tuple[Carried, ...]:
        """Everything in a region that carries tags, and what could and carries none. Raises CloudFailed."""
        from engine.providers.aws import inventory

        with failures.told(f"Tags in {region} could not be listed."):
            access = self.access()
            every = (*inventory.tagged(access, region, {}), *inventory.unseen(access, region, self.prefix))
        parents = {one.arn: one.parent for one in every if one.parent}
        # the service's own answer comes last and counts: the tagging API may be minutes behind
        found = {one.arn: Carried(one.arn, one.tags, parents.get(one.arn, "")) for one in every}
        return tuple(found[arn] for arn in sorted(found))

    def can_carry(self, type: str) -> bool | None:
        """Whether resources of a Pulumi type carry tags; None where it is not known."""
        from engine.providers.aws import labels

        return labels.can_carry(type)

    def read(self, resource: Resource) -> Mapping[str, str] | None:
        """What one resource of a state carries, as its service says; None where it is gone. Raises CloudFailed."""
        from engine.providers.aws import labels

        with failures.told(f"The tags of {resource.arn} could not be read."):
            return labels.read(self.access(), _labelled(resource))

    def write(self, finding: Finding, fence: Callable[[], None]) -> None:
        """Put one resource's tags right. Raises CloudFailed."""
        from engine.providers.aws import labels

        resource = finding.resource
        with failures.told(f"The tags of {resource.arn} could not be put right."):
            if resource.row is not None and labels.can_carry(resource.type):
                labels.write(self.access(), _labelled(resource), finding.live, finding.mended, fence)
            else:
                holder = resource.holder
                region = resource.region or (holder.region if holder else "")
                labels.write_by_arn(self.access(), region, resource.arn, finding.live, finding.mended, fence)

    def activate(self, keys: Sequence[str]) -> Mapping[str, str]:
        """Make tags columns of the bill: why not, by key, for those that were refused. Raises CloudFailed."""
        from engine.providers.aws import billing

        with failures.told(
            "The tags could not be activated for cost allocation.",
            next="Only the management account of an organisation, or an account that is in none, can do this.",
        ):
            return billing.activate(self.access(), keys)


def _labelled(resource: Resource) -> Labelled:
    from engine.providers.aws.labels import Labelled

    row: Mapping[str, Any] = resource.row or {}
    inputs, outputs = dict(row.get("inputs") or {}), dict(row.get("outputs") or {})
    return Labelled(resource.type, str(row["id"]), inputs, outputs, resource.region)
