"""Drafts by the moment of their decision: what one person decided on a day is counted by an index."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_revision_decided_at", "revision", ["decided_at"])


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_revision_decided_at", "revision")
