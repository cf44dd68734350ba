"""What a state keeps of a live object, and the inputs that would make it."""

from __future__ import annotations

import base64
from typing import Final

from engine.providers.kubernetes import differences, objects, ownership
from engine.providers.kubernetes.cluster import Cluster
from engine.providers.kubernetes.kinds import Kind
from engine.providers.kubernetes.refusals import Refusal
from engine.providers.port import UNKNOWN, Props, Secret

_SECRET_MEMBERS: Final = ("data", "stringData")
_LOGIN: Final = (401, 403)


def outputs(kind: Kind, live: Props, manager: str, inputs: Props) -> Props:
    """All of the object but who set which field; a secret's values are marked as such."""
    told = ownership.outputs(live, manager, inputs)
    if not kind.secret:
        return told
    return {key: Secret(value) if key in _SECRET_MEMBERS else value for key, value in told.items()}


def inputs(cluster: Cluster, kind: Kind, given: Props, live: Props, manager: str) -> Props:
    """The inputs that would make what is live: exactly the given ones where nothing drifted. Raises ProviderError."""
    try:
        wanted = cluster.rehearse(kind, given, manager, force=True)
    except Refusal as refusal:
        if refusal.status in _LOGIN:
            raise
        wanted = given  # the server would not take them today: compare them as they are
    found = differences.drifted(given, wanted, live)
    return found | {"stringData": _in_clear(given, live)} if kind.secret and "stringData" in given else found


def guess(news: Props, before: Props | None) -> Props:
    """Outputs before an apply: the inputs, and what the server adds: unknown at first, as it was later."""
    metadata = objects.member(news, "metadata")
    if before is not None:
        return {**before, **news, "metadata": {**objects.member(before, "metadata"), **metadata}}
    return {**news, "metadata": {**metadata, "uid": UNKNOWN, "resourceVersion": UNKNOWN}, "status": UNKNOWN}


def _in_clear(given: Props, live: Props) -> Props:
    """`stringData` is written in clear and read in base64: compared in clear, key by key."""
    data = objects.member(live, "data")
    said = objects.member(given, "stringData")
    return {key: base64.b64decode(str(data[key])).decode(errors="replace") for key in said if key in data}
