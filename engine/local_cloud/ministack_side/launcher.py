"""Puts the MiniStack process together: hooks, state, watch, and the server."""

from __future__ import annotations

import asyncio
import importlib
import logging
from pathlib import Path
from typing import Any

from engine.local_cloud import emulators, hooks, watch
from engine.local_cloud.home import Home, Settings
from engine.local_cloud.ministack_side import (
    alarms,
    authorization,
    encryption_context,
    metric_namespace,
    object_keys,
    policy_variables,
    principals,
    request_tags,
    root_key,
    subscriptions,
    tags,
    trails,
    transport,
    usage_plans,
    vaults,
)
from engine.local_cloud.ministack_side import app as front
from engine.local_cloud.ministack_side.app import App
from engine.local_cloud.ministack_side.caches import Caches
from engine.local_cloud.ministack_side.clusters import Clusters
from engine.local_cloud.ministack_side.key_rights import Keys
from engine.local_cloud.ministack_side.object_rights import ObjectRights
from engine.local_cloud.ministack_side.secret_rights import SecretRights
from engine.local_cloud.ministack_side.state import NotSaved, State
from engine.local_cloud.network import certificates

_MEND_SECONDS = 0.5
_log = logging.getLogger("ministack-side")


def install_hooks(home: Home, settings: Settings) -> tuple[App, State, tuple[Caches, Clusters]]:
    """All hooks of this process. Raises hooks.MissingHook where an installed package lacks a name."""
    root_key.install(settings)
    principals.install()
    policy_variables.install()
    request_tags.install()
    encryption_context.install()
    metric_namespace.install()
    authorization.install()
    object_keys.install()
    keys = Keys()
    keys.install()
    ObjectRights(keys).install()
    SecretRights(keys).install()
    subscriptions.install()
    alarms.install()
    vaults.install()
    usage_plans.install()
    trails.install()
    tags.install(settings)
    transport.install()
    state, caches, clusters = State(home), Caches(home, settings), Clusters(home, settings)
    state.install()
    caches.install()
    clusters.install()
    app = App(home, settings, state, caches, clusters)
    app.install()
    tcp: Any = importlib.import_module("hypercorn.asyncio.tcp_server").TCPServer
    hooks.around(tcp, "run", _know_the_connection)
    hooks.around(tcp, "_close", _part_without_a_word)
    return app, state, (caches, clusters)


def run(folder: str) -> None:
    """Serve until SIGTERM; hypercorn handles the signal and lets MiniStack save."""
    logging.basicConfig(format="%(asctime)s %(name)s: %(message)s", level=logging.WARNING)
    home = Home(Path(folder))
    settings = home.settings()
    assert settings is not None, "the supervisor writes the settings before it starts an emulator"
    lock = watch.announce(home, emulators.MINISTACK)
    asyncio.run(_serve(home, settings))
    lock.release()


async def _serve(home: Home, settings: Settings) -> None:
    app, state, (caches, clusters) = install_hooks(home, settings)
    clusters.point()
    watch.over(home)
    jobs = [asyncio.create_task(job) for job in (_mend(caches), _mend(clusters), _keep(app, state))]
    serve: Any = importlib.import_module("hypercorn.asyncio").serve
    await serve(app, _config(home, settings))
    for job in jobs:
        job.cancel()


def _config(home: Home, settings: Settings) -> Any:
    """TLS for clients; without it for the cloud's own parts, and for whoever wants to see that TLS is demanded."""
    config: Any = importlib.import_module("hypercorn.config").Config()
    config.bind = [f"{certificates.LOOPBACK}:{settings.ministack_port}"]
    config.insecure_bind = [f"{certificates.LOOPBACK}:{settings.ministack_plain_port}"]
    config.certfile, config.keyfile = map(str, certificates.server(home, certificates.LOOPBACK))
    config.alpn_protocols = ["http/1.1"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 2
    config.loglevel = "WARNING"
    return config


async def _know_the_connection(original: Any, server: Any) -> None:
    """The app is run in a copy of this task's context: there it finds the connection, to lose an answer."""
    front.CONNECTION.set(server.writer)
    await original(server)


async def _part_without_a_word(original: Any, server: Any) -> None:
    """At the end of the process, drop who is still there: TLS would wait 30 s for an idle client's farewell."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        server.writer.transport.abort()
    await original(server)


async def _mend(part: Caches | Clusters) -> None:
    while True:
        await asyncio.sleep(_MEND_SECONDS)
        await asyncio.to_thread(part.converge)


async def _keep(app: App, state: State) -> None:
    """Save what changed on behalf of another service (an S3 event in a queue) within half a second."""
    while True:
        await app.behind.wait()
        await asyncio.sleep(_MEND_SECONDS)
        app.behind.clear()
        try:
            await asyncio.to_thread(state.save, None)
        except NotSaved as fault:
            _log.error("%s", fault)
