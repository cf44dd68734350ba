"""Which tags are columns of the bill: Cost Explorer's switch, which only the paying account can turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from engine.providers.aws import shapes
from engine.providers.aws.access import AwsAccess
from engine.providers.aws.calls import Api

_REGION: Final = "us-east-1"
"""Billing is one for all regions of a partition, and answers here."""

_AT_ONCE: Final = 20
"""The most that UpdateCostAllocationTagsStatus takes."""


def activate(access: AwsAccess, keys: Sequence[str]) -> Mapping[str, str]:
    """Activate user tags for cost allocation; why not, by key, for those that were refused. Raises ProviderError.

    AWS knows a key only hours after something first carried it, and a bill shows it up to a day after this. Said
    twice it does no harm.
    """
    api = Api(access, _REGION)
    refused: dict[str, str] = {}
    for start in range(0, len(keys), _AT_ONCE):
        wanted = [{"TagKey": key, "Status": "Active"} for key in keys[start : start + _AT_ONCE]]
        answer = api.write("ce", "UpdateCostAllocationTagsStatus", CostAllocationTagsStatus=wanted)
        for error in shapes.listed(answer, "Errors"):
            refused[str(error["TagKey"])] = str(error.get("Message") or error.get("Code"))
    return refused
