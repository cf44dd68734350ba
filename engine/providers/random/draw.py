"""Draws from the operating system's random source."""

from __future__ import annotations

import base64
import secrets
import string

from engine.providers.port import Props
from engine.providers.random.inputs import CLASSES

_ALPHABETS = {
    "lower": string.ascii_lowercase,
    "upper": string.ascii_uppercase,
    "numeric": string.digits,
    "special": "!@#$%&*()-_=+[]{}<>:?",
}


def characters(inputs: Props) -> str:
    """A string with at least so many of each class, filled up from all of them, in random order."""
    alphabets = dict(_ALPHABETS)
    if inputs["overrideSpecial"]:
        alphabets["special"] = inputs["overrideSpecial"]
    drawn = [secrets.choice(alphabets[each]) for each, least in CLASSES.items() for _ in range(inputs[least])]
    everything = "".join(letters for each, letters in alphabets.items() if inputs[each])
    drawn += [secrets.choice(everything) for _ in range(inputs["length"] - len(drawn))]
    secrets.SystemRandom().shuffle(drawn)
    return "".join(drawn)


def id(size: int, prefix: str) -> tuple[str, Props]:
    """`size` random bytes in four notations, each behind the prefix, and the resource's id, without it."""
    drawn = secrets.token_bytes(size)
    url = base64.urlsafe_b64encode(drawn).decode().rstrip("=")
    notations = {
        "b64Std": base64.b64encode(drawn).decode(),
        "b64Url": url,
        "dec": str(int.from_bytes(drawn, "big")),
        "hex": drawn.hex(),
    }
    return url, {key: prefix + text for key, text in notations.items()}
