"""Route 53: hosted zones, and the wait until every name server has a change."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, cast

from engine.providers.aws import shapes, tags
from engine.providers.aws.finding import identity
from engine.providers.aws.rows.networks import partition
from engine.providers.aws.table import Handle, Kind, Object, Prop, Row, Tagset
from engine.providers.port import Props

_SYNC_SECONDS: Final = 1800.0
_APEX: Final = frozenset({"NS", "SOA"})


def bare(value: Any) -> str:
    """A zone's id without its path, and a name as AWS compares it: `/hostedzone/Z1` and `A.example.`."""
    return str(value).rpartition("/")[2].removesuffix(".").lower().replace("\\052", "*")


def zone_id(value: Any) -> str:
    """A zone's id without its path."""
    return str(value).rpartition("/")[2]


def in_sync(handle: Handle, answer: Object) -> None:
    """Wait until all name servers have a change."""
    number = zone_id(answer["ChangeInfo"]["Id"])
    handle.api.until(
        lambda: handle.api.read("route53", "GetChange", Id=number)["ChangeInfo"]["Status"] == "INSYNC" or None,
        limit=_SYNC_SECONDS,
        awaited=f"every name server has change {number} of {handle.id}",
    )


@dataclass(frozen=True, slots=True)
class ZoneTags:
    """One operation that sets and takes away; a create takes none."""

    def on_create(self, tags: Tagset) -> Object:
        """Set after it."""
        return {}

    def read(self, handle: Handle, found: Object) -> Tagset:
        """Asked for."""
        answer = handle.api.read("route53", "ListTagsForResource", **_tagged(handle))
        return tags.from_pairs(shapes.group(answer, "ResourceTagSet").get("Tags"))

    def write(self, handle: Handle, old: Tagset, new: Tagset) -> None:
        """Both at once."""
        fresh, stale = tags.changed(old, new), tags.removed(old, new)
        change = {**({"AddTags": tags.pairs(fresh)} if fresh else {}), **({"RemoveTagKeys": stale} if stale else {})}
        if change:
            handle.api.write("route53", "ChangeTagsForResource", **_tagged(handle), **change)


def _tagged(handle: Handle) -> dict[str, str]:
    return {"ResourceType": "hostedzone", "ResourceId": handle.id}


def _look(handle: Handle) -> Object | None:
    answer = handle.api.seek("route53", "GetHostedZone", Id=handle.id)
    return answer and {**answer["HostedZone"], "VPCs": shapes.listed(answer, "VPCs")}


def _networks(handle: Handle, value: Any) -> list[dict[str, str]]:
    """VPCs with their regions; without one, it is the provider's."""
    listed = cast("list[Props]", value or [])
    return [{"VPCRegion": one.get("vpcRegion") or handle.api.region, "VPCId": str(one["vpcId"])} for one in listed]


def _shown_networks(handle: Handle, found: Object) -> Any:
    given = handle.inputs.get("vpcs")
    live = cast("list[dict[str, str]]", found["VPCs"])
    if given and sorted(map(_order, _networks(handle, given))) == sorted(map(_order, live)):
        return given
    return [{"vpcId": one["VPCId"], "vpcRegion": one["VPCRegion"]} for one in live]


def _order(network: dict[str, str]) -> tuple[str, str]:
    return network["VPCRegion"], network["VPCId"]


def _join(handle: Handle, wanted: Any) -> None:
    """Join first, then part: the last VPC of a zone can't leave it."""
    live = [dict(one) for one in shapes.listed(_look(handle), "VPCs")]
    want = _networks(handle, wanted)
    for operation, networks in (
        ("AssociateVPCWithHostedZone", [one for one in want if one not in live]),
        ("DisassociateVPCFromHostedZone", [one for one in live if one not in want]),
    ):
        for network in networks:
            in_sync(handle, handle.api.write("route53", operation, HostedZoneId=handle.id, VPC=network))


def _reference(handle: Handle) -> str:
    """The start of the caller reference: it names the zone as ours before it has its tags."""
    wanted = identity(handle)
    return hashlib.sha256(f"{wanted['stack']}/{wanted['Name']}".encode()).hexdigest()[:32] + "-"


