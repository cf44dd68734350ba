"""Small random worlds, and requests in them, of few words so that policies and requests meet often.

Parts come from tables and not from strategies of strategies: an example is drawn in milliseconds, and shrinks to the
first rows of the tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from random import Random
from typing import Any

from hypothesis import strategies as st

from operations.isolation.proof import policy
from operations.isolation.proof.policy import Document
from operations.isolation.proof.request import Absent, Facts, Free, Known, Request
from operations.isolation.proof.world import Kind, Principal, Thing

ACCOUNT = "111122223333"
OTHER = "444455556666"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/a"
ACTIONS = ["s3:GetObject", "kms:Decrypt", "sts:AssumeRole", "iam:PassRole"]
ANY_RESOURCE = "arn:aws:s3:*"
WORDS = ["b", "a", "ab", "", "B"]
RESOURCES = [
    "arn:aws:s3:::x/b/1",
    "arn:aws:s3:::x/a/1",
    "arn:aws:s3:::x/b",
    "arn:aws:s3:eu:1:x/b/1",
    "arn:aws:s3:::x/:",
]
TEXT_KEYS = ["aws:PrincipalTag/t", "s3:prefix", "aws:ResourceTag/t"]
SEVERAL = ["aws:TagKeys", "kms:EncryptionContextKeys"]
NUMBER, MOMENT, ADDRESS, FLAG = "s3:max-keys", "aws:CurrentTime", "aws:SourceIp", "aws:MultiFactorAuthPresent"
VALUES: Mapping[str, list[str]] = {
    **{key.lower(): WORDS for key in (*TEXT_KEYS, *SEVERAL)},
    NUMBER: ["0", "1", "1.5", "2"],
    MOMENT.lower(): ["2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z"],
    ADDRESS.lower(): ["10.0.0.1", "10.1.0.1", "192.0.2.1", "2001:db8::1"],
    FLAG.lower(): ["true", "false"],
}

_TAG, _TAG_OR, _PREFIX = "${aws:PrincipalTag/t}", "${aws:PrincipalTag/t, 'b'}", "${s3:prefix}"
_PATTERNS = ["b", "a", "*", "b*", "*b", "a?", "?", "", "*a*b", "${*}", "B", _TAG, f"{_TAG}*", f"*{_TAG_OR}", f"?{_TAG}"]
_ENDS = ["*", "b/*", "a/*", "b", f"{_TAG}/*", f"{_TAG}*", f"{_TAG_OR}/*", f"*{_PREFIX}", "?/*", f"b?{_TAG}"]
_PLACES = ["*", *(f"arn:aws:s3:::x/{end}" for end in _ENDS), "arn:aws:s3:*:*:x/b*", "arn:aws:*/b", "arn:*:x/b/?"]
_TEXT = ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase"]
_ORDER = ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"]
_ARNS = [
    ROLE,
    f"arn:aws:iam::{ACCOUNT}:role/*",
    "arn:aws:iam::*:role/b",
    "arn:aws:*",
    f"arn:aws:iam::{ACCOUNT}:role/{_TAG}",
]
_OPERATORS: list[tuple[list[str], list[str], list[str]]] = [
    (_TEXT, TEXT_KEYS, _PATTERNS),
    ([f"{each}IfExists" for each in _TEXT], TEXT_KEYS, _PATTERNS),
    (
        [f"{each}:{name}" for each in ("ForAllValues", "ForAnyValue") for name in _TEXT],
        [*SEVERAL, *TEXT_KEYS],
        _PATTERNS,
    ),
    (["ForAnyValue:StringLikeIfExists", "ForAllValues:StringNotLikeIfExists"], SEVERAL, _PATTERNS),
    ([f"Numeric{each}" for each in _ORDER], [NUMBER], ["1", "1.5", "0"]),
    ([f"Date{each}IfExists" for each in _ORDER], [MOMENT], ["2026-01-01T00:00:00Z", "2026-03-01"]),
    (["IpAddress", "NotIpAddress"], [ADDRESS], ["10.0.0.0/8", "10.1.0.0/16", "192.0.2.1", "2001:db8::/32"]),
    (["Bool", "BoolIfExists"], [FLAG], ["true", "false"]),
    (["Null"], [*TEXT_KEYS, NUMBER, "aws:TagKeys"], ["true", "false"]),
    (["ArnLike", "ArnNotEquals", "ArnEqualsIfExists"], ["aws:PrincipalArn"], _ARNS),
    (["BinaryEquals"], ["s3:prefix"], ["YQ=="]),
]
"""Operators, keys and values that go together. The last is one that the prover does not know."""
_WHO: list[Any] = [
    "*",
    {"AWS": ROLE},
    {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    {"AWS": [f"arn:aws:iam::{ACCOUNT}:role/b", ACCOUNT]},
    {"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/a/s"},
    {"AWS": "AROAEXAMPLE"},
    {"Service": "s3.amazonaws.com"},
    {"CanonicalUser": "79a5"},
]


def _some(values: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)


@st.composite
def _conditions(draw: st.DrawFn) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for names, keys, values in draw(st.lists(st.sampled_from(_OPERATORS), max_size=2)):
        found[draw(st.sampled_from(names))] = {draw(st.sampled_from(keys)): draw(_some(values))}
    return found


@st.composite
def _statements(draw: st.DrawFn, *, principals: bool) -> dict[str, Any]:
    statement: dict[str, Any] = {
        "Effect": draw(st.sampled_from(["Allow", "Allow", "Allow", "Deny"])),
        draw(st.sampled_from(["Action", "Action", "Action", "NotAction"])): draw(
            st.sampled_from([["*"], ["s3:Get*", "kms:*"], [ACTIONS[0]], ["sts:*", "iam:PASSROLE"]])
        ),
        draw(st.sampled_from(["Resource", "Resource", "Resource", "NotResource"])): draw(_some(_PLACES)),
        "Condition": draw(_conditions()),
    }
    if principals:
        element = draw(st.sampled_from(["Principal", "Principal", "Principal", "NotPrincipal"]))
        statement[element] = draw(st.sampled_from(_WHO))
    return statement


@st.composite
def documents(draw: st.DrawFn, name: str, *, principals: bool = False) -> Document:
    version = draw(st.sampled_from(["2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17"]))
    statements = draw(st.lists(_statements(principals=principals), min_size=1, max_size=2))
    return policy.parse(name, {"Version": version, "Statement": statements})


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    """A principal and a thing; what is known of its requests follows. One more policy at the most limits it."""
    limit = draw(st.sampled_from(["", "", "boundary", "session", "guardrails"]))
    limits: Any = draw(documents(limit)) if limit else None
    limited: Any = {limit: limits if limit == "boundary" else (limits,)} if limit else {}
    principal = Principal(
        name=ROLE,
        account=ACCOUNT,
        kind=draw(st.sampled_from([Kind.ROLE, Kind.ROLE, Kind.USER])),
        identity=(draw(documents("identity")),),
        tags=draw(st.sampled_from([{"t": "b"}, {"t": "a"}, {}])),
        open_tags=draw(st.booleans()),
        **limited,
    )
    thing = Thing(
        arns=(ANY_RESOURCE,),
        account=draw(st.sampled_from([ACCOUNT, ACCOUNT, ACCOUNT, OTHER])),
        policy=draw(documents("own", principals=True)) if draw(st.booleans()) else None,
        tags=draw(st.sampled_from([{"t": "b"}, None])),
    )
    return Facts(principal, thing)


def requests(known: Facts, action: str, seed: int, count: int) -> Iterator[Request]:
    """Requests that the facts admit, always the same for a seed: drawing each by itself would take most of the time."""
    chance = Random(seed)
    options = {key: _options(known, key) for key in sorted({*VALUES, "aws:principalarn"})}
    for _ in range(count):
        chosen = {key: chance.choice(values) for key, values in options.items()}
        yield Request(action, chance.choice(RESOURCES), {key: values for key, values in chosen.items() if values})


def _options(known: Facts, key: str) -> list[tuple[str, ...]]:
    """What a key's values may be; none at all where it may be absent."""
    match known.of(key):
        case Known(values):
            return [values]
        case Absent():
            return [()]
        case Free(always=always):
            single = [(each,) for each in VALUES[key]]
            pairs = list(pairwise(VALUES[key])) if key in (each.lower() for each in SEVERAL) else []
            return [*single, *pairs, *([] if always else [()] * len(single))]
