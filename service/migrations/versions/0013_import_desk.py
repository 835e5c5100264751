"""annexes at the desk: what is being prepared, its rows as previewed, and what was asked of the worker

Revision ID: 0013
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None

_JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "annex_preparation",
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("encoding", sa.String(length=20), nullable=False),
        sa.Column("tables", _JSON, nullable=False),
        sa.Column("warnings", _JSON, nullable=False),
        sa.Column("facts", _JSON, nullable=False),
        sa.Column("choices", _JSON, nullable=False),
        sa.Column("preview", _JSON, nullable=True),
        sa.Column("has_problems", sa.Boolean(), nullable=False),
        sa.Column("begun_by_id", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ulid", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_annex_preparation_batch_id_import_batch")
        ),
        sa.ForeignKeyConstraint(
            ["begun_by_id"], ["staff_user.id"], name=op.f("fk_annex_preparation_begun_by_id_staff_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annex_preparation")),
        sa.UniqueConstraint("batch_id", name=op.f("uq_annex_preparation_batch_id")),
        sa.UniqueConstraint("ulid", name=op.f("uq_annex_preparation_ulid")),
    )
    op.create_index(op.f("ix_annex_preparation_sha256"), "annex_preparation", ["sha256"])
    op.create_table(
        "previewed_row",
        sa.Column("preparation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("table_number", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("cells", _JSON, nullable=False),
        sa.Column("action", sa.String(length=50), nullable=False),
        sa.Column("problems", _JSON, nullable=False),
        sa.Column("target", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["preparation_id"],
            ["annex_preparation.id"],
            name=op.f("fk_previewed_row_preparation_id_annex_preparation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_previewed_row")),
    )
    op.create_index(
        op.f("ix_previewed_row_preparation_id_table_number_line"),
        "previewed_row",
        ["preparation_id", "table_number", "line"],
    )
    op.create_table(
        "annex_errand",
        sa.Column("kind", sa.String(length=50), nullable=False),
        sa.Column("preparation_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("only_valid", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("crashes", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusal", _JSON, nullable=True),
        sa.Column("result", _JSON, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ulid", sa.String(length=26), nullable=False),
        sa.CheckConstraint(
            "(preparation_id IS NULL) <> (batch_id IS NULL)", name=op.f("ck_annex_errand_about_one_thing")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["staff_user.id"], name=op.f("fk_annex_errand_asked_by_id_staff_user")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_annex_errand_batch_id_import_batch")
        ),
        sa.ForeignKeyConstraint(
            ["preparation_id"],
            ["annex_preparation.id"],
            name=op.f("fk_annex_errand_preparation_id_annex_preparation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annex_errand")),
        sa.UniqueConstraint("ulid", name=op.f("uq_annex_errand_ulid")),
    )
    for column in ("preparation_id", "batch_id", "ended_at"):
        op.create_index(op.f(f"ix_annex_errand_{column}"), "annex_errand", [column])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("annex_errand")
    op.drop_table("previewed_row")
    op.drop_table("annex_preparation")
