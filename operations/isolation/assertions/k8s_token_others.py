"""A cluster of one's own knows nobody else's tokens."""

from __future__ import annotations

from operations.isolation.model import Assertion, Level, Party, Report, trying
from operations.isolation.ports import As, Ask, Case

ASSERTION = Assertion(
    id="k8s-token-others",
    numbers=(58,),
    claim="A token of one tenant's account is none in another one's cluster.",
    kind="cluster",
    level=Level.LIVE,
    pairwise=True,
    answers=("cluster.NO_TOKEN_OF_OTHERS_ACCEPTED", "cluster.NO_NAMESPACE_OF_OTHERS"),
    control="The token is accepted in A's own cluster.",
    remedy="The clusters share a signing key: make one of them anew.",
)


def applies(a: Party, b: Party | None) -> bool:
    """Where each is in another cluster."""
    return b is not None and a.said("cluster") != b.said("cluster")


def check(case: Case) -> Report:
    """Who the token is of, asked in both clusters."""
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    ask = Ask("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", body, rehearse=False)
    who = case.acting
    return Report(
        (trying("the token at its own cluster", lambda: who.kubernetes(As.ACCOUNT, case.a, ask)),),
        (trying(f"the token at {case.b.tenant}'s cluster", lambda: who.kubernetes(As.ACCOUNT, case.b, ask)),),
    )
