"""Prover and evaluator agree on small random worlds: what the one rules out, the other does not allow."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from operations.isolation.proof.concrete import Evaluator
from operations.isolation.proof.policy import Reading
from operations.isolation.proof.prove import Assumptions, Verdict, find
from operations.isolation.proof.request import Absent, Facts, Free, Known, Request
from tests.unit.operations.isolation.proof import strategies

EXAMPLES = 300
REQUESTS = 100
QUICK = Assumptions(timeout=500)


def admitted(request: Request, known: Facts) -> bool:
    """Whether the facts admit a request: a counterexample from outside them would show nothing."""
    for key, values in request.context.items():
        match known.of(key):
            case Known(given):
                admits = values == given
            case Absent():
                admits = False
            case Free():
                admits = True
        if not admits:
            return False
    return request.resource.startswith("arn:aws:s3:")


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(known=strategies.facts(), action=st.sampled_from(strategies.ACTIONS), seed=st.integers(0, 1000))
def test_what_is_closed_is_allowed_to_no_request_and_what_is_open_is_allowed_to_its_request(
    known: Facts, action: str, seed: int
) -> None:
    proof = find(known.principal, [action], [known.thing], QUICK)
    if proof.counterexample is not None:
        # that the policies allow it has been confirmed by `find`, which raises Contradiction otherwise
        assert admitted(proof.counterexample.request, known)
        sure = Evaluator(known.principal, known.thing)
        assert sure.decide(proof.counterexample.request).allowed
    if proof.verdict is Verdict.CLOSED:
        open_minded = Evaluator(known.principal, known.thing, reading=Reading.OPENING)
        for request in strategies.requests(known, action, seed, REQUESTS):
            assert not open_minded.decide(request).allowed, request
