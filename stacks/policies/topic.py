"""Who may send to a topic."""

from __future__ import annotations

from stacks.policies.document import Document, allow, document


def alarms(topic: str, account: str) -> Document:
    """CloudWatch and Budgets of the account."""
    senders = {"Service": ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"]}
    mine = {"StringEquals": {"aws:SourceAccount": account}}
    return document(allow("Send", ["sns:Publish"], [topic], Principal=senders, Condition=mine))
