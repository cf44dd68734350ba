"""RDS and ElastiCache: parameter groups. Only what a user set counts; defaults of the family are not inputs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, cast

from engine.providers.aws import shapes
from engine.providers.aws.finding import by_name
from engine.providers.aws.rows.subnet_groups import CACHE_TAGS, RDS_TAGS, described
from engine.providers.aws.table import Handle, Kind, Name, Object, Prop, Row
from engine.providers.port import Props, Unknown

_BATCH: Final = 20  # parameters in one request: limit of both services


@dataclass(frozen=True, slots=True)
class Parameters:
    """The operations on one service's parameters."""

    service: str
    key: str
    describe: str
    change: str
    reset: str
    member: str
    applies: bool

    def live(self, handle: Handle, _: Object) -> list[Props]:
        """What a user set."""
        asked: Object = {self.key: handle.id, "Source": "user"}
        listed = handle.api.pages(self.service, self.describe, "Parameters", **asked)
        return sorted((self._shown(one) for one in listed if _is_users(one)), key=lambda one: str(one["name"]))

    def put(self, handle: Handle, wanted: Any) -> None:
        """Set what is wanted, put back to the family's default what is not any more."""
        want = {str(one["name"]): cast("Props", one) for one in wanted or ()}
        live = {str(one["name"]): one for one in self.live(handle, {})}
        stale = [{"ParameterName": name, **self._method(live[name])} for name in sorted(set(live) - set(want))]
        fresh = [self._sent(one) for name, one in sorted(want.items()) if _differs(one, live.get(name))]
        for batch in _batches(fresh):
            handle.api.write(self.service, self.change, **{self.key: handle.id, self.member: batch})
        for batch in _batches(stale):
            every: Object = {"ResetAllParameters": False} if self.applies else {}
            handle.api.write(self.service, self.reset, **{self.key: handle.id, self.member: batch}, **every)

    def encode(self, inputs: Props) -> None:
        """A trial of what `put` reads. Raises Misfit for a member that it would not send."""
        known = {"name", "value", *(("applyMethod",) if self.applies else ())}
        for at, one in enumerate(cast("list[Any]", inputs.get("parameters") or [])):
            if isinstance(one, Unknown):
                continue
            for name in sorted({*cast("Props", one)} - known):
                raise shapes.Misfit(f"parameters[{at}].{name}", f"a parameter has {', '.join(sorted(known))} only")

    def _shown(self, one: Object) -> Props:
        shown = {"name": one["ParameterName"], "value": str(one.get("ParameterValue", ""))}
        return {**shown, "applyMethod": one.get("ApplyMethod", "immediate")} if self.applies else shown

    def _sent(self, one: Props) -> Object:
        return {"ParameterName": one["name"], "ParameterValue": str(one["value"]), **self._method(one)}

    def _method(self, one: Props) -> Object:
        return {"ApplyMethod": one.get("applyMethod") or "immediate"} if self.applies else {}


def _is_users(one: Object) -> bool:
    return one.get("ParameterValue") is not None and one.get("Source", "user") == "user"


def _differs(one: Props, live: Props | None) -> bool:
    return live is None or _meaning(one) != _meaning(live)


def _meaning(one: Props) -> tuple[str, str, str]:
    return str(one.get("name")), str(one.get("value")), str(one.get("applyMethod") or "immediate")


def _batches(parameters: list[Object]) -> Iterator[list[Object]]:
    for start in range(0, len(parameters), _BATCH):
        yield parameters[start : start + _BATCH]


def _alike(given: Any, live: Any) -> bool:
    """Order does not count, nor does a method that was not said."""
    return sorted(_meaning(one) for one in given or ()) == sorted(_meaning(one) for one in live or ())


_RDS_PARAMETERS: Final = Parameters(
    "rds",
    "DBParameterGroupName",
    "DescribeDBParameters",
    "ModifyDBParameterGroup",
    "ResetDBParameterGroup",
    "Parameters",
    applies=True,
)
_CACHE_PARAMETERS: Final = Parameters(
    "elasticache",
    "CacheParameterGroupName",
    "DescribeCacheParameters",
    "ModifyCacheParameterGroup",
    "ResetCacheParameterGroup",
    "ParameterNameValues",
    applies=False,
)


def _delete_rds(handle: Handle) -> None:
    if not handle.inputs.get("skipDestroy"):
        handle.api.remove("rds", "DeleteDBParameterGroup", DBParameterGroupName=handle.id)


_RDS: Final = Row(
    type="aws:rds/parameterGroup:ParameterGroup",
    service="rds",
    key="DBParameterGroupName",
    props=(
        Prop("name", send="DBParameterGroupName", fixed=True),
        Prop("namePrefix", send=None, live=None, fixed=True, computed=True),
        Prop("family", send="DBParameterGroupFamily", fixed=True, required=True),
        Prop("description", default="Managed by Pulumi", fixed=True),
        Prop(
            "parameters",
            send=None,
            live=_RDS_PARAMETERS.live,
            kind=Kind.SET,
            change=_RDS_PARAMETERS.put,
            alike=_alike,
        ),
        Prop("skipDestroy", send=None, live=None, default=False),
    ),
    create=("CreateDBParameterGroup", "DBParameterGroup.DBParameterGroupName"),
    look=described("rds", "DescribeDBParameterGroups", "DBParameterGroups", "DBParameterGroupName"),
    encode=_RDS_PARAMETERS.encode,
    delete=_delete_rds,
    awaits_gone=False,
    busy_codes=frozenset({"InvalidDBParameterGroupState"}),
    seek=by_name("name"),
    tags=RDS_TAGS,
    name=Name("name", 255, "namePrefix", lower=True),
    outputs={"arn": "DBParameterGroupArn"},
    delete_before_replace=True,
)

_ELASTICACHE: Final = Row(
    type="aws:elasticache/parameterGroup:ParameterGroup",
    service="elasticache",
    key="CacheParameterGroupName",
    props=(
        Prop("name", send="CacheParameterGroupName", fixed=True),
        Prop("family", send="CacheParameterGroupFamily", fixed=True, required=True),
        Prop("description", default="Managed by Pulumi", fixed=True),
        Prop(
            "parameters",
            send=None,
            live=_CACHE_PARAMETERS.live,
            kind=Kind.SET,
            change=_CACHE_PARAMETERS.put,
            alike=_alike,
        ),
    ),
    create=("CreateCacheParameterGroup", "CacheParameterGroup.CacheParameterGroupName"),
    look=described("elasticache", "DescribeCacheParameterGroups", "CacheParameterGroups", "CacheParameterGroupName"),
    encode=_CACHE_PARAMETERS.encode,
    delete="DeleteCacheParameterGroup",
    busy_codes=frozenset({"InvalidCacheParameterGroupState"}),
    seek=by_name("name"),
    tags=CACHE_TAGS,
    name=Name("name", 255, lower=True),
    outputs={"arn": "ARN"},
    delete_before_replace=True,
)

ROWS: Final = (_RDS, _ELASTICACHE)
