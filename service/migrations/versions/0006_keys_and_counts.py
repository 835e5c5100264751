"""keys of the interface with their use by day, and verifications counted by minute and by month

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ulid", sa.String(length=26), nullable=False),
        sa.Column("holder", sa.String(length=300), nullable=False),
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.Column("secret_sha256", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.String(length=200), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["issued_by_id"], ["staff_user.id"], name=op.f("fk_api_key_issued_by_id_staff_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("ulid", name=op.f("uq_api_key_ulid")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_key_prefix")),
        sa.UniqueConstraint("secret_sha256", name=op.f("uq_api_key_secret_sha256")),
    )
    op.create_table(
        "api_key_use",
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("act", sa.String(length=50), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["api_key.id"], name=op.f("fk_api_key_use_key_id_api_key")),
        sa.PrimaryKeyConstraint("key_id", "day", "act", name=op.f("pk_api_key_use")),
    )
    op.create_table(
        "verification_count",
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.String(length=50), nullable=False),
        sa.Column("product", sa.String(length=60), nullable=False),
        sa.Column("bucket", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "minute", "verdict", "product", "bucket", name=op.f("pk_verification_count")
        ),
    )
    op.create_table(
        "verification_month",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("verdict", sa.String(length=50), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "verdict", name=op.f("pk_verification_month")),
    )


def downgrade() -> None:
    op.drop_table("verification_month")
    op.drop_table("verification_count")
    op.drop_table("api_key_use")
    op.drop_table("api_key")
