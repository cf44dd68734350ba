"""Engine events as `pulumi --event-log` writes them, sent to whoever listens."""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

import grpc
from pulumi.runtime.proto import events_pb2, events_pb2_grpc

from engine.embedded import values
from engine.embedded.snapshot import Row
from engine.providers.port import Diff


class Sink:
    """Numbers events and streams them to `tcp://host:port`; with no address they are only counted."""

    def __init__(self, address: str = "") -> None:
        self._queue: queue.Queue[str | None] = queue.Queue()
        self._lock = threading.Lock()
        self._sequence = 0
        self._thread: threading.Thread | None = None
        if address:
            self._thread = threading.Thread(target=self._stream, args=(address.removeprefix("tcp://"),), daemon=True)
            self._thread.start()

    def send(self, kind: str, body: Mapping[str, Any]) -> None:
        """Send one event, e.g. `resourcePreEvent`."""
        with self._lock:
            event = {"sequence": self._sequence, "timestamp": int(time.time()), kind: body}
            self._sequence += 1
            if self._thread is not None:
                self._queue.put(json.dumps(event))

    def close(self) -> None:
        """Send what is queued and end the stream."""
        self.send("cancelEvent", {})
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(10)

    def _stream(self, address: str) -> None:
        with grpc.insecure_channel(address) as channel:
            stub: Any = events_pb2_grpc.EventsStub(channel)
            stub.StreamEvents(self._requests())

    def _requests(self) -> Iterator[events_pb2.EventRequest]:
        while (event := self._queue.get()) is not None:
            yield events_pb2.EventRequest(event=event)


def step(op: str, row: Row, old: Row | None, new: Row | None, diff: Diff | None = None) -> dict[str, Any]:
    """A step's metadata: the operation, the resource before and after, and what differs."""
    changes = diff.changes if diff else ()
    detailed = {
        change.path: {"diffKind": change.kind.value + ("-replace" if change.replace else ""), "inputDiff": True}
        for change in changes
    }
    keys = [change.path for change in changes if change.replace]
    optional = {"keys": keys, "diffs": list(detailed)}
    return {
        "op": op,
        "urn": row.urn,
        "type": row.type,
        "old": _state(old),
        "new": _state(new),
        **{key: value for key, value in optional.items() if value},
        "detailedDiff": detailed or None,
        "logical": True,
        "provider": row.provider,
    }


def _state(row: Row | None) -> dict[str, Any] | None:
    if row is None:
        return None
    optional = {
        "custom": row.custom,
        "delete": row.delete,
        "protect": row.protect,
        "retainOnDelete": row.retain_on_delete,
        "initErrors": list(row.init_errors),
    }
    return {
        "type": row.type,
        "urn": row.urn,
        "id": row.id,
        "parent": row.parent,
        "inputs": values.shown(row.inputs),
        "outputs": values.shown(row.outputs),
        "provider": row.provider,
        **{key: value for key, value in optional.items() if value},
    }


def diagnostic(severity: str, message: str, urn: str = "") -> dict[str, Any]:
    """A message for people; severity debug, info, warning or error."""
    body = {"message": message, "color": "never", "severity": severity, "prefix": f"{severity}: "}
    return {**body, "urn": urn} if urn else body
