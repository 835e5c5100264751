"""addresses that a product had before, so that printed and linked ones lead to today's

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former_slug",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["gi_product.id"], name=op.f("fk_former_slug_product_id_gi_product")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_slug")),
        sa.UniqueConstraint("slug", name=op.f("uq_former_slug_slug")),
    )
    op.create_index(op.f("ix_former_slug_product_id"), "former_slug", ["product_id"], unique=False)


def downgrade() -> None:
    op.drop_table("former_slug")
