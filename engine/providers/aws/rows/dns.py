"""Route 53: record sets with simple routing, of values or of an alias."""

from __future__ import annotations

from typing import Any, Final, cast

from engine.providers.aws import shapes
from engine.providers.aws.faults import CloudRefused
from engine.providers.aws.rows.zones import bare, in_sync, zone_id
from engine.providers.aws.table import Handle, Kind, Object, Prop, Row
from engine.providers.port import AnswerLost, CheckFailure, Props, ProviderError

_QUOTED: Final = frozenset({"TXT", "SPF"})


def _parts(handle: Handle) -> tuple[str, str, str]:
    """Zone, name and type: of the inputs, or of an import's id, `Z1_www.acme.example_A`."""
    known = handle.inputs if handle.inputs.get("zoneId") else handle.outputs
    if known.get("zoneId"):
        return zone_id(known["zoneId"]), str(known["name"]), str(known["type"])
    zone, _, rest = handle.id.partition("_")
    name, _, kind = rest.rpartition("_")
    if not name:
        raise ProviderError(f"A record is imported as <zone>_<name>_<type>, not as {handle.id}.")
    return zone, name, kind


def _full_name(handle: Handle) -> str | None:
    """The name within its zone; None where the zone is gone."""
    zone, name, _ = _parts(handle)
    answer = handle.api.seek("route53", "GetHostedZone", Id=zone)
    if answer is None:
        return None
    of_zone, asked = bare(answer["HostedZone"]["Name"]), bare(name)
    if not asked or asked == of_zone or asked.endswith(f".{of_zone}"):
        return asked or of_zone
    return f"{asked}.{of_zone}"


def _look(handle: Handle) -> Object | None:
    zone, _, kind = _parts(handle)
    name = _full_name(handle)
    if name is None:
        return None
    asked = {"HostedZoneId": zone, "StartRecordName": name, "StartRecordType": kind, "MaxItems": "1"}
    answer = handle.api.seek("route53", "ListResourceRecordSets", **asked)
    for found in shapes.listed(answer, "ResourceRecordSets"):
        if bare(found["Name"]) == name and found["Type"] == kind:
            return dict(found)
    return None


def _record_set(inputs: Props, name: str) -> Object:
    kind = str(inputs["type"])
    record: Object = {"Name": name, "Type": kind}
    if inputs.get("aliases"):
        (alias,) = cast("list[Props]", inputs["aliases"])
        health = alias.get("evaluateTargetHealth") in (True, "true")
        record["AliasTarget"] = {
            "HostedZoneId": zone_id(alias["zoneId"]),
            "DNSName": alias["name"],
            "EvaluateTargetHealth": health,
        }
        return record
    values = cast("list[Any]", inputs.get("records") or [])
    record["ResourceRecords"] = [{"Value": f'"{value}"' if kind in _QUOTED else str(value)} for value in values]
    if inputs.get("ttl") is not None:
        record["TTL"] = int(inputs["ttl"])
    return record


def _send(handle: Handle, action: str, record: Object) -> None:
    """Sent once: a second CREATE, or DELETE, of what the first one did is refused."""
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    zone, _, _ = _parts(handle)
    answer = handle.api.create("route53", "ChangeResourceRecordSets", HostedZoneId=zone, ChangeBatch=batch)
    in_sync(handle, answer)


def _named(handle: Handle) -> str:
    name = _full_name(handle)
    if name is None:
        raise ProviderError(f"Hosted zone {_parts(handle)[0]} does not exist.")
    return name


def _id(inputs: Props) -> str:
    """As the official provider writes it."""
    return f"{zone_id(inputs['zoneId'])}_{str(inputs['name']).lower()}_{inputs['type']}"


def _create(handle: Handle, _: Object) -> str:
    """A record that is there already is refused by AWS, unless it may be overwritten."""
    action = "UPSERT" if handle.inputs.get("allowOverwrite") else "CREATE"
    record = _record_set(handle.inputs, _named(handle))
    try:
        _send(handle, action, record)
    except AnswerLost:
        raise
    except ProviderError as error:
        if handle.api.accepted:
            raise AnswerLost(f"{action} of {record['Name']} was accepted, then: {error}") from error
        raise
    return _id(handle.inputs)


