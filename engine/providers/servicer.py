"""A provider of our port, served over Pulumi's ResourceProvider protocol, so that the Pulumi CLI can use it too.

The CLI attaches to what `PULUMI_DEBUG_PROVIDERS=package:port` names instead of starting a plugin. It dials once for
each provider resource and configures on that connection, and no later call says which one it means: so the connection
tells.
"""

from __future__ import annotations

import atexit
import functools
import json
from collections.abc import Callable, Generator
from concurrent import futures
from contextlib import ExitStack, contextmanager
from typing import Any, Final, NoReturn, ParamSpec, TypeVar, cast

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from engine.providers import wire
from engine.providers.port import (
    AnswerLost,
    Call,
    ChangeKind,
    CheckFailure,
    Configured,
    Diff,
    PartlyDone,
    PropertyChange,
    Props,
    Provider,
    ProviderError,
    Resource,
)

_LARGEST_MESSAGE: Final = 400 << 20
_THREADS: Final = 32
_KINDS: Final = {
    (ChangeKind.ADD, False): "ADD",
    (ChangeKind.ADD, True): "ADD_REPLACE",
    (ChangeKind.UPDATE, False): "UPDATE",
    (ChangeKind.UPDATE, True): "UPDATE_REPLACE",
    (ChangeKind.DELETE, False): "DELETE",
    (ChangeKind.DELETE, True): "DELETE_REPLACE",
}
Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


