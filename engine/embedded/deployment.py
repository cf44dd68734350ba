"""One run of one stack: update, preview, refresh, destroy.

    checkpoint -> resolve what is pending by looking -> delete what an earlier replacement left
               -> run the program: each registration is checked, decided and done -> delete what is no longer declared
               -> checkpoint, history

A preview is the same path with a journal that stays in memory and providers that are only asked.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import grpc
from pulumi.runtime.proto import language_pb2, language_pb2_grpc

from engine.embedded import deletion, events, intents, refreshing, snapshot, steps, urns, values
from engine.embedded.backend import FileBackend, StackName
from engine.embedded.context import Context, Options
from engine.embedded.intents import Doubt, Journal
from engine.embedded.monitor import PROGRAM_ERROR, EngineService, Monitor, serving
from engine.embedded.plugins import Plugins
from engine.embedded.provider_rows import ProviderRows
from engine.embedded.registration import Registrar
from engine.embedded.secrets import Crypter
from engine.embedded.snapshot import Row, Snapshot
from engine.embedded.written import Store, Written
from engine.providers.port import Found, ProviderError, Providers

_SERVER_ERROR: Final = "Exception calling application: "
"""What gRPC's server says before what a handler raised."""


@dataclass(frozen=True, slots=True)
class Guards:
    """Who may still write (`fence` raises), and whether to stop."""

    fence: Callable[[], None]
    stopping: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Request:
    """What to run: `client` is where the program's language runtime answers, `config` the stack's configuration."""

    name: StackName
    options: Options
    client: str = ""
    event_log: str = ""
    message: str = ""
    config: Mapping[str, Any] = field(default_factory=dict[str, Any])
    refresh_first: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """How a run ended: failures by URN (empty URN: the program), and how many resources by operation."""

    failures: Mapping[str, str]
    counts: Mapping[str, int]
    interrupted: bool = False


class Deployments:
    """Runs stacks of one backend."""

    def __init__(self, backend: FileBackend, providers: Providers, passphrase: str, guards: Guards) -> None:
        self._backend, self._providers, self._passphrase, self._guards = backend, providers, passphrase, guards

    # ---- what can be run

    def update(self, request: Request) -> Report:
        """Make the stack as its program says (or, in a dry run, tell what that would do)."""
        return self._run("update", request, lambda run: run.update())

    def refresh(self, request: Request) -> Report:
        """Take what the cloud says into the state."""
        return self._run("refresh", request, lambda run: refreshing.refresh_all(run.context))

    def destroy(self, request: Request) -> Report:
        """Delete all that the stack holds."""
        return self._run("destroy", request, lambda run: run.destroy())

    # ---- state

    def crypter(self, data: Mapping[str, Any]) -> Crypter:
        """The crypter of a loaded checkpoint."""
        return Crypter(self._passphrase, snapshot.salt_of(data))

    def outputs(self, name: StackName) -> dict[str, Any]:
        """A stack's outputs, secrets marked. Raises NoStackError."""
        data = self._backend.load(name)
        body: Mapping[str, Any] = data.get("deployment") or {}
        rows: Sequence[Mapping[str, Any]] = body.get("resources") or ()
        root = next((row for row in rows if row["type"] == urns.STACK_TYPE), None)
        return dict(snapshot.row_from_json(root, self.crypter(data).decrypt).outputs) if root else {}

    def _other_outputs(self, full: str) -> dict[str, Any]:
        parts = full.split("/")
        if len(parts) != 3:
            raise ProviderError(f"stack reference {full!r} is not of the form organization/project/stack")
        name = StackName(parts[1], parts[2])
        if not self._backend.exists(name):
            raise ProviderError(f"there is no stack {full} in this backend")
        return self.outputs(name)

    # ---- one run

    def _run(self, kind: str, request: Request, body: Callable[[_Run], None]) -> Report:
        if request.options.dry_run:
            return self._body(kind, request, body, store=None)
        with self._backend.locked(request.name):
            return self._body(kind, request, body, _Fenced(self._backend, request.name, self._guards.fence))

    def _body(self, kind: str, request: Request, body: Callable[[_Run], None], store: Store | None) -> Report:
        started = time.time()
        data = self._backend.load(request.name)
        entry = self._backend.begin(request.name)
        if store is not None:
            # written at the start as well: a run that is killed has moved the stack's version all the same
            self._backend.record(entry, _history(kind, request, started))
        crypter = self.crypter(data)
        base = snapshot.parse(data, crypter.decrypt, request.name.stack)
        sink = events.Sink(request.event_log)
        try:
            sink.send("preludeEvent", {"config": _masked(request.config)})
            plugins = Plugins(self._providers, self._other_outputs)
            written = None if store is None else Written(crypter, store)
            run = _Run(self._context(request, Journal(base, written), plugins, sink), request, base)
            run.resolve(written)
            if request.refresh_first:
                refreshing.refresh_all(run.context)
                run.begin_anew(written)
            body(run)
            run.context.journal.close()
            report = run.report(self._guards.stopping())
            sink.send("summaryEvent", _summary(report, request, time.time() - started))
        finally:
            sink.close()
        if store is not None:
            self._backend.record(entry, _history(kind, request, started, report))
        return report

    def _context(self, request: Request, journal: Journal, plugins: Plugins, sink: events.Sink) -> Context:
        return Context(
            name=request.name,
            journal=journal,
            plugins=plugins,
            sink=sink,
            options=request.options,
            fence=self._guards.fence,
            stopping=self._guards.stopping,
        )