def _create(handle: Handle, _: Object) -> str:
    inputs = handle.inputs
    networks = _networks(handle, inputs.get("vpcs"))
    reference = tags.of_inputs(inputs)
    start = _reference(handle) if {"stack", "Name"} <= set(reference) else ""
    answer = handle.api.create(
        "route53",
        "CreateHostedZone",
        Name=inputs["name"],
        CallerReference=f"{start}{uuid.uuid4().hex}",
        HostedZoneConfig={"Comment": inputs["comment"], "PrivateZone": bool(networks)},
        **({"VPC": networks[0]} if networks else {}),
        **({"DelegationSetId": inputs["delegationSetId"]} if inputs.get("delegationSetId") else {}),
    )
    return zone_id(answer["HostedZone"]["Id"])


def _seek(handle: Handle) -> Iterator[str]:
    asked = {"DNSName": handle.inputs["name"], "MaxItems": "100"}
    for zone in shapes.listed(handle.api.read("route53", "ListHostedZonesByName", **asked), "HostedZones"):
        if bare(zone["Name"]) == bare(handle.inputs["name"]):
            yield zone_id(zone["Id"])


def _ours(handle: Handle, found: Object) -> bool:
    return str(found["CallerReference"]).startswith(_reference(handle))


def _delete(handle: Handle) -> None:
    if handle.inputs.get("forceDestroy"):
        _empty(handle)
    handle.api.remove("route53", "DeleteHostedZone", Id=handle.id)


def _empty(handle: Handle) -> None:
    found = _look(handle)
    if found is None:
        return
    records = list(handle.api.pages("route53", "ListResourceRecordSets", "ResourceRecordSets", HostedZoneId=handle.id))
    others = [one for one in records if one["Type"] not in _APEX or bare(one["Name"]) != bare(found["Name"])]
    for start in range(0, len(others), 100):
        changes = [{"Action": "DELETE", "ResourceRecordSet": one} for one in others[start : start + 100]]
        batch = {"HostedZoneId": handle.id, "ChangeBatch": {"Changes": changes}}
        in_sync(handle, handle.api.write("route53", "ChangeResourceRecordSets", **batch))


def _apex(kind: str, handle: Handle, found: Object) -> list[str]:
    """Values of the zone's own record of a kind."""
    asked = {"HostedZoneId": handle.id, "StartRecordName": found["Name"], "StartRecordType": kind, "MaxItems": "1"}
    sets = shapes.listed(handle.api.read("route53", "ListResourceRecordSets", **asked), "ResourceRecordSets")
    return [one["Value"] for record in sets if record["Type"] == kind for one in record["ResourceRecords"]]


def _name_servers(handle: Handle, found: Object) -> Any:
    known = handle.outputs.get("nameServers")
    return known or sorted(name.removesuffix(".") for name in _apex("NS", handle, found))


def _primary(handle: Handle, found: Object) -> Any:
    known = handle.outputs.get("primaryNameServer")
    return known or next((value.split()[0].removesuffix(".") for value in _apex("SOA", handle, found)), None)


def _refuses(olds: Props, news: Props) -> str | None:
    if bool(olds.get("vpcs")) == bool(news.get("vpcs")):
        return None
    return "A hosted zone is private or public for ever: give the other one another resource name, or no VPCs to this."


_ZONE: Final = Row(
    type="aws:route53/zone:Zone",
    service="route53",
    props=(
        Prop("name", live="Name", fixed=True, required=True, alike=lambda given, live: bare(given) == bare(live)),
        Prop(
            "comment",
            send=None,
            live="Config.Comment",
            default="Managed by Pulumi",
            change=lambda handle, value: _comment(handle, value),
        ),
        Prop("vpcs", send=None, live=_shown_networks, kind=Kind.SET, change=_join),
        Prop("delegationSetId", send=None, live=None, fixed=True),
        Prop("forceDestroy", send=None, live=None, default=False),
    ),
    create=_create,
    look=_look,
    delete=_delete,
    seek=_seek,
    ours=_ours,
    tags=ZoneTags(),
    refuses=_refuses,
    outputs={
        "zoneId": lambda handle, _: handle.id,
        "arn": lambda handle, _: f"arn:{partition(handle.api.region)}:route53:::hostedzone/{handle.id}",
        "nameServers": _name_servers,
        "primaryNameServer": _primary,
    },
)


def _comment(handle: Handle, value: Any) -> None:
    handle.api.write("route53", "UpdateHostedZoneComment", Id=handle.id, Comment=str(value or ""))


ROWS: Final = (_ZONE,)
