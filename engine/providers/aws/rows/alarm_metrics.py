"""CloudWatch: what an alarm looks at, where that is several metrics or arithmetic over them."""

from __future__ import annotations

from typing import Any, Final, cast

from engine.providers.aws import shapes, values
from engine.providers.aws.table import Kind, Object, Prop
from engine.providers.port import Props

_OF_METRIC: Final = {"period": "Period", "stat": "Stat", "unit": "Unit"}
_SET: Final = Prop("metricQueries", kind=Kind.SET)


def pairs(given: Any, where: str) -> list[dict[str, str]]:
    """A map of dimensions as AWS's list. Raises shapes.Misfit."""
    if not isinstance(given, dict):
        raise shapes.Misfit(where, f"a map is needed, got {type(given).__name__}")
    return [{"Name": name, "Value": str(value)} for name, value in sorted(cast("Props", given).items())]


def dimensions(metric: Object) -> dict[str, str]:
    """AWS's list as a map."""
    return {one["Name"]: one["Value"] for one in shapes.listed(metric, "Dimensions")}


def encode(given: Any) -> list[Object]:
    """Queries as AWS has them. Silence about `returnData` is no, where AWS takes it for yes. Raises shapes.Misfit."""
    shape = shapes.input_shape("cloudwatch", "PutMetricAlarm").members["Metrics"].member
    encoded: list[Object] = []
    for at, query in enumerate(cast("list[Props]", given)):
        where = f"metricQueries[{at}]"
        if "metricStat" in query:
            raise shapes.Misfit(f"{where}.metricStat", "the SDK's word for it is metric")
        plain = {"returnData": False, **{name: value for name, value in query.items() if name != "metric"}}
        one = shapes.to_api(plain, shape, where)
        if query.get("metric"):
            one["MetricStat"] = _metric(query["metric"], shape.members["MetricStat"], f"{where}.metric")
        encoded.append(one)
    return encoded


def _metric(given: Props, shape: Any, where: str) -> Object:
    metric: Props = {name: value for name, value in given.items() if name not in (*_OF_METRIC, "dimensions")}
    stat: Object = shapes.to_api({name: given[name] for name in _OF_METRIC if name in given}, shape, where)
    stat["Metric"] = shapes.to_api(metric, shape.members["Metric"], where)
    if given.get("dimensions"):
        stat["Metric"]["Dimensions"] = pairs(given["dimensions"], f"{where}.dimensions")
    return stat


def decode(live: list[Object]) -> list[Props]:
    """The other way round."""
    return [_query(one) for one in live]


def _query(live: Object) -> Props:
    query: Props = {name: value for name, value in shapes.from_api(live).items() if name != "metricStat"}
    if stat := live.get("MetricStat"):
        metric = shapes.group(stat, "Metric")
        said = {"metricName": metric.get("MetricName"), "namespace": metric.get("Namespace")}
        said |= {"dimensions": dimensions(metric), **{name: stat.get(member) for name, member in _OF_METRIC.items()}}
        query["metric"] = {name: value for name, value in said.items() if not values.absent(value)}
    return query


def same(given: Any, live: Any) -> bool:
    """As sets, and silence is what the SDK makes of it."""
    return values.same(_SET, encode(given), encode(live))
