"""Policies of interface endpoints."""

from __future__ import annotations

from stacks.policies.document import Document, allow, document


def own_account(account: str) -> Document:
    """Only this account's principals get through, so that nobody carries data out with another account's login."""
    ours = {"StringEquals": {"aws:PrincipalAccount": account}}
    return document(allow("OwnAccount", ["*"], Principal={"AWS": "*"}, Condition=ours))
