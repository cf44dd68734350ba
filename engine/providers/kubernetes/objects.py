"""Inputs of an object in normal form, its name and id. Pure."""

from __future__ import annotations

import hashlib
from typing import Any, Final, cast

from engine.providers.kubernetes.kinds import Kind
from engine.providers.port import Props, Resource, Unknown

AUTONAMED: Final = "pulumi.com/autonamed"
_X: Final = "x_kubernetes_"
_SPELT: Final = {"_ref": "$ref", "_schema": "$schema"}
_SUFFIX_DIGITS: Final = 8
_NOT_OURS: Final = ("__defaults", "status")


def completed(resource: Resource, kind: Kind, news: Props, olds: Props | None, seed: bytes, namespace: str) -> Props:
    """The inputs with kind, name and namespace filled in; a generated name is kept as long as the object lives."""
    given = {key: value for key, value in news.items() if value is not None and key not in _NOT_OURS}
    inputs: Props = {**given, "apiVersion": kind.api, "kind": kind.name}
    if kind.name == "CustomResourceDefinition":
        inputs = spelt(inputs)
    metadata = inputs.get("metadata")
    if isinstance(metadata, Unknown):
        return inputs
    return inputs | {"metadata": _metadata(resource, kind, dict(metadata or {}), olds or {}, seed, namespace)}


def _metadata(resource: Resource, kind: Kind, given: Props, olds: Props, seed: bytes, namespace: str) -> Props:
    metadata = dict(given)
    if metadata.get("name") is None:
        metadata["name"] = _generated(resource, olds, seed)
        if not isinstance(metadata.get("annotations"), Unknown):
            metadata["annotations"] = {**(metadata.get("annotations") or {}), AUTONAMED: "true"}
    if kind.namespaced is False:
        metadata.pop("namespace", None)
    elif kind.namespaced and metadata.get("namespace") is None:
        metadata["namespace"] = namespace
    return metadata


def _generated(resource: Resource, olds: Props, seed: bytes) -> Any:
    """`name-1a2b3c4d`, as the official provider names what has no name."""
    if is_autonamed(olds):
        return olds["metadata"]["name"]
    return f"{resource.name}-{hashlib.sha256(seed).hexdigest()[:_SUFFIX_DIGITS]}"


def is_autonamed(inputs: Props) -> bool:
    """Whether the name was generated, so that a successor can stand beside it."""
    annotations = member(member(inputs, "metadata"), "annotations")
    return annotations.get(AUTONAMED) == "true"


def member(value: Any, name: str) -> Props:
    """A group inside another; empty where there is none, or where it is not known yet."""
    inner = cast("Props", value).get(name) if isinstance(value, dict) else None
    return cast("Props", inner) if isinstance(inner, dict) else {}


def listed(value: Props, name: str) -> list[Props]:
    """A list of groups inside a group; empty where there is none."""
    inner = value.get(name)
    return [cast("Props", each) for each in cast("list[Any]", inner)] if isinstance(inner, list) else []


def annotation(inputs: Props, name: str) -> str:
    """An annotation's text; empty where there is none."""
    return str(member(member(inputs, "metadata"), "annotations").get(name) or "")


def id_of(value: Props) -> str:
    """`namespace/name`, or the name alone."""
    metadata = member(value, "metadata")
    namespace = metadata.get("namespace")
    return f"{namespace}/{metadata['name']}" if namespace else str(metadata["name"])


def uid_of(value: Props) -> str:
    """The server's name of this very object: another one of the same name has another."""
    return str(member(value, "metadata").get("uid") or "")


def spelt(value: Any) -> Any:
    """Keys that a Python SDK can't spell, as Kubernetes writes them: `x-kubernetes-…`, `$ref`, `$schema`."""
    if isinstance(value, dict):
        return {_key(key): spelt(each) for key, each in cast("Props", value).items()}
    if isinstance(value, list):
        return [spelt(each) for each in cast("list[Any]", value)]
    return value


def _key(key: str) -> str:
    if key.startswith(_X):
        return "x-kubernetes-" + key.removeprefix(_X).replace("_", "-")
    return _SPELT.get(key, key)


def has_unknown(value: Any) -> bool:
    """Whether a value is not all known yet."""
    if isinstance(value, dict):
        return any(has_unknown(each) for each in cast("Props", value).values())
    if isinstance(value, list):
        return any(has_unknown(each) for each in cast("list[Any]", value))
    return isinstance(value, Unknown)
