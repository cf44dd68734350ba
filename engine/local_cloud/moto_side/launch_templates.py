"""Tags of launch templates: moto counts a template's own among its instances', and never shows a later change."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from engine.local_cloud import hooks


def install() -> None:
    """Hook moto's launch templates. Raises hooks.MissingHook where a name is gone."""
    models: Any = importlib.import_module("moto.ec2.models.launch_templates")
    hooks.around(models.LaunchTemplateBackend, "create_launch_template", _without_own_tags)
    hooks.find(models.LaunchTemplate, "get_tags")
    # moto keeps a copy of the tags of the create, and answers with it
    models.LaunchTemplate.tags = property(lambda template: template.get_tags(), lambda template, copy: None)


def find(account: str, region: str, identifier: str, name: str, version: str) -> dict[str, str] | None:
    """Id, name, number of the version and instance type; None where template or version is not there."""
    backend: Any = importlib.import_module("moto.backends").get_backend("ec2")[account][region]
    found = backend.launch_templates.get(identifier or backend.launch_template_name_to_ids.get(name))
    number = {"": "$Default"}.get(version, version).lower()
    by_number: dict[str, Any] = {str(each.number): each for each in found.versions} if found else {}
    named = {"$latest": found.latest_version, "$default": found.default_version} if found else {}
    chosen = named[number]() if number in named else by_number.get(number)
    if chosen is None:
        return None
    return {"id": found.id, "name": found.name, "version": str(chosen.number), "type": chosen.instance_type}


def _without_own_tags(
    original: Callable[..., Any],
    backend: Any,
    name: str,
    description: str,
    template_data: dict[str, Any],
    tag_spec: Any,
) -> Any:
    asked = template_data.get("TagSpecifications", [])
    kept = [one for one in asked if one["ResourceType"] != "launch-template"]
    rest = {key: value for key, value in template_data.items() if key != "TagSpecifications"}
    return original(backend, name, description, {**rest, **({"TagSpecifications": kept} if kept else {})}, tag_spec)
