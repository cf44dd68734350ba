"""Property values: looked into, in state, in events. On the wire they are `engine.providers.wire`'s affair.

Inside the engine a value is plain Python with two marks: `Secret(value)` around what must not be shown, and `UNKNOWN`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, cast

from engine.providers.port import Props, Secret, Unknown
from engine.providers.wire import SECRET, SIGNATURE, UNKNOWN_TEXT

# a shorter secret would turn every output that happens to contain it into a secret
_TAINT_LENGTH: Final = 6


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
        return UNKNOWN_TEXT if isinstance(item, Unknown) else item

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
        return UNKNOWN_TEXT if isinstance(item, Unknown) else item

    return transform(value, leaf)
