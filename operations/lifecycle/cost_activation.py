"""Make the tool's tags columns of the bill. Once for an organisation, by its management account."""

from __future__ import annotations

from dataclasses import dataclass

from operations.bundle import Bundle, Rights
from stacks.conventions import tags
from stacks.errors import CloudFailed
from stacks.inputs.environment import Target


@dataclass(frozen=True, slots=True)
class Activated:
    """Keys of tags, and why AWS did not take some of them."""

    keys: tuple[str, ...]
    refused: dict[str, str]


def activate(bundle: Bundle) -> Activated:
    """Activate every tag for cost allocation. Raises CloudFailed where nothing could be asked."""
    bundle.open(Rights())
    try:
        return Activated(tags.KEYS, dict(bundle.tagging.activate(tags.KEYS)))
    except CloudFailed as error:
        if bundle.environment.target is not Target.LOCAL:
            raise
        raise CloudFailed(
            f"{error.what} The local cloud sends no bills and has no Cost Explorer.",
            why=error.why,
            next="Do this for an environment on a real account, with its management account's credentials.",
        ) from error