class _Fenced:
    """The place of a stack's state, for as long as nobody else may write there."""

    def __init__(self, backend: FileBackend, name: StackName, fence: Callable[[], None]) -> None:
        self._backend, self._name, self._fence = backend, name, fence

    def save(self, deployment: str) -> None:
        self._fence()
        self._backend.save(self._name, deployment)

    def append(self, line: str) -> None:
        self._fence()
        self._backend.append(self._name, line)


class _Run:
    """The parts of one run that share a context."""

    def __init__(self, context: Context, request: Request, base: Snapshot) -> None:
        self.context, self._request, self._base = context, request, base
        self._doubts: tuple[Doubt, ...] = ()

    def resolve(self, written: Written | None) -> None:
        """Settle pending operations before anything else is sent."""
        if not self._base.pending:
            return
        resolved, self._doubts, said = intents.resolve(self._base, self._find, self._read)
        for sentence in said:
            self.context.sink.send("diagnosticEvent", events.diagnostic("info", sentence))
        for doubt in self._doubts:
            text = f"{doubt.pending.row.type} {doubt.pending.row.name}: {doubt.why}"
            self.context.sink.send("diagnosticEvent", events.diagnostic("warning", text, doubt.pending.row.urn))
        self.context.journal = Journal(resolved, written)
        self.context.journal.write()

    def begin_anew(self, written: Written | None) -> None:
        """Start over from what the run has settled so far (a refresh before an update)."""
        self.context.journal = Journal(self.context.journal.current(), written)

    def _find(self, row: Row, known: frozenset[str]) -> Found | None:
        return self.context.configured(row).find(intents.resource(row), values.plain(row.inputs), known)

    def _read(self, row: Row) -> Found | None:
        inputs, outputs = values.plain(row.inputs), values.plain(row.outputs)
        return self.context.configured(row).read(intents.resource(row), row.id, inputs, outputs)

    # ---- update

    def update(self) -> None:
        leftovers = [row for row in self.context.journal.remaining if row.delete]
        deletion.delete_all(self.context, leftovers)
        provider_rows = ProviderRows(self.context, self._request.config)
        doubted = frozenset(doubt.pending.row.urn for doubt in self._doubts)
        registrar = Registrar(self.context, provider_rows, doubted)
        self._run_program(Monitor(self.context, registrar, provider_rows))
        if self.context.failed or self.context.halted():
            # what the program no longer declares waits for a run without failures: it may be what others still need
            return
        for row in self._left_alone():
            self.context.leave(row)
        deletion.delete_all(self.context, self._no_longer_declared(registrar.seen))

    def _left_alone(self) -> tuple[Row, ...]:
        """What is excluded and was not declared, and what that needs of what was not."""
        excluded = self.context.options.exclude
        remaining = [row for row in self.context.journal.remaining if not row.delete]
        staying = {row.urn for row in remaining if row.urn in excluded}
        # a row stands after what it needs
        for row in reversed(remaining):
            if row.urn in staying:
                staying.update(row.needs())
        return tuple(row for row in remaining if row.urn in staying)

    def _no_longer_declared(self, seen: frozenset[str]) -> list[Row]:
        rows = self.context.journal.rows()
        used = {urns.split_reference(row.provider)[0] for row in rows if row.provider and row.urn in seen}
        defaults = {row.urn for row in self.context.journal.settled if urns.is_provider(row.type)}
        return [
            row
            for row in self.context.journal.remaining
            if row.delete or (row.urn not in seen and row.urn not in used and row.urn not in defaults)
        ]

    def _run_program(self, monitor: Monitor) -> None:
        options = self.context.options
        service = EngineService(self.context)
        with (
            serving(monitor, service, options.parallel) as address,
            grpc.insecure_channel(self._request.client) as wire,
        ):
            runtime: Any = language_pb2_grpc.LanguageRuntimeStub(wire)
            name, config = self.context.name, self._request.config
            request = language_pb2.RunRequest(
                project=name.project,
                stack=name.stack,
                monitor_address=address,
                args=[address],
                dryRun=options.dry_run,
                parallel=options.parallel,
                organization="organization",
                config={key: _text(value) for key, value in config.items()},
                configSecretKeys=[key for key, value in config.items() if values.has_secret(value)],
            )
            try:
                answer = runtime.Run(request).error
                error = _raised(answer) if answer else ""
            except grpc.RpcError as failure:
                error = _unanswered(failure)
        if error and not self.context.failed:
            self.context.fail("", error)

    # ---- destroy

    def destroy(self) -> None:
        doomed = list(self.context.journal.remaining)
        protected = [row for row in doomed if row.protect and not row.delete]
        kept = {urn for row in protected for urn in (row.urn, *steps.kept_by_failure(doomed, row))}
        deletion.delete_all(self.context, [row for row in doomed if row.urn not in kept])
        for row in protected:
            self.context.fail(
                row.urn, f"{row.type} {row.name} is protected and is not destroyed. Lift `protect` first."
            )

    def report(self, stopping: bool) -> Report:
        failures = {urn: text for urn, text in self.context.failed.items() if text}
        return Report(failures, dict(self.context.counts), stopping)


