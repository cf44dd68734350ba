"""The tagging API over both emulators: moto's resources first, those that it leaves out, then MiniStack's."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import Any

from engine.local_cloud import hooks, link
from engine.local_cloud.moto_side.side import Side

_TRIES = 20


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
        yield from still(lambda: original(backend, tag_filters, resource_type_filters, resource_arn_list))
        elsewhere = link.ask(
            side.settings.ministack_plain, side.settings, "tags", backend.account_id, backend.region_name
        )
        for arn, tags in (*unlisted(backend.account_id, backend.region_name), *elsewhere):
            named = bool(tags) and (not resource_arn_list or arn in resource_arn_list)
            if named and _is_kind(arn, resource_type_filters or []) and _has(tags, tag_filters or []):
                yield resource(arn, tags, kind(arn))

    hooks.around(models.ResourceGroupsTaggingAPIBackend, "_get_resources_generator", merged)


def still(listing: Callable[[], Iterator[Any]]) -> list[Any]:
    """The whole listing at once: moto lists over dictionaries, which other requests change meanwhile."""
    for _ in range(_TRIES):
        try:
            return list(listing())
        except RuntimeError as error:
            if "changed size during iteration" not in str(error):
                raise
    return list(listing())


def unlisted(account: str, region: str) -> Iterator[tuple[str, dict[str, str]]]:
    """ARN and tags of what AWS's tagging API lists, and moto's does not."""
    backends: Any = importlib.import_module("moto.backends")
    for template in list(backends.get_backend("ec2")[account][region].launch_templates.values()):
        arn = f"arn:aws:ec2:{region}:{account}:launch-template/{template.id}"
        yield arn, {tag["key"]: tag["value"] for tag in template.get_tags()}
    balancing = backends.get_backend("elbv2")[account][region]
    for balancer in list(balancing.load_balancers.values()):
        for listener in list(balancer.listeners.values()):
            yield listener.arn, balancing.tagging_service.get_tag_dict_for_resource(listener.arn)
            # the default rule stands there under a number
            for rule in list(listener.rules.values()):
                yield rule.arn, balancing.tagging_service.get_tag_dict_for_resource(rule.arn)
    filtering = backends.get_backend("wafv2")[account][region]
    for acl in list(filtering.wacls):
        yield acl, filtering.tagging_service.get_tag_dict_for_resource(acl)


def of_zone(account: str, arn: str) -> dict[str, str] | None:
    """The tags of a hosted zone, which the tagging API lists in one region only."""
    zones: Any = importlib.import_module("moto.backends").get_backend("route53")[account]["aws"]
    return dict(zones.list_tags_for_resource(arn.rpartition("/")[2])) or None


def kind(arn: str) -> str:
    """The resource type of an ARN as the tagging API filters by it: service, or service:type."""
    parts = arn.split(":", 5)
    return ":".join((parts[2], parts[5].replace("/", ":").split(":")[0]))


def _is_kind(arn: str, filters: list[str]) -> bool:
    return not filters or bool({kind(arn), kind(arn).split(":")[0]}.intersection(filters))


def _has(tags: dict[str, str], filters: list[dict[str, Any]]) -> bool:
    return all(one["Key"] in tags and (not one.get("Values") or tags[one["Key"]] in one["Values"]) for one in filters)
