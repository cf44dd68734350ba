"""A pod that has the node has every pod on it."""

from __future__ import annotations

from operations.isolation.model import Assertion, Level, Report, Shows, trying
from operations.isolation.pods import changed, pod
from operations.isolation.ports import As, Case

ASSERTION = Assertion(
    id="k8s-privileged-pods",
    numbers=(62,),
    claim="No pod of a tenant gets the host's files, network, processes or rights.",
    kind="namespace",
    level=Level.LIVE,
    answers=("namespace.PRIVILEGED_PODS_REFUSED",),
    control="A pod as `restricted` wants them is admitted.",
    remedy="Put the label pod-security.kubernetes.io/enforce=restricted back: `tenant apply TENANT --refresh`.",
    shows=Shows(local="the same API server decides; no pod is run", aws="yes; no pod is run"),
)


def check(case: Case) -> Report:
    """One probe each."""
    a, who = case.a, case.acting
    volume = {"volumes": [{"name": "host", "hostPath": {"path": "/"}}]}
    port = {"ports": [{"containerPort": 80, "hostPort": 80}]}
    asks = {
        "a privileged pod": pod(a, container=changed(privileged=True, allowPrivilegeEscalation=True)),
        "a pod with the host's files": pod(a, volume),
        "a pod in the host's network": pod(a, {"hostNetwork": True}),
        "a pod among the host's processes": pod(a, {"hostPID": True}),
        "a pod in the host's IPC": pod(a, {"hostIPC": True}),
        "a pod on a port of the host": pod(a, container=port),
        "a pod with more capabilities": pod(a, container=changed(capabilities={"drop": ["ALL"], "add": ["NET_ADMIN"]})),
        "a pod that may escalate": pod(a, container=changed(allowPrivilegeEscalation=True)),
        "a pod as root": pod(a, container=changed(runAsNonRoot=False, runAsUser=0)),
        "a pod without seccomp": pod(a, container=changed(seccompProfile={"type": "Unconfined"})),
    }
    return Report(
        (trying("a restricted pod", lambda: who.kubernetes(As.PEOPLE, a, pod(a))),),
        tuple(trying(what, lambda k=ask: who.kubernetes(As.PEOPLE, a, k)) for what, ask in asks.items()),
    )
