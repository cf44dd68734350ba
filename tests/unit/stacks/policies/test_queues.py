from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from stacks.policies import document, queue, workload
from tests.unit.stacks.policies.test_policies import (
    ACCOUNT,
    PATTERN,
    REGION,
    ROLE,
    ROOT,
    boundary,
    by_sid,
    own,
    refusals,
)

WORKER = f"arn:aws:iam::{ACCOUNT}:role/worker"
ARN = f"arn:aws:sqs:{REGION}:{ACCOUNT}:cell-queue-jobs"


@pytest.mark.parametrize("build", [queue.shared, queue.dead])
@pytest.mark.parametrize(
    ("action", "who", "refused"),
    [
        ("sqs:ReceiveMessage", ROLE, True),
        ("sqs:ReceiveMessage", ROOT, True),
        ("sqs:PurgeQueue", ROOT, True),
        ("sqs:ReceiveMessage", WORKER, False),
        ("sqs:DeleteMessage", WORKER, False),
        ("sqs:SendMessage", ROOT, False),
    ],
)
def test_workers_alone_take_messages(
    build: Callable[..., document.Document], action: str, who: str, refused: bool
) -> None:
    policy = build(ARN, ACCOUNT, PATTERN, [WORKER])
    named = [each for each in policy["Statement"] if "Action" in each]
    asked = {"aws:PrincipalArn": who, "aws:SecureTransport": "true"}
    assert ("OnlyWorkersTake" in refusals({**policy, "Statement": named}, action, asked)) is refused


def test_tenants_only_send_and_nothing_to_the_dead() -> None:
    sending = by_sid(queue.shared(ARN, ACCOUNT, PATTERN, [WORKER]))["TenantsOnlySend"]
    assert sending["NotAction"] == ["sqs:SendMessage"]
    assert "Action" not in sending
    dead = queue.dead(ARN, ACCOUNT, PATTERN, [WORKER])
    asked = {"aws:PrincipalArn": ROLE, "aws:SecureTransport": "true"}
    assert refusals(dead, "sqs:SendMessage", asked) == ["NoTenants"]


def test_nothing_goes_in_clear() -> None:
    clear = {"aws:PrincipalArn": WORKER, "aws:SecureTransport": "false"}
    assert refusals(queue.dead(ARN, ACCOUNT, PATTERN, [WORKER]), "sqs:ReceiveMessage", clear) == ["TlsOnly"]


def test_a_role_sends_to_the_queues_that_it_is_given_and_its_boundary_knows_the_cell_s() -> None:
    policy = by_sid(workload.access(replace(own(), queues=[ARN])))
    assert (policy["SharedQueues"]["Action"], policy["SharedQueues"]["Resource"]) == (["sqs:SendMessage"], [ARN])
    assert "SharedQueues" not in by_sid(workload.access(own()))
    assert "Queues" not in boundary()
    limits = by_sid(workload.boundary(ACCOUNT, REGION, "demo", "local", queues=["cell-queue-jobs"]))
    assert (limits["Queues"]["Action"], limits["Queues"]["Resource"]) == (["sqs:SendMessage"], [ARN])
