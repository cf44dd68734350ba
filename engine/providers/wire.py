"""Property values on the wire between engine, SDK and provider.

Format: google.protobuf.Struct with signature keys, as in Pulumi's `sdk/go/common/resource/sig` and
`proto/pulumi/resource.proto`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from google.protobuf import struct_pb2

from engine.providers.port import UNKNOWN, Props, Secret, Unknown

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a protocol constant
_OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_REFERENCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
UNKNOWN_TEXT: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_UNKNOWNS: Final = frozenset(
    {
        UNKNOWN_TEXT,
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
# members of a provider's inputs that are the engine's and not the provider's configuration
_ENGINE_KEYS: Final = frozenset({"version", "pluginDownloadURL", "__internal"})


class UnsupportedValueError(ValueError):
    """A kind of value that this engine does not carry; the message names it."""


def decode(struct: struct_pb2.Struct) -> Props:
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
        return decode(struct)
    signature = fields[SIGNATURE].string_value
    if signature == SECRET:
        return Secret(_decode(fields["value"]))
    if signature == _OUTPUT:
        value = _decode(fields["value"]) if "value" in fields else UNKNOWN
        return Secret(value) if fields["secret"].bool_value else value
    if signature == _REFERENCE:
        return _decode(fields["id"]) if "id" in fields else fields["urn"].string_value
    raise UnsupportedValueError(f"{_KINDS.get(signature, 'values of an unknown kind')} are not supported")


def encode(props: Mapping[str, Any]) -> struct_pb2.Struct:
    """Encode properties; None members are left out, as the official engine does."""
    return struct_pb2.Struct(fields={name: _encode(value) for name, value in props.items() if value is not None})


def _encode(value: Any) -> struct_pb2.Value:
    match value:
        case None:
            return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
        case Unknown():
            return struct_pb2.Value(string_value=UNKNOWN_TEXT)
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
            return struct_pb2.Value(struct_value=encode(cast("Props", value)))
        case list() | tuple():
            items = [_encode(item) for item in cast("Sequence[Any]", value)]
            return struct_pb2.Value(list_value=struct_pb2.ListValue(values=items))
        case _:
            raise UnsupportedValueError(f"a {type(value).__name__} cannot be a property value")


def configuration(inputs: Props) -> Props:
    """What a provider is configured with: without the engine's members, nested values out of their JSON text."""
    return {key: _unpacked(value) for key, value in inputs.items() if key not in _ENGINE_KEYS}


def _unpacked(value: Any) -> Any:
    # SDKs send every provider member that is no string as JSON text
    if isinstance(value, str) and (value[:1] in "{[" or value in ("true", "false")):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
