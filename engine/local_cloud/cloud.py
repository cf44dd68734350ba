"""`LocalCloud`: start, stop, look at and reach the local cloud of a home."""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.local_cloud import emulators, kubeconfigs, locks, processes, roles, routing, supervision
from engine.local_cloud.contexts import choice
from engine.local_cloud.emulators import Emulator
from engine.local_cloud.environment import Cache, Database, LocalEnvironment, Part
from engine.local_cloud.faults.book import FaultBook
from engine.local_cloud.home import Home, Settings, write
from engine.local_cloud.kubernetes import builds
from engine.local_cloud.servers import mending, wanted
from stacks.errors import CloudFailed, CloudUnreachable

if TYPE_CHECKING:
    from engine.providers.aws.access import AwsAccess

_START_SECONDS = 120
_STOP_SECONDS = 60


class LocalCloud:
    """The local cloud whose everything is in one folder."""

    def __init__(self, folder: Path) -> None:
        self._home = Home(folder)
        self.faults = FaultBook(self._home)
        self._mark = emulators.mark(self._home, supervision.MODULE)
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def ca_file(self) -> Path:
        """The authority that all clients verify against."""
        return self._home.ca_file

    def running(self) -> bool:
        """Whether it runs and everything has answered once."""
        ready = processes.read_pid(self._home.ready_file)
        return ready is not None and processes.is_running(ready, self._mark)

    def start(self, say: Callable[[str], None] = lambda _: None) -> None:
        """Start it and wait until all parts answer. Harmless when it runs. Raises CloudFailed with the reason.

        Where a context's cluster serves EKS clusters, it must answer: see `choice.look_again` for what else is raised.
        """
        self._home.make()
        with locks.held(self._home.locks / "start"):
            running = self.running()
            if not running:
                choice.look_again(self._home)
            write(self._home.wanted_file, "up")
            for line in self.limits():
                say(line)
            if running:
                say("The local cloud is running already.")
                return
            say("Starting the local cloud: two emulators, their databases and caches.")
            self._child = emulators.spawn(self._home, supervision.MODULE, "supervisor")
            over = functools.partial(self._is_over, self._child.poll)
            if not processes.wait_until(over, _START_SECONDS) or not self.running():
                raise CloudFailed(
                    "The local cloud did not start.",
                    why=self._last_words(),
                    next=f"The whole logs are in {self._home.logs}; then: tenant local stop, tenant local start",
                )
            say("The local cloud is ready.")

    def serve_eks_by(self, context: str, kubeconfigs: Sequence[Path]) -> None:
        """Let a context's cluster serve EKS clusters from now on, or control planes of our own where it is empty.

        Raises BadInput, CloudFailed, and Refused where EKS clusters stand that something else serves.
        """
        self._home.make()
        with locks.held(self._home.locks / "start"):
            choice.choose(self._home, context, kubeconfigs)

    def limits(self) -> tuple[str, ...]:
        """What can't be shown because somebody's cluster serves EKS clusters, as lines; none where ours do."""
        chosen = choice.load(self._home)
        return tuple(choice.limits(chosen)) if chosen else ()

    def stop(self) -> tuple[str, ...]:
        """End every process; all data stays. What was ended, in words."""
        if not self._home.folder.exists():
            return ()
        self._home.make()
        with locks.held(self._home.locks / "start"):
            write(self._home.wanted_file, "down")
            before = [part for part in self.status() if part.pid]
            pid = processes.read_pid(self._home.folder / "supervisor.pid")
            processes.end(pid, self._mark, seconds=_STOP_SECONDS)
            for name in emulators.NAMES:
                Emulator(self._home, name).end()
            supervision.end_servers(self._home)
            builds.end(self._home)
            self._home.ready_file.unlink(missing_ok=True)
            if self._child is not None:
                self._child.wait(5)  # else it stays in the process table until this process ends
        return tuple(f"{part.name} (pid {part.pid})" for part in before)

    def reset(self) -> tuple[str, ...]:
        """Stop it and remove everything it kept. What was ended."""
        ended = self.stop()
        if self._home.folder.exists():
            shutil.rmtree(self._home.folder)
        return ended

    def status(self) -> tuple[Part, ...]:
        """Every part: what it is, whether it runs, where it answers, what memory it takes."""
        settings = self._home.settings()
        return tuple(self._parts(settings)) if settings else ()

    def environment(self) -> LocalEnvironment:
        """All that clients need. Raises CloudUnreachable where it does not run."""
        settings = self._settings()
        databases: dict[str, Any] = self._ask(settings, settings.moto, "databases")
        caches: dict[str, Any] = self._ask(settings, settings.ministack_plain, "caches")
        clusters: dict[str, Any] = self._ask(settings, settings.ministack_plain, "clusters")
        return LocalEnvironment(
            endpoints=routing.endpoints(settings),
            default_endpoint=settings.refusal,
            region=settings.region,
            access_key=settings.access_key,
            secret_key=settings.secret_key,
            ca_file=self.ca_file,
            databases={name: Database(*found) for name, found in databases.items()},
            caches={name: Cache(host, port, tuple(users)) for name, (host, port, users) in caches.items()},
            kubeconfigs=kubeconfigs.written(self._home, clusters),
        )

    def access(self, role: str | None = None) -> AwsAccess:
        """How the AWS rows reach it: as root, or as the role with this ARN, for an hour.

        Raises CloudUnreachable where it does not run, CloudFailed where the role can't be taken on.
        """
        from engine.providers.aws.access import AwsAccess, Credentials  # boto3: only where it is needed

        settings = self._settings()
        root = AwsAccess(
            endpoints=routing.endpoints(settings),
            default_endpoint=settings.refusal,
            credentials=Credentials(settings.access_key, settings.secret_key),
            ca_file=self.ca_file,
        )
        return root if role is None else roles.taken_on(root, settings.region, role)

    def _settings(self) -> Settings:
        settings = self._home.settings()
        if settings is None or not self.running():
            raise CloudUnreachable("The local cloud is not running.", next="Start it: `tenant local start`.")
        return settings

    def _is_over(self, poll: Callable[[], int | None]) -> bool:
        return self.running() or poll() is not None

    def _last_words(self) -> str:
        said: list[str] = []
        for log in sorted(self._home.logs.glob("*.log")):
            lines = log.read_text(errors="replace").splitlines()[-3:]
            said += [f"{log.name}: {line}" for line in lines]
        return " | ".join(said)

    def _ask(self, settings: Settings, endpoint: str, what: str) -> Any:
        request = urllib.request.Request(  # noqa: S310 - an own http endpoint on loopback
            f"{endpoint}/_local/{what}", headers={"x-local-link": settings.link}
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=30) as answer:
                return json.loads(answer.read())
        except (OSError, urllib.error.URLError) as fault:
            raise CloudUnreachable(
                "The local cloud does not answer.", why=str(fault), next="See: `tenant local status`."
            ) from fault

    def _parts(self, settings: Settings) -> Iterator[Part]:
        home = self._home
        pid = processes.read_pid(home.folder / "supervisor.pid")
        pid = pid if processes.is_running(pid, self._mark) else None
        yield _part("supervisor", "real", "127.0.0.1", pid)
        addresses = {emulators.MOTO: settings.moto, emulators.MINISTACK: settings.ministack}
        for name in emulators.NAMES:
            served = ", ".join(service.name for service in routing.SERVICES if service.emulator == name)
            yield _part(f"{name}: {served}", "emulated", addresses[name], Emulator(home, name).pid())
        for one in wanted.every(home):
            real = mending.server(home, one)
            state = "" if one.running else "stopped"
            yield _part(f"{one.kind} {one.name}", "real", f"{one.address}:{one.port}", real.pid(), state)
        if chosen := choice.load(home):
            yield Part(f"kubernetes of context {chosen.context}", "real", choice.state(chosen), chosen.server)
        state = "running" if pid else "not running"
        for name in ("every other AWS service: refused", "subnets, NAT, security groups: records without packets"):
            yield Part(name, "simulated", state, settings.refusal if name.startswith("every") else settings.moto)


def _part(name: str, kind: str, address: str, pid: int | None, state: str = "") -> Part:
    state = state or ("running" if pid else "not running")
    return Part(name, kind, state, address, pid, processes.memory_mb(pid))
