"""One Automation API workspace a stack: the only place that speaks `pulumi.automation`.

Which engine answers is the command object passed in: `pulumi.automation.PulumiCommand` is the Pulumi CLI,
`engine.embedded.command.EmbeddedCommand` the embedded engine. Everything above is the same.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pulumi import automation

from engine import inline
from engine.inline import Program
from engine.reading import Reader
from engine.runs import LastRun, Listener, Outcome, Output, Run, ignore

PROJECT: Final = "tenants"


def nothing() -> None:
    """The program of runs that declare nothing: destroy and refresh work from the state."""


class Workspaces:
    """Stacks of the Pulumi project `tenants` in one backend. Stack names are `<env>.<slug>`.

    `backend` is a URL such as `file:///…`; `home` holds one working directory a stack.
    """

    def __init__(
        self,
        command: automation.PulumiCommand,
        backend: str,
        passphrase: str,
        home: Path,
        parallel: int = 8,
    ) -> None:
        self._command, self._backend, self._passphrase = command, backend, passphrase
        self._home, self._parallel = home, parallel

    # ---- runs

    def preview(
        self,
        stack: str,
        program: Program,
        listen: Listener = ignore,
        *,
        refresh: bool = False,
        exclude: Sequence[str] = (),
    ) -> Run:
        """What an apply would do; changes nothing. `refresh` looks at the cloud first, so that drift counts.

        Resources with a URN in `exclude`, and what they need, stay as they are, and need not be declared.
        """
        reader = Reader(listen, planning=True)

        def go(opened: automation.Stack) -> object:
            return opened.preview(on_event=reader.take, parallel=self._parallel, refresh=refresh, exclude=list(exclude))

        return self._run(stack, program, reader, go)

    def apply(
        self,
        stack: str,
        program: Program,
        listen: Listener = ignore,
        *,
        refresh: bool = False,
        exclude: Sequence[str] = (),
    ) -> Run:
        """Make it so. Failures are in the run, not raised; what did not depend on them is done.

        `refresh` looks at the cloud first, so that drift is taken back. `exclude` as in `preview`.
        """
        reader = Reader(listen)

        def go(opened: automation.Stack) -> object:
            return opened.up(
                on_event=reader.take,
                parallel=self._parallel,
                continue_on_error=True,
                show_secrets=False,
                refresh=refresh,
                exclude=list(exclude),
            )

        return self._run(stack, program, reader, go)

    def destroy(self, stack: str, program: Program = nothing, listen: Listener = ignore) -> Run:
        """Delete what the stack holds, in reverse order."""
        reader = Reader(listen)

        def go(opened: automation.Stack) -> object:
            return opened.destroy(
                on_event=reader.take, parallel=self._parallel, continue_on_error=True, show_secrets=False
            )

        return self._run(stack, program, reader, go)

    def drift(self, stack: str, program: Program = nothing, listen: Listener = ignore) -> Run:
        """What differs between the state and the cloud; changes nothing."""
        reader = Reader(listen, planning=True, refreshing=True)

        def go(opened: automation.Stack) -> object:
            return opened.preview_refresh(on_event=reader.take, parallel=self._parallel)

        return self._run(stack, program, reader, go)

    def refresh(self, stack: str, program: Program = nothing, listen: Listener = ignore) -> Run:
        """Take what the cloud says into the state."""
        reader = Reader(listen, refreshing=True)

        def go(opened: automation.Stack) -> object:
            return opened.refresh(on_event=reader.take, parallel=self._parallel, show_secrets=False)

        return self._run(stack, program, reader, go)

    def _run(self, stack: str, program: Program, reader: Reader, go: Callable[[automation.Stack], object]) -> Run:
        started = time.monotonic()
        error = ""
        opened = self._open(stack, program)
        try:
            go(opened)
        except automation.CommandError as failure:
            error = _stderr(failure)
        run = reader.run(stack, error, time.monotonic() - started)
        if run.outcome is Outcome.SUCCEEDED and self.exists(stack):
            return Run(stack, run.outcome, run.changes, run.failures, self.outputs(stack), run.seconds)
        return run

    # ---- what is recorded

    def serial(self, stack: str) -> int:
        """Version of the last run recorded on the stack, 0 when there is none: the base of a plan."""
        last = self.last(stack)
        return last.version if last else 0

    def last(self, stack: str) -> LastRun | None:
        """The last run recorded on the stack; None when there is none. One that was killed has not succeeded."""
        if not self.exists(stack):
            return None
        updates = self._open(stack, nothing).history(page_size=1, show_secrets=False)
        return LastRun(updates[0].version or 0, updates[0].result == "succeeded") if updates else None

    def exists(self, stack: str) -> bool:
        """Whether the backend knows the stack."""
        return stack in self.stacks()

    def stacks(self) -> tuple[str, ...]:
        """Names of all stacks in the backend, sorted."""
        return tuple(sorted(summary.name.split("/")[-1] for summary in self._workspace("_").list_stacks()))

    def outputs(self, stack: str) -> Mapping[str, Output]:
        """The stack's outputs, secrets in clear and marked; empty when there is no such stack."""
        if not self.exists(stack):
            return {}
        found = self._open(stack, nothing).outputs()
        return {name: Output(output.value, output.secret) for name, output in sorted(found.items())}

    def resources(self, stack: str) -> tuple[Mapping[str, Any], ...]:
        """The state's resource rows, as `pulumi stack export` gives them; secrets stay encrypted."""
        return tuple(self._deployment(stack).get("resources") or ())

    def fingerprint(self, stack: str) -> str:
        """SHA-256 of the state's rows and of what was left pending: another one whenever the state is.

        Serials count runs; this also tells apart two states of one serial, and what was written past any run. A stack
        that is not there and one that is empty are the same.
        """
        held = self._deployment(stack)
        kept: list[Any] = [held.get("resources") or [], held.get("pending_operations") or []]
        return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()

    def remove(self, stack: str) -> None:
        """Forget an empty stack."""
        self._open(stack, nothing).workspace.remove_stack(_full(stack))

    def _deployment(self, stack: str) -> Mapping[str, Any]:
        """The state, as `pulumi stack export` gives it; secrets stay encrypted."""
        if not self.exists(stack):
            return {}
        answer = self._command.run(
            ["stack", "export", "--stack", _full(stack)], str(self._folder(stack)), self._environment()
        )
        return json.loads(answer.stdout).get("deployment") or {}

    # ---- workspaces

    def _open(self, stack: str, program: Program) -> automation.Stack:
        # a stack of its own folder each: create and select write to the workspace
        return automation.create_or_select_stack(
            _full(stack), project_name=PROJECT, program=inline.of(program), opts=self._options(stack)
        )

    def _workspace(self, name: str) -> automation.LocalWorkspace:
        options = self._options(name)
        return automation.LocalWorkspace(
            work_dir=options.work_dir,
            project_settings=options.project_settings,
            pulumi_command=options.pulumi_command,
            env_vars=options.env_vars,
        )

    def _options(self, stack: str) -> automation.LocalWorkspaceOptions:
        return automation.LocalWorkspaceOptions(
            work_dir=str(self._folder(stack)),
            pulumi_command=self._command,
            project_settings=automation.ProjectSettings(PROJECT, "python"),
            env_vars=self._environment(),
        )

    def _environment(self) -> dict[str, str]:
        return {
            "PULUMI_BACKEND_URL": self._backend,
            "PULUMI_CONFIG_PASSPHRASE": self._passphrase,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK": "true",
        }

    def _folder(self, stack: str) -> Path:
        folder = self._home / stack
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder


def _full(stack: str) -> str:
    return f"organization/{PROJECT}/{stack}"


def _stderr(failure: automation.CommandError) -> str:
    """The error text of a failed command, out of the Automation API's composed message."""
    text = str(failure)
    _, _, stderr = text.partition("stderr:")
    return (stderr or text).strip()
