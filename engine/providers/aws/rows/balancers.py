"""Elastic Load Balancing: application load balancers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from engine.providers.aws import shapes, tags
from engine.providers.aws.table import Handle, Kind, Name, Object, Prop, Reader, Row, Setter, State, Tagset
from engine.providers.port import CheckFailure, Props, ProviderError

ELB: Final = "elbv2"
Attributes = dict[str, str]


@dataclass(frozen=True, slots=True)
class Sort:
    """What AWS calls a thing, and its operations by their whole names, from which the deployer's rights are read."""

    name: str
    describe: str
    describe_attributes: str
    modify_attributes: str


LOAD_BALANCER: Final = Sort(
    "LoadBalancer", "DescribeLoadBalancers", "DescribeLoadBalancerAttributes", "ModifyLoadBalancerAttributes"
)
TARGET_GROUP: Final = Sort(
    "TargetGroup", "DescribeTargetGroups", "DescribeTargetGroupAttributes", "ModifyTargetGroupAttributes"
)


@dataclass(frozen=True, slots=True)
class BalancerTags:
    """Lists by ARN, in operations that take several of them."""

    def on_create(self, tags: Tagset) -> Object:
        """A list."""
        return {"Tags": _pairs(tags)} if tags else {}

    def read(self, handle: Handle, found: Object) -> Tagset:
        """Asked for."""
        return carried(handle, handle.id)

    def write(self, handle: Handle, old: Tagset, new: Tagset) -> None:
        """Set first, then take away."""
        if fresh := tags.changed(old, new):
            handle.api.write(ELB, "AddTags", ResourceArns=[handle.id], Tags=_pairs(fresh))
        if stale := tags.removed(old, new):
            handle.api.write(ELB, "RemoveTags", ResourceArns=[handle.id], TagKeys=stale)


def _pairs(carried: Tagset) -> list[dict[str, str]]:
    return tags.pairs(carried)


def carried(handle: Handle, arn: str) -> Tagset:
    """The tags of a balancer, a target group, a listener or a rule."""
    answer = handle.api.read(ELB, "DescribeTags", ResourceArns=[arn])
    return tags.from_pairs(next((one.get("Tags") for one in shapes.listed(answer, "TagDescriptions")), None))


def text(value: Any) -> str:
    """A value as an attribute has it."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def native(value: str | None) -> Any:
    """An attribute as Pulumi has it."""
    if value is None or not value:
        return None
    return value == "true" if value in ("true", "false") else int(value) if value.isdigit() else value


def attributes(answer: Object) -> Attributes:
    """AWS's list of attributes."""
    return {str(one["Key"]): str(one.get("Value") or "") for one in shapes.listed(answer, "Attributes")}


def attribute_reader(key: str) -> Reader:
    """Of a looked-up object that has its attributes with it."""
    return lambda _, found: native(found["Attributes"].get(key))


def attribute_setter(wanted: Callable[[Props], Attributes], sort: Sort) -> Setter:
    """Sends the attributes that are not yet as they are wanted, whichever property asks."""

    def put(handle: Handle, _: Any) -> None:
        which = {f"{sort.name}Arn": handle.id}
        live = attributes(handle.api.read(ELB, sort.describe_attributes, **which))
        change = {key: value for key, value in wanted(handle.inputs).items() if live.get(key) != value}
        if change:
            pairs = [{"Key": key, "Value": value} for key, value in sorted(change.items())]
            handle.api.write(ELB, sort.modify_attributes, **which, Attributes=pairs)

    return put


def look(sort: Sort) -> Callable[[Handle], Object | None]:
    """Finds a balancer or a target group, with its attributes under `Attributes`."""

    def find(handle: Handle) -> Object | None:
        answer = handle.api.seek(ELB, sort.describe, **{f"{sort.name}Arns": [handle.id]})
        told = answer and handle.api.seek(ELB, sort.describe_attributes, **{f"{sort.name}Arn": handle.id})
        if not answer or told is None:
            return None
        return {**shapes.listed(answer, f"{sort.name}s")[0], "Attributes": attributes(told)}

    return find


def seek(sort: Sort) -> Callable[[Handle], Iterator[str]]:
    """ARNs of those that have the wanted name; there is one at most."""

    def find(handle: Handle) -> Iterator[str]:
        answer = handle.api.seek(ELB, sort.describe, Names=[handle.inputs["name"]])
        yield from (str(one[f"{sort.name}Arn"]) for one in shapes.listed(answer, f"{sort.name}s"))

    return find


_SEEK: Final = seek(LOAD_BALANCER)
_PLAIN: Final[Mapping[str, tuple[str, Any]]] = {
    "enableDeletionProtection": ("deletion_protection.enabled", False),
    "idleTimeout": ("idle_timeout.timeout_seconds", 60),
    "clientKeepAlive": ("client_keep_alive.seconds", 3600),
    "enableHttp2": ("routing.http2.enabled", True),
    "enableWafFailOpen": ("waf.fail_open.enabled", False),
    "enableTlsVersionAndCipherSuiteHeaders": ("routing.http.x_amzn_tls_version_and_cipher_suite.enabled", False),
    "enableXffClientPort": ("routing.http.xff_client_port.enabled", False),
    "xffHeaderProcessingMode": ("routing.http.xff_header_processing.mode", "append"),
    "preserveHostHeader": ("routing.http.preserve_host_header.enabled", False),
    "dropInvalidHeaderFields": ("routing.http.drop_invalid_header_fields.enabled", False),
    "desyncMitigationMode": ("routing.http.desync_mitigation_mode", "defensive"),
}
_LOGS: Final = {"accessLogs": "access_logs.s3", "connectionLogs": "connection_logs.s3"}


