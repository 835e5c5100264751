"""what is done about leads, and the ledger of the service points: both only ever added to

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

APPEND_ONLY = ("lead_event", "service_ledger_entry")


def upgrade() -> None:
    _lead_event()
    _service_ledger_entry()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in APPEND_ONLY:
        for act in ("update", "delete"):
            body = (
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                if is_sqlite
                else "FOR EACH ROW EXECUTE FUNCTION dibiao_append_only()"
            )
            op.execute(f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} {body}")


def _lead_event() -> None:
    op.create_table(
        "lead_event",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=50), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(length=50), nullable=True),
        sa.Column("body", sa.String(length=300), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("opened_id", sa.Integer(), nullable=True),
        sa.Column("voids_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ulid", sa.String(length=26), nullable=False),
        sa.CheckConstraint("(kind = 'refused') = (ground IS NOT NULL)", name=op.f("ck_lead_event_ground")),
        sa.CheckConstraint("(kind = 'routed') = (body IS NOT NULL)", name=op.f("ck_lead_event_body")),
        sa.CheckConstraint(
            "(kind = 'breach_found') = (opened_id IS NOT NULL)", name=op.f("ck_lead_event_opened")
        ),
        sa.CheckConstraint("(kind = 'voided') = (voids_id IS NOT NULL)", name=op.f("ck_lead_event_voids")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_lead_event_lead_id_lead")),
        sa.ForeignKeyConstraint(["by_id"], ["staff_user.id"], name=op.f("fk_lead_event_by_id_staff_user")),
        sa.ForeignKeyConstraint(["opened_id"], ["lead.id"], name=op.f("fk_lead_event_opened_id_lead")),
        sa.ForeignKeyConstraint(["voids_id"], ["lead_event.id"], name=op.f("fk_lead_event_voids_id_lead_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_event")),
        sa.UniqueConstraint("opened_id", name=op.f("uq_lead_event_opened_id")),
        sa.UniqueConstraint("voids_id", name=op.f("uq_lead_event_voids_id")),
        sa.UniqueConstraint("ulid", name=op.f("uq_lead_event_ulid")),
    )
    op.create_index(op.f("ix_lead_event_lead_id"), "lead_event", ["lead_id"])


def _service_ledger_entry() -> None:
    table = "service_ledger_entry"
    op.create_table(
        table,
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("topic", sa.String(length=50), nullable=False),
        sa.Column("organisation_name", sa.String(length=300), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("walk_in", sa.String(length=50), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(length=300), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("is_void", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ulid", sa.String(length=26), nullable=False),
        sa.CheckConstraint(
            "(organisation_name IS NULL) <> (walk_in IS NULL)", name=op.f(f"ck_{table}_one_visitor")
        ),
        sa.CheckConstraint(
            "organisation_id IS NULL OR organisation_name IS NOT NULL",
            name=op.f(f"ck_{table}_named_organisation"),
        ),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f(f"ck_{table}_minutes")),
        sa.CheckConstraint("(replaces_id IS NULL) = (reason IS NULL)", name=op.f(f"ck_{table}_reason")),
        sa.CheckConstraint("NOT is_void OR replaces_id IS NOT NULL", name=op.f(f"ck_{table}_void_replaces")),
        sa.ForeignKeyConstraint(["point_id"], ["service_point.id"], name=op.f(f"fk_{table}_point_id_service_point")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{table}_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["staff_user.id"], name=op.f(f"fk_{table}_entered_by_id_staff_user")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], [f"{table}.id"], name=op.f(f"fk_{table}_replaces_id_{table}")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("replaces_id", name=op.f(f"uq_{table}_replaces_id")),
        sa.UniqueConstraint("ulid", name=op.f(f"uq_{table}_ulid")),
    )
    op.create_index(op.f(f"ix_{table}_day_id"), table, ["day", "id"])
    op.create_index(op.f(f"ix_{table}_point_id_day"), table, ["point_id", "day"])
    op.create_index(op.f(f"ix_{table}_organisation_id"), table, ["organisation_id"])


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in APPEND_ONLY:
        for act in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{act}" + ("" if is_sqlite else f" ON {table}"))
        op.drop_table(table)
