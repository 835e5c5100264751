"""guards the database keeps by itself: append-only tables, frozen drafts, area versions that never overlap

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("authorisation_event", "protection_event", "audit_event", "registry_revision")

OVERLAP = (
    "SELECT 1 FROM production_area_version other WHERE other.protection_id = NEW.protection_id"
    " AND other.id <> NEW.id AND other.withdrawal IS NULL AND NEW.withdrawal IS NULL"
    " AND (NEW.valid_to IS NULL OR other.valid_from IS NULL OR other.valid_from < NEW.valid_to)"
    " AND (other.valid_to IS NULL OR NEW.valid_from IS NULL OR NEW.valid_from < other.valid_to)"
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name, table in _triggers():
        op.execute(f"DROP TRIGGER {name}" + ("" if is_sqlite else f" ON {table}"))
    if not is_sqlite:
        for name in ("dibiao_append_only", "dibiao_frozen_revision", "dibiao_area_overlap"):
            op.execute(f"DROP FUNCTION {name}()")


def _triggers() -> list[tuple[str, str]]:
    names = [(f"{table}_no_{act}", table) for table in APPEND_ONLY for act in ("update", "delete")]
    names += [("revision_frozen_update", "revision"), ("revision_frozen_delete", "revision")]
    return [*names, ("area_overlap_insert", "production_area_version"), ("area_overlap_update", "production_area_version")]


def _sqlite() -> None:
    for table in APPEND_ONLY:
        for act in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    for act in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER revision_frozen_{act} BEFORE {act.upper()} ON revision WHEN OLD.state = 'published'"
            " BEGIN SELECT RAISE(ABORT, 'a published revision is frozen'); END"
        )
    for act in ("insert", "update"):
        # AFTER, since an inserted row has no key before.
        op.execute(
            f"CREATE TRIGGER area_overlap_{act} AFTER {act.upper()} ON production_area_version"
            f" WHEN EXISTS ({OVERLAP})"
            " BEGIN SELECT RAISE(ABORT, 'area versions overlap'); END"
        )


def _postgresql() -> None:
    _function("dibiao_append_only", "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation';")
    _function(
        "dibiao_frozen_revision",
        "IF OLD.state = 'published' THEN"
        " RAISE EXCEPTION 'a published revision is frozen' USING ERRCODE = 'check_violation'; END IF;"
        " IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;",
    )
    _function(
        "dibiao_area_overlap",
        f"IF EXISTS ({OVERLAP}) THEN"
        " RAISE EXCEPTION 'area versions overlap' USING ERRCODE = 'check_violation'; END IF; RETURN NEW;",
    )
    for table in APPEND_ONLY:
        for act in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION dibiao_append_only()"
            )
    for act in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER revision_frozen_{act} BEFORE {act.upper()} ON revision"
            " FOR EACH ROW EXECUTE FUNCTION dibiao_frozen_revision()"
        )
    for act in ("insert", "update"):
        op.execute(
            f"CREATE TRIGGER area_overlap_{act} AFTER {act.upper()} ON production_area_version"
            " FOR EACH ROW EXECUTE FUNCTION dibiao_area_overlap()"
        )


def _function(name: str, body: str) -> None:
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$")
