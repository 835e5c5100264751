"""Errands know which editions of a batch's drafts were looked at, and how often they were put off."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two columns."""
    op.add_column("annex_errand", sa.Column("editions", sa.String(64), nullable=True))
    op.add_column("annex_errand", sa.Column("put_off", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("annex_errand", "put_off")
    op.drop_column("annex_errand", "editions")
