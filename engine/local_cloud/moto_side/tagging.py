"""The tagging API over both emulators: moto's resources first, then those that live in MiniStack."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import Any

from engine.local_cloud import hooks, link
from engine.local_cloud.moto_side.side import Side


def install(side: Side) -> None:
    """Hook moto's listing of tagged resources."""
    models: Any = importlib.import_module("moto.resourcegroupstaggingapi.models")
    resource: Any = importlib.import_module("moto.core.resource_tagging").TaggedResource

    def merged(
        original: Callable[..., Iterator[Any]],
        backend: Any,
        tag_filters: Any = None,
        resource_type_filters: Any = None,
        resource_arn_list: Any = None,
    ) -> Iterator[Any]:
        yield from original(backend, tag_filters, resource_type_filters, resource_arn_list)
        elsewhere = link.ask(
            side.settings.ministack_plain, side.settings, "tags", backend.account_id, backend.region_name
        )
        for arn, tags in elsewhere:
            named = not resource_arn_list or arn in resource_arn_list
            if named and _is_kind(arn, resource_type_filters or []) and _has(tags, tag_filters or []):
                yield resource(arn, tags, kind(arn))

    hooks.around(models.ResourceGroupsTaggingAPIBackend, "_get_resources_generator", merged)


def kind(arn: str) -> str:
    """The resource type of an ARN as the tagging API filters by it: service, or service:type."""
    parts = arn.split(":", 5)
    return ":".join((parts[2], parts[5].replace("/", ":").split(":")[0]))


def _is_kind(arn: str, filters: list[str]) -> bool:
    return not filters or bool({kind(arn), kind(arn).split(":")[0]}.intersection(filters))


def _has(tags: dict[str, str], filters: list[dict[str, Any]]) -> bool:
    return all(one["Key"] in tags and (not one.get("Values") or tags[one["Key"]] in one["Values"]) for one in filters)
