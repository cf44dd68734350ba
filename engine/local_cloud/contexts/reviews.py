"""Who is let in: MiniStack checks a token's signature, cluster, age and access entry, as for our own control planes."""

from __future__ import annotations

import json
import ssl
import time
import urllib.request
from pathlib import Path
from typing import Any, Final

_SECONDS: Final = 10.0
_BELIEVED_SECONDS: Final = 2.0  # as our control planes do: who loses an access entry is out after so long


class Reviews:
    """Asks at the webhook that a kubeconfig of ours names; its URL holds a secret."""

    def __init__(self, file: Path, authority: Path) -> None:
        self._file = file
        trust = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=authority))
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), trust)
        self._let_in: dict[str, float] = {}

    def lets_in(self, token: str) -> bool:
        """Whether the token is good now. Raises OSError where that can't be asked."""
        now = time.monotonic()
        if self._let_in.get(token, 0.0) > now:
            return True
        self._let_in = {each: until for each, until in self._let_in.items() if until > now}
        good = self._asked(token)
        if good:
            self._let_in[token] = now + _BELIEVED_SECONDS
        return good

    def _asked(self, token: str) -> bool:
        # read each time: MiniStack's port may be another one since
        url: str = json.loads(self._file.read_text())["clusters"][0]["cluster"]["server"]
        review = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": token}}
        request = urllib.request.Request(  # noqa: S310 - an own endpoint on loopback
            url, data=json.dumps(review).encode(), headers={"Content-Type": "application/json"}
        )
        with self._opener.open(request, timeout=_SECONDS) as answer:
            told: dict[str, Any] = json.loads(answer.read())
        return told["status"].get("authenticated") is True
