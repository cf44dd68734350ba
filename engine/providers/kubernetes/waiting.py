"""Waiting until an object serves, or is gone."""

from __future__ import annotations

from typing import Final

from engine.providers import waits
from engine.providers.kubernetes import objects, readiness
from engine.providers.kubernetes.cluster import Cluster
from engine.providers.kubernetes.kinds import Kind
from engine.providers.kubernetes.readiness import Hopeless
from engine.providers.port import Call, Props
from engine.providers.waits import WaitedTooLong

_SECONDS: Final = 600.0
_TIMEOUT: Final = "pulumi.com/timeoutSeconds"
_CLASS: Final = Kind("storage.k8s.io/v1", "StorageClass")


def served(cluster: Cluster, kind: Kind, live: Props, call: Call) -> tuple[Props, str]:
    """The object as it is at the end of the wait, and why it does not serve; no reason where it does.

    Raises ProviderError.
    """
    latest, why = [live], [""]

    def probe() -> bool | None:
        why[0] = _why_not(cluster, kind, latest[0])
        if not why[0]:
            return True
        latest[0] = cluster.look(kind, live) or latest[0]
        return None

    try:
        awaited = f"{kind.name} {objects.id_of(live)} serves"
        waits.until(probe, limit=seconds(live), call=call, awaited=awaited)
    except WaitedTooLong as error:
        return latest[0], f"{error} {why[0]}"
    except Hopeless as error:
        return latest[0], str(error)
    return latest[0], ""


def unready(cluster: Cluster, kind: Kind, live: Props) -> str:
    """Why an object does not serve now; no reason where it does. Raises ProviderError."""
    try:
        return _why_not(cluster, kind, live)
    except Hopeless as error:
        return str(error)


def gone(cluster: Cluster, kind: Kind, there: Props, uid: str, call: Call) -> None:
    """Wait until this very object is gone. Raises WaitedTooLong, with what holds it, and ProviderError."""

    def probe() -> bool | None:
        live = cluster.look(kind, there)
        return True if live is None or objects.uid_of(live) != uid else None

    try:
        awaited = f"{kind.name} {objects.id_of(there)} is gone"
        waits.until(probe, limit=seconds(there), call=call, awaited=awaited)
    except WaitedTooLong as error:
        raise WaitedTooLong(f"{error} {_held_by(cluster.look(kind, there) or {})}".rstrip()) from error


def seconds(value: Props) -> float:
    """How long this object is waited for, where its program does not say."""
    asked = objects.annotation(value, _TIMEOUT)
    return float(asked) if asked.isdigit() else _SECONDS


def _why_not(cluster: Cluster, kind: Kind, live: Props) -> str:
    why = readiness.why_not(live)
    if why and kind.name == "PersistentVolumeClaim":
        name = objects.member(live, "spec").get("storageClassName")
        found = cluster.look(_CLASS, {"metadata": {"name": name}}) if name else None
        if found is not None and readiness.binds_at_first_use(found):
            return ""
    return why or ""


def _held_by(live: Props) -> str:
    """What keeps an object from going."""
    conditions = objects.listed(objects.member(live, "status"), "conditions")
    told = [str(each["message"]) for each in conditions if each.get("status") == "True" and each.get("message")]
    finalizers: list[str] = objects.member(live, "metadata").get("finalizers") or []
    if told:
        return "; ".join(told)[:400]
    return f"It is held by {', '.join(finalizers)}." if finalizers else ""
