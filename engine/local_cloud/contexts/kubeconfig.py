"""What a context of a kubeconfig says: where, trusting whom, as whom. Files are merged and resolved as kubectl does."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn, cast
from urllib.parse import urlsplit

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from engine.providers import logins
from engine.providers.logins import Login
from stacks.errors import BadInput

_NOT_BUILT: Final = ("auth-provider", "username", "password", "tokenFile", "as", "as-uid", "as-groups")
_KINDS: Final = (("clusters", "cluster"), ("contexts", "context"), ("users", "user"))
_CONTEXTS: Final = "See: kubectl config get-contexts"


@dataclass(frozen=True, slots=True)
class File:
    """A kubeconfig: files that it names are sought beside it."""

    path: Path
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """Where a context leads. `authority` is PEM, empty for the machine's own; the certificate must name `name`."""

    server: str
    authority: str
    name: str
    login: Login

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        url = urlsplit(self.server)
        return url.hostname or "", url.port or 443

    @property
    def host(self) -> str:
        """Host and port as a request names them."""
        return urlsplit(self.server).netloc

    @property
    def prefix(self) -> str:
        """What stands before every path, where several clusters share a server."""
        return urlsplit(self.server).path


def paths(environment: Mapping[str, str], home: Path) -> tuple[Path, ...]:
    """Where kubeconfigs are: KUBECONFIG's list, else ~/.kube/config."""
    listed = [Path(each) for each in environment.get("KUBECONFIG", "").split(os.pathsep) if each]
    return tuple(listed) or (home / ".kube" / "config",)


def load(files: Sequence[Path]) -> tuple[File, ...]:
    """Those that are there. Raises BadInput where none is, or one is no kubeconfig."""
    found = tuple(_read(path) for path in files if path.exists())
    if not found:
        raise BadInput(
            "There is no kubeconfig.",
            where=_listed(files),
            why="No such file.",
            next="Make a cluster first, or say in KUBECONFIG where the kubeconfig is.",
        )
    return found


def target(files: Sequence[File], context: str) -> Target:
    """Where the context leads. Raises BadInput where that is not said, or not built."""
    said = _Context(context, files)
    at, cluster = said.entry("clusters", "cluster", said.value.get("cluster"))
    of, user = said.entry("users", "user", said.value.get("user"))
    if cluster.get("insecure-skip-tls-verify"):
        said.refuse("its cluster does not check the server's certificate; give its certificate-authority-data")
    if cluster.get("proxy-url"):
        said.refuse("its cluster is behind a proxy, which is not built")
    server = str(cluster.get("server") or "").rstrip("/")
    if not server.startswith("https://"):
        said.refuse(f"its server is `{server}`; only https is spoken")
    return Target(
        server=server,
        authority=said.text(at, cluster, "certificate-authority"),
        name=str(cluster.get("tls-server-name") or urlsplit(server).hostname or ""),
        login=_login(said, of, user),
    )


def _login(said: _Context, of: Path, user: Mapping[str, Any]) -> Login:
    for name in _NOT_BUILT:
        if user.get(name):
            said.refuse(f"its user logs in with `{name}`, which is not built")
    plugin: Any = user.get("exec")
    if isinstance(plugin, dict) and "command" in plugin:
        return Login(plugin=logins.plugin(cast("dict[str, Any]", plugin)))
    certificate, key = said.text(of, user, "client-certificate"), said.text(of, user, "client-key")
    token = str(user.get("token") or "")
    if not token and not (certificate and key):
        said.refuse("its user has no way to log in: exec, token or client certificate with its key")
    return Login(token=token, certificate=certificate, key=key)


class _Context:
    """A context among files: of two entries with one name the first file's holds."""

    def __init__(self, name: str, files: Sequence[File]) -> None:
        self._name, self._files = name, files
        found = dict(self._entries("contexts", "context"))
        if name not in found:
            raise BadInput(
                f"There is no context `{name}`.",
                where=_listed([file.path for file in files]),
                why=f"The contexts are: {', '.join(sorted(found)) or 'none'}.",
                next=_CONTEXTS,
            )
        self.value = found[name][1]

    def entry(self, kind: str, member: str, name: Any) -> tuple[Path, Mapping[str, Any]]:
        """A cluster or user, and the file that it stands in."""
        found = dict(self._entries(kind, member))
        if name not in found:
            self.refuse(f"it names the {member} `{name}`, which no kubeconfig has")
        return found[name]

    def text(self, path: Path, holder: Mapping[str, Any], name: str) -> str:
        """PEM text, in the kubeconfig or in a file that it names; empty where neither is said."""
        if given := holder.get(f"{name}-data"):
            try:
                return base64.b64decode(str(given), validate=True).decode()
            except ValueError:
                self.refuse(f"its `{name}-data` is not base64")
        if not holder.get(name):
            return ""
        file = path.parent / str(holder[name])
        try:
            return file.read_text()
        except (OSError, ValueError) as error:
            self.refuse(f"its `{name}` can't be read from {file}: {getattr(error, 'strerror', '') or 'it is no text'}")

    def refuse(self, why: str) -> NoReturn:
        """Say why the context can't be used."""
        raise BadInput(
            f"The context `{self._name}` can't be used.",
            where=_listed([file.path for file in self._files]),
            why=f"{why[0].upper()}{why[1:]}.",
            next="Mend the kubeconfig or choose another context. " + _CONTEXTS,
        )

    def _entries(self, kind: str, member: str) -> Iterator[tuple[str, tuple[Path, Mapping[str, Any]]]]:
        for file in reversed(self._files):
            for each in reversed(file.content.get(kind) or []):
                yield str(each.get("name")), (file.path, each.get(member) or {})


def _read(path: Path) -> File:
    where, why = str(path), "A kubeconfig is a mapping in YAML with lists of clusters, contexts and users."
    try:
        content: Any = cast("Any", YAML(typ="safe", pure=True)).load(path.read_text())
        lists: list[Any] = [content.get(kind) or [] for kind, _ in _KINDS]
        entries = [(each, member) for listed, (_, member) in zip(lists, _KINDS, strict=True) for each in listed]
        if all(isinstance(each.get(member) or {}, dict) for each, member in entries):
            return File(path, content)
    except OSError as error:
        why = f"It can't be read: {error.strerror}."
    except MarkedYAMLError as error:  # its text may quote a secret, so only the place is told
        mark: Any = cast("Any", error).problem_mark
        where, why = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else where, "It is not YAML."
    except (YAMLError, ValueError, AttributeError, TypeError):
        pass
    raise BadInput("The kubeconfig can't be used.", where=where, why=why, next="Mend it, then the same command.")


def _listed(files: Sequence[Path]) -> str:
    return ", ".join(map(str, files))
