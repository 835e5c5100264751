"""frozen snapshots

Revision ID: 0016
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0011"
branch_labels = None
depends_on = None

_JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")

APPEND_ONLY = ("snapshot",)


def upgrade() -> None:
    # Nothing could write a snapshot before, so the columns need no value of the past.
    with op.batch_alter_table("snapshot") as table:
        table.drop_column("content")
        table.add_column(sa.Column("content", sa.Text(), nullable=False))
        table.add_column(sa.Column("day", sa.Date(), nullable=False))
        table.add_column(sa.Column("taken_by_id", sa.Integer(), nullable=False))
        table.create_foreign_key(
            op.f("fk_snapshot_taken_by_id_staff_user"), "staff_user", ["taken_by_id"], ["id"]
        )
    for table_name in APPEND_ONLY:
        _append_only(table_name)


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table_name in APPEND_ONLY:
        for act in ("update", "delete"):
            name = f"{table_name}_no_{act}"
            op.execute(f"DROP TRIGGER {name}" + ("" if is_sqlite else f" ON {table_name}"))
    with op.batch_alter_table("snapshot") as table:
        table.drop_constraint(op.f("fk_snapshot_taken_by_id_staff_user"), type_="foreignkey")
        table.drop_column("taken_by_id")
        table.drop_column("day")
        table.drop_column("content")
        table.add_column(sa.Column("content", _JSON, nullable=False))


def _append_only(table: str) -> None:
    """Let rows be added and never changed, as those of the audit trail (0002)."""
    for act in ("update", "delete"):
        begin = f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table}"
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"{begin} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END")
        else:
            op.execute(f"{begin} FOR EACH ROW EXECUTE FUNCTION dibiao_append_only()")
