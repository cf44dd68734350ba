"""When an object serves: pure, over what the server shows of it.

Each check says why the object does not serve yet, in words, or None when it does. `Hopeless` says that waiting longer
is in vain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from engine.providers.kubernetes import objects
from engine.providers.kubernetes.objects import member
from engine.providers.port import Props

SKIP: Final = "pulumi.com/skipAwait"
WAIT_FOR: Final = "pulumi.com/waitFor"
_CONDITION: Final = "condition="

Check = Callable[[Props], str | None]


class Hopeless(Exception):  # noqa: N818 - a state of the object, not a fault of ours
    """It has failed, and will not serve however long one waits."""


def why_not(live: Props) -> str | None:
    """Why the object does not serve yet; None where it does, or where its program wants no waiting. Raises Hopeless."""
    if objects.annotation(live, SKIP) == "true":
        return None
    asked = objects.annotation(live, WAIT_FOR)
    if asked.startswith(_CONDITION):
        name, _, wanted = asked.removeprefix(_CONDITION).partition("=")
        return (
            None if _condition(live, name).get("status") == (wanted or "True") else f"{name} is not {wanted or 'True'}"
        )
    check = _CHECKS.get(str(live.get("kind")))
    return check(live) if check else None


def _condition(live: Props, name: str) -> Props:
    found = objects.listed(member(live, "status"), "conditions")
    return next((each for each in found if each.get("type") == name), Props())


def _told(live: Props, otherwise: str) -> str:
    """What its conditions complain of."""
    bad = [
        f"{each['type']}: {each.get('message') or each.get('reason') or each['status']}"
        for each in objects.listed(member(live, "status"), "conditions")
        if (each.get("status") == "True") == (each.get("type") in ("ReplicaFailure", "Failed"))
    ]
    return "; ".join(bad)[:400] or otherwise


def _namespace(live: Props) -> str | None:
    phase = member(live, "status").get("phase")
    return None if phase == "Active" else f"its phase is {phase or 'not set'}"


def _rollout(live: Props) -> str | None:
    if _condition(live, "Progressing").get("reason") == "ProgressDeadlineExceeded":
        raise Hopeless(_told(live, "it made no progress within its deadline"))
    status, wanted = member(live, "status"), member(live, "spec").get("replicas", 1)
    if _is_stale(live):
        return "its controller has not seen it yet"
    ready = status.get("availableReplicas", status.get("readyReplicas", 0))
    if status.get("updatedReplicas", 0) == status.get("replicas", 0) == ready == wanted:
        return None
    return _told(live, f"{ready} of {wanted} replicas are available")


def _daemons(live: Props) -> str | None:
    status = member(live, "status")
    if _is_stale(live):
        return "its controller has not seen it yet"
    wanted, ready = status.get("desiredNumberScheduled", 0), status.get("numberReady", 0)
    done = ready == wanted == status.get("updatedNumberScheduled", 0)
    return None if done else f"{ready} of {wanted} nodes have it ready"


def _is_stale(live: Props) -> bool:
    return int(member(live, "status").get("observedGeneration", 0)) < int(member(live, "metadata").get("generation", 0))


def _job(live: Props) -> str | None:
    failed = _condition(live, "Failed")
    if failed.get("status") == "True":
        raise Hopeless(f"the job failed: {failed.get('message') or failed.get('reason')}")
    return None if _condition(live, "Complete").get("status") == "True" else "it is not complete"


def _pod(live: Props) -> str | None:
    phase = member(live, "status").get("phase")
    if phase == "Failed":
        raise Hopeless(_told(live, "the pod failed"))
    done = phase == "Succeeded" or _condition(live, "Ready").get("status") == "True"
    return None if done else _told(live, f"its phase is {phase}")


def _definition(live: Props) -> str | None:
    rejected = _condition(live, "NamesAccepted")
    if rejected.get("status") == "False":
        raise Hopeless(f"its names are taken: {rejected.get('message')}")
    return None if _condition(live, "Established").get("status") == "True" else "it is not established"


def _claim(live: Props) -> str | None:
    phase = member(live, "status").get("phase")
    if phase == "Lost":
        raise Hopeless("the volume it was bound to is gone")
    return None if phase == "Bound" else f"its phase is {phase or 'not set'}"


def binds_at_first_use(storage_class: Props) -> bool:
    """Whether claims of this class stay pending until a pod uses them, which is as ready as they get before."""
    return storage_class.get("volumeBindingMode") == "WaitForFirstConsumer"


def _service(live: Props) -> str | None:
    if member(live, "spec").get("type") != "LoadBalancer":
        return None
    return None if member(member(live, "status"), "loadBalancer").get("ingress") else "its load balancer has no address"


_CHECKS: Final[Mapping[str, Check]] = {
    "CustomResourceDefinition": _definition,
    "DaemonSet": _daemons,
    "Deployment": _rollout,
    "Job": _job,
    "Namespace": _namespace,
    "PersistentVolumeClaim": _claim,
    "Pod": _pod,
    "Service": _service,
    "StatefulSet": _rollout,
}


def checked_kinds() -> tuple[str, ...]:
    """Kinds that are waited for, sorted."""
    return tuple(sorted(_CHECKS))
