"""A YAML file people edit -> a model, or every fault in it at once, each with its place.

Positions come from the composed node tree, so that a fault points at the line and column of the very key or value.
"""

from __future__ import annotations

import copy
import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Any, Final, TypeAlias, TypeVar, cast

from pydantic import BaseModel, ConfigDict, PrivateAttr, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from stacks import plural
from stacks.errors import BadInput, Fault, Span
from stacks.inputs import wording

API_VERSION: Final = "tenant/v1"

Path: TypeAlias = tuple[str | int, ...]
Model = TypeVar("Model", bound="Sourced")


@dataclass(frozen=True, slots=True)
class Complaint:
    """A fault that a check across fields found, before its place in the file is known."""

    path: Path
    why: str
    allowed: str = ""
    nearest: str = ""


Check: TypeAlias = Callable[[Mapping[str, Any]], Iterator[Complaint]]


class Section(BaseModel):
    """Part of a file: keys that are not in the model are faults, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, use_enum_values=False)


class Sourced(Section):
    """A whole file, which remembers where each of its fields stood."""

    _places: dict[Path, Span] = PrivateAttr(default_factory=dict[Path, Span])

    def where(self, *path: str | int) -> Span | None:
        """The place of a field, or of the nearest field around it; None when not read from a file."""
        return nearest_place(self._places, path)

    def fault(self, complaint: Complaint) -> Fault:
        """A complaint with its place in this file."""
        return _fault(self._places, complaint)

    def remember(self, places: Mapping[Path, Span]) -> None:
        """Take over the places that were seen while reading."""
        self._places.update(places)


@dataclass(frozen=True, slots=True)
class Document:
    """A file as it stands: plain data, the place of each key, and faults of the YAML itself."""

    file: str
    data: Mapping[str, Any]
    places: Mapping[Path, Span]
    faults: tuple[Fault, ...]

    def fault(self, complaint: Complaint) -> Fault:
        """A complaint with its place in this file."""
        return _fault(self.places, complaint)


def load(
    path: FilePath, model: type[Model], checks: Sequence[Check] = (), context: Mapping[str, Any] | None = None
) -> Model:
    """The file's model; `context` is for its fields' validators. Raises BadInput with all faults, sorted by place."""
    document = read(path)
    faults = list(document.faults)
    faults += [_fault(document.places, each) for check in checks for each in check(document.data)]
    loaded = None
    try:
        loaded = model.model_validate(document.data, context=context)
    except ValidationError as error:
        faults += [_fault(document.places, each) for each in _complaints(error, model)]
    if faults or loaded is None:
        distinct = tuple(sorted(set(faults), key=lambda fault: (fault.field, fault.why)))
        raise BadInput(f"{path} can't be used: {plural.count(len(distinct), 'fault')}.", faults=distinct)
    loaded.remember(document.places)
    return loaded


def remainder(path: FilePath, model: type[Model], context: Mapping[str, Any] | None = None) -> Model | None:
    """The model of a file without the keys that can't be used; None where what is left is none either."""
    try:
        document = read(path)
    except BadInput:
        return None
    data = copy.deepcopy(dict(document.data))
    try:
        loaded = model.model_validate(data, context=context)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            _take_out(data, details["loc"])
        try:
            loaded = model.model_validate(data, context=context)
        except ValidationError:
            return None
    loaded.remember(document.places)
    return loaded


def _take_out(data: dict[str, Any], path: Path) -> None:
    """Remove the key at a path, or the list that the path goes through: places of others in it would move."""
    at: Any = data
    for part in path[:-1]:
        inner = at.get(part) if isinstance(part, str) else None
        if not isinstance(inner, dict):
            at.pop(part, None)
            return
        at = cast("dict[str, Any]", inner)
    at.pop(path[-1], None)


def read(path: FilePath) -> Document:
    """The file's data and places. Raises BadInput where there is no file, or no mapping in it."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} can't be read.", where=str(path), why=_reason(error)) from error
    return parse(text, path)


def parse(text: str, path: FilePath) -> Document:
    """The data and places of a file's text. Raises BadInput where there is no mapping in it."""
    try:
        return _parsed(text, path)
    except RecursionError as error:
        fault = Fault(Span(str(path), 1, 1), "(file)", "it is nested without end, or an alias stands inside its anchor")
        raise BadInput(f"{path} can't be used.", faults=(fault,)) from error


@lru_cache(maxsize=256)
def _parsed(text: str, path: FilePath) -> Document:
    """A fleet's tenants have few tiers and one environment among them: each is parsed once a process."""
    try:
        root = cast("Node | None", _yaml().compose(text))
    except YAMLError as error:
        raise BadInput(f"{path} is not YAML.", faults=(_syntax(path, error),)) from error
    if not isinstance(root, MappingNode):
        fault = Fault(
            Span(str(path), 1, 1), "(file)", "it holds no keys", f"keys, the first `apiVersion: {API_VERSION}`"
        )
        raise BadInput(f"{path} can't be used.", faults=(fault,))
    walk = _Walk(str(path))
    data = walk.mapping(root, ())
    return Document(str(path), data, walk.places, tuple(walk.faults))


