"""Leads say by which way they came; all that are there came by the form of the site."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two columns."""
    op.add_column("lead", sa.Column("channel", sa.String(50), nullable=False, server_default="web"))
    op.add_column("lead", sa.Column("channel_number", sa.String(60), nullable=True))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("lead", "channel_number")
    op.drop_column("lead", "channel")
