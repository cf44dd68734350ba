"""The file of a saved plan: one JSON document, signed as a whole.

The signature is over the canonical text of everything but itself, so that a file may be formatted anew and not changed.
Reading has two stages: `parse` says whether it is a plan at all (else BadInput), `open` whether it is ours (else
Refused). Nothing of a plan is believed before both are done.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from operations.plans import shape, signing
from operations.plans.model import SavedPlan
from stacks.blueprint import canonical
from stacks.errors import BadInput, Refused

KIND: Final = "tenant-plan"
FORMAT: Final = 1
"""Version of the file; raised when a reader of old ones could be misled."""

_ENVELOPE: Final = frozenset({"kind", "format", "plan", "signature"})


@dataclass(frozen=True, slots=True)
class Envelope:
    """A file that looks like a plan. `claimed` is the environment that it names, not checked yet."""

    file: str
    data: Mapping[str, Any]
    claimed: str
    key: str
    signature: str


def write(plan: SavedPlan, seed: bytes) -> str:
    """The file's text: sorted, indented, the same for the same plan and key."""
    envelope: dict[str, Any] = {"kind": KIND, "format": FORMAT, "plan": shape.to_json(plan)}
    head = {"algorithm": signing.ALGORITHM, "key": signing.key_id(signing.public(seed))}
    value = signing.sign(seed, _signed(envelope, head))
    signed = envelope | {"signature": head | {"value": value}}
    return json.dumps(signed, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def parse(text: str, file: str) -> Envelope:
    """The file as an envelope. Raises BadInput where it is none, or one of a version that is not known here."""
    try:
        found = json.loads(text)
        canonical.text({"": found}).encode()
    except (ValueError, RecursionError) as error:  # a lone surrogate is a ValueError too
        raise _no_plan(file, "It is not JSON, or cut off.") from error
    if not isinstance(found, dict) or cast("dict[str, Any]", found).get("kind") != KIND:
        raise _no_plan(file, f'It does not say `"kind": "{KIND}"`.')
    data = cast("dict[str, Any]", found)
    if data.get("format") != FORMAT or isinstance(data.get("format"), bool):
        raise BadInput(
            f"{file} is a plan of a version that is not known here: {data.get('format')!r}.",
            why=f"This version of the tool reads version {FORMAT}.",
            next="Plan again with this version: `tenant plan TENANT --save FILE`.",
        )
    if data.keys() != _ENVELOPE or not isinstance(data["plan"], dict) or not _texts(data["signature"]):
        raise _no_plan(file, "It is not made of kind, format, plan and signature, and nothing else.")
    signature = data["signature"]
    claimed = str(cast("dict[str, Any]", data["plan"]).get("environment", ""))
    return Envelope(file, data, claimed, signature["key"], signature["value"])


def open(envelope: Envelope, seed: bytes, environment: str) -> SavedPlan:  # noqa: A001 - opened as an envelope is
    """The plan. Raises Refused where it is another environment's or home's, or is not as it was signed."""
    again = f"plan again, here: `tenant --env {environment} plan TENANT --save FILE`."
    if envelope.claimed != environment:
        raise Refused(
            f"{envelope.file}: this plan was made for environment {envelope.claimed!r}, and this is {environment!r}.",
            next=f"Name its environment (`--env`), or {again}",
        )
    public = signing.public(seed)
    if envelope.key != signing.key_id(public):
        raise Refused(
            f"{envelope.file}: this plan was made in another home; nothing was done.",
            why=f"It is signed with the key {envelope.key[:16]!r}; environment {environment} has"
            f" {signing.key_id(public)} in this home.",
            next=f"Name the home that it was made in (`--home`), or {again}",
        )
    unsigned = {key: value for key, value in envelope.data.items() if key != "signature"}
    head = {key: value for key, value in envelope.data["signature"].items() if key != "value"}
    if not signing.holds(public, _signed(unsigned, head), envelope.signature):
        raise Refused(
            f"{envelope.file}: this plan was changed after it was made; nothing was done.",
            why="Its signature does not fit what stands in it.",
            next=f"A plan is applied as it was approved. To have another one, edit the profile and {again}",
        )
    return shape.from_json(envelope.data["plan"])


def _signed(envelope: Mapping[str, Any], head: Mapping[str, Any]) -> str:
    return canonical.text({**envelope, "signature": dict(head)})


def _texts(signature: object) -> bool:
    """Whether the signature has its three parts, each of them text."""
    if not isinstance(signature, dict):
        return False
    parts = cast("dict[str, Any]", signature)
    return parts.keys() == {"algorithm", "key", "value"} and all(isinstance(part, str) for part in parts.values())


def _no_plan(file: str, why: str) -> BadInput:
    return BadInput(f"{file} is not a saved plan.", why=why, next="Make one: `tenant plan TENANT --save FILE`.")
