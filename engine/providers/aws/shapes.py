"""Between Pulumi's property values and botocore's shapes.

Names meet without regard to case (`kmsMasterKeyId`, `KMSMasterKeyID`), a plural on one side only is bridged
(`rules` for `Rule`), and botocore's shape says which type a value must have.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, cast

from engine.providers.aws import sdk
from engine.providers.port import ProviderError, Unknown

_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+")


class Misfit(ProviderError):
    """A value that the API has no place for; `where` is its path, `rules[0].expiration.dayz`. Never tells the value."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where or 'value'}: {reason}.")
        self.where, self.reason = where, reason


@lru_cache(maxsize=512)
def input_shape(service: str, operation: str) -> Any:
    """botocore's input shape of an operation; None where it takes nothing."""
    return sdk.model(service).operation_model(operation).input_shape


def camel(name: str) -> str:
    """Pulumi's spelling of an API name: `KMSMasterKeyID` is `kmsMasterKeyId`."""
    words = cast("list[str]", _WORDS.findall(name))
    return words[0].lower() + "".join(word.capitalize() for word in words[1:]) if words else name


def to_api(value: Any, shape: Any, where: str = "") -> Any:
    """A Pulumi value as the shape wants it; what is unknown in a trial stays so. Raises Misfit naming the place."""
    if isinstance(value, Unknown):
        return value
    kind = str(shape.type_name)
    if kind == "structure":
        return _structure(value, shape, where)
    if kind == "list":
        if not isinstance(value, list):
            return [to_api(value, shape.member, where)]
        parts = enumerate(cast("list[Any]", value))
        return [to_api(part, shape.member, f"{where}[{at}]") for at, part in parts if part is not None]
    if kind == "map":
        if not isinstance(value, dict):
            raise Misfit(where, f"a map is needed, got {type(value).__name__}")
        return {str(k): to_api(v, shape.value, f"{where}.{k}") for k, v in cast("dict[str, Any]", value).items()}
    return _scalar(value, kind, where)


def _structure(value: Any, shape: Any, where: str) -> dict[str, Any]:
    if isinstance(value, list):  # a block that may stand at most once
        parts = cast("list[Any]", value)
        value = parts[0] if parts else {}
    if not isinstance(value, dict):
        raise Misfit(where, f"a group of properties is needed, got {type(value).__name__}")
    members = {name.lower(): (name, member) for name, member in shape.members.items()}
    answer: dict[str, Any] = {}
    for key, part in cast("dict[str, Any]", value).items():
        if part is None:
            continue
        place = f"{where}.{key}" if where else key
        found = members.get(key.lower()) or members.get(f"{key.lower()}s") or members.get(key.lower().removesuffix("s"))
        if found is None:
            raise Misfit(place, f"{shape.name} has no such member")
        answer[found[0]] = to_api(part, found[1], place)
    return answer


def _scalar(value: Any, kind: str, where: str) -> Any:
    try:
        match kind:
            case "integer" | "long":
                if isinstance(value, bool) or int(value) != float(value):
                    raise ValueError
                return int(value)
            case "float" | "double":
                return float(value)
            case "boolean":
                return _boolean(value)
            case "string":
                return _text(value)
            case _:
                return value
    except (ValueError, TypeError) as error:
        raise Misfit(where, f"{kind} is needed, got {type(value).__name__}") from error


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise ValueError


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (dict, list)):
        raise TypeError
    return str(value)


def from_api(value: Any) -> Any:
    """An API value in Pulumi's spelling; times as ISO text, empty members left out."""
    if isinstance(value, dict):
        parts = {camel(k): from_api(v) for k, v in cast("dict[str, Any]", value).items()}
        return {k: v for k, v in parts.items() if v is not None}
    if isinstance(value, (list, tuple)):
        return [from_api(part) for part in cast("list[Any]", value)]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value


def at(thing: Any, path: str) -> Any:
    """The value at a dotted path; `[]` goes through every element: `Subnets[].SubnetIdentifier`. None if absent."""
    step, _, rest = path.partition(".")
    if not step:
        return thing
    name, each = step.removesuffix("[]"), step.endswith("[]")
    found = cast("dict[str, Any]", thing).get(name) if isinstance(thing, dict) else None
    if found is None or not rest and not each:
        return found
    if each:
        parts = [at(part, rest) for part in cast("list[Any]", found)]
        return [part for part in parts if part is not None]
    return at(found, rest)


def group(thing: Any, name: str) -> dict[str, Any]:
    """The structure under a name; empty where there is none."""
    return cast("dict[str, Any]", cast("dict[str, Any]", thing or {}).get(name) or {})


def listed(thing: Any, name: str) -> list[Any]:
    """The list under a name; empty where there is none."""
    return cast("list[Any]", cast("dict[str, Any]", thing or {}).get(name) or [])
