"""CloudWatch: alarms on metrics, dashboards. Each is put whole, and a put of another's name would take it over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from engine.providers.aws import documents, shapes, values
from engine.providers.aws.finding import by_name
from engine.providers.aws.rows import alarm_metrics
from engine.providers.aws.table import Handle, Kind, Name, Object, Prop, Row
from engine.providers.aws.tags import PairTags, by_arn
from engine.providers.port import CheckFailure, Props, ProviderError, Unknown


def _look_alarm(handle: Handle) -> Object | None:
    answer = handle.api.read("cloudwatch", "DescribeAlarms", AlarmNames=[handle.id], AlarmTypes=["MetricAlarm"])
    return next(iter(shapes.listed(answer, "MetricAlarms")), None)


def _dimensions(_: Handle, found: Object) -> Any:
    return alarm_metrics.dimensions(found) or None


def _queries(_: Handle, found: Object) -> Any:
    return alarm_metrics.decode(shapes.listed(found, "Metrics")) or None


def _encode_alarm(inputs: Props) -> Object:
    """What is not said is left out, which takes it away: a put replaces the whole alarm. Raises shapes.Misfit."""
    members = shapes.input_shape("cloudwatch", "PutMetricAlarm").members
    encoded: Object = {}
    for prop in _ALARM_PROPS:
        if not values.absent(value := inputs.get(prop.name)):
            member = str(prop.member)
            special = None if isinstance(value, Unknown) else _ENCODERS.get(prop.name)
            encoded[member] = special(value) if special else shapes.to_api(value, members[member], prop.name)
    for name in () if "Metrics" in encoded else ("metricName", "namespace", "period"):
        if inputs.get(name) is None:
            raise shapes.Misfit(name, "an alarm is on a metric, with namespace and period, or on metricQueries")
    return encoded


_ENCODERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "dimensions": lambda given: alarm_metrics.pairs(given, "dimensions"),
    "metricQueries": alarm_metrics.encode,
}


def _put_alarm(handle: Handle, _: Any) -> None:
    handle.api.write("cloudwatch", "PutMetricAlarm", **_encode_alarm(handle.inputs))


def _create_alarm(handle: Handle, request: Object) -> str:
    here = Handle(handle.api, str(handle.inputs["name"]), handle.inputs)
    if _look_alarm(here) is not None:
        raise ProviderError(f"An alarm {here.id} exists already; it is left alone.")
    handle.api.create("cloudwatch", "PutMetricAlarm", **_encode_alarm(handle.inputs), **request)
    return here.id


def _alarm_faults(inputs: Props) -> Iterator[CheckFailure]:
    if inputs.get("statistic") and inputs.get("extendedStatistic"):
        yield CheckFailure("extendedStatistic", "either statistic or extendedStatistic, not both")
    if inputs.get("metricQueries") and inputs.get("metricName"):
        yield CheckFailure("metricQueries", "either metricQueries or metricName, not both")


_ALARM_PROPS: Final = (
    Prop("name", send="AlarmName", fixed=True),
    Prop("alarmDescription", change=_put_alarm),
    Prop("actionsEnabled", default=True, change=_put_alarm),
    Prop("okActions", send="OKActions", kind=Kind.SET, change=_put_alarm),
    Prop("alarmActions", kind=Kind.SET, change=_put_alarm),
    Prop("insufficientDataActions", kind=Kind.SET, change=_put_alarm),
    Prop("metricQueries", send="Metrics", live=_queries, kind=Kind.SET, alike=alarm_metrics.same, change=_put_alarm),
    Prop("metricName", change=_put_alarm),
    Prop("namespace", change=_put_alarm),
    Prop("dimensions", live=_dimensions, change=_put_alarm),
    Prop("statistic", change=_put_alarm),
    Prop("extendedStatistic", change=_put_alarm),
    Prop("period", change=_put_alarm),
    Prop("unit", change=_put_alarm),
    Prop("evaluationPeriods", required=True, change=_put_alarm),
    Prop("datapointsToAlarm", change=_put_alarm),
    Prop("threshold", change=_put_alarm),
    Prop("thresholdMetricId", change=_put_alarm),
    Prop("comparisonOperator", required=True, change=_put_alarm),
    Prop("treatMissingData", default="missing", change=_put_alarm),
    Prop("evaluateLowSampleCountPercentiles", send="EvaluateLowSampleCountPercentile", change=_put_alarm),
)

# of a put's own tags AWS takes notice when it makes an alarm, not when it changes one
TAGS: Final = PairTags(
    "cloudwatch", "TagResource", "UntagResource", "ResourceARN", who=by_arn, listing=("ListTagsForResource", "Tags")
)

_ALARM: Final = Row(
    type="aws:cloudwatch/metricAlarm:MetricAlarm",
    service="cloudwatch",
    props=_ALARM_PROPS,
    create=_create_alarm,
    look=_look_alarm,
    delete=lambda handle: handle.api.remove("cloudwatch", "DeleteAlarms", AlarmNames=[handle.id]),
    seek=by_name("name"),
    tags=TAGS,
    name=Name("name", 255),
    encode=_encode_alarm,
    faults=_alarm_faults,
    outputs={"arn": "AlarmArn"},
    delete_before_replace=True,
)


def _look_dashboard(handle: Handle) -> Object | None:
    return handle.api.seek("cloudwatch", "GetDashboard", DashboardName=handle.id)


def _put_dashboard(handle: Handle, body: Any) -> None:
    handle.api.write("cloudwatch", "PutDashboard", DashboardName=handle.id, DashboardBody=documents.canonical(body))


def _create_dashboard(handle: Handle, _: Object) -> str:
    here = Handle(handle.api, str(handle.inputs["dashboardName"]), handle.inputs)
    if _look_dashboard(here) is not None:
        raise ProviderError(f"A dashboard {here.id} exists already; it is left alone.")
    _put_dashboard(here, handle.inputs["dashboardBody"])
    return here.id


_DASHBOARD: Final = Row(
    type="aws:cloudwatch/dashboard:Dashboard",
    service="cloudwatch",
    props=(
        Prop("dashboardName", live=lambda handle, _: handle.id, fixed=True, required=True),
        Prop("dashboardBody", required=True, kind=Kind.DOCUMENT, change=_put_dashboard),
    ),
    create=_create_dashboard,
    look=_look_dashboard,
    delete=lambda handle: handle.api.remove("cloudwatch", "DeleteDashboards", DashboardNames=[handle.id]),
    seek=by_name("dashboardName"),
    # it carries no tags: the body that was sent tells
    ours=lambda handle, found: documents.same(handle.inputs["dashboardBody"], found.get("DashboardBody")),
    outputs={"dashboardArn": "DashboardArn"},
    delete_before_replace=True,
)

ROWS: Final = (_ALARM, _DASHBOARD)
