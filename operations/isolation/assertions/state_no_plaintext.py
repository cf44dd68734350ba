"""Whoever reads the state reads no secret."""

from __future__ import annotations

import json
from collections.abc import Iterator

from operations.isolation import logins
from operations.isolation.model import Assertion, Level, Report, Unclear, finding, there
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="state-no-plaintext",
    numbers=(90,),
    claim="None of the tenant's passwords and keys stands in its state in clear, and no other tenant's stack is in it.",
    kind="secrets",
    level=Level.CONFIG,
    answers=("secrets.NEIGHBOURS_CANNOT_READ_SECRETS",),
    control="The state is the tenant's, and its passwords are known here.",
    remedy="Change the passwords: `tenant apply` with new ones; then report this: it is a defect of the tool.",
)


def check(case: Case) -> Report:
    """The passwords that the tenant's own role reads, looked for in the state."""
    a = case.a
    state = case.world.readings.state(a)
    passwords = dict(_words(case))
    return Report(
        (
            there("its own stack in the state", lambda: a.said("roleArn") in state),
            there("its passwords", lambda: len(passwords) == len(logins.names(a))),
        ),
        (finding("secrets in clear", lambda: sorted(name for name, word in passwords.items() if word in state)),),
    )


def _words(case: Case) -> Iterator[tuple[str, str]]:
    """The password in each secret, or the key where that is what lets in."""
    for name in logins.names(case.a):
        told = case.acting.aws("secretsmanager", "GetSecretValue", SecretId=case.a.said(name))["SecretString"]
        said = json.loads(told)
        word = said.get("password") or said.get("key")
        if not word:
            raise Unclear(f"{name} of {case.a.tenant} has no password")
        yield name, str(word)
