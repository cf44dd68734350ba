"""GPUs that pods of tenants held, by which hours of a month are counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "gpu_uses",
        sa.Column("environment", sa.String(63), primary_key=True),
        sa.Column("subject", sa.String(127), primary_key=True),
        sa.Column("incarnation", sa.Integer, primary_key=True),
        sa.Column("uid", sa.String(63), primary_key=True),
        sa.Column("gpus", sa.Integer, nullable=False),
        sa.Column("start", sa.String(40), nullable=False),
        sa.Column("until", sa.String(40), nullable=False),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("gpu_uses")
