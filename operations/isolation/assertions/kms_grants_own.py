"""Grants open a key past its policy."""

from __future__ import annotations

from operations.isolation import policies
from operations.isolation.model import Assertion, Level, Report, Shows, finding, there
from operations.isolation.ports import Case

ASSERTION = Assertion(
    id="kms-grants-own",
    numbers=(29,),
    claim="No grant on the key is another tenant's.",
    kind="encryption",
    level=Level.CONFIG,
    answers=("encryption.KEY_POLICY_NAMES_NO_OTHER_TENANT",),
    control="The key is there.",
    shows=Shows(local="the list is read; grants open nothing there", aws="the list is read"),
    remedy="Retire the grant: `aws kms revoke-grant`; no part of this tool makes grants to tenants.",
)


def check(case: Case) -> Report:
    """Read from the list of grants."""
    a = case.a
    key = a.said("keyArn")
    return Report(
        (there("its key", lambda: bool(case.read("kms", "DescribeKey", KeyId=key))),),
        (
            finding(
                "grants to others",
                lambda: [
                    f"{grant['GranteePrincipal']} ({grant['GrantId'][:8]})"
                    for grant in case.read("kms", "ListGrants", KeyId=key).get("Grants", ())
                    if policies.strangers(grant.get("GranteePrincipal"), a.slug)
                ],
            ),
        ),
    )
