"""what an area version's geometry came in, and the note that answers for what the checks found

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLE = "production_area_version"  # its geometry stands in a table of its own, so adding columns is safe


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("override_note", sa.Text(), nullable=True))
    op.add_column(TABLE, sa.Column("geometry_crs", sa.String(length=100), nullable=True))
    datums = sa.Enum(
        "wgs84", "cgcs2000", "gcj02", "bd09", "not_stated", name="datum", native_enum=False, length=50
    )
    op.add_column(TABLE, sa.Column("geometry_datum", datums, nullable=True))


def downgrade() -> None:
    for name in ("geometry_datum", "geometry_crs", "override_note"):
        op.drop_column(TABLE, name)
