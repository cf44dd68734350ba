"""The gRPC services that the official SDK of a running program talks to: resource monitor and engine."""

from __future__ import annotations

from collections.abc import Generator
from concurrent import futures
from contextlib import contextmanager
from typing import Any, Final, NoReturn, cast

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2, resource_pb2, resource_pb2_grpc

from engine.embedded import events, intents, requests, stamps, urns, values
from engine.embedded.context import Context
from engine.embedded.plugins import BUILTIN
from engine.embedded.provider_rows import ProviderRows
from engine.embedded.registration import Registrar
from engine.embedded.snapshot import Row
from engine.providers import wire
from engine.providers.port import Found, Props, ProviderError

_FEATURES: Final = (
    resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
)
_SEVERITIES: Final = {
    engine_pb2.DEBUG: "debug",
    engine_pb2.INFO: "info",
    engine_pb2.WARNING: "warning",
    engine_pb2.ERROR: "error",
}
PROGRAM_ERROR: Final = "python inline source runtime error: "
_LARGEST_MESSAGE: Final = 400 << 20


class Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    """Answers a program's registrations, reads and invokes."""

    def __init__(self, context: Context, registrar: Registrar, provider_rows: ProviderRows) -> None:
        self._context, self._registrar, self._provider_rows = context, registrar, provider_rows

    def GetDeploymentInfo(self, request: Any, context: Any) -> resource_pb2.DeploymentInfo:  # noqa: N802 - protocol
        """What this engine can do; what it does not name, the SDK does without."""
        name = self._context.name
        return resource_pb2.DeploymentInfo(
            project=name.project,
            stack=name.stack,
            organization="organization",
            dryRun=self._context.options.dry_run,
            parallel=self._context.options.parallel,
            supportedFeatures=_FEATURES,
        )

    def SupportsFeature(self, request: Any, context: Any) -> resource_pb2.SupportsFeatureResponse:  # noqa: N802
        """The older way to ask the same."""
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in ("secrets", "deletedWith"))

    def RegisterResource(  # noqa: N802
        self, request: resource_pb2.RegisterResourceRequest, context: Any
    ) -> resource_pb2.RegisterResourceResponse:
        """Make one declared resource so."""
        try:
            goal = requests.parse(request)
        except (requests.UnsupportedError, wire.UnsupportedValueError) as error:
            message = str(error)
            label = f"{request.type} {request.name}"
            self._refuse(context, message if label in message else f"{label}: {message}")
        done = self._registrar.register(goal)
        if not done.ok and not self._goes_on(request.supportsResultReporting):
            _end(context, f"{goal.type} {goal.name}: the run stops after a failure")
        return resource_pb2.RegisterResourceResponse(
            urn=done.urn,
            id=done.id,
            object=wire.encode(done.outputs or {}),
            result=resource_pb2.SUCCESS if done.ok else resource_pb2.FAIL,
        )

    def RegisterResourceOutputs(self, request: Any, context: Any) -> empty_pb2.Empty:  # noqa: N802
        """Take a component's, or the stack's, outputs."""
        self._registrar.outputs(request.urn, wire.decode(request.outputs))
        return empty_pb2.Empty()

    def ReadResource(  # noqa: N802
        self, request: resource_pb2.ReadResourceRequest, context: Any
    ) -> resource_pb2.ReadResourceResponse:
        """Read what somebody else owns: `.get()` and stack references. It is never deleted from here."""
        name = self._context.name
        urn = urns.make(name.stack, name.project, request.parent, request.type, request.name)
        try:
            if values.has_unknown(wire.decode(request.properties)) or not request.id:
                return resource_pb2.ReadResourceResponse(urn=urn)
            row = self._read(urn, request)
        except (ProviderError, wire.UnsupportedValueError) as error:
            self._context.fail(urn, f"{request.type} {request.name}: could not be read: {error}")
            return resource_pb2.ReadResourceResponse(urn=urn, result=resource_pb2.FAIL)
        return resource_pb2.ReadResourceResponse(urn=urn, id=row.id, properties=wire.encode(row.outputs))

    def _read(self, urn: str, request: resource_pb2.ReadResourceRequest) -> Row:
        provider = self._provider_rows.serving(request.provider, request.type, request.version)
        row = Row(
            urn=urn,
            type=request.type,
            custom=True,
            id=request.id,
            inputs=wire.decode(request.properties),
            parent=request.parent,
            provider=urns.reference(provider.urn, provider.id),
            dependencies=tuple(request.dependencies),
            additional_secret_outputs=tuple(request.additionalSecretOutputs),
            external=True,
        )
        found = self._found(provider, row)
        if found is None:
            raise ProviderError(f"there is no {row.type} with id {row.id}")
        old = self._context.journal.old(urn)
        stamp = stamps.now() if old is None else old.created
        outputs = values.conceal(found.outputs, row.inputs, row.additional_secret_outputs)
        self._registrar.read(fresh := _with(row, found.id, outputs, stamp), old)
        return fresh

    def _found(self, provider: Row, row: Row) -> Found | None:
        if urns.package_of(provider.type) == BUILTIN:
            return self._context.plugins.read_builtin(row.type, row.id)
        inputs: Props = values.plain(row.inputs)
        return self._context.plugins.instance(provider).read(intents.resource(row), row.id, inputs, {})

    def Invoke(  # noqa: N802
        self, request: resource_pb2.ResourceInvokeRequest, context: Any
    ) -> resource_pb2.ResourceInvokeResponse:
        """Answer a data source."""
        try:
            args = wire.decode(request.args)
            if values.has_unknown(args) or self._is_lost(request.provider):
                return resource_pb2.ResourceInvokeResponse(unknown=True)
            if urns.package_of(request.tok) == BUILTIN:
                raise ProviderError(f"{request.tok} is not supported by the embedded engine")
            provider = self._provider_rows.serving(request.provider, request.tok, request.version)
            result = self._context.plugins.instance(provider).invoke(request.tok, values.plain(args))
            shown = values.conceal(result, args)
        except (ProviderError, wire.UnsupportedValueError) as error:
            failure = provider_pb2.CheckFailure(property="", reason=str(error))
            return resource_pb2.ResourceInvokeResponse(failures=[failure])
        return resource_pb2.ResourceInvokeResponse(**cast("Any", {"return": wire.encode(shown)}))

    def RegisterPackage(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Parameterized packages need a plugin binary."""
        self._refuse(context, f"package {request.name}: parameterized packages are not supported")

    def RegisterStackTransform(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Transforms are not done."""
        self._refuse(context, "stack transforms are not supported by the embedded engine")

    def RegisterStackInvokeTransform(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Invoke transforms are not done."""
        self._refuse(context, "invoke transforms are not supported by the embedded engine")

    def Call(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Methods of components from other packages are not done."""
        self._refuse(context, f"{request.tok}: resource methods are not supported by the embedded engine")

    def SignalAndWaitForShutdown(self, request: Any, context: Any) -> empty_pb2.Empty:  # noqa: N802
        """The program is done; there are no delete hooks to wait for."""
        return empty_pb2.Empty()

    def _is_lost(self, provider: str) -> bool:
        return bool(provider) and urns.split_reference(provider)[0] in self._context.failed

    def _goes_on(self, reports: bool) -> bool:
        return reports and (self._context.options.continue_on_error or self._context.options.dry_run)

    def _refuse(self, context: Any, message: str) -> NoReturn:
        self._context.fail("", message)
        _end(context, message)


def _end(context: Any, message: str) -> NoReturn:
    context.abort(grpc.StatusCode.FAILED_PRECONDITION, message)
    raise AssertionError("abort raises")


def _with(row: Row, id: str, outputs: Props, created: str) -> Row:
    return Row(
        urn=row.urn,
        type=row.type,
        custom=True,
        id=id,
        inputs=row.inputs,
        outputs=outputs,
        parent=row.parent,
        provider=row.provider,
        dependencies=row.dependencies,
        additional_secret_outputs=row.additional_secret_outputs,
        external=True,
        created=created,
        modified=created,
    )


class EngineService(engine_pb2_grpc.EngineServicer):
    """Takes a program's log lines and remembers its root resource."""

    def __init__(self, context: Context) -> None:
        self._context, self._root = context, ""

    def Log(self, request: engine_pb2.LogRequest, context: Any) -> empty_pb2.Empty:  # noqa: N802
        """Pass a message on; debug chatter is dropped. An error line is told again by how the program ends."""
        severity = _SEVERITIES.get(request.severity, "info")
        # how the program ended comes back from its runtime as well; it is told once
        if severity != "debug" and not request.message.startswith(PROGRAM_ERROR):
            self._context.sink.send("diagnosticEvent", events.diagnostic(severity, request.message, request.urn))
        return empty_pb2.Empty()

    def SetRootResource(self, request: Any, context: Any) -> engine_pb2.SetRootResourceResponse:  # noqa: N802
        """Remember the stack resource."""
        self._root = request.urn
        return engine_pb2.SetRootResourceResponse()

    def GetRootResource(self, request: Any, context: Any) -> engine_pb2.GetRootResourceResponse:  # noqa: N802
        """The stack resource."""
        return engine_pb2.GetRootResourceResponse(urn=self._root)


@contextmanager
def serving(monitor: Monitor, engine: EngineService, parallel: int) -> Generator[str]:
    """Serve both on a free loopback port; the address."""
    # the SDK holds up to four registrations a unit of parallelism open at once
    server = grpc.server(
        futures.ThreadPoolExecutor(parallel * 4 + 32, thread_name_prefix="monitor"),
        options=[
            ("grpc.max_receive_message_length", _LARGEST_MESSAGE),
            ("grpc.max_send_message_length", _LARGEST_MESSAGE),
            ("grpc.so_reuseport", 0),
        ],
    )
    add_monitor: Any = resource_pb2_grpc.add_ResourceMonitorServicer_to_server
    add_engine: Any = engine_pb2_grpc.add_EngineServicer_to_server
    add_monitor(monitor, server)
    add_engine(engine, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(grace=1).wait(5)
