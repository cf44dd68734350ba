"""Which AWS operations code can call, read off the code itself: nothing has to be declared beside a row.

Calls are made as `api.read("iam", "GetRole", …)`. Both words are constants of a function, or are held by a closure, a
row, a property, a way of tagging. So everything that is reachable from an object is walked, and every string that
names an operation of a service that is reachable too counts: of the service that stands beside it in the same function
where one does, else of any. That may be more than is called where two services share a name; the contract suite fails
where it is less.
"""

from __future__ import annotations

import dis
import functools
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final, NamedTuple, cast

from engine.providers.aws import sdk
from engine.providers.aws.calls import Api
from engine.providers.aws.permissions.actions import Called
from engine.providers.aws.rows import ROWS
from engine.providers.aws.table import Handle

_OURS: Final = "engine.providers.aws"
_NOT_WALKED: Final = (Api, Handle)
"""What carries a call and makes none of its own."""


class _Word(NamedTuple):
    """A string of the code, and the strings of the function that it stands in."""

    text: str
    beside: frozenset[str]


def of(*starts: object) -> frozenset[Called]:
    """Operations that code can call which is reachable from these objects."""
    words = frozenset(_words(starts))
    services = frozenset(word.text for word in words) & _services()
    return frozenset(Called(service, word.text) for word in words for service in _speaking(word, services))


def _speaking(word: _Word, services: frozenset[str]) -> Iterable[str]:
    """The services whose operation a word is: the ones beside it where it is theirs, else all that are known."""
    known = [service for service in services if word.text in _operations(service)]
    return [service for service in known if service in word.beside] or known


@functools.cache
def _services() -> frozenset[str]:
    """Services that any row speaks to, and those of what is not a row."""
    return frozenset({row.service for row in ROWS.values()}) | _OTHERS


_OTHERS: Final = frozenset({"sts", "ce", "service-quotas", "resourcegroupstaggingapi"})
_MEMBER: Final = frozenset({"LOAD_ATTR", "LOAD_METHOD"})


@functools.cache
def _operations(service: str) -> frozenset[str]:
    return frozenset(sdk.model(service).operation_names)


def _words(starts: Iterable[object]) -> Iterator[_Word]:
    """Every string that is reachable."""
    seen: set[int] = set()
    kept: list[object] = []  # so that no number in `seen` is given to another object
    waiting = list(starts)
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield _Word(one, frozenset())
        elif isinstance(one, _Word):
            yield one
        elif id(one) not in seen:
            seen.add(id(one))
            kept.append(one)
            waiting.extend(_parts(one))


def _parts(one: object) -> Iterable[object]:
    """What an object leads to."""
    if isinstance(one, types.FunctionType):
        return _of_function(one)
    if isinstance(one, types.MethodType):
        return (one.__func__, one.__self__)
    if isinstance(one, functools.partial):
        held = cast("functools.partial[Any]", one)
        return (held.func, *held.args, *held.keywords.values())
    if isinstance(one, Mapping):
        pairs = cast("Mapping[object, object]", one)
        return (*pairs.keys(), *pairs.values())
    if isinstance(one, tuple | list | set | frozenset):
        return cast("Iterable[object]", one)
    if isinstance(one, type):
        return _of_class(one) if _is_ours(one) else ()
    if isinstance(one, property):
        return (one.fget,)
    return _of_instance(one) if _is_ours(type(one)) else ()


def _of_instance(one: object) -> Iterable[object]:
    held = [getattr(one, each.name) for each in fields(one)] if is_dataclass(one) and not isinstance(one, type) else []
    return (*held, type(one))


def _of_class(one: type) -> Iterable[object]:
    return [member for member in vars(one).values() if isinstance(member, types.FunctionType | property)]


@functools.cache
def _of_function(function: types.FunctionType) -> tuple[object, ...]:
    return tuple(_held(function)) if str(function.__module__).startswith(_OURS) else ()


def _held(function: types.FunctionType) -> Iterator[object]:
    for cell in function.__closure__ or ():
        yield cell.cell_contents
    yield from function.__defaults__ or ()
    yield from (function.__kwdefaults__ or {}).values()
    for code in _codes(function.__code__):
        said = frozenset(constant for constant in code.co_consts if isinstance(constant, str))
        yield from (_Word(text, said) for text in said)
        yield from (constant for constant in code.co_consts if isinstance(constant, tuple | frozenset))
        yield from _named(code, function.__globals__)


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    """A function's code and that of functions within it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _codes(constant)


def _named(code: types.CodeType, known: Mapping[str, object]) -> Iterator[object]:
    """Globals that code loads; of a module of ours, the member that it loads next."""
    module: types.ModuleType | None = None
    for step in dis.get_instructions(code):
        if module is not None and step.opname in _MEMBER:
            yield getattr(module, str(step.argval), None)
        module = None
        if step.opname == "LOAD_GLOBAL":
            found = known.get(str(step.argval))
            if not isinstance(found, types.ModuleType):
                yield found
            elif found.__name__.startswith(_OURS):
                module = found


def _is_ours(kind: type) -> bool:
    return kind.__module__.startswith(_OURS) and kind not in _NOT_WALKED
