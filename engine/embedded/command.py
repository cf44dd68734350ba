"""The seam: answers, in this process, the argv that `pulumi.automation` sends to the Pulumi CLI.

Everything above it is the official Automation API, unchanged; the CLI takes its place by passing another command.
Verbs and flags that are not done are refused by name.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, cast

from pulumi.automation import CommandResult, PulumiCommand
from pulumi.automation.errors import create_command_error
from ruamel.yaml import YAML
from semver import VersionInfo

from engine.embedded import argv, backend, snapshot, stamps, values
from engine.embedded.argv import Arguments
from engine.embedded.backend import FileBackend, NoStackError, StackExistsError, StackLockedError, StackName
from engine.embedded.config import ConfigFile
from engine.embedded.context import Options
from engine.embedded.deployment import Deployments, Guards, Report, Request
from engine.embedded.plugins import masked
from engine.embedded.secrets import Crypter, WrongPassphraseError
from engine.embedded.snapshot import BadStateError
from engine.providers import wire
from engine.providers.port import Providers

_DEFAULT_PARALLEL: Final = 8
_TOLD = (NoStackError, StackExistsError, StackLockedError, BadStateError, WrongPassphraseError, argv.UnsupportedError)


def _never() -> bool:
    return False


def _always_ours() -> None:
    return None


class EmbeddedCommand(PulumiCommand):
    """A `PulumiCommand` that starts no process.

    `fence` raises when the caller has lost the right to write; it is called before every mutating call and every
    checkpoint. `stopping` turns true when the run is to end: running calls finish and are saved.
    """

    command = "embedded"
    version = VersionInfo.parse("3.272.0")

    def __init__(
        self,
        providers: Providers,
        *,
        fence: Callable[[], None] = _always_ours,
        stopping: Callable[[], bool] = _never,
    ) -> None:
        self._providers = providers
        self._guards = Guards(fence, stopping)

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: Callable[[str], None] | None = None,
        on_error: Callable[[str], None] | None = None,
    ) -> CommandResult:
        """Answer one command line. Raises what the Automation API raises for a non-zero exit."""
        try:
            result = _Invocation(argv.parse(args), Path(cwd), additional_env, self._providers, self._guards).answer()
        except _TOLD as error:
            result = CommandResult("", f"error: {error}", 255)
        for line in result.stdout.splitlines() if on_output else ():
            on_output(line) if on_output else None
        for line in result.stderr.splitlines() if on_error else ():
            on_error(line) if on_error else None
        if result.code:
            raise create_command_error(result)
        return result


class _Invocation:
    """One command line with the environment it was given."""

    def __init__(
        self, arguments: Arguments, cwd: Path, env: Mapping[str, str], providers: Providers, guards: Guards
    ) -> None:
        self._arguments, self._cwd = arguments, cwd
        self._project = _project(cwd)
        self._backend = _backend(env, cwd)
        self._passphrase = _passphrase(env)
        self._deployments = Deployments(self._backend, providers, self._passphrase, guards)

    def answer(self) -> CommandResult:
        """Run the verb."""
        verb = self._arguments.verb
        if verb not in _VERBS:
            raise argv.UnsupportedError(
                f"`pulumi {' '.join(self._arguments.words)}` is not done by the embedded engine"
            )
        answer = _VERBS[verb](self)
        return answer if isinstance(answer, CommandResult) else CommandResult(answer, "", 0)

    @property
    def _name(self) -> StackName:
        return self._parsed(self._arguments.stack)

    def _parsed(self, text: str) -> StackName:
        parts = text.split("/")
        return StackName(parts[1] if len(parts) == 3 else self._project, parts[-1])

    # ---- stacks

    def init(self) -> str:
        name = self._name
        crypter = Crypter(self._passphrase, self._config(name).salt)
        self._backend.create(name, snapshot.deployment([], [], crypter.state, stamps.now()))
        self._config(name).keep_salt(crypter.state)
        return f"Created stack '{name.stack}'"

    def select(self) -> str:
        self._backend.load(self._name)
        return ""

    def remove(self) -> str:
        data = self._backend.load(self._name)
        if data["deployment"].get("resources") and not self._arguments.has("--force"):
            raise argv.UnsupportedError(
                f"stack {self._name.stack} still has resources; destroy it first, or use --force"
            )
        self._backend.remove(self._name)
        return f"Stack '{self._name.stack}' has been removed!"

    def list(self) -> str:
        return json.dumps([{"name": stack, "current": False} for stack in self._backend.stacks(self._project)])

    def outputs(self) -> str:
        outputs = self._deployments.outputs(self._name)
        show = self._arguments.has("--show-secrets")
        return json.dumps(values.plain(outputs) if show else masked(outputs))

    def history(self) -> str:
        updates = list(self._backend.history(self._name))
        newest = len(updates)
        size, page = self._arguments.number("--page-size", newest), self._arguments.number("--page", 1)
        numbered = [{**update, "version": newest - position} for position, update in enumerate(updates)]
        return json.dumps([_dated(update) for update in numbered[size * (page - 1) : size * page]])

    def export(self) -> str:
        data = self._backend.load(self._name)
        if not self._arguments.has("--show-secrets"):
            return json.dumps(data)
        crypter = self._deployments.crypter(data)
        return json.dumps(_with_plaintext(data, crypter))

    def import_(self) -> str:
        data = json.loads(Path(self._arguments.value("--file")).read_text())
        crypter = self._deployments.crypter(data)
        state = snapshot.parse(data, crypter.decrypt, self._name.stack)
        rows = [snapshot.row_to_json(row, crypter.encrypt) for row in state.rows]
        pending = [snapshot.pending_to_json(item, crypter.encrypt) for item in state.pending]
        with self._backend.locked(self._name):
            self._backend.save(self._name, json.dumps(snapshot.deployment(rows, pending, crypter.state, stamps.now())))
        return "Import complete."

    def whoami(self) -> str:
        return json.dumps({"user": "tenant", "url": "file://"})

    # ---- configuration

    def _config(self, name: StackName) -> ConfigFile:
        return ConfigFile(self._cwd / f"Pulumi.{name.stack}.yaml")

    def _crypter(self) -> Crypter:
        return self._deployments.crypter(self._backend.load(self._name))

    def config(self) -> str:
        known = self._config(self._name).read(self._crypter().decrypt)
        show = self._arguments.has("--show-secrets")
        return json.dumps({key: _config_value(value, show) for key, value in known.items()})

    def config_get(self) -> str:
        key = self._arguments.words[2]
        known = self._config(self._name).read(self._crypter().decrypt)
        if key not in known:
            raise argv.UnsupportedError(f"configuration key '{key}' not found for stack '{self._name.stack}'")
        return json.dumps(_config_value(known[key], True))

    def config_set(self) -> str:
        pairs = argv.config_pairs(self._arguments)
        self._config(self._name).write(pairs, self._crypter().encrypt)
        return ""

    def config_remove(self) -> str:
        self._config(self._name).remove(self._arguments.words[2:])
        return ""

    # ---- runs

    def update(self) -> CommandResult:
        return self._ran(self._deployments.update)

    def preview(self) -> CommandResult:
        return self._ran(self._deployments.update, dry_run=True)

    def refresh(self) -> CommandResult:
        return self._ran(self._deployments.refresh, dry_run=self._arguments.has("--preview-only"))

    def destroy(self) -> CommandResult:
        return self._ran(self._deployments.destroy, dry_run=self._arguments.has("--preview-only"))

    def _ran(self, run: Callable[[Request], Report], *, dry_run: bool = False) -> CommandResult:
        options = Options(
            dry_run=dry_run,
            parallel=self._arguments.number("--parallel", _DEFAULT_PARALLEL),
            continue_on_error=self._arguments.has("--continue-on-error"),
            exclude=argv.excluded(self._arguments),
        )
        name = self._name
        report = run(
            Request(
                name=name,
                options=options,
                client=self._arguments.value("--client"),
                event_log=self._arguments.value("--event-log"),
                message=self._arguments.value("--message"),
                config=self._config(name).read(self._crypter().decrypt),
                refresh_first=self._arguments.has("--refresh"),
            )
        )
        counts = "\n".join(f"{count} {op}" for op, count in sorted(report.counts.items()))
        if report.interrupted:
            return CommandResult(counts, "error: interrupted: what was under way is finished and saved", 255)
        if report.failures:
            return CommandResult(counts, "\n".join(f"error: {text}" for text in report.failures.values()), 255)
        return CommandResult(counts, "", 0)


_VERBS: Final[Mapping[str, Callable[[_Invocation], str | CommandResult]]] = {
    "stack init": _Invocation.init,
    "stack select": _Invocation.select,
    "stack rm": _Invocation.remove,
    "stack ls": _Invocation.list,
    "stack output": _Invocation.outputs,
    "stack history": _Invocation.history,
    "stack export": _Invocation.export,
    "stack import": _Invocation.import_,
    "whoami": _Invocation.whoami,
    "config": _Invocation.config,
    "config get": _Invocation.config_get,
    "config set": _Invocation.config_set,
    "config set-all": _Invocation.config_set,
    "config rm": _Invocation.config_remove,
    "config rm-all": _Invocation.config_remove,
    "up": _Invocation.update,
    "preview": _Invocation.preview,
    "refresh": _Invocation.refresh,
    "destroy": _Invocation.destroy,
}


def _project(cwd: Path) -> str:
    for name in ("Pulumi.yaml", "Pulumi.yml"):
        if (cwd / name).exists():
            loaded: Any = YAML(typ="safe")
            return str(loaded.load(cwd / name)["name"])
    raise argv.UnsupportedError(f"there is no Pulumi.yaml in {cwd}")


def _backend(env: Mapping[str, str], cwd: Path) -> FileBackend:
    try:
        return backend.at(env.get("PULUMI_BACKEND_URL", ""), cwd)
    except ValueError as error:
        raise argv.UnsupportedError(f"{error}: the embedded engine does no other PULUMI_BACKEND_URL") from None


def _passphrase(env: Mapping[str, str]) -> str:
    if "PULUMI_CONFIG_PASSPHRASE" in env:
        return env["PULUMI_CONFIG_PASSPHRASE"]
    if "PULUMI_CONFIG_PASSPHRASE_FILE" in env:
        return Path(env["PULUMI_CONFIG_PASSPHRASE_FILE"]).read_text().strip()
    raise argv.UnsupportedError("no passphrase: set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE")


def _config_value(value: Any, show: bool) -> dict[str, Any]:
    return {"value": values.plain(value) if show else masked(value), "secret": values.has_secret(value)}


def _dated(update: Mapping[str, Any]) -> dict[str, Any]:
    times = {
        key: time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(update[key]))
        for key in ("startTime", "endTime")
        if key in update
    }
    return {**update, **times}


def _with_plaintext(data: Mapping[str, Any], crypter: Crypter) -> Any:
    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            fields = cast("dict[str, Any]", value)
            if fields.get(wire.SIGNATURE) == wire.SECRET:
                return {wire.SIGNATURE: wire.SECRET, "plaintext": crypter.decrypt(fields["ciphertext"])}
            return {name: walk(item) for name, item in fields.items()}
        if isinstance(value, list):
            return [walk(item) for item in cast("list[Any]", value)]
        return value

    return walk(data)
