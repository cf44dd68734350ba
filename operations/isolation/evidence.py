"""The file of evidence: what was found, of whom, when, by which version; signed with the environment's key.

The signature is over the canonical text of everything but itself, as that of a saved plan. Its public key checks it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, cast

from operations.isolation.model import Party, Result, Verdict
from operations.isolation.signers import Signer
from operations.plans import signing
from stacks.blueprint import canonical
from stacks.errors import BadInput, Refused

KIND: Final = "tenant-evidence"
FORMAT: Final = 1
"""Version of the file; raised when a reader of old ones could be misled."""

_ENVELOPE: Final = frozenset({"kind", "format", "evidence", "signature"})
_KEYS: Final = frozenset({"assertions", "environment", "summary", "tenants", "time", "tool"})


@dataclass(frozen=True, slots=True)
class Verified:
    """A run of `tenant verify`: who was looked at, and all results in order. `time` is its end, in UTC."""

    environment: str
    time: datetime
    tool: str
    parties: tuple[Party, ...]
    results: tuple[Result, ...]

    @property
    def summary(self) -> dict[str, int]:
        """How many of each verdict, zeros too."""
        counted = Counter(result.verdict for result in self.results)
        return {verdict.value: counted[verdict] for verdict in Verdict}

    @property
    def good(self) -> bool:
        """Whether nothing is broken and nothing inconclusive."""
        return not any(result.verdict in (Verdict.BROKEN, Verdict.INCONCLUSIVE) for result in self.results)


@dataclass(frozen=True, slots=True)
class Told:
    """What a file of evidence says, once its signature held; `key` says whose it is."""

    file: str
    environment: str
    key: str
    time: str
    tool: str
    tenants: tuple[str, ...]
    summary: Mapping[str, int]
    good: bool


def rows(results: Sequence[Result]) -> list[dict[str, Any]]:
    """Results as plain data."""
    return [
        {
            "assertion": one.assertion.id,
            "kind": one.assertion.kind,
            "subject": one.subject,
            "against": one.against or None,
            "verdict": one.verdict.value,
            "why": one.why,
            "evidence": list(one.evidence),
        }
        for one in results
    ]


def write(verified: Verified, seed: bytes) -> str:
    """The file's text: sorted, indented, the same for the same results and key."""
    said = {
        "environment": verified.environment,
        "time": verified.time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "tool": verified.tool,
        "tenants": [_tenant(party) for party in verified.parties],
        "assertions": rows(verified.results),
        "summary": verified.summary,
    }
    envelope: dict[str, Any] = {"kind": KIND, "format": FORMAT, "evidence": said}
    head = {"algorithm": signing.ALGORITHM, "key": signing.key_id(signing.public(seed))}
    signed = envelope | {"signature": head | {"value": signing.sign(seed, _signed(envelope, head))}}
    return json.dumps(signed, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _tenant(party: Party) -> dict[str, Any]:
    incarnation = party.blueprint.incarnation
    return {"id": party.tenant, "slug": party.slug, "incarnation": incarnation, "blueprint_digest": party.digest}


def read(text: str, file: str, signer: Signer) -> Told:
    """What it says. Raises BadInput where it is no evidence, Refused where it is not as this signer signed it."""
    data = _parsed(text, file)
    said, signature = data["evidence"], data["signature"]
    if signer.environment not in ("", said["environment"]):
        raise Refused(
            f"{file}: this evidence is of environment {said['environment']!r}.",
            why=f"The key that it is checked with is that of {signer.environment!r}.",
            next="Name its environment (`--env`), or give that one's key: `--key FILE`.",
        )
    if signature["key"] != signer.key:
        raise Refused(
            f"{file}: this evidence was signed with another key.",
            why=f"Its key is {signature['key'][:16]!r}, and it is checked with {signer.key!r}.",
            next="Name the home that it was made in (`--home`), or give that one's key: `--key FILE`.",
        )
    unsigned = {key: value for key, value in data.items() if key != "signature"}
    head = {key: value for key, value in signature.items() if key != "value"}
    if not signing.holds(signer.public, _signed(unsigned, head), signature["value"]):
        raise Refused(
            f"{file}: this evidence was changed after it was signed.",
            why="Its signature does not fit what stands in it.",
            next="Do not believe it. Verify again: `tenant verify --evidence FILE`.",
        )
    return _told(file, said, signer)


def _told(file: str, said: Mapping[str, Any], signer: Signer) -> Told:
    summary: dict[str, int] = dict(said["summary"])
    tenants = tuple(f"{each['id']} ({each['slug']}, incarnation {each['incarnation']})" for each in said["tenants"])
    good = not summary[Verdict.BROKEN] and not summary[Verdict.INCONCLUSIVE]
    return Told(file, said["environment"], signer.key, said["time"], said["tool"], tenants, summary, good)


def _parsed(text: str, file: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
        canonical.text({"": found}).encode()
    except (ValueError, RecursionError) as error:  # a lone surrogate is a ValueError too
        raise _none(file, "It is not JSON, or cut off.") from error
    data = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    if data.get("kind") != KIND:
        raise _none(file, f'It does not say `"kind": "{KIND}"`.')
    if data.get("format") != FORMAT or isinstance(data.get("format"), bool):
        raise _none(file, f"Its version is {data.get('format')!r}; this tool reads version {FORMAT}.")
    said, signature = data.get("evidence"), data.get("signature")
    if data.keys() != _ENVELOPE or not isinstance(said, dict) or not _texts(signature):
        raise _none(file, "It is not made of kind, format, evidence and signature, and nothing else.")
    if cast("dict[str, Any]", said).keys() != _KEYS:
        raise _none(file, f"Its evidence is not made of {', '.join(sorted(_KEYS))}.")
    return data


def _texts(signature: object) -> bool:
    if not isinstance(signature, dict):
        return False
    parts = cast("dict[str, Any]", signature)
    return parts.keys() == {"algorithm", "key", "value"} and all(isinstance(part, str) for part in parts.values())


def _signed(envelope: Mapping[str, Any], head: Mapping[str, Any]) -> str:
    return canonical.text({**envelope, "signature": dict(head)})


def _none(file: str, why: str) -> BadInput:
    return BadInput(f"{file} is not evidence.", why=why, next="Make some: `tenant verify --evidence FILE`.")
