"""Which pods are given a tenant's role is written in the cluster's associations of EKS Pod Identity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from operations.isolation import policies
from operations.isolation.model import Assertion, Level, Report, finding, there
from operations.isolation.ports import Case
from stacks.resources.namespace.spec import SERVICE_ACCOUNT

ASSERTION = Assertion(
    id="pods-identity-own",
    numbers=(69,),
    claim="The tenant's role is given to its own service account only, and its namespace gets no other role.",
    kind="identity",
    level=Level.CONFIG,
    answers=("identity.ROLE_CANNOT_TAKE_NEIGHBOURS_ROLE",),
    control="An association gives its service account its role.",
    remedy="Delete the association that is named, by `aws eks`, and put its own back: `tenant apply TENANT --refresh`.",
)


def check(case: Case) -> Report:
    """Read from the cluster: all of the tenant's namespace, and of those that are no tenant's.

    What is in another tenant's namespace is asked when that one is verified: each gives only its own role.
    """
    inside = list(_associations(case, namespace=case.a.said("namespace")))
    return Report(
        (there("its own association", lambda: any(_own(case, each) for each in inside)),),
        (
            finding("others in its namespace", lambda: sorted(_told(e) for e in inside if not _own(case, e))),
            finding("its role given elsewhere", lambda: sorted(_elsewhere(case))),
        ),
    )


def _own(case: Case, association: Mapping[str, Any]) -> bool:
    """Without its tags a session would be anybody's to the policies that read them."""
    account, role = association["serviceAccount"], association["roleArn"]
    return (account, role) == (SERVICE_ACCOUNT, case.a.said("roleArn")) and not association.get("disableSessionTags")


def _elsewhere(case: Case) -> Iterator[str]:
    mine = {str(case.a.outputs[name]) for name in ("roleArn", "memberRoleArn") if case.a.outputs.get(name)}
    for each in _associations(case):
        if each["roleArn"] in mine and each["namespace"] != case.a.said("namespace"):
            yield _told(each)


def _associations(case: Case, namespace: str = "") -> Iterator[Mapping[str, Any]]:
    """Each in full; where no namespace is named, those of namespaces that no other tenant has."""
    cluster = case.a.said("cluster")
    for each in _listed(case, cluster, {"namespace": namespace} if namespace else {}):
        if not policies.strangers(each["namespace"], case.a.slug):
            found = case.read(
                "eks", "DescribePodIdentityAssociation", clusterName=cluster, associationId=each["associationId"]
            )
            yield found["association"]


def _listed(case: Case, cluster: str, within: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    page: Mapping[str, str] = {}
    while True:
        found = case.read("eks", "ListPodIdentityAssociations", clusterName=cluster, **within, **page)
        summaries: Sequence[Mapping[str, Any]] = found["associations"]
        yield from summaries
        if not found.get("nextToken"):
            return
        page = {"nextToken": found["nextToken"]}


def _told(association: Mapping[str, Any]) -> str:
    role = str(association["roleArn"]).rpartition("/")[2]
    bare = ", without tags" if association.get("disableSessionTags") else ""
    return f"{association['namespace']}/{association['serviceAccount']}: {role}{bare}"