def _raised(error: str) -> str:
    """What a program raised, without the runtime's prefix and trace."""
    text = error.removeprefix(PROGRAM_ERROR)
    return f"The program raised: {text.partition(chr(10) + 'Traceback ')[0].strip()}"


def _unanswered(failure: grpc.RpcError) -> str:
    """Why a program's runtime did not say how the program ended: nobody was there, or something was raised in it."""
    call: Any = failure  # what a stub raises is a call too, of which the type says nothing
    told: str = call.details() or "it gave no reason"
    if call.code() is grpc.StatusCode.UNAVAILABLE:
        return f"The program's language runtime could not be reached: {told}"
    return _raised(told.removeprefix(_SERVER_ERROR))


def _masked(config: Mapping[str, Any]) -> dict[str, str]:
    return {key: "[secret]" if values.has_secret(value) else str(value) for key, value in config.items()}


def _text(value: Any) -> str:
    plain = values.plain(value)
    return plain if isinstance(plain, str) else json.dumps(plain)


def _result(report: Report) -> str:
    return "failed" if report.failures or report.interrupted else "succeeded"


def _summary(report: Report, request: Request, seconds: float) -> dict[str, Any]:
    return {
        "maybeCorrupt": False,
        "durationSeconds": round(seconds),
        "resourceChanges": dict(report.counts),
        "PolicyPacks": {},
        "isPreview": request.options.dry_run,
        "result": _result(report),
    }


def _history(kind: str, request: Request, started: float, report: Report | None = None) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "kind": kind,
        "startTime": int(started),
        "message": request.message,
        "environment": {},
        "config": {},
        "result": "in-progress",
    }
    if report is None:
        return entry
    return {
        **entry,
        "result": _result(report),
        "endTime": int(time.time()),
        "resourceChanges": dict(report.counts),
    }
