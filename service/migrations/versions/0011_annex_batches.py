"""batches from announcements' annexes: what was stated and found, each row as read, what headings meant

Revision ID: 0011
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0012"
branch_labels = None
depends_on = None

# Lists that grow with use: checked at the edges, not by a constraint, as in the models.
_JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "annex_batch",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.Column("issuer", sa.String(length=50), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("declared_organisations", sa.Integer(), nullable=True),
        sa.Column("declared_products", sa.Integer(), nullable=True),
        sa.Column("found_rows", sa.Integer(), nullable=False),
        sa.Column("found_organisations", sa.Integer(), nullable=False),
        sa.Column("found_products", sa.Integer(), nullable=False),
        sa.Column("override_reason", sa.Text(), nullable=True),
        sa.Column("actions", _JSON, nullable=False),
        sa.Column("tables", _JSON, nullable=False),
        sa.Column("undo_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ulid", sa.String(length=26), nullable=False),
        sa.CheckConstraint(
            "(undoes_id IS NULL) = (undo_reason IS NULL)", name=op.f("ck_annex_batch_undo_has_its_reason")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_annex_batch_batch_id_import_batch")
        ),
        sa.ForeignKeyConstraint(
            ["undoes_id"], ["import_batch.id"], name=op.f("fk_annex_batch_undoes_id_import_batch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annex_batch")),
        sa.UniqueConstraint("batch_id", name=op.f("uq_annex_batch_batch_id")),
        sa.UniqueConstraint("ulid", name=op.f("uq_annex_batch_ulid")),
    )
    op.create_index(op.f("ix_annex_batch_undoes_id"), "annex_batch", ["undoes_id"], unique=False)
    op.create_table(
        "annex_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("table_number", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("cells", _JSON, nullable=False),
        sa.Column("action", sa.String(length=50), nullable=False),
        sa.Column("problems", _JSON, nullable=False),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("drafts", _JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_annex_row_batch_id_import_batch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annex_row")),
    )
    op.create_index(
        op.f("ix_annex_row_batch_id_table_number_line"),
        "annex_row",
        ["batch_id", "table_number", "line"],
        unique=False,
    )
    op.create_table(
        "remembered_heading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=50), nullable=False),
        sa.Column("annex_kind", sa.String(length=50), nullable=False),
        sa.Column("heading", sa.String(length=100), nullable=False),
        sa.Column("field", sa.String(length=50), nullable=True),
        sa.Column("remembered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("remembered_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["remembered_by_id"],
            ["staff_user.id"],
            name=op.f("fk_remembered_heading_remembered_by_id_staff_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remembered_heading")),
        sa.UniqueConstraint(
            "issuer", "annex_kind", "heading", name=op.f("uq_remembered_heading_issuer_annex_kind_heading")
        ),
    )


def downgrade() -> None:
    op.drop_table("remembered_heading")
    op.drop_table("annex_row")
    op.drop_table("annex_batch")
