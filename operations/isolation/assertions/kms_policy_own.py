"""A key's policy names nobody whom it should not."""

from __future__ import annotations

from collections.abc import Iterator

from operations.isolation import policies
from operations.isolation.model import Assertion, Level, Report, finding, setting, there
from operations.isolation.policies import Statement
from operations.isolation.ports import Case
from stacks.resources.encryption.spec import EncryptionSpec

ASSERTION = Assertion(
    id="kms-policy-own",
    numbers=(28,),
    claim="The key's policy opens it neither to everybody, nor to another tenant or its context, nor to the account.",
    kind="encryption",
    level=Level.CONFIG,
    answers=("encryption.KEY_POLICY_NAMES_NO_OTHER_TENANT", "encryption.OTHER_CONTEXTS_REFUSED"),
    control="The policy names the tenant's own role; that of a shared key is there.",
    remedy="Put the key's policy back: `tenant apply TENANT --refresh`.",
)

_USES = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncrypt", "kms:CreateGrant")


def check(case: Case) -> Report:
    """Read from the policy."""
    a = case.a
    shared = bool(a.blueprint.of(EncryptionSpec).context)
    text = case.read("kms", "GetKeyPolicy", KeyId=a.said("keyArn"), PolicyName="default")["Policy"]
    return Report(
        (
            there("its policy", lambda: bool(policies.read(text)))
            if shared
            else there(f"the policy names {a.said('roleArn')}", lambda: a.said("roleArn") in text),
        ),
        (
            finding("others in the key's policy", lambda: sorted(_others(text, a.slug))),
            *(
                [setting("contexts of others", lambda: any(map(_refuses_contexts, policies.read(text))))]
                if shared
                else []
            ),
        ),
    )


def _others(text: str, own: str) -> Iterator[str]:
    for statement in policies.allowing(text):
        yield from policies.strangers(statement, own)
        if "*" in policies.principals(statement, "AWS") and not policies.conditions(statement):
            yield f"everybody ({statement.get('Sid', 'unnamed')})"
        if _leaves(statement):
            yield f"the account, which leaves it to all its roles ({statement.get('Sid', 'unnamed')})"


def _refuses_contexts(statement: Statement) -> bool:
    """Whether it denies roles another tenant's context of a shared key."""
    return statement.get("Effect") == "Deny" and "kms:encryptioncontext:tenant" in policies.conditions(statement)


def _leaves(statement: Statement) -> bool:
    """Whether every policy of the account could open the key by it."""
    account = any(each.endswith(":root") for each in policies.principals(statement, "AWS"))
    given = statement.get("Action") or ()
    actions = [given] if isinstance(given, str) else list(given)
    used = any(each.lower() in ("*", "kms:*") or each.startswith(_USES) for each in actions)
    return account and used and not policies.conditions(statement)
