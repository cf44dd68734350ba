"""What refuses pods is there, and fails closed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from operations.isolation.model import Assertion, Level, Report, finding, setting, there
from operations.isolation.ports import Case
from stacks.conventions import labels

ASSERTION = Assertion(
    id="k8s-restricted",
    numbers=(73,),
    claim="The namespace is held to `restricted`, and the cell's admission policies deny and fail closed.",
    kind="namespace",
    level=Level.CONFIG,
    answers=("namespace.PRIVILEGED_PODS_REFUSED",),
    control="The namespace says whose it is.",
    remedy="Labels: `tenant apply TENANT --refresh`; policies: `tenant shared apply`.",
)

_ADMISSION = "/apis/admissionregistration.k8s.io/v1"
_GUARDED = ("persistentvolumeclaims", "pods")


def check(case: Case) -> Report:
    """Read from the namespace's labels, the policies and their bindings."""
    a = case.a
    found = case.objects(f"/api/v1/namespaces/{a.said('namespace')}")["metadata"]["labels"]
    return Report(
        (there("whose the namespace is", lambda: found.get(labels.SLUG) == a.slug),),
        (
            setting("what is enforced", lambda: found.get(f"{labels.POD_SECURITY}/enforce") == "restricted"),
            finding("kinds that no policy guards", lambda: sorted(set(_GUARDED) - set(_guarded(case)))),
        ),
    )


def _guarded(case: Case) -> Iterator[str]:
    """What policies guard that deny, and fail closed."""
    bindings: list[Any] = case.objects(f"{_ADMISSION}/validatingadmissionpolicybindings")["items"]
    denying = {each["spec"]["policyName"] for each in bindings if "Deny" in each["spec"].get("validationActions", ())}
    for policy in case.objects(f"{_ADMISSION}/validatingadmissionpolicies")["items"]:
        spec = policy["spec"]
        if policy["metadata"]["name"] in denying and spec.get("failurePolicy", "Fail") == "Fail":
            for rule in spec["matchConstraints"].get("resourceRules") or ():
                yield from rule["resources"]