def _put(handle: Handle, _: Any) -> None:
    _send(handle, "UPSERT", _record_set(handle.inputs, _named(handle)))


def _delete(handle: Handle) -> None:
    """AWS deletes only what is described as it stands."""
    found = _look(handle)
    if found is None:
        return
    try:
        _send(handle, "DELETE", found)
    except CloudRefused:
        if _look(handle) is not None:
            raise


def _values(_: Handle, found: Object) -> list[str]:
    values = [str(one["Value"]) for one in shapes.listed(found, "ResourceRecords")]
    return [value[1:-1] if found["Type"] in _QUOTED else value for value in values]


def _target(name: Any) -> str:
    """AWS's console writes `dualstack.` before a balancer's name, which is the same one."""
    return bare(name).removeprefix("dualstack.")


def _alias(handle: Handle, found: Object) -> Any:
    live = shapes.group(found, "AliasTarget")
    if not live:
        return []
    shown = {
        "name": live["DNSName"],
        "zoneId": live["HostedZoneId"],
        "evaluateTargetHealth": live["EvaluateTargetHealth"],
    }
    given = cast("list[Props]", handle.inputs.get("aliases") or [])
    if len(given) == 1 and _same_alias(given[0], shown):
        return given
    return [shown]


def _same_alias(given: Props, live: Props) -> bool:
    health = given.get("evaluateTargetHealth") in (True, "true")
    same = _target(given.get("name")) == _target(live["name"]) and health == live["evaluateTargetHealth"]
    return same and zone_id(given.get("zoneId")) == live["zoneId"]


def _faults(inputs: Props) -> list[CheckFailure]:
    faults: list[CheckFailure] = []
    aliases = inputs.get("aliases")
    if aliases and (inputs.get("records") or inputs.get("ttl") is not None):
        faults.append(CheckFailure("aliases", "an alias has neither records nor a ttl of its own"))
    if isinstance(aliases, list) and len(cast("list[Any]", aliases)) > 1:
        faults.append(CheckFailure("aliases", "a record is the alias of one name"))
    for alias in cast("list[Props]", aliases or []):
        strange = sorted(set(alias) - {"name", "zoneId", "evaluateTargetHealth"})
        faults += [CheckFailure(f"aliases[0].{name}", f"an alias has no {name}") for name in strange]
    return faults


def _same_record(handle: Handle, found: Object) -> bool:
    """Whether what is there is what we asked for."""
    name = bare(found["Name"])
    wanted = _record_set(handle.inputs, name)
    if "AliasTarget" in wanted:
        return _alias(handle, found) == handle.inputs["aliases"]
    live = [one["Value"] for one in shapes.listed(found, "ResourceRecords")]
    values = [one["Value"] for one in wanted["ResourceRecords"]]
    return sorted(live) == sorted(values) and found.get("TTL") == wanted.get("TTL")


_RECORD: Final = Row(
    type="aws:route53/record:Record",
    service="route53",
    props=(
        Prop(
            "zoneId",
            live=lambda handle, _: _parts(handle)[0],
            fixed=True,
            required=True,
            alike=lambda given, live: zone_id(given) == live,
        ),
        Prop("name", live=lambda handle, _: _parts(handle)[1], fixed=True, required=True),
        Prop("type", live="Type", fixed=True, required=True),
        Prop("ttl", live="TTL", change=_put),
        Prop("records", live=_values, kind=Kind.SET, change=_put),
        Prop("aliases", live=_alias, change=_put),
        Prop("allowOverwrite", send=None, live=None, default=False),
    ),
    create=_create,
    encode=lambda inputs: _record_set(inputs, ""),
    look=_look,
    delete=_delete,
    seek=lambda handle: [_id(handle.inputs)],
    ours=_same_record,
    faults=_faults,
    outputs={"fqdn": lambda _, found: bare(found["Name"])},
    create_seconds=1800,
    delete_seconds=1800,
    delete_before_replace=True,
)

ROWS: Final = (_RECORD,)