@contextmanager
def serving(provider: Provider, call: Call | None = None) -> Generator[int]:
    """Serve one package on a free loopback port, which is given. `call` says how mutating calls are to be made.

    Nobody is asked who they are: whoever may open a connection on this machine may call.
    """
    server = grpc.server(
        futures.ThreadPoolExecutor(_THREADS, thread_name_prefix=f"provider-{provider.package}"),
        options=[
            ("grpc.max_receive_message_length", _LARGEST_MESSAGE),
            ("grpc.max_send_message_length", _LARGEST_MESSAGE),
            ("grpc.so_reuseport", 0),
        ],
    )
    add: Any = provider_pb2_grpc.add_ResourceProviderServicer_to_server
    add(Servicer(provider, call or Call()), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield port
    finally:
        server.stop(None).wait()


def attached(provider: Provider, call: Call | None = None) -> str:
    """Serve it for as long as this process lives: what `PULUMI_DEBUG_PROVIDERS` has to say for the CLI to attach."""
    held = ExitStack()
    port = held.enter_context(serving(provider, call))
    atexit.register(held.close)
    return f"{provider.package}:{port}"


class _Unfinished(Exception):  # noqa: N818 - what the protocol makes an error of is news to the engine
    """It is there and not whole: the engine records it with its reasons, and the next run updates it."""

    def __init__(self, id: str, outputs: Props, inputs: Props, reasons: tuple[str, ...]) -> None:
        super().__init__("; ".join(reasons))
        self._told = provider_pb2.ErrorResourceInitFailed(
            id=id, properties=wire.encode(outputs), inputs=wire.encode(inputs), reasons=reasons
        )

    def tell(self, context: grpc.ServicerContext) -> NoReturn:
        """End the call so. Raises what gRPC ends calls by."""
        code: tuple[int, str] = grpc.StatusCode.UNKNOWN.value
        status = status_pb2.Status(code=code[0], message=str(self))
        status.details.add().Pack(self._told)
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        context.abort(grpc.StatusCode.UNKNOWN, str(self))
        raise AssertionError("abort raises")


def _told(method: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """Failures as the engine reads them: a refusal came to nothing, a lost answer leaves the resource unsure."""

    @functools.wraps(method)
    def answered(*asked: Asked.args, **named: Asked.kwargs) -> Answer:
        context = cast("tuple[Any, Any, grpc.ServicerContext]", asked)[2]
        try:
            return method(*asked, **named)
        except _Unfinished as error:
            error.tell(context)
        except PartlyDone as error:
            _Unfinished(error.id, error.outputs, {}, (str(error),)).tell(context)
        except AnswerLost as error:
            context.abort(grpc.StatusCode.DATA_LOSS, str(error))
        except (ProviderError, wire.UnsupportedValueError) as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
        except Exception as error:  # noqa: BLE001 - a defect's text may hold a secret, and gRPC would send it
            context.abort(grpc.StatusCode.INTERNAL, f"a defect of the provider: {type(error).__name__}")
        raise AssertionError("abort raises")

    return answered


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Answers one package's calls, on every connection for the provider that was configured there."""

    def __init__(self, provider: Provider, call: Call) -> None:
        self._provider, self._call, self._configured = provider, call, dict[str, Configured]()

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: N802 - protocol
        """Secrets come in clear and are marked again by the engine; outputs and resources come as plain values."""
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=False, accept_resources=False, accept_outputs=False, supports_autonaming_configuration=False
        )

    def Attach(self, request: Any, context: Any) -> Any:  # noqa: N802
        """The engine is there; nothing is told to it."""
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Calls under way end by themselves; what the whole process wants stopped says `Call.stopping`."""
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802
        """The provider's version."""
        return plugin_pb2.PluginInfo(version=self._provider.version)

    def GetSchema(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Name and version: programs bring their own SDK."""
        told = {"name": self._provider.package, "version": self._provider.version}
        return provider_pb2.GetSchemaResponse(schema=json.dumps(told))

    @_told
    def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Refuse configuration that the provider does not know."""
        failures = self._provider.check_config(wire.configuration(wire.decode(request.news)))
        return provider_pb2.CheckResponse(inputs=request.news, failures=_failures(failures))

    @_told
    def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Which configuration change makes everything anew."""
        olds, news = (wire.configuration(wire.decode(each)) for each in (request.old_inputs, request.news))
        found = self._provider.diff_config(olds, news)
        changed = found.changes or tuple(
            PropertyChange(key, ChangeKind.UPDATE) for key in sorted({*olds, *news}) if olds.get(key) != news.get(key)
        )
        return _difference(Diff(changed), news)

    @_told
    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Configure this connection's provider."""
        configuration = wire.configuration(wire.decode(request.args))
        self._configured[context.peer()] = self._provider.configure(configuration)
        return provider_pb2.ConfigureResponse(
            acceptSecrets=False, supportsPreview=True, acceptResources=False, acceptOutputs=False
        )

    @_told
    def Check(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Validate and complete inputs."""
        olds = wire.decode(request.olds) if request.HasField("olds") else None
        checked = self._of(context).check(_meant(request), olds, wire.decode(request.news), request.randomSeed)
        return provider_pb2.CheckResponse(inputs=wire.encode(checked.inputs), failures=_failures(checked.failures))

    @_told
    def Diff(self, request: Any, context: Any) -> Any:  # noqa: N802
        """What an update would change."""
        news = wire.decode(request.news)
        found = self._of(context).diff(
            _meant(request), request.id, wire.decode(request.old_inputs), wire.decode(request.olds), news
        )
        return _difference(found, news)

    @_told
    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Make it, or say what is known of it before."""
        provider, inputs = self._of(context), wire.decode(request.properties)
        if request.preview:
            told = provider.preview(_meant(request), inputs, None)
            return provider_pb2.CreateResponse(properties=wire.encode(told))
        made = provider.create(_meant(request), inputs, self._within(request))
        if made.reasons:
            raise _Unfinished(made.id, made.outputs, inputs, made.reasons)
        return provider_pb2.CreateResponse(id=made.id, properties=wire.encode(made.outputs))

    @_told
    def Read(self, request: Any, context: Any) -> Any:  # noqa: N802
        """What it is now; without an id when it is gone."""
        found = self._of(context).read(
            _meant(request), request.id, wire.decode(request.inputs), wire.decode(request.properties)
        )
        if found is None:
            return provider_pb2.ReadResponse()
        if found.reasons:
            raise _Unfinished(found.id, found.outputs, found.inputs, found.reasons)
        return provider_pb2.ReadResponse(
            id=found.id, properties=wire.encode(found.outputs), inputs=wire.encode(found.inputs)
        )

    @_told
    def Update(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Make it so, or say what would be known of it."""
        provider, news, outputs = self._of(context), wire.decode(request.news), wire.decode(request.olds)
        if request.preview:
            return provider_pb2.UpdateResponse(properties=wire.encode(provider.preview(_meant(request), news, outputs)))
        old_inputs = wire.decode(request.old_inputs)
        told = provider.update(_meant(request), request.id, old_inputs, outputs, news, self._within(request))
        return provider_pb2.UpdateResponse(properties=wire.encode(told))

    @_told
    def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Delete it; what is gone already is no error."""
        inputs, outputs = wire.decode(request.old_inputs), wire.decode(request.properties)
        self._of(context).delete(_meant(request), request.id, inputs, outputs, self._within(request))
        return empty_pb2.Empty()

    @_told
    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Answer a data source."""
        told = self._of(context).invoke(request.tok, wire.decode(request.args))
        return provider_pb2.InvokeResponse(**cast("Any", {"return": wire.encode(told)}))

    def _of(self, context: Any) -> Configured:
        try:
            return self._configured[context.peer()]
        except KeyError:
            raise ProviderError(
                "This connection was not configured: the engine must dial and configure anew."
            ) from None

    def _within(self, request: Any) -> Call:
        return Call(request.timeout or self._call.timeout, self._call.fence, self._call.stopping)


def _meant(request: Any) -> Resource:
    return Resource(request.urn, request.type, request.name)


def _failures(failures: Any) -> list[provider_pb2.CheckFailure]:
    several = cast("tuple[CheckFailure, ...]", tuple(failures))
    return [provider_pb2.CheckFailure(property=each.property, reason=each.reason) for each in several]


def _difference(found: Diff, news: Props) -> provider_pb2.DiffResponse:
    kinds = provider_pb2.PropertyDiff.Kind
    detailed = {
        each.path: provider_pb2.PropertyDiff(
            kind=kinds.Value(_KINDS[each.kind, each.replace]), inputDiff=_top(each.path) in news
        )
        for each in found.changes
    }
    answer = provider_pb2.DiffResponse
    return answer(
        changes=answer.DIFF_SOME if found.changes else answer.DIFF_NONE,
        diffs=list(dict.fromkeys(_top(each.path) for each in found.changes)),
        replaces=list(dict.fromkeys(_top(each.path) for each in found.changes if each.replace)),
        deleteBeforeReplace=found.delete_before_replace,
        detailedDiff=detailed,
        hasDetailedDiff=True,
    )


def _top(path: str) -> str:
    return path.replace("[", ".").split(".", 1)[0]
