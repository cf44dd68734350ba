"""A record is there or it is not: moto compares a CREATE with its journal, and takes any later record for the same.

So a name that was deleted could not be made again, and a CREATE with other values was taken where one stood.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from engine.local_cloud import hooks


def install() -> None:
    """Hook moto's Route 53. Raises hooks.MissingHook where a name is gone."""
    models: Any = importlib.import_module("moto.route53.models")
    there: Any = hooks.find(models, "ResourceRecordAlreadyExists")

    def change(original: Callable[..., Any], backend: Any, zone_id: str, changes: list[dict[str, Any]]) -> Any:
        zone = backend.get_hosted_zone(zone_id)
        standing = {(_bare(record.name), record.type) for record in zone.rrsets}
        for each in changes:
            wanted = each["ResourceRecordSet"]
            if each["Action"] != "CREATE":
                continue
            if (_bare(wanted["Name"]), wanted["Type"]) in standing and not wanted.get("SetIdentifier"):
                raise there(name=f"{_bare(wanted['Name'])}.", _type=wanted["Type"])
            while each in zone.rr_changes:
                zone.rr_changes.remove(each)
        return original(backend, zone_id, changes)

    hooks.around(models.Route53Backend, "change_resource_record_sets", change)


def _bare(name: str) -> str:
    return name.strip(".").lower()
