"""What must be true of a profile's keys together: pure, over the keys as they were read. Complaints have their path."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from stacks.inputs import classes, document, machines, regions, sharing
from stacks.inputs.document import Complaint


def residency(here: Collection[str], data: Mapping[str, Any]) -> Iterator[Complaint]:
    """The region is inside the residency; `here` are the environment's, of which one is offered."""
    region, asked = data.get("region"), [str(each) for each in document.items_of(data.get("residency"))]
    inside = regions.within(asked)
    if region not in regions.ALL or not inside or region in inside:
        return
    allowed = regions.both(here or regions.ALL, asked)
    why = f"`{region}` is outside the residency `{', '.join(asked)}`"
    if not allowed:
        why += ", in which the environment has no region"
    yield Complaint(("region",), why, ", ".join(allowed), regions.nearest(str(region), allowed))


def sizes(data: Mapping[str, Any]) -> Iterator[Complaint]:
    """A section's own size and the class it stands for can't both be said."""
    for section, exact in (("database", "instance_class"), ("cache", "node_type")):
        keys = document.keys_of(data.get(section))
        if "size" in keys and exact in keys:
            yield Complaint((section, exact), f"`size` and `{exact}` both say how large it is", "one of them")


def pools(data: Mapping[str, Any]) -> Iterator[Complaint]:
    """A pool's nodes are of one architecture and offered where the tenant is, and there is room between min and max."""
    for section in ("gpu", "nodes"):
        keys = document.keys_of(data.get(section))
        count = document.keys_of(keys.get("nodes"))
        least, most = count.get("min", 0), count.get("max", 1)
        if isinstance(least, int) and isinstance(most, int) and least > most:
            yield Complaint((section, "nodes", "min"), f"{least} is more than `max`, {most}", f"up to {most}")
        types = [str(each) for each in document.items_of(keys.get("instance_types"))]
        yield from _types(section, [each for each in types if each in machines.KNOWN], str(data.get("region")))
        yield from _cuts(str(keys.get("sharing", "")), [each for each in types if each in classes.GPU])


def _types(section: str, types: Sequence[str], region: str) -> Iterator[Complaint]:
    for index, each in enumerate(types):
        path = (section, "instance_types", index)
        if machines.machine(each).arm != machines.machine(types[0]).arm:
            yield Complaint(path, f"`{each}` has another architecture than `{types[0]}`", "types of one architecture")
        elsewhere = machines.regions_of(each)
        if region in regions.ALL and elsewhere is not None and region not in elsewhere:
            here = machines.offered(classes.GPU, region)
            families = sorted({other.partition(".")[0] for other in here})
            allowed = f"in {region}: {', '.join(families)}" if families else f"no GPU is offered in {region}"
            yield Complaint(path, f"`{each}` is not offered in `{region}`", allowed, document.nearest(each, here))


def _cuts(word: str, types: Sequence[str]) -> Iterator[Complaint]:
    """A profile of MIG is one that each of the types has."""
    for each in types if sharing.is_mig(word) else ():
        known = sharing.cuts(each.partition(".")[0])
        if word not in known:
            allowed = ", ".join((*known, sharing.TIME_SLICING))
            why = f"`{each}` can't be cut by `{word}`" if known else f"`{each}` has no MIG"
            yield Complaint(("gpu", "sharing"), why, allowed, document.nearest(word, known))


def copies(data: Mapping[str, Any]) -> Iterator[Complaint]:
    """A copy stays within the residency too, and is of use in another region only."""
    region, there = data.get("region"), document.keys_of(data.get("backups")).get("copy_to")
    allowed = regions.within(str(each) for each in document.items_of(data.get("residency")))
    if there in regions.ALL and there not in allowed:
        why = f"`{there}` is outside the residency"
        yield Complaint(("backups", "copy_to"), why, ", ".join(allowed), document.nearest(there, allowed))
    elif there in regions.ALL and there == region:
        yield Complaint(("backups", "copy_to"), f"`{there}` is where the tenant is", "another region")


def cluster(data: Mapping[str, Any]) -> Iterator[Complaint]:
    """What goes only with a cluster of its own, or only without."""
    own, network = document.keys_of(data.get("cluster")), document.keys_of(data.get("network"))
    if "version" in own and own.get("dedicated") is not True:
        why = "the cell's cluster has the environment's version"
        yield Complaint(("cluster", "version"), why, "with dedicated: true")
    if network.get("dedicated") is True and own.get("dedicated") is not True:
        why = "pods in the cell's cluster do not reach data in an own VPC"
        yield Complaint(("network", "dedicated"), why, "with cluster: {dedicated: true}")
    if network.get("dedicated") is True and data.get("ingress") is not None:
        yield Complaint(("ingress",), "the cell's load balancer reaches nothing in an own VPC", "no such key")


def twice(data: Mapping[str, Any]) -> Iterator[Complaint]:
    """Nothing is listed twice."""
    listed = (("enabled_tools",), ("residency",), ("compliance",))
    for path in (*listed, ("shared", "models"), ("shared", "queues"), ("shared", "reference")):
        inside = document.keys_of(data.get(path[0])) if len(path) > 1 else data
        items = document.items_of(inside.get(path[-1]))
        for index, item in enumerate(items):
            if item in items[:index]:
                yield Complaint((*path, index), f"`{item}` stands twice", "once")


def members(data: Mapping[str, Any]) -> Iterator[Complaint]:
    """Nobody is listed twice, by id, login or role; a share is of a member that works."""
    listed = [document.keys_of(each) for each in document.items_of(data.get("members"))]
    people = document.items_of(document.keys_of(data.get("namespace")).get("members"))
    seen: dict[str, dict[object, int]] = {"id": {}, "login": {}, "role": {}}
    for index, member in enumerate(listed):
        for key, before in seen.items():
            value = member.get(key)
            same = value.lower() if key == "login" and isinstance(value, str) else value
            if same in before:
                yield Complaint(("members", index, key), f"`{value}` is member {before[same] + 1} already", "once")
            elif isinstance(same, str):
                before[same] = index
        if member.get("role") is not None and member.get("role") in people:
            why = "the role works in the whole tenant's namespace (`namespace.members`)"
            yield Complaint(("members", index, "role"), why, "another role, or not among `namespace.members`")
