"""What a row is: one Pulumi type as data, with a function only where AWS has a way of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from typing import Any, Protocol, TypeAlias

from engine.providers.aws.calls import Api
from engine.providers.port import CheckFailure, Props

Object: TypeAlias = dict[str, Any]
Tagset: TypeAlias = dict[str, str]


@dataclass(frozen=True, slots=True)
class Handle:
    """One resource in one call: where it is, what it is called, what is wanted of it, what is known of it."""

    api: Api
    id: str
    inputs: Props
    outputs: Props = field(default_factory=dict[str, Any])


Setter: TypeAlias = Callable[[Handle, Any], None]
Reader: TypeAlias = Callable[[Handle, Object], Any]
Alike: TypeAlias = Callable[[Any, Any], bool]


class Kind(Enum):
    """How two values of a property are compared. WHOLE: an empty group in it says something, `{"block": {}}`."""

    PLAIN = auto()
    SET = auto()
    DOCUMENT = auto()
    WHOLE = auto()


class State(StrEnum):
    """Where a looked-up object stands."""

    READY = "ready"
    BUSY = "busy"
    GONE = "gone"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Prop:
    """One input property.

    `send` is the member of the create request (empty: the name in AWS's spelling; None: not part of it). `live` is
    the path in the looked-up object, or a function of it (empty: as `send`; None: AWS does not tell, the input is
    echoed). `change` is the operation that changes it, or a function; a property with `send` None and a function is
    also set by it after the create. `modify` is its member in that operation where it differs from `send`. `fixed`
    means a change needs a new resource, `computed` that AWS chooses a value when none is given. `default` is what AWS
    does with silence. `alike(given, live)` widens equality for drift. `secret` values are marked so in outputs. `moves`
    are outputs that a change of it gives another value, unknown in a preview. `fixed_parts` are members of it that
    can't be changed, where the rest can.
    """

    name: str
    send: str | None = ""
    live: str | Reader | None = ""
    default: Any = None
    fixed: bool = False
    computed: bool = False
    required: bool = False
    kind: Kind = Kind.PLAIN
    change: str | Setter | None = None
    alike: Alike | None = None
    modify: str = ""
    secret: bool = False
    moves: tuple[str, ...] = ()
    fixed_parts: tuple[str, ...] = ()

    @property
    def member(self) -> str | None:
        """The create request's member."""
        return self.name[0].upper() + self.name[1:] if self.send == "" else self.send

    @property
    def setter(self) -> Setter | None:
        """The function that sets it, where it has one."""
        return self.change if callable(self.change) else None


@dataclass(frozen=True, slots=True)
class Name:
    """A name the provider makes up when none is given: `<resource name>-<7 hex>`, within the service's limits."""

    prop: str
    longest: int
    prefix_prop: str | None = None
    lower: bool = False
    start: str = ""


class Tags(Protocol):
    """How a type carries its tags."""

    def on_create(self, tags: Tagset) -> Object:
        """Members for the create request; empty where they are set after it."""
        ...

    def read(self, handle: Handle, found: Object) -> Tagset:
        """What it carries now."""
        ...

    def write(self, handle: Handle, old: Tagset, new: Tagset) -> None:
        """Make the old ones the new ones."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One Pulumi type.

    `create` is an operation with the path of the id in its answer, or a function that makes the thing and returns
    its id. `look` describes it, None when it is not there. `delete` is an operation or a function. `key` is the
    member by which operations name it. `seek` yields ids of what an interrupted create may have left; `ours` decides
    about what carries no tags. `settle` ends what create began, also for an interrupted one that was found;
    `unsettled` says why that has to be done, nothing where it is, and only looks. `encode` is a trial of the requests
    at check, where they are not plain. `faults` are said at check, `refuses` (olds, news) at diff. `busy_codes` are
    refusals of a delete that pass by themselves. Limits in seconds.
    """

    type: str
    service: str
    props: tuple[Prop, ...]
    create: tuple[str, str] | Callable[[Handle, Object], str]
    look: Callable[[Handle], Object | None]
    delete: str | Callable[[Handle], None]
    seek: Callable[[Handle], Iterable[str]]
    key: str = ""
    tags: Tags | None = None
    outputs: Mapping[str, str | Reader] = field(default_factory=dict[str, "str | Reader"])
    name: Name | None = None
    state: Callable[[Object], State] = lambda found: State.READY
    request: Callable[[Props], Object] = lambda inputs: {}
    modify: Callable[[Props], Object] = lambda inputs: {}
    faults: Callable[[Props], Iterable[CheckFailure]] = lambda inputs: ()
    refuses: Callable[[Props, Props], str | None] = lambda olds, news: None
    ours: Callable[[Handle, Object], bool] | None = None
    settle: Callable[[Handle], None] | None = None
    unsettled: Callable[[Handle], str] = lambda handle: ""
    encode: Callable[[Props], object] = lambda inputs: None
    create_seconds: float = 300
    delete_seconds: float = 600
    delete_before_replace: bool = False
    holds_data: bool = False
    awaits_gone: bool = True
    busy_codes: frozenset[str] = frozenset()

    def prop(self, name: str) -> Prop | None:
        """The property of that name, where the row knows it."""
        return next((prop for prop in self.props if prop.name == name), None)