def _wanted(inputs: Props) -> Attributes:
    said = {key: text(default if inputs.get(name) is None else inputs[name]) for name, (key, default) in _PLAIN.items()}
    for name, start in _LOGS.items():
        logs = cast("Props", inputs.get(name) or {})
        said[f"{start}.enabled"] = text(bool(logs.get("enabled")))
        if logs.get("enabled"):
            said |= {f"{start}.bucket": str(logs["bucket"]), f"{start}.prefix": str(logs.get("prefix") or "")}
    return said


def _shown_logs(name: str) -> Callable[[Handle, Object], Any]:
    """Bucket and prefix of what is off are nobody's concern."""

    def live(handle: Handle, found: Object) -> Any:
        given = cast("Props | None", handle.inputs.get(name))
        shown = {part: found["Attributes"].get(f"{_LOGS[name]}.{part}") for part in ("bucket", "prefix")}
        if found["Attributes"].get(f"{_LOGS[name]}.enabled") != "true":
            return given and {**given, **({"enabled": False} if given.get("enabled") else {})}
        return {**{part: value for part, value in shown.items() if value}, "enabled": True}

    return live


_PUT: Final = attribute_setter(_wanted, LOAD_BALANCER)


def _state(found: Object) -> State:
    states = {"active": State.READY, "active_impaired": State.READY, "failed": State.FAILED}
    return states.get(str(shapes.at(found, "State.Code")), State.BUSY)


def _create(handle: Handle, request: Object) -> str:
    inputs = handle.inputs
    if any(_SEEK(handle)):  # AWS answers with the one that is there, where its settings are the same
        raise ProviderError(f"There is a load balancer {inputs['name']} already; it is left alone.")
    groups = {"SecurityGroups": inputs["securityGroups"]} if inputs.get("securityGroups") else {}
    answer = handle.api.create(
        ELB,
        "CreateLoadBalancer",
        Name=inputs["name"],
        Subnets=inputs["subnets"],
        Scheme="internal" if inputs["internal"] else "internet-facing",
        Type=inputs["loadBalancerType"],
        IpAddressType=inputs["ipAddressType"],
        **groups,
        **request,
    )
    return str(answer["LoadBalancers"][0]["LoadBalancerArn"])


def _set(operation: str, member: str) -> Setter:
    def put(handle: Handle, value: Any) -> None:
        handle.api.write(ELB, operation, LoadBalancerArn=handle.id, **{member: value})

    return put


def _faults(inputs: Props) -> Iterator[CheckFailure]:
    if inputs.get("loadBalancerType", "application") != "application":
        yield CheckFailure("loadBalancerType", "only application load balancers are supported by the embedded engine")
    for name in _LOGS:
        for part in sorted(set(cast("Props", inputs.get(name) or {})) - {"bucket", "prefix", "enabled"}):
            yield CheckFailure(f"{name}.{part}", f"{name} has no {part}")


def _attribute(name: str) -> Prop:
    key, default = _PLAIN[name]
    return Prop(name, send=None, live=attribute_reader(key), default=default, change=_PUT)


_BALANCER: Final = Row(
    type="aws:lb/loadBalancer:LoadBalancer",
    service=ELB,
    key="LoadBalancerArn",
    props=(
        Prop("name", live="LoadBalancerName", fixed=True),
        Prop("namePrefix", live=None, fixed=True, computed=True),
        Prop("loadBalancerType", live="Type", default="application", fixed=True),
        Prop("internal", live=lambda _, found: found.get("Scheme") == "internal", default=False, fixed=True),
        Prop(
            "subnets",
            live="AvailabilityZones[].SubnetId",
            kind=Kind.SET,
            required=True,
            change=_set("SetSubnets", "Subnets"),
        ),
        Prop("securityGroups", kind=Kind.SET, computed=True, change=_set("SetSecurityGroups", "SecurityGroups")),
        Prop("ipAddressType", default="ipv4", change=_set("SetIpAddressType", "IpAddressType")),
        *(Prop(name, send=None, live=_shown_logs(name), change=_PUT) for name in _LOGS),
        *(_attribute(name) for name in _PLAIN),
    ),
    create=_create,
    look=look(LOAD_BALANCER),
    state=_state,
    delete="DeleteLoadBalancer",
    busy_codes=frozenset({"ResourceInUse"}),
    seek=_SEEK,
    tags=BalancerTags(),
    name=Name("name", 32, "namePrefix"),
    faults=_faults,
    outputs={
        "arn": "LoadBalancerArn",
        "arnSuffix": lambda handle, _: handle.id.rpartition("loadbalancer/")[2],
        "dnsName": "DNSName",
        "zoneId": "CanonicalHostedZoneId",
        "vpcId": "VpcId",
    },
    create_seconds=600,
    delete_seconds=600,
    delete_before_replace=True,
)

ROWS: Final = (_BALANCER,)
