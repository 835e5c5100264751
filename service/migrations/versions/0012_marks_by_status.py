"""Marks by status: the desk lists and counts 100,000 trademarks of a status in each of its orders by an index."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None

_INDEXES = (("status", "name"), ("status", "revision_number"), ("status", "term_to"))


def upgrade() -> None:
    """Make the indexes."""
    for columns in _INDEXES:
        op.create_index(f"ix_trademark_record_{'_'.join(columns)}", "trademark_record", list(columns))


def downgrade() -> None:
    """Drop them."""
    for columns in _INDEXES:
        op.drop_index(f"ix_trademark_record_{'_'.join(columns)}", "trademark_record")
