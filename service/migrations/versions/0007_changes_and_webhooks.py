"""published changes in an order that can be followed, filled from what was published before; webhooks

Revision ID: 0007
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# What each kind of draft is about, and where its product and organisation stand.
_KINDS = (
    ("authorisation", "authorisation", "authorisation x", "JOIN protection p ON p.id = x.protection_id",
     "p.product_id", "x.organisation_id"),
    ("authorisation_event", "authorisation", "authorisation_event x",
     "JOIN authorisation a ON a.id = x.authorisation_id JOIN protection p ON p.id = a.protection_id",
     "p.product_id", "a.organisation_id"),
    ("protection", "protection", "protection x", "", "x.product_id", "CAST(NULL AS INTEGER)"),
    ("protection_event", "protection", "protection_event x", "JOIN protection p ON p.id = x.protection_id",
     "p.product_id", "CAST(NULL AS INTEGER)"),
    ("production_area", "area", "production_area_version x", "JOIN protection p ON p.id = x.protection_id",
     "p.product_id", "CAST(NULL AS INTEGER)"),
    ("trademark", "trademark", "trademark_record x", "", "CAST(NULL AS INTEGER)", "x.registrant_id"),
    ("organisation", "organisation", "organisation x", "", "CAST(NULL AS INTEGER)", "x.id"),
    ("gi_product", "product", "gi_product x", "", "x.id", "CAST(NULL AS INTEGER)"),
)
_FILL = (
    "INSERT INTO published_change (revision_id, revision_number, kind, act, record_kind, record_ulid, product_id,"
    " organisation_id) SELECT r.id, r.revision_number, '{kind}', CASE WHEN {withdrawn} IS NOT NULL THEN 'withdrawn'"
    " WHEN r.base_version = 0 THEN 'created' ELSE 'changed' END, r.record_kind, r.record_ulid, {product}, {organisation}"
    " FROM revision r JOIN {table} ON x.ulid = r.record_ulid {joins}"
    " WHERE r.record_kind = '{record_kind}' AND r.revision_number IS NOT NULL"
)


def upgrade() -> None:
    op.create_table(
        "published_change",
        sa.Column("revision_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=50), nullable=False),
        sa.Column("act", sa.String(length=50), nullable=False),
        sa.Column("record_kind", sa.String(length=50), nullable=False),
        sa.Column("record_ulid", sa.String(length=26), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_published_change_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["gi_product.id"], name=op.f("fk_published_change_product_id_gi_product")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_published_change_revision_id_revision")
        ),
        sa.PrimaryKeyConstraint("revision_id", name=op.f("pk_published_change")),
    )
    order = ["revision_number", "revision_id"]
    for before in ([], ["kind"], ["product_id"], ["organisation_id"]):
        columns = [*before, *order]
        op.create_index(op.f(f"ix_published_change_{'_'.join(columns)}"), "published_change", columns)
    op.create_index(op.f("ix_revision_revision_number"), "revision", ["revision_number"])
    op.create_table(
        "webhook",
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("secret", sa.String(length=100), nullable=False),
        sa.Column(
            "kinds",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_revision", sa.Integer(), nullable=False),
        sa.Column("told_position", sa.Integer(), nullable=False),
        sa.Column("until_revision", sa.Integer(), nullable=True),
        sa.Column("until_position", sa.Integer(), nullable=True),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_problem", sa.String(length=60), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ulid", sa.String(length=26), nullable=False),
        sa.CheckConstraint("(until_revision IS NULL) = (until_position IS NULL)", name=op.f("ck_webhook_until")),
        sa.CheckConstraint("(attempts = 0) = (failing_since IS NULL)", name=op.f("ck_webhook_failing")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_webhook_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["gi_product.id"], name=op.f("fk_webhook_product_id_gi_product")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
        sa.UniqueConstraint("ulid", name=op.f("uq_webhook_ulid")),
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    withdrawn = "json_extract(r.payload, '$.withdrawal')" if is_sqlite else "r.payload ->> 'withdrawal'"
    for record_kind, kind, table, joins, product, organisation in _KINDS:
        op.execute(
            _FILL.format(
                record_kind=record_kind, kind=kind, table=table, joins=joins, product=product,
                organisation=organisation, withdrawn=withdrawn,
            )
        )
    for act in ("update", "delete"):
        body = (
            "BEGIN SELECT RAISE(ABORT, 'published_change is append-only'); END"
            if is_sqlite
            else "FOR EACH ROW EXECUTE FUNCTION dibiao_append_only()"
        )
        op.execute(
            f"CREATE TRIGGER published_change_no_{act} BEFORE {act.upper()} ON published_change {body}"
        )


def downgrade() -> None:
    op.drop_table("webhook")
    op.drop_index(op.f("ix_revision_revision_number"), table_name="revision")
    op.drop_table("published_change")
