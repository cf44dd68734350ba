"""Whoever reads the state reads no secret."""

from __future__ import annotations

import json
from collections.abc import Iterator

from operations.isolation.model import Assertion, Level, Report, Unclear, finding, there
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="state-no-plaintext",
    numbers=(90,),
    claim="None of the tenant's passwords stands in its state in clear, and no other tenant's stack is in it.",
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
    passwords = dict(_passwords(case))
    return Report(
        (
            there("its own stack in the state", lambda: a.said("roleArn") in state),
            there("its passwords", lambda: len(passwords) == 2),
        ),
        (finding("secrets in clear", lambda: sorted(name for name, word in passwords.items() if word in state)),),
    )


def _passwords(case: Case) -> Iterator[tuple[str, str]]:
    for name in ("databaseSecretArn", "cacheSecretArn"):
        said = case.acting.aws("secretsmanager", "GetSecretValue", SecretId=case.a.said(name))["SecretString"]
        password = json.loads(said).get("password")
        if not password:
            raise Unclear(f"{name} of {case.a.tenant} has no password")
        yield name, str(password)
