"""CloudTrail: which events a trail records. Either kind of selector puts the other aside."""

from __future__ import annotations

from typing import Any, Final, cast

from engine.providers.aws import shapes, values
from engine.providers.aws.table import Handle, Kind, Object, Prop
from engine.providers.port import Props

_SILENCE: Final[Props] = {"readWriteType": "All", "includeManagementEvents": True}
_PLURALS: Final = {
    "startsWith": "startsWiths",
    "endsWith": "endsWiths",
    "notStartsWith": "notStartsWiths",
    "notEndsWith": "notEndsWiths",
}
_SET: Final = Prop("selectors", kind=Kind.SET)


def encode(inputs: Props) -> Object:
    """The selectors as AWS wants them; those of a new trail where none are said. Raises shapes.Misfit."""
    members = shapes.input_shape("cloudtrail", "PutEventSelectors").members
    if given := inputs.get("advancedEventSelectors"):
        return {
            "AdvancedEventSelectors": shapes.to_api(given, members["AdvancedEventSelectors"], "advancedEventSelectors")
        }
    said = [{**_SILENCE, **one} for one in cast("list[Props]", inputs.get("eventSelectors") or [{}])]
    return {"EventSelectors": shapes.to_api(said, members["EventSelectors"], "eventSelectors")}


def select(handle: Handle, _: Any) -> None:
    """Put them whole."""
    handle.api.write("cloudtrail", "PutEventSelectors", TrailName=handle.id, **encode(handle.inputs))


def basic(_: Handle, found: Object) -> Any:
    """Those of a new trail count as none."""
    live = [_without_silence(one) for one in shapes.listed(found["Selectors"], "EventSelectors")]
    return live if any(live) else None


def advanced(_: Handle, found: Object) -> Any:
    """In the SDK's words."""
    live = shapes.from_api(shapes.listed(found["Selectors"], "AdvancedEventSelectors"))
    return [{**one, "fieldSelectors": [_plural(field) for field in one["fieldSelectors"]]} for one in live] or None


def same_basic(given: Any, live: Any) -> bool:
    """As sets, and silence is what AWS makes of it."""
    one, other = ([_sorted({**_SILENCE, **each}) for each in side] for side in (given, live))
    return values.same(_SET, one, other)


def same_advanced(given: Any, live: Any) -> bool:
    """As sets: of selectors, of their fields, of what a field may be."""
    one, other = ([_sorted(each) for each in side] for side in (given, live))
    return values.same(_SET, one, other)


def _plural(field: Props) -> Props:
    return {_PLURALS.get(name, name): value for name, value in field.items()}


def _without_silence(selector: Any) -> Props:
    said = cast("Props", shapes.from_api(selector))
    return {name: each for name, each in said.items() if not values.absent(each) and each != _SILENCE.get(name)}


def _sorted(value: Any) -> Any:
    """Every list inside in one order; empty ones don't count."""
    if isinstance(value, dict):
        parts = {name: _sorted(part) for name, part in cast("Props", value).items()}
        return {name: part for name, part in parts.items() if not values.absent(part)}
    if isinstance(value, list):
        return sorted((_sorted(part) for part in cast("list[Any]", value)), key=repr)
    return value
