"""RegisterResource requests read into goals, with what this engine does not do refused by name."""

from __future__ import annotations

import re
from typing import Any, Final, cast

from pulumi.runtime.proto import resource_pb2

from engine.embedded.goals import Goal
from engine.providers import wire


class UnsupportedError(Exception):
    """A resource option or kind that this engine does not do; the message names it."""


def parse(request: resource_pb2.RegisterResourceRequest) -> Goal:
    """The goal in a request. Raises UnsupportedError, wire.UnsupportedValueError."""
    _refuse_what_is_not_done(request)
    timeouts = request.customTimeouts
    return Goal(
        type=request.type,
        name=request.name,
        custom=request.custom,
        inputs=wire.decode(request.object),
        parent=request.parent,
        provider=request.provider,
        version=request.version,
        dependencies=tuple(request.dependencies),
        property_dependencies={name: tuple(deps.urns) for name, deps in request.propertyDependencies.items()},
        protect=request.protect if request.HasField("protect") else None,
        retain_on_delete=request.retainOnDelete if request.HasField("retainOnDelete") else None,
        delete_before_replace=request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None,
        ignore_changes=tuple(request.ignoreChanges),
        replace_on_changes=tuple(request.replaceOnChanges),
        additional_secret_outputs=tuple(request.additionalSecretOutputs),
        custom_timeouts={
            verb: seconds(text)
            for verb, text in (
                ("create", timeouts.create),
                ("update", timeouts.update),
                ("delete", timeouts.delete),
                ("read", timeouts.read),
            )
            if text
        },
        deleted_with=request.deletedWith,
        aliases=tuple(request.aliasURNs),
    )


def _refuse_what_is_not_done(request: resource_pb2.RegisterResourceRequest) -> None:
    asked: dict[str, Any] = {
        "import": request.importId,
        "components from other packages": request.remote,
        "transforms": len(cast("Any", request).transforms),
        "resource hooks": request.HasField("hooks") and request.hooks.ByteSize() > 0,
        "replaceWith": list(request.replace_with),
        "replacementTrigger": request.HasField("replacement_trigger") and request.replacement_trigger.ByteSize() > 0,
        "state migrations": len(cast("Any", request).state_migrations),
        "parameterized packages": request.packageRef,
    }
    for option, value in asked.items():
        if value:
            raise UnsupportedError(f"{request.type} {request.name}: {option} is not supported by the embedded engine")


_UNITS: Final = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")


def seconds(text: str) -> float:
    """Seconds of a Go duration such as `1h10m`. Raises UnsupportedError."""
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise UnsupportedError(f"timeout {text!r} is no duration such as 10m or 1h30m")
    total = sum((float(number) * _UNITS[unit] for number, unit in parts), 0.0)
    return int(total) if total.is_integer() else total
