"""What the embedded engine asks of a provider.

Pulumi's ResourceProvider protocol (provider.proto) as plain Python calls, and one question more: `find`, which
lets an interrupted create be adopted instead of repeated.

Property values are plain Python: None, bool, int, float, str, list, dict, and `UNKNOWN` in previews. Names are
Pulumi's camelCase. Secrets arrive unwrapped; the engine marks every output that carries a secret's value as
secret again, under whatever name it comes back. A provider marks a value that is secret by nature with `Secret`.

Every method may be called from several threads at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol, TypeAlias

Props: TypeAlias = dict[str, Any]


class Unknown:
    """The value of an output that only an apply can tell."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __bool__(self) -> bool:
        return False


UNKNOWN: Final = Unknown()

UNSETTLED: Final = "__unsettled"
"""An output that only the provider reads: this resource is not as its inputs say, and a look alone can't tell where.

A list of what an earlier call may have left undone, perhaps empty. The engine keeps it with the other outputs and
hands it back; the update that puts all right leaves it out.
"""


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that must not be shown nor stored in clear."""

    value: Any

    def __repr__(self) -> str:
        return "Secret(…)"


@dataclass(frozen=True, slots=True)
class Resource:
    """Which resource is meant: `aws:kms/key:Key`, `key`, and its full URN."""

    urn: str
    type: str
    name: str


@dataclass(frozen=True, slots=True)
class CheckFailure:
    """An input that the provider will not take, said before anything is sent."""

    property: str
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """Inputs with defaults and generated names filled in, or why not."""

    inputs: Props
    failures: tuple[CheckFailure, ...] = ()


class ChangeKind(StrEnum):
    """How one property path differs."""

    ADD = "add"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class PropertyChange:
    """One differing property path, and whether it forces a new resource."""

    path: str
    kind: ChangeKind
    replace: bool = False


@dataclass(frozen=True, slots=True)
class Diff:
    """What an update would change. No changes: the resource is the same."""

    changes: tuple[PropertyChange, ...] = ()
    delete_before_replace: bool = False

    @property
    def replaces(self) -> bool:
        """Whether any change forces a new resource."""
        return any(change.replace for change in self.changes)


@dataclass(frozen=True, slots=True)
class Created:
    """An accepted create. `reasons` is not empty where the resource exists but is not initialised fully."""

    id: str
    outputs: Props
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A live resource: its id, what it is now, and the inputs that would make it so.

    `reasons` say why it is not whole yet (still being made, say): the next apply updates it whatever its inputs, and
    that update waits for it and does what is left. Outputs may be incomplete until then. `read` gives reasons too, for
    a resource that was recorded so and that nothing has put right since.
    """

    id: str
    inputs: Props
    outputs: Props
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """How a mutating call is to be made.

    `timeout` in seconds (customTimeouts) or None for the provider's own; `fence` raises when the caller has lost
    the right to write and is called before every request that changes something; `stopping` turns true on Ctrl-C,
    so that a long wait may give up and leave the rest to the next run.
    """

    timeout: float | None = None
    fence: Callable[[], None] = field(default=lambda: None)
    stopping: Callable[[], bool] = field(default=lambda: False)


class ProviderError(Exception):
    """The cloud, or the provider, said no: nothing was changed by this call. The message is a sentence.

    Only the refusal of a call's first change may be told so; what fails after that is one of the two below.
    """


class AnswerLost(ProviderError):
    """Nobody knows what came of it: the answer was lost, or a later step failed after one had been accepted.

    The engine keeps the intent, and the next run looks before it repeats.
    """


class PartlyDone(ProviderError):
    """The resource exists but a later step failed: it is recorded with its reasons, the next run updates it.

    Of an update only where a look can't tell what came of it (a password): the new inputs are recorded then, and
    `outputs` say in UNSETTLED what is to be sent again.
    """

    def __init__(self, message: str, *, id: str, outputs: Props) -> None:
        super().__init__(message)
        self.id, self.outputs = id, outputs


class Configured(Protocol):
    """A provider with its configuration. Checking is pure, and a diff asks only what nobody but the server knows."""

    def check(self, resource: Resource, olds: Props | None, news: Props, seed: bytes) -> Checked:
        """Validate and complete inputs. The same seed gives the same generated name; olds None means create."""
        ...

    def diff(self, resource: Resource, id: str, old_inputs: Props, old_outputs: Props, news: Props) -> Diff:
        """What updating to `news` (checked inputs, perhaps with unknowns) would change."""
        ...

    def preview(self, resource: Resource, news: Props, old_outputs: Props | None) -> Props:
        """Outputs as far as they are known before an apply; `UNKNOWN` for every other declared output."""
        ...

    def create(self, resource: Resource, inputs: Props, call: Call) -> Created:
        """Make it and wait until it serves. Raises ProviderError, AnswerLost, PartlyDone."""
        ...

    def read(self, resource: Resource, id: str, inputs: Props, outputs: Props) -> Found | None:
        """What it is now; None when it is gone. `inputs` carry drift: they equal the old ones where nothing drifted."""
        ...

    def update(
        self, resource: Resource, id: str, old_inputs: Props, old_outputs: Props, news: Props, call: Call
    ) -> Props:
        """Make it so; new outputs. Raises ProviderError, AnswerLost, PartlyDone.

        Where the old inputs are the new ones, or the outputs say UNSETTLED, an earlier call was not finished: then
        this waits until the resource is at rest and brings everything in line with what is live.
        """
        ...

    def delete(self, resource: Resource, id: str, inputs: Props, outputs: Props, call: Call) -> None:
        """Delete and wait until gone. A resource that is gone already is not an error."""
        ...

    def find(self, resource: Resource, inputs: Props, known: frozenset[str] = frozenset()) -> Found | None:
        """What an interrupted create with these inputs has left: by its exact name, or by its tags.

        `known` are ids that the state holds already, never what is looked for: while a resource is replaced, the old
        one still carries the same tags.
        It only looks: it neither waits nor changes anything, since previews ask too. Only what carries this stack's
        ownership (the `stack` tag of the inputs, where the type has tags) counts.
        Raises ProviderError when something stands there that is not ours, or when it cannot be told.
        """
        ...

    def invoke(self, token: str, args: Props) -> Props:
        """Answer a data source, e.g. `aws:index/getCallerIdentity:getCallerIdentity`."""
        ...


class Provider(Protocol):
    """One package's provider. `configure` is cheap, never connects, and accepts unknown values."""

    package: str
    version: str

    def check_config(self, config: Props) -> Sequence[CheckFailure]:
        """Refuse configuration keys that this provider does not know."""
        ...

    def diff_config(self, olds: Props, news: Props) -> Diff:
        """Which configuration change means that every resource must be made anew (another region, another account)."""
        ...

    def configure(self, config: Props) -> Configured:
        """A provider instance for this configuration."""
        ...

    def holds_data(self, type: str) -> bool:
        """Whether replacing a resource of this type loses data; the engine then refuses to replace it."""
        ...


Providers: TypeAlias = Mapping[str, Provider]
