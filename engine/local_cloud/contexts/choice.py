"""Which context serves the EKS clusters of a home: kept there as a name and files, so no credential is copied."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from engine.local_cloud.contexts import kubeconfig
from engine.local_cloud.contexts.way import Way
from engine.local_cloud.home import Home, read_json, write
from engine.local_cloud.servers import wanted
from stacks.errors import Refused

_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Choice:
    """A context, the kubeconfigs that it was found in, and the cluster it led to: server and `identity`."""

    context: str
    files: tuple[str, ...]
    server: str = ""
    identity: str = ""

    def way(self) -> Way:
        """How to get there now: the files are read anew. Raises BadInput."""
        return Way(kubeconfig.target(kubeconfig.load([Path(each) for each in self.files]), self.context), self.context)

    def checked(self) -> Choice:
        """The same context, with the cluster that it leads to now. Raises BadInput, Refused, CloudFailed."""
        way = self.way()
        return Choice(self.context, self.files, way.target.server, way.check())


def load(home: Home) -> Choice | None:
    """The context; None where control planes of our own serve."""
    known: dict[str, Any] | None = read_json(home.context_file)
    return Choice(known["context"], tuple(known["files"]), known["server"], known["identity"]) if known else None


def choose(home: Home, context: str, files: Sequence[Path]) -> None:
    """Let this context serve from now on, or control planes of our own where it is empty.

    Raises BadInput, CloudFailed, and Refused where EKS clusters stand that something else serves.
    """
    before = load(home)
    if not context:
        if before is not None:
            _see_none(home, f"They are in the cluster of context {before.context}")
            home.context_file.unlink()
        return
    found = Choice(context, tuple(str(each.absolute()) for each in files)).checked()
    if before is None:
        _see_none(home, "They have control planes of the local cloud's own")
    elif before.identity != found.identity:
        moved = f"Context {context} leads to another cluster by now"
        _see_none(home, moved if context == before.context else f"They are in the cluster of context {before.context}")
    write(home.context_file, json.dumps(asdict(found), indent=1))


def look_again(home: Home) -> None:
    """Before a start: does the context still lead somewhere, and to the same cluster where EKS clusters are in it?

    Raises BadInput, CloudFailed, Refused.
    """
    if before := load(home):
        choose(home, before.context, [Path(each) for each in before.files])


def state(choice: Choice) -> str:
    """Whether something listens at the chosen cluster's address, in words."""
    url = urlsplit(choice.server)
    try:
        socket.create_connection((url.hostname or "", url.port or 443), _SECONDS).close()
    except OSError:
        return "not running"
    return "running"


def limits(choice: Choice) -> Iterator[str]:
    """What people must know of it, as lines."""
    yield f"EKS clusters are the cluster of context {choice.context} at {choice.server}: all of them that one,"
    yield "  with the context's own credentials. What tenants have in it is real, and stays there after a reset."
    yield "Not shown: rights of access entries and policies (whoever has an entry acts as the context's user),"
    yield "  node groups (records only: it has the nodes it has), volumes of EBS, security groups of pods;"
    yield "  nor a tenant with a cluster of its own beside shared services: both guard the same one."


def _see_none(home: Home, why: str) -> None:
    names = [one.name.split(".", 2)[-1] for one in wanted.every(home) if one.kind in wanted.CLUSTERS]
    if names:
        raise Refused(
            "The EKS clusters of this local cloud keep what serves them.",
            where=", ".join(names),
            why=f"{why}, and what they hold does not move.",
            next="Destroy what made them, or `tenant local reset`; then choose again.",
        )
