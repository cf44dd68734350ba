"""Property values: on the wire, in state, in events.

Inside the engine a value is plain Python with two marks: `Secret(value)` around what must not be shown, and `UNKNOWN`.
Format: google.protobuf.Struct with signature keys, as in Pulumi's `sdk/go/common/resource/sig` and
`proto/pulumi/resource.proto`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

from google.protobuf import struct_pb2

from engine.providers.port import UNKNOWN, Props, Secret, Unknown

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a protocol constant
_OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_REFERENCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
_UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_UNKNOWNS: Final = frozenset(
    {
        _UNKNOWN,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
_KINDS: Final = {
    "c44067f5952c0a294b673a41bacd8c17": "assets",
    "0def7320c3a5731c473e5ecbe6d01bc7": "archives",
    "803fd3297a5875dc03ca845dda5d2a98": "byte strings",
}
# a shorter secret would turn every output that happens to contain it into a secret
_TAINT_LENGTH: Final = 6


class UnsupportedValueError(ValueError):
    """A kind of value that this engine does not carry; the message names it."""


# ---- the wire


def from_wire(struct: struct_pb2.Struct) -> Props:
    """Decode a Struct. Resource references become ids, output values what they hold. Raises UnsupportedValueError."""
    return {name: _decode(value) for name, value in struct.fields.items()}


def _decode(value: struct_pb2.Value) -> Any:
    match value.WhichOneof("kind"):
        case "string_value":
            return UNKNOWN if value.string_value in _UNKNOWNS else value.string_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [_decode(item) for item in value.list_value.values]
        case "struct_value":
            return _decode_object(value.struct_value)
        case _:
            return None


def _decode_object(struct: struct_pb2.Struct) -> Any:
    fields = struct.fields
    if SIGNATURE not in fields:
        return from_wire(struct)
    signature = fields[SIGNATURE].string_value
    if signature == SECRET:
        return Secret(_decode(fields["value"]))
    if signature == _OUTPUT:
        value = _decode(fields["value"]) if "value" in fields else UNKNOWN
        return Secret(value) if fields["secret"].bool_value else value
    if signature == _REFERENCE:
        return _decode(fields["id"]) if "id" in fields else fields["urn"].string_value
    raise UnsupportedValueError(f"{_KINDS.get(signature, 'values of an unknown kind')} are not supported")


def to_wire(props: Mapping[str, Any]) -> struct_pb2.Struct:
    """Encode properties; None members are left out, as the official engine does."""
    return struct_pb2.Struct(fields={name: _encode(value) for name, value in props.items() if value is not None})


def _encode(value: Any) -> struct_pb2.Value:
    match value:
        case None:
            return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
        case Unknown():
            return struct_pb2.Value(string_value=_UNKNOWN)
        case Secret():
            fields = {SIGNATURE: _encode(SECRET), "value": _encode(value.value)}
            return struct_pb2.Value(struct_value=struct_pb2.Struct(fields=fields))
        case bool():
            return struct_pb2.Value(bool_value=value)
        case int() | float():
            return struct_pb2.Value(number_value=value)
        case str():
            return struct_pb2.Value(string_value=value)
        case dict():
            return struct_pb2.Value(struct_value=to_wire(cast("Props", value)))
        case list() | tuple():
            items = [_encode(item) for item in cast("Sequence[Any]", value)]
            return struct_pb2.Value(list_value=struct_pb2.ListValue(values=items))
        case _:
            raise UnsupportedValueError(f"a {type(value).__name__} cannot be a property value")


# ---- looking into values


def transform(value: Any, leaf: Callable[[Any], Any]) -> Any:
    """Rebuild a value; `leaf` maps everything that is neither an object nor a list, Secret marks included."""
    if isinstance(value, dict):
        return {name: transform(item, leaf) for name, item in cast("Props", value).items()}
    if isinstance(value, (list, tuple)):
        return [transform(item, leaf) for item in cast("Sequence[Any]", value)]
    return leaf(value)


def leaves(value: Any) -> Iterator[Any]:
    """Every leaf of a value; a Secret mark is a leaf."""
    if isinstance(value, dict):
        for item in cast("Props", value).values():
            yield from leaves(item)
    elif isinstance(value, (list, tuple)):
        for item in cast("Sequence[Any]", value):
            yield from leaves(item)
    else:
        yield value


def plain(value: Any) -> Any:
    """The value without its secret marks, for a provider."""
    return transform(value, lambda leaf: plain(leaf.value) if isinstance(leaf, Secret) else leaf)


def has_unknown(value: Any) -> bool:
    """Whether any part is UNKNOWN."""
    return any(
        isinstance(leaf, Unknown) or (isinstance(leaf, Secret) and has_unknown(leaf.value)) for leaf in leaves(value)
    )


def has_secret(value: Any) -> bool:
    """Whether any part is marked secret."""
    return any(isinstance(leaf, Secret) for leaf in leaves(value))


def secret_texts(value: Any) -> frozenset[str]:
    """Every string that stands inside a Secret mark: what must not appear in clear under any name."""
    inside = (plain(leaf) for leaf in leaves(value) if isinstance(leaf, Secret))
    return frozenset(text for item in inside for text in leaves(item) if isinstance(text, str) and text)


def conceal(outputs: Props, inputs: Props, additional: Sequence[str] = ()) -> Props:
    """Mark in `outputs` what is secret: same-named secret inputs, `additional` names, and every echo of a secret.

    The official engine re-marks same-named outputs only, so a secret echoed under another name stands in its state
    in clear. Marking by value closes that.
    """
    texts = secret_texts(inputs) | secret_texts(outputs)
    result: Props = {}
    for name, value in outputs.items():
        if isinstance(value, (Secret, Unknown)) or value is None:
            result[name] = value
        elif name in additional or isinstance(inputs.get(name), Secret):
            result[name] = Secret(plain(value))
        else:
            result[name] = transform(value, lambda leaf: Secret(leaf) if _echoes(leaf, texts) else leaf)
    return result


def _echoes(leaf: Any, texts: frozenset[str]) -> bool:
    return isinstance(leaf, str) and (
        leaf in texts or any(len(text) >= _TAINT_LENGTH and text in leaf for text in texts)
    )


def as_marked(value: Any, marked: Any) -> Any:
    """`value` (plain) with the secret marks that `marked` carries at the same paths."""
    if isinstance(marked, Secret):
        return Secret(plain(value))
    if isinstance(marked, dict) and isinstance(value, dict):
        marks = cast("Props", marked)
        return {name: as_marked(item, marks.get(name)) for name, item in cast("Props", value).items()}
    if isinstance(marked, list) and isinstance(value, list):
        items, marks = cast("list[Any]", value), cast("list[Any]", marked)
        return [as_marked(item, marks[i] if i < len(marks) else None) for i, item in enumerate(items)]
    return value


# ---- state and events


def to_state(value: Any, encrypt: Callable[[str], str]) -> Any:
    """The value as it stands in a checkpoint: secrets as `{signature, ciphertext}` of their JSON text."""

    def leaf(item: Any) -> Any:
        if isinstance(item, Secret):
            return {SIGNATURE: SECRET, "ciphertext": encrypt(json.dumps(plain(item.value)))}
        return _UNKNOWN if isinstance(item, Unknown) else item

    return transform(value, leaf)


def from_state(value: Any, decrypt: Callable[[str], str]) -> Any:
    """The value that a checkpoint holds, secrets marked."""
    if isinstance(value, dict):
        fields = cast("Props", value)
        if fields.get(SIGNATURE) == SECRET:
            text = fields["plaintext"] if "plaintext" in fields else decrypt(fields["ciphertext"])
            return Secret(json.loads(text))
        return {name: from_state(item, decrypt) for name, item in fields.items()}
    if isinstance(value, list):
        return [from_state(item, decrypt) for item in cast("list[Any]", value)]
    return value


def shown(value: Any) -> Any:
    """The value for an event that people may see: secrets masked, as the official engine masks them."""

    def leaf(item: Any) -> Any:
        if isinstance(item, Secret):
            return {SIGNATURE: SECRET, "ciphertext": "[secret]"}
        return _UNKNOWN if isinstance(item, Unknown) else item

    return transform(value, leaf)
