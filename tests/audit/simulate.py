"""iam-simulate: an outside opinion of the requests that decide isolation.

Asked the same as our own evaluator, which confirms what our prover finds. Both must agree, with each other and with
what must be: own things and what a profile names open, and nothing else. Where they do not, it is a finding.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from operations.isolation.proof import policy
from operations.isolation.proof.concrete import Evaluator
from operations.isolation.proof.request import Request
from operations.isolation.proof.world import Principal, Thing
from tests.audit import installed, rendered
from tests.audit.finding import Finding, Report
from tests.audit.questions import Question, questions

TOOL: Final = "iam-simulate"
_SCRIPT: Final = Path(__file__).with_suffix(".mjs")


def audit(work: Path) -> Report:
    """Ask every question of both. Raises NotInstalled."""
    node, place = installed.node(TOOL)
    asked = questions()
    told = json.dumps([_simulation(each) for each in asked])
    done = subprocess.run([node, _SCRIPT, place], input=told, capture_output=True, text=True, check=True, cwd=work)
    return Report(TOOL, f"{len(asked)} requests", tuple(_findings(asked, json.loads(done.stdout))))


def ours(question: Question) -> bool:
    """What our own evaluator says."""
    who, thing = question.who, question.thing
    principal = Principal(
        name=who.arn,
        account=rendered.account(),
        identity=tuple(policy.parse("own", each) for each in who.policies),
        boundary=policy.parse("boundary", who.boundary),
        tags=who.tags,
    )
    own = policy.parse("its own", thing.policy) if thing.policy else None
    said = question.context.items()
    asked = {key.lower(): (value,) if isinstance(value, str) else tuple(value) for key, value in said}
    there = Thing(arns=(thing.arn,), account=rendered.account(), policy=own)
    return Evaluator(principal, there).decide(Request(question.action, thing.arn, asked)).allowed


def _findings(asked: Sequence[Question], answers: Sequence[Mapping[str, str]]) -> Iterator[Finding]:
    for question, answer in zip(asked, answers, strict=True):
        subject = f"{question.who.stack}/iam.Role {question.who.role}"
        theirs = answer["decision"] == "Allowed"
        if theirs != ours(question):
            said = f"says {answer['decision']}, we say {'Allowed' if ours(question) else 'Denied'}"
            ignored = f"; it leaves out {answer['why']}" if answer["why"] else ""
            yield Finding(TOOL, "disagrees", subject, f"{question.told}: it {said}{ignored}")
        elif theirs != question.opens:
            yield Finding(
                TOOL, "opens" if theirs else "closes", subject, f"{question.told}: both say {answer['decision']}"
            )


def _simulation(question: Question) -> dict[str, Any]:
    who, thing = question.who, question.thing
    return {
        "request": {
            "principal": who.arn,
            "action": question.action,
            "resource": {"resource": thing.arn, "accountId": rendered.account()},
            "contextVariables": dict(question.context),
        },
        "identityPolicies": [{"name": f"own-{number}", "policy": each} for number, each in enumerate(who.policies)],
        "permissionBoundaryPolicies": [{"name": "boundary", "policy": who.boundary}],
        "serviceControlPolicies": [],
        "resourceControlPolicies": [],
        **({"resourcePolicy": thing.policy} if thing.policy else {}),
    }
