"""One step after the other, and somebody who looks in between: the engine's own providers, behind a turnstile.

A step is one mutating call of a provider, which may be several requests to its service, or what a purge does past the
engine in things that others share. While a step or a look is under way no other step begins, however many are ready.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from engine.providers.port import Call, Configured, Created, Props, Provider, ProviderError, Providers, Resource
from operations import compose
from operations.adapters.engines import Engines
from operations.bundle import Bundle, Folder, KeysOf, Leftovers, RowsOf
from operations.settings import Settings
from stacks.inputs.environment import Engine

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step:
    """What was done to what. `told` are the resource's outputs after it: None where it is gone or the step failed."""

    verb: str
    type: str
    name: str
    told: Props | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"{self.verb} {self.type} {self.name}"


class Turnstile:
    """Lets one step through at a time; `look` is called after each, before the engine hears what came of it."""

    def __init__(self, look: Callable[[Step], None]) -> None:
        self._look, self._lock = look, threading.Lock()

    def go(self, step: Step, do: Callable[[], T], told: Callable[[T], Props | None]) -> T:
        """The answer of the step, which has been looked at. A step that failed may have done something all the same."""
        with self._lock:
            try:
                done = do()
            except ProviderError:
                self._look(step)
                raise
            self._look(replace(step, told=told(done)))
            return done


def bundle(settings: Settings, look: Callable[[Step], None]) -> Bundle:
    """The environment's bundle, every step of which is looked at."""
    built, turnstile = compose.bundle(settings, _never), Turnstile(look)
    engines = _Engines(settings, built.environment, Engine.EMBEDDED, _never, turnstile)
    return replace(built, open=engines.open, leftovers=_Leftovers(built.leftovers, turnstile))


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class _Engines(Engines):
    turnstile: Turnstile

    def _providers(self) -> Providers:
        return {name: _Provider(each, self.turnstile) for name, each in Engines._providers(self).items()}


class _Provider:
    def __init__(self, inner: Provider, turnstile: Turnstile) -> None:
        self._inner, self._turnstile = inner, turnstile
        self.package, self.version = inner.package, inner.version
        self.check_config, self.diff_config, self.holds_data = inner.check_config, inner.diff_config, inner.holds_data

    def configure(self, config: Props) -> Configured:
        return _Configured(self._inner.configure(config), self._turnstile)


class _Configured:
    def __init__(self, inner: Configured, turnstile: Turnstile) -> None:
        self._inner, self._turnstile = inner, turnstile
        self.check, self.diff, self.preview = inner.check, inner.diff, inner.preview
        self.read, self.find, self.invoke = inner.read, inner.find, inner.invoke

    def create(self, resource: Resource, inputs: Props, call: Call) -> Created:
        def do() -> Created:
            return self._inner.create(resource, inputs, call)

        return self._turnstile.go(_step("create", resource), do, lambda created: {**created.outputs, "id": created.id})

    def update(
        self, resource: Resource, id: str, old_inputs: Props, old_outputs: Props, news: Props, call: Call
    ) -> Props:
        def do() -> Props:
            return self._inner.update(resource, id, old_inputs, old_outputs, news, call)

        return self._turnstile.go(_step("update", resource), do, lambda outputs: {**outputs, "id": id})

    def delete(self, resource: Resource, id: str, inputs: Props, outputs: Props, call: Call) -> None:
        def do() -> None:
            self._inner.delete(resource, id, inputs, outputs, call)

        self._turnstile.go(_step("delete", resource), do, _nothing)


def _step(verb: str, resource: Resource) -> Step:
    return Step(verb, resource.type, resource.name)


def _nothing(_: Any) -> None:
    return None


@dataclass(frozen=True, slots=True)
class _Leftovers:
    inner: Leftovers
    turnstile: Turnstile

    def empty(self, folder: Folder, region: str, fence: Callable[[], None]) -> None:
        def do() -> None:
            self.inner.empty(folder, region, fence)

        self.turnstile.go(Step("empty", "aws:s3", folder.name), do, _nothing)

    def sweep(self, keys: KeysOf, region: str, fence: Callable[[], None]) -> None:
        def do() -> None:
            self.inner.sweep(keys, region, fence)

        self.turnstile.go(Step("sweep", "aws:elasticache", str(keys.database)), do, _nothing)

    def erase(self, rows: RowsOf, region: str, fence: Callable[[], None]) -> None:
        def do() -> None:
            self.inner.erase(rows, region, fence)

        self.turnstile.go(Step("erase", "postgresql:", rows.login), do, _nothing)
