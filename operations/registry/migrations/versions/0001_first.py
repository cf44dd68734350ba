"""Stacks with their facts, addresses that one tenant occupies at a time, runs, leases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the first tables."""
    _stacks()
    op.create_table(
        "addresses",
        sa.Column("environment", sa.String(63), primary_key=True),
        sa.Column("cidr", sa.String(43), primary_key=True),
        sa.Column("subject", sa.String(127), nullable=False),
        sa.Column("incarnation", sa.Integer, nullable=False),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.String(63), primary_key=True),
        sa.Column("environment", sa.String(63), nullable=False),
        sa.Column("subject", sa.String(127), nullable=False),
        sa.Column("incarnation", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("started", sa.String(40), nullable=False),
        sa.Column("ended", sa.String(40)),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("summary", sa.JSON, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
    )
    op.create_index("runs_of_subject", "runs", ["environment", "subject", "started"])
    op.create_table(
        "leases",
        sa.Column("name", sa.String(255), primary_key=True),
        sa.Column("token", sa.Integer, nullable=False),
        sa.Column("owner", sa.JSON, nullable=False),
        sa.Column("since", sa.String(40), nullable=False),
        sa.Column("until", sa.String(40)),
    )


def _stacks() -> None:
    op.create_table(
        "stacks",
        sa.Column("environment", sa.String(63), primary_key=True),
        sa.Column("subject", sa.String(127), primary_key=True),
        sa.Column("incarnation", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("stack", sa.String(255), nullable=False),
        sa.Column("region", sa.String(63), nullable=False),
        sa.Column("cell", sa.Integer, nullable=False),
        sa.Column("slug", sa.String(63)),
        sa.Column("tier", sa.String(63), nullable=False),
        sa.Column("tier_version", sa.Integer, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("cidrs", sa.JSON, nullable=False),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.Column("blueprint", sa.JSON, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("outputs", sa.JSON, nullable=False),
        sa.Column("failure", sa.Text, nullable=False),
        sa.Column("destruction_run", sa.String(63)),
        sa.Column("destruction_step", sa.String(16)),
        sa.Column("created_at", sa.String(40), nullable=False),
        sa.Column("updated_at", sa.String(40), nullable=False),
        sa.Column("active_since", sa.String(40)),
        sa.Column("token", sa.Integer, nullable=False),
        sa.UniqueConstraint("environment", "slug", name="one_owner_per_slug"),
    )
