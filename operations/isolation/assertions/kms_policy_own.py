"""A key's policy names nobody whom it should not."""

from __future__ import annotations

from collections.abc import Iterator

from operations.isolation import policies
from operations.isolation.model import Assertion, Level, Report, finding, there
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="kms-policy-own",
    numbers=(28,),
    claim="The key's policy opens it to nobody in general and to no other tenant.",
    kind="encryption",
    level=Level.CONFIG,
    answers=("encryption.KEY_POLICY_NAMES_NO_OTHER_TENANT",),
    control="The policy names the tenant's own role.",
    remedy="Put the key's policy back: `tenant apply TENANT --refresh`.",
)


def check(case: Case) -> Report:
    """Read from the policy."""
    a = case.a
    text = case.read("kms", "GetKeyPolicy", KeyId=a.said("keyArn"), PolicyName="default")["Policy"]
    return Report(
        (there(f"the policy names {a.said('roleArn')}", lambda: a.said("roleArn") in text),),
        (finding("others in the key's policy", lambda: sorted(_others(text, a.slug))),),
    )


def _others(text: str, own: str) -> Iterator[str]:
    for statement in policies.allowing(text):
        yield from policies.strangers(statement, own)
        if "*" in policies.principals(statement, "AWS") and not policies.conditions(statement):
            yield f"everybody ({statement.get('Sid', 'unnamed')})"
