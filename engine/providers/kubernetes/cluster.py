"""What a provider does with objects of a cluster: look, apply, delete; kinds are asked of the server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

from engine.providers.kubernetes import kinds, objects
from engine.providers.kubernetes.connection import Connection, Request
from engine.providers.kubernetes.kinds import Kind
from engine.providers.kubernetes.refusals import Refusal
from engine.providers.port import Props, ProviderError

_NEW_KIND_SECONDS: Final = 10.0
_PAUSE_SECONDS: Final = 0.2


class NoSuchKind(ProviderError):  # noqa: N818 - an answer, not a fault
    """The server has no such kind: its definition is yet to be made."""


class Cluster:
    """The objects of one cluster."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._lock = connection, threading.Lock()
        self._plurals: dict[Kind, tuple[str, bool]] = {}

    def look(self, kind: Kind, wanted: Props) -> Props | None:
        """The live object; None where there is none, or no such kind. Raises ProviderError."""
        try:
            path = self._path(kind, wanted, patience=0)
            return self._connection.send(Request(_named("looking at", kind, wanted), "GET", path))
        except NoSuchKind:
            return None
        except Refusal as refusal:
            if refusal.status == 404:
                return None
            raise

    def rehearse(self, kind: Kind, wanted: Props, manager: str, *, force: bool) -> Props:
        """What the server would make of it now, without making it. Raises Refusal, NoSuchKind."""
        query = _query(manager, force=force) | {"dryRun": "All"}
        what = _named("a rehearsal of", kind, wanted)
        path = self._path(kind, wanted, patience=0)
        return self._connection.send(Request(what, "PATCH", path, wanted, query, secret=kind.secret))

    def apply(self, kind: Kind, wanted: Props, manager: str, fence: Callable[[], None], *, force: bool) -> Props:
        """Make it so; the object as it is then. Raises Refusal, NoSuchKind, AnswerLost."""
        path = self._path(kind, wanted, patience=_NEW_KIND_SECONDS)
        what = _named("applying", kind, wanted)
        request = Request(what, "PATCH", path, wanted, _query(manager, force=force), secret=kind.secret)
        made = self._connection.send(request, fence)
        if kind.name == "CustomResourceDefinition":
            with self._lock:
                self._plurals.clear()
        return made

    def delete(self, kind: Kind, there: Props, uid: str, propagation: str, fence: Callable[[], None]) -> None:
        """Ask that this very object goes; another one that has its name by now stays. Raises Refusal, AnswerLost."""
        options = {
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "propagationPolicy": propagation,
            "preconditions": {"uid": uid},
        }
        request = Request(_named("deleting", kind, there), "DELETE", self._path(kind, there, patience=0), options)
        try:
            self._connection.send(request, fence)
        except Refusal as refusal:
            if refusal.status not in (404, 409):  # gone, or no longer the one that was meant
                raise

    def _path(self, kind: Kind, value: Props, *, patience: float) -> str:
        plural, namespaced = self._plural(kind, patience)
        metadata = objects.member(value, "metadata")
        place = f"/namespaces/{quote(str(metadata.get('namespace') or 'default'))}" if namespaced else ""
        return f"{kind.root}{place}/{plural}/{quote(str(metadata['name']))}"

    def _plural(self, kind: Kind, patience: float) -> tuple[str, bool]:
        """What the server calls the kind in its paths, and whether it is namespaced. A new kind takes a moment."""
        end = time.monotonic() + patience
        while True:
            with self._lock:
                known = self._plurals.get(kind)
            if known or (known := self._discovered(kind)):
                return known
            if time.monotonic() >= end:
                raise NoSuchKind(f"The cluster at {self._connection.server} has no {kind.name} in {kind.api}.")
            time.sleep(_PAUSE_SECONDS)

    def _discovered(self, kind: Kind) -> tuple[str, bool] | None:
        try:
            listed = self._connection.send(Request(f"looking for kinds of {kind.api}", "GET", kind.root))
        except Refusal as refusal:
            if refusal.status == 404:
                return None
            raise
        found = {
            kinds.Kind(kind.api, str(each["kind"])): (str(each["name"]), bool(each["namespaced"]))
            for each in listed.get("resources") or ()
            if "/" not in each["name"]
        }
        with self._lock:
            self._plurals |= found
        return found.get(kind)


def _query(manager: str, *, force: bool) -> dict[str, str]:
    return {"fieldManager": manager, "force": str(force).lower(), "fieldValidation": "Strict"}


def _named(doing: str, kind: Kind, value: Props) -> str:
    return f"{doing} {kind.name} {objects.id_of(value)}"
