"""Create, read, update, delete and find, for any row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from engine.providers import waits
from engine.providers.aws import diffs, finding, observation, requests, shapes, tags, unsettled, values
from engine.providers.aws.faults import CloudRefused
from engine.providers.aws.table import Handle, Object, Prop, Row, State
from engine.providers.port import AnswerLost, Created, Found, PartlyDone, Props, ProviderError

_GRACE_SECONDS: Final = 60.0
_LOST_DELETES: Final = 3
_BUSY: Final = "it is still being made"


def create(row: Row, handle: Handle) -> Created:
    """Make it, wait until it serves, set what the create request does not carry."""
    made = _make(row, handle)
    here = replace(handle, id=made)
    owed = {unsettled.SETTLE} if row.settle else set[str]()
    try:
        found = _ready(row, here, row.create_seconds)
        here = replace(here, outputs=observation.observe(row, here, found).outputs)
        if row.settle:
            row.settle(here)
            owed.clear()
        if _finish(row, here, found):
            found = _ready(row, here, row.create_seconds)
        return Created(made, observation.observe(row, here, found).outputs)
    except ProviderError as error:
        known = observation.known_outputs(row, handle.inputs, handle.api.region)
        outputs = {**known, **here.outputs, **unsettled.note(owed)}
        raise PartlyDone(f"{made} was made, but not finished: {error}", id=made, outputs=outputs) from error


def read(row: Row, handle: Handle) -> Found | None:
    """What it is now; None when it is gone. A note of what was left undone stays until an update has put it right."""
    found = row.look(handle)
    if found is None or row.state(found) is State.GONE:
        return None
    seen = observation.observe(row, handle, found, importing=not handle.inputs)
    owed = unsettled.of(handle.outputs)
    if owed is None:
        return seen
    return _noted(row, handle, seen, owed, _reasons(row, found, "an earlier call was not finished" if owed else ""))


def update(row: Row, handle: Handle, old_inputs: Props) -> Props:
    """Make it as the handle's inputs say.

    Once the cloud has agreed to a first change no failure means that nothing came of it: the next run looks, or, for
    what no look can tell, sends it again. An update that follows an unfinished call, or that is asked for without any
    difference, goes by what is live instead of by the old inputs.
    """
    changed, owed = diffs.changed(row, old_inputs, handle.inputs), unsettled.of(handle.outputs)
    asked_again = not changed and tags.of_inputs(old_inputs) == tags.of_inputs(handle.inputs)
    try:
        if owed is not None or asked_again:
            changed = _outstanding(row, handle, changed, owed or frozenset())
        return _change(row, handle, changed)
    except ProviderError as error:
        if not handle.api.accepted and not isinstance(error, AnswerLost):
            raise
        raise _unfinished(
            row, handle, old_inputs, unsettled.unreadable(changed) | (owed or frozenset()), error
        ) from error


def _unfinished(
    row: Row, handle: Handle, old_inputs: Props, owed: frozenset[str], error: ProviderError
) -> ProviderError:
    """What to say of an update that failed after a change was, or may have been, accepted."""
    done = ", ".join(dict.fromkeys(handle.api.accepted))
    said = f"{done} accepted, then: {error}" if done else str(error)
    if not owed:
        return AnswerLost(said)
    outputs = {
        **unsettled.known(row, old_inputs, handle.outputs, handle.inputs),
        **observation.known_outputs(row, handle.inputs, handle.api.region),
        **unsettled.note(owed),
    }
    return PartlyDone(said, id=handle.id, outputs=outputs)


def delete(row: Row, handle: Handle) -> None:
    """Delete and wait until it is gone. AnswerLost where it was accepted and its end was not seen."""
    try:
        _delete_patiently(row, handle)
        if row.awaits_gone:
            handle.api.until(
                lambda: _gone(row, handle) or None,
                limit=row.delete_seconds,
                awaited=f"{row.type} {handle.id} is gone",
            )
    except AnswerLost:
        raise
    except ProviderError as error:
        if not handle.api.accepted:
            raise
        done = ", ".join(dict.fromkeys(handle.api.accepted))
        raise AnswerLost(f"{done} accepted, then: {error}") from error


def find(row: Row, handle: Handle, known: frozenset[str] = frozenset()) -> Found | None:
    """What an interrupted create with these inputs has left; it must be ours and none of the `known` ids.

    Looks only: what is still being made is answered as the create asked for it, since AWS does not tell all of it yet.
    """
    for candidate in row.seek(handle):
        if candidate in known:
            continue
        here = replace(handle, id=candidate)
        found = row.look(here)
        if found is None or row.state(found) is State.GONE:
            continue
        seen = observation.observe(row, here, found)
        finding.assert_ours(row, here, found, seen)
        open_end = row.unsettled(here)
        owed = frozenset({unsettled.SETTLE}) if open_end else frozenset[str]()
        return _noted(row, here, seen, owed, _reasons(row, found, open_end))
    return None


def _reasons(row: Row, found: Object, *others: str) -> tuple[str, ...]:
    """Why a live resource is not initialised fully."""
    states = {State.BUSY: _BUSY, State.FAILED: f"it failed: {found.get('FailureMessage') or 'AWS gives no reason'}"}
    return tuple(reason for reason in (states.get(row.state(found), ""), *others) if reason)


def _noted(row: Row, handle: Handle, seen: Found, owed: frozenset[str], reasons: tuple[str, ...]) -> Found:
    """The found one with its reasons; inputs that nobody can vouch for are left out, so that they are sent again."""
    if not reasons:
        return seen
    inputs = handle.inputs if _BUSY in reasons else seen.inputs
    sure = {name: value for name, value in inputs.items() if name not in owed}
    return Found(seen.id, sure, {**seen.outputs, **unsettled.note(owed)}, reasons)


def _outstanding(row: Row, handle: Handle, changed: tuple[Prop, ...], owed: frozenset[str]) -> tuple[Prop, ...]:
    """Wait until it is at rest, end what a create began, and tell what has to be sent beside the changes."""
    found = _at_rest(row, handle)
    if row.settle and unsettled.SETTLE in owed:
        row.settle(handle)
    live = observation.observe(row, handle, found).inputs
    names = {prop.name for prop in changed} | owed
    for prop in diffs.changed(row, live, handle.inputs):
        # what AWS can't do is for diff to refuse, once a refresh has shown it
        if not row.refuses({prop.name: live.get(prop.name)}, {prop.name: handle.inputs.get(prop.name)}):
            names.add(prop.name)
    return tuple(prop for prop in row.props if prop.name in names)


def _change(row: Row, handle: Handle, changed: tuple[Prop, ...]) -> Props:
    setters = {prop.setter: prop for prop in changed if prop.setter}  # one for several properties is called once
    for setter, prop in setters.items():
        setter(handle, requests.wanted(prop, handle.inputs))
    for operation, props in _by_operation(changed).items():
        requests.modify(row, handle, operation, props)
    found = _ready(row, handle, row.create_seconds if changed else _GRACE_SECONDS)
    seen = observation.observe(row, handle, found)
    if _tag(row, replace(handle, outputs={**handle.outputs, **seen.outputs}), found):
        found = _ready(row, handle, _GRACE_SECONDS)
        seen = observation.observe(row, handle, found)
    return seen.outputs


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


def _at_rest(row: Row, handle: Handle) -> Object:
    """Ready or failed: a change may be what mends a failed one."""

    def probe() -> Object | None:
        found = row.look(handle)
        return None if found is None or row.state(found) is State.BUSY else found

    return handle.api.until(probe, limit=row.create_seconds, awaited=f"{row.type} {handle.id} is at rest")


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
