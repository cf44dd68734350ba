"""Refusals of IAM as sentences that name the action: AWS mostly tells it, S3's HEAD and old EC2 messages do not."""

from __future__ import annotations

import re
from typing import Final

from engine.providers.aws.permissions import actions
from engine.providers.aws.permissions.actions import Called

_CODES: Final = re.compile(
    r"AccessDenied|AccessDenied(Exception|Fault)|AuthorizationError|NotAuthorized|Unauthorized(Operation|Access)|403"
)
_NAMED: Final = re.compile(r"not authorized to perform:? ([a-z0-9-]+:[A-Za-z]+)")
_ENCODED: Final = re.compile(r"\s*Encoded authorization failure message: \S+")
_EXPLICIT: Final = "explicit deny"


def sentence(service: str, operation: str, code: str, text: str) -> str:
    """What the service said, after the action that was missing or denied; other refusals as they are.

    The action that the service names counts: it may be one that it asks on the operation's behalf, as iam:PassRole.
    """
    if not _CODES.fullmatch(code):
        return text
    named = _NAMED.search(text)
    asked = named[1] if named else " or ".join(actions.of(Called(service, operation)))
    why = f"{asked} is denied to the deployer" if _EXPLICIT in text else f"the deployer lacks {asked}"
    return f"{why}. {_ENCODED.sub('', text)}"
