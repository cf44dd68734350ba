"""`python -m engine.local_cloud.contexts -folder FOLDER HOME`: the process behind one emulated EKS cluster."""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
import sys
from pathlib import Path

from engine.local_cloud.contexts import choice
from engine.local_cloud.contexts.passage import Passage
from engine.local_cloud.contexts.reviews import Reviews
from engine.local_cloud.contexts.way import Way
from engine.local_cloud.home import Home, write
from engine.local_cloud.ministack_side import cluster_objects
from engine.local_cloud.network import certificates
from engine.local_cloud.servers import passages, wanted
from engine.local_cloud.servers.wanted import Wanted
from engine.providers.port import ProviderError
from stacks.errors import Refused, TenantError

_DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_LABEL = {"app.kubernetes.io/managed-by": "tenant-local-cloud"}
_CREATED, _THERE = 201, 409
_log = logging.getLogger("passage")


def main(folder: Path, home: Home) -> int:
    """Serve until SIGTERM; 1 where the cluster can't be used now, with the reason in the folder."""
    logging.basicConfig(format="%(asctime)s %(name)s: %(message)s", level=logging.INFO)
    write(folder / "pid", str(os.getpid()))
    try:
        way = _way(home)
    except TenantError as error:
        write(folder / passages.FAILURE, str(error))
        _log.warning("%s", error)
        return 1
    (folder / passages.FAILURE).unlink(missing_ok=True)
    _define(way)
    known = wanted.load(home, wanted.PASSAGE, folder.name)
    assert known is not None, "what is wanted is written before this process is started"
    trust = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trust.load_cert_chain(*certificates.server(home, known.address))
    lets_in = Reviews(folder / "review.kubeconfig", home.ca_file).lets_in
    asyncio.run(_serve(Passage(way, lets_in), known, trust))
    return 0


async def _serve(passage: Passage, known: Wanted, trust: ssl.SSLContext) -> None:
    server = await passage.listen(known.address, known.port, trust)
    await server.serve_forever()


def _way(home: Home) -> Way:
    """The way to the very cluster that was chosen. Raises TenantError."""
    chosen = choice.load(home)
    if chosen is None:
        raise Refused("No context is chosen.")
    way = chosen.way()
    if way.check() != chosen.identity:
        raise Refused(
            f"Context `{chosen.context}` leads to another cluster than it did.",
            where=way.target.server,
            why="What stands in an EKS cluster would be looked for in a strange one.",
            next="tenant local stop, tenant local start",
        )
    return way


def _define(way: Way) -> None:
    """Kinds that EKS brings, where they are not there. They stay: others may use them by then."""
    for each in cluster_objects.definitions():
        each["metadata"]["labels"] = _LABEL
        try:
            status, told = way.call("POST", _DEFINITIONS, each)
        except (OSError, ProviderError) as error:
            status, told = 0, {"message": str(error)}
        if status not in (_CREATED, _THERE):
            _log.warning("%s: %s %s", each["metadata"]["name"], status, told.get("message", ""))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[2]), Home(Path(sys.argv[3]))))
