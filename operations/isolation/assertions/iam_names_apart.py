"""Patterns of policies tell tenants apart by name: no name may be the start of another."""

from __future__ import annotations

import re
from typing import Final

from operations.isolation.model import Assertion, Level, Report, setting, there
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="iam-names-apart",
    numbers=(15,),
    claim="Names of tenants in the cloud are opaque, of one length, and none is the start of another.",
    kind="identity",
    level=Level.CONFIG,
    pairwise=True,
    control="The role's name holds the tenant's own.",
    remedy="This is a defect of the tool: report it.",
)

_SLUG: Final = re.compile(r"t[a-z2-7]{9}")


def check(case: Case) -> Report:
    """From the names alone."""
    a, b = case.a, case.b
    return Report(
        (there("its own name in its role's", lambda: a.slug in a.said("roleArn")),),
        (
            setting("the name's form", lambda: bool(_SLUG.fullmatch(a.slug)), a.slug),
            setting("names apart", lambda: not a.slug.startswith(b.slug) and not b.slug.startswith(a.slug), b.slug),
        ),
    )
