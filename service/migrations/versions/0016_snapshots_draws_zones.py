"""frozen snapshots, credit grades, inspections with their draws, demonstration zones

Revision ID: 0016
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None

_JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")

APPEND_ONLY = ("snapshot", "inspection_draw", "inspection_draw_end")
TABLES = (
    "zone_event",
    "zone_product",
    "demonstration_zone",
    "inspection",
    "inspection_draw_end",
    "inspection_draw",
    "inspection_plan",
    "credit_assessment",
)


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
    _create_tables()
    for table_name in APPEND_ONLY:
        _append_only(table_name)


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table_name in APPEND_ONLY:
        for act in ("update", "delete"):
            name = f"{table_name}_no_{act}"
            op.execute(f"DROP TRIGGER {name}" + ("" if is_sqlite else f" ON {table_name}"))
    for table_name in TABLES:
        op.drop_table(table_name)
    with op.batch_alter_table("snapshot") as table:
        table.drop_constraint(op.f("fk_snapshot_taken_by_id_staff_user"), type_="foreignkey")
        table.drop_column("taken_by_id")
        table.drop_column("day")
        table.drop_column("content")
        table.add_column(sa.Column("content", _JSON, nullable=False))


def _record_columns() -> list[sa.Column]:
    """Return the columns that every record carries."""
    return [
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.Column(
            "withdrawal",
            sa.Enum(
                *("gone", "redirect", "withheld"),
                name="withdrawal",
                native_enum=False,
                create_constraint=True,
                length=50,
            ),
            nullable=True,
        ),
        sa.Column("withdrawal_reason", sa.Text(), nullable=True),
        sa.Column("redirect_ulid", sa.String(length=26), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ulid", sa.String(length=26), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
    ]


def _create_tables() -> None:
    op.create_table('credit_assessment',
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('scheme', sa.String(length=60), nullable=False),
    sa.Column('grade', sa.String(length=30), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    *_record_columns(),
    sa.CheckConstraint('valid_to IS NULL OR valid_from IS NULL OR valid_to > valid_from', name=op.f('ck_credit_assessment_validity')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_credit_assessment_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_credit_assessment_source_id_source')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_assessment')),
    sa.UniqueConstraint('organisation_id', 'scheme', 'valid_from', name=op.f('uq_credit_assessment_organisation_id_scheme_valid_from')),
    sa.UniqueConstraint('ulid', name=op.f('uq_credit_assessment_ulid'))
    )
    op.create_index(op.f('ix_credit_assessment_organisation_id'), 'credit_assessment', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_credit_assessment_revision_number'), 'credit_assessment', ['revision_number'], unique=False)
    op.create_index(op.f('ix_credit_assessment_source_id'), 'credit_assessment', ['source_id'], unique=False)
    op.create_table('inspection_plan',
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=True),
    sa.Column('credit_scheme', sa.String(length=60), nullable=True),
    sa.Column('ratios', _JSON, nullable=False),
    sa.Column('inspectors', _JSON, nullable=False),
    sa.Column('checklist', _JSON, nullable=False),
    *_record_columns(),
    sa.ForeignKeyConstraint(['product_id'], ['gi_product.id'], name=op.f('fk_inspection_plan_product_id_gi_product')),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_inspection_plan_source_id_source')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inspection_plan')),
    sa.UniqueConstraint('code', name=op.f('uq_inspection_plan_code')),
    sa.UniqueConstraint('ulid', name=op.f('uq_inspection_plan_ulid'))
    )
    op.create_index(op.f('ix_inspection_plan_revision_number'), 'inspection_plan', ['revision_number'], unique=False)
    op.create_index(op.f('ix_inspection_plan_source_id'), 'inspection_plan', ['source_id'], unique=False)
    op.create_table('inspection_draw',
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('frozen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('frozen_by_id', sa.Integer(), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ulid', sa.String(length=26), nullable=False),
    sa.ForeignKeyConstraint(['frozen_by_id'], ['staff_user.id'], name=op.f('fk_inspection_draw_frozen_by_id_staff_user')),
    sa.ForeignKeyConstraint(['plan_id'], ['inspection_plan.id'], name=op.f('fk_inspection_draw_plan_id_inspection_plan')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inspection_draw')),
    sa.UniqueConstraint('plan_id', 'number', name=op.f('uq_inspection_draw_plan_id_number')),
    sa.UniqueConstraint('ulid', name=op.f('uq_inspection_draw_ulid'))
    )
    op.create_table('inspection_draw_end',
    sa.Column('draw_id', sa.Integer(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_by_id', sa.Integer(), nullable=False),
    sa.Column('public_value', sa.String(length=200), nullable=True),
    sa.Column('drawn', sa.Text(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.CheckConstraint('(public_value IS NULL) = (drawn IS NULL)', name=op.f('ck_inspection_draw_end_drawn_by_a_value')),
    sa.CheckConstraint('(public_value IS NULL) = (reason IS NOT NULL)', name=op.f('ck_inspection_draw_end_drawn_or_given_up')),
    sa.ForeignKeyConstraint(['draw_id'], ['inspection_draw.id'], name=op.f('fk_inspection_draw_end_draw_id_inspection_draw')),
    sa.ForeignKeyConstraint(['ended_by_id'], ['staff_user.id'], name=op.f('fk_inspection_draw_end_ended_by_id_staff_user')),
    sa.PrimaryKeyConstraint('draw_id', name=op.f('pk_inspection_draw_end'))
    )
    op.create_table('inspection',
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('plan_id', sa.Integer(), nullable=True),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('inspected_on', sa.Date(), nullable=False),
    sa.Column('inspectors', _JSON, nullable=False),
    sa.Column('outcome', sa.String(length=50), nullable=False),
    sa.Column('answers', _JSON, nullable=False),
    sa.Column('findings', sa.Text(), nullable=True),
    sa.Column('ordered_on', sa.Date(), nullable=True),
    sa.Column('order_working_days', sa.Integer(), nullable=True),
    sa.Column('corrected_on', sa.Date(), nullable=True),
    sa.Column('published_from', sa.Date(), nullable=True),
    sa.Column('publication_term', sa.String(length=50), nullable=True),
    *_record_columns(),
    sa.CheckConstraint("(outcome = 'ordered') = (ordered_on IS NOT NULL)", name=op.f('ck_inspection_order')),
    sa.CheckConstraint("publication_term IS NULL OR publication_term <> 'without_end' OR outcome = 'no_problem'", name=op.f('ck_inspection_limited_term')),
    sa.CheckConstraint('(ordered_on IS NULL) = (order_working_days IS NULL)', name=op.f('ck_inspection_order_has_its_days')),
    sa.CheckConstraint('(published_from IS NULL) = (publication_term IS NULL)', name=op.f('ck_inspection_published_for_a_term')),
    sa.CheckConstraint('corrected_on IS NULL OR (ordered_on IS NOT NULL AND corrected_on >= ordered_on)', name=op.f('ck_inspection_corrected')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_inspection_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['plan_id'], ['inspection_plan.id'], name=op.f('fk_inspection_plan_id_inspection_plan')),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_inspection_source_id_source')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inspection')),
    sa.UniqueConstraint('code', name=op.f('uq_inspection_code')),
    sa.UniqueConstraint('ulid', name=op.f('uq_inspection_ulid'))
    )
    op.create_index(op.f('ix_inspection_inspected_on'), 'inspection', ['inspected_on'], unique=False)
    op.create_index(op.f('ix_inspection_organisation_id'), 'inspection', ['organisation_id'], unique=False)
    op.create_index(op.f('ix_inspection_plan_id'), 'inspection', ['plan_id'], unique=False)
    op.create_index(op.f('ix_inspection_revision_number'), 'inspection', ['revision_number'], unique=False)
    op.create_index(op.f('ix_inspection_source_id'), 'inspection', ['source_id'], unique=False)
    op.create_table('demonstration_zone',
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('name_en', sa.String(length=300), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    *_record_columns(),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_demonstration_zone_source_id_source')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_demonstration_zone')),
    sa.UniqueConstraint('code', name=op.f('uq_demonstration_zone_code')),
    sa.UniqueConstraint('ulid', name=op.f('uq_demonstration_zone_ulid'))
    )
    op.create_index(op.f('ix_demonstration_zone_revision_number'), 'demonstration_zone', ['revision_number'], unique=False)
    op.create_index(op.f('ix_demonstration_zone_source_id'), 'demonstration_zone', ['source_id'], unique=False)
    op.create_table('zone_product',
    sa.Column('zone_id', sa.Integer(), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['product_id'], ['gi_product.id'], name=op.f('fk_zone_product_product_id_gi_product')),
    sa.ForeignKeyConstraint(['zone_id'], ['demonstration_zone.id'], name=op.f('fk_zone_product_zone_id_demonstration_zone')),
    sa.PrimaryKeyConstraint('zone_id', 'product_id', name=op.f('pk_zone_product'))
    )
    op.create_index(op.f('ix_zone_product_product_id'), 'zone_product', ['product_id'], unique=False)
    op.create_table('zone_event',
    sa.Column('zone_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=50), nullable=False),
    sa.Column('happened_on', sa.Date(), nullable=False),
    sa.Column('condition', sa.String(length=50), nullable=True),
    sa.Column('year', sa.Integer(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    *_record_columns(),
    sa.CheckConstraint("(kind = 'evidence') = (condition IS NOT NULL)", name=op.f('ck_zone_event_evidence_for_a_condition')),
    sa.CheckConstraint("(kind = 'yearly_report') = (year IS NOT NULL)", name=op.f('ck_zone_event_report_of_a_year')),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_zone_event_source_id_source')),
    sa.ForeignKeyConstraint(['zone_id'], ['demonstration_zone.id'], name=op.f('fk_zone_event_zone_id_demonstration_zone')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_zone_event')),
    sa.UniqueConstraint('ulid', name=op.f('uq_zone_event_ulid'))
    )
    op.create_index(op.f('ix_zone_event_revision_number'), 'zone_event', ['revision_number'], unique=False)
    op.create_index(op.f('ix_zone_event_source_id'), 'zone_event', ['source_id'], unique=False)
    op.create_index(op.f('ix_zone_event_zone_id'), 'zone_event', ['zone_id'], unique=False)
    # ### end Alembic commands ###


def _append_only(table: str) -> None:
    """Let rows be added and never changed, as those of the audit trail (0002)."""
    for act in ("update", "delete"):
        begin = f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table}"
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"{begin} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END")
        else:
            op.execute(f"{begin} FOR EACH ROW EXECUTE FUNCTION dibiao_append_only()")
