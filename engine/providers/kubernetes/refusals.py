"""What a server's refusal says, and which fields it blames. Values of secrets are left out."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final, cast

from engine.providers.port import ProviderError

_IMMUTABLE: Final = re.compile(
    r"immutable|cannot change|may not (?:be )?change|updates to .* (?:are )?forbidden|Forbidden: (?:pod )?updates", re.I
)


@dataclass(frozen=True, slots=True)
class Cause:
    """One field and what is wrong with it."""

    field: str
    message: str


class Refusal(ProviderError):
    """The server said no: HTTP status, its reason in one word, and the causes by field."""

    def __init__(self, what: str, status: int, reason: str, message: str, causes: tuple[Cause, ...] = ()) -> None:
        self.status, self.reason, self.causes, self.detail = status, reason, causes, message
        super().__init__(f"{what} refused: {status} {reason}: {message}".rstrip(": "))

    @property
    def immutable(self) -> bool:
        """Whether it refuses to change what can't be changed: only a new object can have it."""
        return self.status == 422 and bool(_IMMUTABLE.search(self.detail))

    @property
    def immutable_fields(self) -> tuple[str, ...]:
        """The fields that it says so of."""
        return tuple(cause.field for cause in self.causes if _IMMUTABLE.search(cause.message))


def of(what: str, status: int, body: bytes, *, secret: bool = False) -> Refusal:
    """A refusal from an answer. Of a secret only the fields are told, since the text may quote values."""
    told = _told(body)
    details = cast("dict[str, Any]", told.get("details") or {})
    listed = cast("list[dict[str, Any]]", details.get("causes") or [])
    causes = tuple(Cause(str(each.get("field", "")), str(each.get("message", ""))) for each in listed)
    message = str(told.get("message", ""))
    if secret:
        fields = ", ".join(sorted({cause.field for cause in causes if cause.field}))
        still = "field is immutable" if _IMMUTABLE.search(message) else ""
        causes = tuple(Cause(cause.field, "field is immutable" if still else "") for cause in causes)
        message = " ".join(part for part in (still, f"({fields})" if fields else "") if part)
    return Refusal(what, status, str(told.get("reason", "")), message, causes)


def _told(body: bytes) -> dict[str, Any]:
    try:
        read = json.loads(body)
    except ValueError:
        return {"message": body.decode(errors="replace")[:300]}
    return cast("dict[str, Any]", read) if isinstance(read, dict) else {"message": str(read)[:300]}
