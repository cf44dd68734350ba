"""A cloud in memory and its provider: what the engine's tests drive instead of AWS.

Inputs steer it: `v` updates in place, `rep` forces replacement, `dbr` makes that delete-before-replace, `bad` fails
the check, `fail*` fails a call, `lose` accepts a create and loses the answer, `partial` makes it only half, `sleep`
takes seconds, `echoIn` comes back as `echo`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

from engine.providers.port import (
    UNKNOWN,
    AnswerLost,
    Call,
    ChangeKind,
    Checked,
    CheckFailure,
    Configured,
    Created,
    Diff,
    Found,
    PartlyDone,
    PropertyChange,
    Props,
    ProviderError,
    Resource,
    Unknown,
)


@dataclass(slots=True)
class World:
    """What exists, and every call that was made."""

    things: dict[str, Props] = field(default_factory=dict[str, Props])
    calls: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    live: int = 0
    most_live: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    serial: int = 0
    refuse: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    lose: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    halve: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    reachable: Callable[[], bool] = lambda: True

    def named(self, name: str) -> list[str]:
        """Ids of the things with this name: more than one is a double."""
        return [id for id, thing in self.things.items() if thing["__name"] == name]

    def made(self, verb: str) -> list[str]:
        """Names in the order in which a verb was called for them."""
        return [name for called, name in self.calls if called == verb]


class WorldProvider:
    """The provider `w`."""

    package = "w"
    version = "1.0.0"

    def __init__(self, world: World) -> None:
        self.world = world

    def check_config(self, config: Props) -> Sequence[CheckFailure]:
        return [CheckFailure(key, "is not known") for key in config if key not in ("region", "opt", "token")]

    def diff_config(self, olds: Props, news: Props) -> Diff:
        names = sorted({*olds, *news})
        return Diff(
            tuple(
                PropertyChange(name, ChangeKind.UPDATE, replace=name == "region")
                for name in names
                if olds.get(name) != news.get(name)
            )
        )

    def configure(self, config: Props) -> Configured:
        return _Configured(self.world, config)

    def holds_data(self, type: str) -> bool:
        return type == "w:index:Vault"


class _Configured:
    def __init__(self, world: World, config: Props) -> None:
        self.world, self.config = world, config

    def check(self, resource: Resource, olds: Props | None, news: Props, seed: bytes) -> Checked:
        if isinstance(news.get("bad"), str):
            return Checked(news, (CheckFailure("bad", f"{news['bad']} is not allowed"),))
        generated = (olds or {}).get("auto") or f"{resource.name}-{seed.hex()[:7]}"
        return Checked({**news, "auto": generated} if news.get("named") else news)

    def diff(self, resource: Resource, id: str, old_inputs: Props, old_outputs: Props, news: Props) -> Diff:
        changes = tuple(
            PropertyChange(
                name,
                ChangeKind.ADD
                if name not in old_inputs
                else ChangeKind.DELETE
                if name not in news
                else ChangeKind.UPDATE,
                replace=name.startswith("rep"),
            )
            for name in sorted({*old_inputs, *news})
            if isinstance(news.get(name), Unknown) or old_inputs.get(name) != news.get(name)
        )
        return Diff(changes, delete_before_replace=bool(news.get("dbr")))

    def preview(self, resource: Resource, news: Props, old_outputs: Props | None) -> Props:
        known = old_outputs or {}
        return {**news, "out": known.get("out", UNKNOWN), "pw": known.get("pw", UNKNOWN)}

    def create(self, resource: Resource, inputs: Props, call: Call) -> Created:
        self._begin("create", resource, inputs)
        with self.world.lock:
            self.world.serial += 1
            id = f"{resource.name}-{self.world.serial}"
            self.world.things[id] = {**inputs, "__name": resource.name, "__urn": resource.urn}
        if ("create", resource.name) in self.world.lose:
            raise AnswerLost("w create: the connection broke after the request was sent.")
        if inputs.get("partial"):
            raise PartlyDone("half made", id=id, outputs=self._outputs(id))
        return Created(id, self._outputs(id))

    def read(self, resource: Resource, id: str, inputs: Props, outputs: Props) -> Found | None:
        self.world.calls.append(("read", resource.name))
        thing = self.world.things.get(id)
        if thing is None:
            return None
        return Found(id, {k: v for k, v in thing.items() if not k.startswith("__")}, self._outputs(id))

    def update(
        self, resource: Resource, id: str, old_inputs: Props, old_outputs: Props, news: Props, call: Call
    ) -> Props:
        self._begin("update", resource, news)
        self.world.things[id] = {**news, "__name": resource.name, "__urn": resource.urn}
        if ("update", resource.name) in self.world.lose:
            raise AnswerLost("w update: the connection broke after the request was sent.")
        if ("update", resource.name) in self.world.halve:
            raise PartlyDone("half updated", id=id, outputs=self._outputs(id))
        if news.get("defect"):
            raise KeyError("a-secret-value")
        return self._outputs(id)

    def delete(self, resource: Resource, id: str, inputs: Props, outputs: Props, call: Call) -> None:
        self._begin("delete", resource, inputs)
        self.world.things.pop(id, None)
        if ("delete", resource.name) in self.world.lose:
            raise AnswerLost("w delete: the connection broke after the request was sent.")

    def find(self, resource: Resource, inputs: Props, known: frozenset[str] = frozenset()) -> Found | None:
        for id, thing in self.world.things.items():
            if thing["__urn"] == resource.urn and id not in known:
                return self.read(resource, id, inputs, {})
        return None

    def invoke(self, token: str, args: Props) -> Props:
        if token == "w:index:fail":
            raise ProviderError("w fail: refused")
        return {"region": self.config.get("region", ""), "asked": args.get("asked")}

    def _begin(self, verb: str, resource: Resource, inputs: Props) -> None:
        if not self.world.reachable():
            raise ProviderError("w is out of reach")
        with self.world.lock:
            self.world.calls.append((verb, resource.name))
            self.world.live += 1
            self.world.most_live = max(self.world.most_live, self.world.live)
        try:
            time.sleep(inputs.get("sleep") or 0)
        finally:
            with self.world.lock:
                self.world.live -= 1
        if (verb, resource.name) in self.world.refuse:
            raise ProviderError(f"w {verb} refused: NotToday")

    def _outputs(self, id: str) -> Props:
        thing = {k: v for k, v in self.world.things[id].items() if not k.startswith("__")}
        if "echoIn" in thing:
            thing["echo"] = f"you said {thing['echoIn']}"
        return {**thing, "out": f"out-{id}", "pw": "s3cr3t-out"}


class Thing(pulumi.CustomResource):
    """`w:index:Thing`: any inputs; outputs `out`, `pw`, `echo`."""

    out: pulumi.Output[str]
    pw: pulumi.Output[str]
    echo: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        props: dict[str, Any] | None = None,
        opts: pulumi.ResourceOptions | None = None,
        type: str = "Thing",
    ) -> None:
        given: dict[str, Any] = {"out": None, "pw": None, "echo": None, **(props or {})}
        super().__init__(f"w:index:{type}", name, given, opts)


class Group(pulumi.ComponentResource):
    """A component with nothing of its own."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("w:index:Group", name, None, opts)


class WorldProviderResource(pulumi.ProviderResource):
    """An explicit provider of `w`."""

    def __init__(self, name: str, region: str | None = None, **more: Any) -> None:
        super().__init__("w", name, {"region": region, **more})
