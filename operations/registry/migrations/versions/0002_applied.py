"""The blueprint that was applied last, beside the one that was tried last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column: of what is active, the last attempt was applied; of the rest it is not known."""
    op.add_column("stacks", sa.Column("applied", sa.JSON, nullable=False, server_default="{}"))
    op.execute("UPDATE stacks SET applied = blueprint WHERE status = 'active'")


def downgrade() -> None:
    """Take it away."""
    with op.batch_alter_table("stacks") as table:
        table.drop_column("applied")
