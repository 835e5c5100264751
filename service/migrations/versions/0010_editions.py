"""editions and corrections of drafts; the audit trail by time, by who did it and by what was done

Revision ID: 0010
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None

INDEXES = (["at"], ["actor_id", "at"], ["act", "at"])


def upgrade() -> None:
    # Columns are added as they are: a copy of the table would lose the triggers that freeze published drafts.
    op.add_column("revision", sa.Column("edition", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("revision", sa.Column("is_correction", sa.Boolean(), nullable=False, server_default=sa.false()))
    for columns in INDEXES:
        op.create_index(op.f(f"ix_audit_event_{'_'.join(columns)}"), "audit_event", columns)


def downgrade() -> None:
    for columns in INDEXES:
        op.drop_index(op.f(f"ix_audit_event_{'_'.join(columns)}"), "audit_event")
    op.drop_column("revision", "is_correction")
    op.drop_column("revision", "edition")
