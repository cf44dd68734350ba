"""The provider's configuration: which cluster, and as whom; from the wire to a frozen value. Pure.

The ambient kubeconfig of whoever runs the tool is never used: a tenant's objects in the wrong cluster are the worst of
all mistakes.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from engine.providers import logins
from engine.providers.logins import Login
from engine.providers.port import CheckFailure, Props, ProviderError, Unknown

_OF_THE_ENGINE: Final = ("version", "pluginDownloadURL", "pluginChecksums", "__internal", "__defaults")
_FLAGS: Final = ("enableConfigMapMutable", "enablePatchForce", "enableSecretMutable", "enableServerSideApply")
_TEXTS: Final = ("clusterIdentifier", "context", "namespace")
_REFUSED: Final = {
    "cluster": "name a context",
    "deleteUnreachable": "objects of a cluster that can't be reached are not given up",
    "helmReleaseSettings": "charts are not built",
    "kubeClientSettings": "limits of the client are not built",
    "renderYamlToDirectory": "manifests are not rendered, they are applied",
    "skipUpdateUnreachable": "objects of a cluster that can't be reached are not passed over",
    "upsertExistingObjects": "an object that stands there and is not ours is never taken over",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """A cluster's API, the authority its certificate is checked against (PEM), and how to behave there."""

    server: str
    authority: str
    login: Login
    namespace: str = "default"
    force: bool = False
    mutable: frozenset[str] = frozenset()


def faults(config: Props) -> Iterator[CheckFailure]:
    """Keys that are not known or not built, and a kubeconfig that is missing or can't be read."""
    for name in sorted(config):
        if name in _OF_THE_ENGINE or config[name] is None:
            continue
        if name in _REFUSED:
            yield CheckFailure(name, _REFUSED[name])
        elif name == "enableServerSideApply" and config[name] in (False, "false"):
            yield CheckFailure(name, "objects are applied by the server, always")
        elif name not in ("kubeconfig", *_FLAGS, *_TEXTS):
            known = ", ".join(sorted(("kubeconfig", *_FLAGS, *_TEXTS)))
            yield CheckFailure(name, f"no such setting; there are {known}")
    if config.get("kubeconfig") is None:
        yield CheckFailure("kubeconfig", "must be given: the ambient one is never used")
    elif not unknown_keys(config):
        try:
            parse(config)
        except ProviderError as error:
            yield CheckFailure("kubeconfig", str(error))


def unknown_keys(config: Props) -> tuple[str, ...]:
    """Settings that only an apply can tell."""
    return tuple(sorted(name for name, value in config.items() if isinstance(value, Unknown)))


def namespace(config: Props) -> str:
    """Where objects go that name no namespace."""
    given = config.get("namespace")
    return given if isinstance(given, str) and given else "default"


def mutable(config: Props) -> frozenset[str]:
    """Kinds whose content is changed in place."""
    flags = (("ConfigMap", "enableConfigMapMutable"), ("Secret", "enableSecretMutable"))
    return frozenset(kind for kind, name in flags if config.get(name) in (True, "true"))


def identity(config: Props) -> str | None:
    """Which cluster: another token or certificate leads to the same objects. None where that is not known yet."""
    if unknown_keys(config):
        return None
    given = config.get("clusterIdentifier")
    return given if isinstance(given, str) and given else parse(config).server


def parse(config: Props) -> Settings:
    """Settings from a configuration without unknowns. Raises ProviderError where the kubeconfig can't be used."""
    file = _kubeconfig(config.get("kubeconfig"))
    chosen = config.get("context") or file.get("current-context")
    context = _named(file, "contexts", "context", chosen)
    cluster = _named(file, "clusters", "cluster", context.get("cluster"))
    user = _named(file, "users", "user", context.get("user"))
    if cluster.get("insecure-skip-tls-verify"):
        raise ProviderError("The kubeconfig does not check the server's certificate; give its certificate authority.")
    server = str(cluster.get("server") or "").rstrip("/")
    if not server.startswith("https://"):
        raise ProviderError(f"The kubeconfig's server is `{server}`; only https is spoken.")
    given = config.get("namespace") or context.get("namespace")
    return Settings(
        server=server,
        authority=_inline(cluster, "certificate-authority"),
        login=_login(user),
        namespace=str(given or "default"),
        force=config.get("enablePatchForce") in (True, "true"),
        mutable=mutable(config),
    )


def _kubeconfig(given: Any) -> Mapping[str, Any]:
    if isinstance(given, str):
        try:
            given = cast("Any", YAML(typ="safe", pure=True)).load(given)
        except YAMLError as error:
            raise ProviderError("The kubeconfig is not YAML.") from error
    if not isinstance(given, Mapping) or "clusters" not in given:
        raise ProviderError("The kubeconfig names no clusters; give its content, not the name of a file.")
    return cast("Mapping[str, Any]", given)


def _named(file: Mapping[str, Any], list_name: str, member: str, name: Any) -> Mapping[str, Any]:
    for each in file.get(list_name) or ():
        if each.get("name") == name:
            return cast("Mapping[str, Any]", each.get(member) or {})
    known = ", ".join(sorted(str(each.get("name")) for each in file.get(list_name) or ()))
    raise ProviderError(f"The kubeconfig has no {member} `{name}`; there are: {known or 'none'}.")


def _login(user: Mapping[str, Any]) -> Login:
    for refused in ("auth-provider", "username", "tokenFile", "as"):
        if refused in user:
            raise ProviderError(f"The kubeconfig's user logs in with `{refused}`, which is not built.")
    if "exec" in user:
        return Login(plugin=logins.plugin(user["exec"]))
    certificate = _inline(user, "client-certificate")
    if certificate:
        return Login(certificate=certificate, key=_inline(user, "client-key"))
    if not user.get("token"):
        raise ProviderError("The kubeconfig's user has no way to log in: exec, token or client certificate.")
    return Login(token=str(user["token"]))


def _inline(holder: Mapping[str, Any], name: str) -> str:
    """PEM text that stands in the file itself: a file beside it would be another machine's."""
    if name in holder:
        raise ProviderError(f"The kubeconfig points to a file with its `{name}`; give the content as `{name}-data`.")
    text = holder.get(f"{name}-data")
    try:
        return base64.b64decode(str(text), validate=True).decode() if text else ""
    except ValueError as error:
        raise ProviderError(f"The kubeconfig's `{name}-data` is not base64.") from error
