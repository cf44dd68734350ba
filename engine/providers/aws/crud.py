"""Create, read, update, delete and find, for any row."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from engine.providers.aws import diffs, finding, observation, requests, shapes, tags, values, waits
from engine.providers.aws.faults import CloudRefused
from engine.providers.aws.table import Handle, Object, Prop, Row, State
from engine.providers.port import AnswerLost, Created, Found, PartlyDone, Props, ProviderError

_GRACE_SECONDS: Final = 60.0
_LOST_DELETES: Final = 3


def create(row: Row, handle: Handle) -> Created:
    """Make it, wait until it serves, set what the create request does not carry."""
    made = _make(row, handle)
    here = replace(handle, id=made)
    try:
        found = _ready(row, here, row.create_seconds)
        here = replace(here, outputs=observation.observe(row, here, found).outputs)
        if row.settle:
            row.settle(here)
        if _finish(row, here, found):
            found = _ready(row, here, row.create_seconds)
        return Created(made, observation.observe(row, here, found).outputs)
    except ProviderError as error:
        outputs = {**observation.known_outputs(row, handle.inputs, handle.api.region), **here.outputs}
        raise PartlyDone(f"{made} was made, but not finished: {error}", id=made, outputs=outputs) from error


def read(row: Row, handle: Handle) -> Found | None:
    """What it is now; None when it is gone."""
    found = row.look(handle)
    if found is None or row.state(found) is State.GONE:
        return None
    return observation.observe(row, handle, found, importing=not handle.inputs)


def update(row: Row, handle: Handle, old_inputs: Props) -> Props:
    """Make it as the handle's inputs say; first what an interrupted create may have left to do."""
    with _not_nothing(handle):
        if row.settle:
            row.settle(handle)
        return _update(row, handle, old_inputs)


@contextmanager
def _not_nothing(handle: Handle) -> Generator[None]:
    """Once a change was accepted, a later refusal must not read as "nothing came of it"."""
    try:
        yield
    except (AnswerLost, PartlyDone):
        raise
    except ProviderError as error:
        if not handle.api.accepted:
            raise
        raise AnswerLost(f"{', '.join(dict.fromkeys(handle.api.accepted))} accepted, then: {error}") from error


def _update(row: Row, handle: Handle, old_inputs: Props) -> Props:
    changed = diffs.changed(row, old_inputs, handle.inputs)
    setters = {prop.setter: prop for prop in changed if prop.setter}  # one for several properties is called once
    for setter, prop in setters.items():
        setter(handle, requests.wanted(prop, handle.inputs))
    for operation, props in _by_operation(changed).items():
        requests.modify(row, handle, operation, props)
    found = _ready(row, handle, row.create_seconds)
    seen = observation.observe(row, handle, found)
    if _tag(row, replace(handle, outputs={**handle.outputs, **seen.outputs}), found):
        found = _ready(row, handle, _GRACE_SECONDS)
        seen = observation.observe(row, handle, found)
    return seen.outputs


def delete(row: Row, handle: Handle) -> None:
    """Delete and wait until it is gone."""
    with _not_nothing(handle):
        _delete_patiently(row, handle)
        if row.awaits_gone:
            handle.api.until(
                lambda: _gone(row, handle) or None,
                limit=row.delete_seconds,
                awaited=f"{row.type} {handle.id} is gone",
            )


def find(row: Row, handle: Handle, known: frozenset[str] = frozenset()) -> Found | None:
    """What an interrupted create with these inputs has left; it must be ours and none of the `known` ids."""
    for candidate in row.seek(handle):
        if candidate in known:
            continue
        here = replace(handle, id=candidate)
        found = row.look(here)
        if found is None or row.state(found) is State.GONE:
            continue
        seen = observation.observe(row, here, found)
        finding.assert_ours(row, here, found, seen)
        # looking neither waits nor writes: what is left to do is for the update that these reasons bring about
        unfinished = ["it is still being made"] if row.state(found) is State.BUSY else []
        unfinished += ["what follows its create may be missing"] if row.settle else []
        return replace(seen, reasons=tuple(unfinished))
    return None


def _make(row: Row, handle: Handle) -> str:
    request = requests.creation(row, handle.inputs)
    if row.tags:
        request |= row.tags.on_create(tags.of_inputs(handle.inputs))
    if callable(row.create):
        return row.create(handle, request)
    operation, id_path = row.create
    return str(shapes.at(handle.api.create(row.service, operation, **request), id_path))


def _finish(row: Row, handle: Handle, found: Object) -> bool:
    """Set after the create what it could not carry. Whether anything was sent."""
    live = observation.settings(row, handle, found)
    sent = False
    for prop in row.props:
        value = handle.inputs.get(prop.name)
        if prop.setter is None or prop.member is not None or values.absent(value):
            continue
        if values.alike(prop, value, live[prop.name] if prop.live is not None else prop.default):
            continue
        prop.setter(handle, value)
        sent = True
    return _tag(row, handle, found) or sent


def _tag(row: Row, handle: Handle, found: Object) -> bool:
    """Make the tags what they should be. Whether anything was sent."""
    if row.tags is None:
        return False
    live, wanted = row.tags.read(handle, found), tags.of_inputs(handle.inputs)
    if live == wanted:
        return False
    row.tags.write(handle, live, wanted)
    return True


def _by_operation(props: Iterable[Prop]) -> dict[str, list[Prop]]:
    grouped: dict[str, list[Prop]] = {}
    for prop in props:
        if isinstance(prop.change, str):
            grouped.setdefault(prop.change, []).append(prop)
    return grouped


def _ready(row: Row, handle: Handle, limit: float) -> Object:
    def probe() -> Object | None:
        found = row.look(handle)  # None at first: a describe may lag behind the create
        state = row.state(found) if found is not None else State.BUSY
        if state is State.FAILED:
            raise ProviderError(f"{handle.id} failed: {(found or {}).get('FailureMessage') or 'AWS gives no reason'}.")
        return found if state is State.READY else None

    return handle.api.until(probe, limit=limit, awaited=f"{row.type} {handle.id} is ready")


def _gone(row: Row, handle: Handle) -> bool:
    found = row.look(handle)
    return found is None or row.state(found) is State.GONE


def _delete_patiently(row: Row, handle: Handle) -> None:
    """Delete, again while AWS says that something still hangs on it: leftover interfaces take minutes to go."""
    last: list[CloudRefused] = []
    lost: list[AnswerLost] = []

    def attempt() -> bool | None:
        try:
            if callable(row.delete):
                row.delete(handle)
            else:
                handle.api.remove(row.service, row.delete, **{row.key: handle.id})
        except CloudRefused as refused:
            if refused.not_found:
                return True
            if refused.code not in row.busy_codes:
                raise
            last[:] = [refused]
            return None
        except AnswerLost as error:  # a delete may be said twice, and the second answer tells
            lost.append(error)
            if len(lost) >= _LOST_DELETES:
                raise
            return None
        return True

    try:
        handle.api.until(attempt, limit=row.delete_seconds, awaited=f"nothing uses {handle.id} any more")
    except waits.WaitedTooLong as over:
        raise ProviderError(f"{over} {last[0]}" if last else str(over)) from over
