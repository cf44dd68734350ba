"""Every resource that carries given tags, as the tagging API knows it: to count, and to rebuild a registry from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.providers.aws import shapes
from engine.providers.aws.access import AwsAccess
from engine.providers.aws.calls import Api
from engine.providers.aws.tags import from_pairs


@dataclass(frozen=True, slots=True)
class Tagged:
    """One resource and all its tags."""

    arn: str
    tags: Mapping[str, str]


def tagged(access: AwsAccess, region: str, tags: Mapping[str, str]) -> tuple[Tagged, ...]:
    """Resources of one region that carry all these tags, sorted by ARN; no tags means every tagged resource.

    The tagging API may lag behind by minutes, lists some things for a while after they are gone, and knows nothing
    of what can't be tagged. Raises ProviderError.
    """
    api = Api(access, region)
    filters = [{"Key": key, "Values": [value]} for key, value in sorted(tags.items())]
    listed = api.pages("resourcegroupstaggingapi", "GetResources", "ResourceTagMappingList", TagFilters=filters)
    found = {str(one["ResourceARN"]): from_pairs(shapes.listed(one, "Tags")) for one in listed}
    # Filters are applied again: an answer that lets a stranger through would corrupt what is rebuilt from it.
    return tuple(
        Tagged(arn, carried)
        for arn, carried in sorted(found.items())
        if all(carried.get(key) == value for key, value in tags.items())
    )
