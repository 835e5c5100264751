"""signing in: one-time passwords, second factors, sessions, and the kinds of record of a partner agency

Revision ID: 0008
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLE = "staff_user"


def upgrade() -> None:
    op.add_column(
        TABLE, sa.Column("is_demonstration", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column(TABLE, sa.Column("one_time_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column(TABLE, sa.Column("totp_secret", sa.String(length=64), nullable=True))
    op.add_column(TABLE, sa.Column("totp_last_step", sa.BigInteger(), nullable=True))
    op.add_column(TABLE, sa.Column("access_version", sa.Integer(), server_default="1", nullable=False))
    op.create_table(
        "staff_scope",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "record_kind", sa.Enum(*KINDS, name="recordkind", native_enum=False, length=50), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["staff_user.id"], name=op.f("fk_staff_scope_user_id_staff_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_scope")),
        sa.UniqueConstraint("user_id", "record_kind", name=op.f("uq_staff_scope_user_id_record_kind")),
    )
    op.create_table(
        "staff_recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["staff_user.id"], name=op.f("fk_staff_recovery_code_user_id_staff_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_recovery_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_staff_recovery_code_code_hash")),
    )
    op.create_index(op.f("ix_staff_recovery_code_user_id"), "staff_recovery_code", ["user_id"])
    op.create_table(
        "staff_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ulid", sa.String(length=26), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("access_version", sa.Integer(), nullable=False),
        sa.Column("is_proven", sa.Boolean(), nullable=False),
        sa.Column("totp_pending", sa.String(length=64), nullable=True),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["staff_user.id"], name=op.f("fk_staff_session_user_id_staff_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_session_token_hash")),
        sa.UniqueConstraint("ulid", name=op.f("uq_staff_session_ulid")),
    )
    op.create_index(op.f("ix_staff_session_user_id"), "staff_session", ["user_id"])


KINDS = (
    "gi_product",
    "organisation",
    "trademark",
    "brand",
    "announcement",
    "service_point",
    "protection",
    "protection_event",
    "production_area",
    "authorisation",
    "authorisation_event",
    "time_honoured_brand",
    "document",
    "division",
    "category",
    "legal_instrument",
    "indicator",
    "indicator_value",
    "holiday_arrangement",
)


def downgrade() -> None:
    op.drop_table("staff_session")
    op.drop_table("staff_recovery_code")
    op.drop_table("staff_scope")
    for name in ("access_version", "totp_last_step", "totp_secret", "one_time_until", "is_demonstration"):
        op.drop_column(TABLE, name)
