"""One Automation API workspace a stack: the only place that speaks `pulumi.automation`.

Which engine answers is the command object passed in: `pulumi.automation.PulumiCommand` is the Pulumi CLI,
`engine.embedded.command.EmbeddedCommand` the embedded engine. Everything above is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from engine.runs import Listener, Output, Run, ignore

Program: TypeAlias = Callable[[], None]


class Workspaces:
    """Stacks of the Pulumi project `tenants` in one backend. Stack names are `<env>.<slug>`."""

    def __init__(self, command: Any, backend: str, passphrase: str, home: Path, parallel: int = 8) -> None: ...

    def preview(self, stack: str, program: Program, listen: Listener = ignore) -> Run:
        """What an apply would do; changes nothing. Refreshes nothing."""
        raise NotImplementedError

    def apply(self, stack: str, program: Program, listen: Listener = ignore) -> Run:
        """Make it so. Failures are in the run, not raised; what did not depend on them is done."""
        raise NotImplementedError

    def destroy(self, stack: str, program: Program, listen: Listener = ignore) -> Run:
        """Delete what the stack holds, in reverse order."""
        raise NotImplementedError

    def drift(self, stack: str, program: Program, listen: Listener = ignore) -> Run:
        """What differs between the state and the cloud; changes nothing."""
        raise NotImplementedError

    def refresh(self, stack: str, program: Program, listen: Listener = ignore) -> Run:
        """Take what the cloud says into the state."""
        raise NotImplementedError

    def serial(self, stack: str) -> int:
        """Version of the last run recorded on the stack, 0 when there is none: the base of a plan."""
        raise NotImplementedError

    def exists(self, stack: str) -> bool:
        """Whether the backend knows the stack."""
        raise NotImplementedError

    def stacks(self) -> tuple[str, ...]:
        """Names of all stacks in the backend, sorted."""
        raise NotImplementedError

    def outputs(self, stack: str) -> Mapping[str, Output]:
        """The stack's outputs, secrets in clear and marked; empty when there is no such stack."""
        raise NotImplementedError

    def resources(self, stack: str) -> tuple[Mapping[str, Any], ...]:
        """The state's resource rows, as `pulumi stack export` gives them; secrets stay encrypted."""
        raise NotImplementedError

    def remove(self, stack: str) -> None:
        """Forget an empty stack."""
        raise NotImplementedError