class _Walk:
    """Turns the node tree into plain data, keeping places and finding keys that stand twice."""

    def __init__(self, file: str) -> None:
        self.file, self.places, self.faults = file, dict[Path, Span](), list[Fault]()
        self._scalars = _yaml().constructor

    def value(self, node: Node, path: Path) -> Any:
        if isinstance(node, MappingNode):
            return self.mapping(node, path)
        if isinstance(node, SequenceNode):
            items = cast("list[Node]", _inside(node))
            return [self._placed(item, (*path, index)) for index, item in enumerate(items)]
        return self._scalars.construct_object(node)

    def mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in cast("list[tuple[Node, Node]]", _inside(node)):
            key = str(_inside(key_node))
            here = self._span(key_node)
            if key in found:
                self.faults.append(Fault(here, _dotted((*path, key)), "the key stands twice", "once"))
                continue
            self.places[(*path, key)] = self._span(value_node) if _written(value_node) else here
            self.places[(*path, key, KEY)] = here
            found[key] = self.value(value_node, (*path, key))
        return found

    def _placed(self, node: Node, path: Path) -> Any:
        self.places[path] = self._span(node)
        return self.value(node, path)

    def _span(self, node: Node) -> Span:
        mark = cast("Any", node).start_mark
        return Span(self.file, int(mark.line) + 1, int(mark.column) + 1)


def _inside(node: Node) -> Any:
    """What a node holds: text, nodes, or pairs of nodes. ruamel.yaml gives it no type."""
    return cast("Any", node).value


def _written(node: Node) -> bool:
    """Whether a value stands in the file as such: groups start at their key, and an empty value is nowhere."""
    return isinstance(node, ScalarNode) and bool(_inside(node) or cast("Any", node).style)


KEY: Final = "(key)"
"""Last part of the path to a key's own place, where the plain path leads to its value's."""


def nearest_place(places: Mapping[Path, Span], path: Path) -> Span | None:
    """The place of the path, or of what is around it, or the first key of the file."""
    for end in range(len(path), 0, -1):
        if path[:end] in places:
            return places[path[:end]]
    first = next(iter(places.values()), None)
    return Span(first.file, 1, 1) if first else None


def nearest(value: object, known: Iterable[str]) -> str:
    """The known word most like the value; nothing where none is like it.

    Where the value is a class of a family that there is (`p4d.xlarge`), it is one of that family.
    """
    text, words = str(value), list(known)
    family = text.rpartition(".")[0]
    relatives = [word for word in words if family and word.startswith(f"{family}.")]
    close = difflib.get_close_matches(text, relatives or words, n=1, cutoff=0.5)
    return close[0] if close else ""


def keys_of(value: object) -> Mapping[str, Any]:
    """A group of keys in plain YAML data; empty where the value is something else."""
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def items_of(value: object) -> Sequence[Any]:
    """A list in plain YAML data; empty where the value is something else."""
    return cast("Sequence[Any]", value) if isinstance(value, list) else ()


def _fault(places: Mapping[Path, Span], complaint: Complaint) -> Fault:
    path = tuple(part for part in complaint.path if part != KEY)
    return Fault(
        nearest_place(places, complaint.path), _dotted(path), complaint.why, complaint.allowed, complaint.nearest
    )


def _dotted(path: Path) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "(file)"


def _complaints(error: ValidationError, model: type[BaseModel]) -> Iterator[Complaint]:
    for details in error.errors(include_url=False):
        yield _complaint(details, model)


def _complaint(details: ErrorDetails, model: type[BaseModel]) -> Complaint:
    path = tuple(details["loc"])
    sentence = wording.sentence(details, _known_keys(model, path[:-1]))
    place = (*path, KEY) if details["type"] == "extra_forbidden" else path
    return Complaint(place, sentence.why, sentence.allowed, nearest(sentence.wrong, sentence.known))


def _known_keys(model: type[BaseModel], path: Path) -> tuple[str, ...]:
    """Keys that the section at this path may have."""
    current: type[BaseModel] = model
    for part in path:
        if isinstance(part, str) and (inner := _section(current, part)):
            current = inner
    return tuple(field.alias or name for name, field in current.model_fields.items())


def _section(model: type[BaseModel], name: str) -> type[BaseModel] | None:
    for key, field in model.model_fields.items():
        if name in (key, field.alias):
            return next(wording.models_in(field.annotation), None)
    return None


def _syntax(path: FilePath, error: YAMLError) -> Fault:
    mark = cast("Any", error).problem_mark if isinstance(error, MarkedYAMLError) else None
    if mark is not None:
        span = Span(str(path), int(mark.line) + 1, int(mark.column) + 1)
        return Fault(span, "(file)", str(cast("Any", error).problem))
    return Fault(Span(str(path), 1, 1), "(file)", "it is not YAML")


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return "It is not UTF-8 text." if isinstance(error, UnicodeDecodeError) else f"{error.strerror}."


def _yaml() -> Any:
    return YAML(typ="safe", pure=True)
