"""Which saved plan a run applied."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column: runs of before applied none."""
    op.add_column("runs", sa.Column("plan", sa.String(63), nullable=False, server_default=""))


def downgrade() -> None:
    """Take it away."""
    with op.batch_alter_table("runs") as table:
        table.drop_column("plan")
