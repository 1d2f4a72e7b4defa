"""Change feed, venue amendments, withdrawn findings, signed chain heads, case exports; triggers that seal.

The feed is written by triggers, so that no code path can forget it. On PostgreSQL they are deferred to the commit
and take their number under one lock that is held until the commit is visible: numbers appear in order. SQLite has one
writer, so that the order of numbers is the order of commits.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PATH = sa.String(160).with_variant(sa.String(160, collation="C"), "postgresql")
NOW = "strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'"
VENUE_NEWS = "OLD.version <> NEW.version OR OLD.state <> NEW.state OR OLD.scope_path <> NEW.scope_path"
SEALED = (
    "uid, person_id, found_at, text, checklist_version, answers, acts, geom, position, witness, is_clue, source, "
    "device_uid, clock_offset_s, entry_sha256, supersedes_id, received_at"
)


def upgrade():
    """Create tables and columns, then the triggers of the database at hand."""
    _feed_tables()
    _amendment_table()
    _evidence_tables()
    op.add_column("finding", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("finding", sa.Column("withdrawn_by_id", BIG, nullable=True))
    op.add_column(
        "finding", sa.Column("withdrawn_reason", sa.String(), nullable=False, server_default="")
    )
    op.create_index(op.f("ix_blob_owner_person_id"), "blob_owner", ["person_id"])
    if op.get_bind().dialect.name == "sqlite":
        _sqlite_triggers()
    else:
        _postgresql_triggers()


def _feed_tables():
    op.create_table(
        "feed_entry",
        sa.Column("number", BIG, nullable=False),
        sa.Column("scope_path", PATH, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("subject_uid", sa.String(36), nullable=False),
        sa.Column("change", sa.String(8), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False, server_default=""),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_feed_entry")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_feed_entry_scope_path"), "feed_entry", ["scope_path"])
    op.create_index(op.f("ix_feed_entry_at"), "feed_entry", ["at"])
    op.create_table(
        "feed_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pruned", BIG, nullable=False),
        sa.Column("epoch", sa.String(36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_mark")),
    )


def _amendment_table():
    op.create_table(
        "venue_amendment",
        sa.Column("id", BIG, nullable=False),
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("scope_path", PATH, nullable=False),
        sa.Column("venue_id", BIG, nullable=False),
        sa.Column("field", sa.String(30), nullable=False),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("kept_by_uid", sa.String(36), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("entry_uid", sa.String(36), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("decided_by_id", BIG, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_venue_amendment_venue_id_venue")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_venue_amendment_person_id_person")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_venue_amendment_decided_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue_amendment")),
        sa.UniqueConstraint("uid", name=op.f("uq_venue_amendment_uid")),
    )
    for column in ("scope_path", "venue_id", "state"):
        op.create_index(op.f(f"ix_venue_amendment_{column}"), "venue_amendment", [column])


def _evidence_tables():
    op.create_table(
        "chain_signature",
        sa.Column("id", BIG, nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("signed_at", sa.String(40), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("signature", sa.String(128), nullable=False),
        sa.Column("timestamp_token", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_signature")),
        sa.UniqueConstraint("number", "key", name=op.f("uq_chain_signature_number")),
    )
    op.create_table(
        "case_export",
        sa.Column("id", BIG, nullable=False),
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("scope_path", PATH, nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("case_number", sa.String(60), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("finding_uids", sa.JSON(), nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("job_uid", sa.String(36), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_case_export_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_export")),
        sa.UniqueConstraint("uid", name=op.f("uq_case_export_uid")),
    )
    op.create_index(op.f("ix_case_export_scope_path"), "case_export", ["scope_path"])
    op.create_index(op.f("ix_case_export_created_at"), "case_export", ["created_at"])


def _sqlite_triggers():
    execute = op.get_bind().exec_driver_sql

    def news(kind, row, change, reason, where=""):
        return (
            "INSERT INTO feed_entry (scope_path, kind, subject_uid, change, reason, at) "
            f"SELECT {row}.scope_path, '{kind}', {row}.uid, {change}, {reason}, {NOW}{where}; "
        )

    for kind in ("venue", "finding", "grid"):
        insert = news(kind, "NEW", "'changed'", "''")
        execute(f'CREATE TRIGGER feed_{kind}_insert AFTER INSERT ON "{kind}" BEGIN {insert} END')
    gone = news("venue", "OLD", "'removed'", "'deleted'")
    execute(f"CREATE TRIGGER feed_venue_delete AFTER DELETE ON venue BEGIN {gone} END")
    left = news("venue", "OLD", "'revoked'", "'moved'", " WHERE OLD.scope_path <> NEW.scope_path")
    closed = "CASE NEW.state WHEN 'closed' THEN '{}' ELSE '{}' END"
    now = news("venue", "NEW", closed.format("removed", "changed"), closed.format("closed", ""))
    execute(
        f"CREATE TRIGGER feed_venue_update AFTER UPDATE ON venue WHEN {VENUE_NEWS} BEGIN {left}{now} END"
    )
    left = news("grid", "OLD", "'revoked'", "'moved'", " WHERE OLD.scope_path <> NEW.scope_path")
    retired = "CASE WHEN NEW.retired_at IS NULL THEN '{}' ELSE '{}' END"
    now = news("grid", "NEW", retired.format("changed", "removed"), retired.format("", "retired"))
    execute(f'CREATE TRIGGER feed_grid_update AFTER UPDATE ON "grid" BEGIN {left}{now} END')
    now = news("finding", "NEW", "'removed'", "'withdrawn'")
    execute(
        "CREATE TRIGGER feed_finding_withdraw AFTER UPDATE OF withdrawn_at ON finding "
        f"WHEN OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL BEGIN {now} END"
    )
    for table in ("audit_entry", "receipt", "chain_signature"):
        for verb in ("UPDATE", "DELETE"):
            execute(
                f"CREATE TRIGGER sealed_{table}_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    execute(
        f"CREATE TRIGGER sealed_finding_update BEFORE UPDATE OF {SEALED} ON finding "
        "BEGIN SELECT RAISE(ABORT, 'finding is append-only'); END"
    )
    execute(
        "CREATE TRIGGER sealed_finding_delete BEFORE DELETE ON finding "
        "BEGIN SELECT RAISE(ABORT, 'finding is append-only'); END"
    )


def _postgresql_triggers():
    op.execute("""
        CREATE FUNCTION feed_note() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          change text := 'changed';
          reason text := '';
        BEGIN
          PERFORM pg_advisory_xact_lock(20261125);
          IF TG_OP = 'DELETE' THEN
            INSERT INTO feed_entry (scope_path, kind, subject_uid, change, reason, at)
            VALUES (OLD.scope_path, TG_TABLE_NAME, OLD.uid, 'removed', 'deleted', clock_timestamp());
            RETURN NULL;
          END IF;
          IF TG_OP = 'UPDATE' THEN
            IF OLD.scope_path <> NEW.scope_path THEN
              INSERT INTO feed_entry (scope_path, kind, subject_uid, change, reason, at)
              VALUES (OLD.scope_path, TG_TABLE_NAME, NEW.uid, 'revoked', 'moved', clock_timestamp());
            END IF;
            IF TG_TABLE_NAME = 'finding' THEN
              change := 'removed'; reason := 'withdrawn';
            ELSIF to_jsonb(NEW) ->> 'state' = 'closed' THEN
              change := 'removed'; reason := 'closed';
            ELSIF to_jsonb(NEW) ->> 'retired_at' IS NOT NULL THEN
              change := 'removed'; reason := 'retired';
            END IF;
          END IF;
          INSERT INTO feed_entry (scope_path, kind, subject_uid, change, reason, at)
          VALUES (NEW.scope_path, TG_TABLE_NAME, NEW.uid, change, reason, clock_timestamp());
          RETURN NULL;
        END $$""")
    op.execute("""
        CREATE FUNCTION sealed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$""")
    deferred = "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
    for kind in ("venue", "finding", "grid"):
        op.execute(
            f'CREATE CONSTRAINT TRIGGER feed_{kind}_insert AFTER INSERT ON "{kind}" {deferred} '
            "EXECUTE FUNCTION feed_note()"
        )
    op.execute(
        f"CREATE CONSTRAINT TRIGGER feed_venue_delete AFTER DELETE ON venue {deferred} EXECUTE FUNCTION feed_note()"
    )
    op.execute(
        f"CREATE CONSTRAINT TRIGGER feed_venue_update AFTER UPDATE ON venue {deferred} "
        f"WHEN ({VENUE_NEWS}) EXECUTE FUNCTION feed_note()"
    )
    op.execute(
        f'CREATE CONSTRAINT TRIGGER feed_grid_update AFTER UPDATE ON "grid" {deferred} EXECUTE FUNCTION feed_note()'
    )
    op.execute(
        f"CREATE CONSTRAINT TRIGGER feed_finding_withdraw AFTER UPDATE OF withdrawn_at ON finding {deferred} "
        "WHEN (OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL) EXECUTE FUNCTION feed_note()"
    )
    for table in ("audit_entry", "receipt", "chain_signature"):
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER sealed_{table}_{verb.lower()} BEFORE {verb} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION sealed()"
            )
        op.execute(
            f"CREATE TRIGGER sealed_{table}_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION sealed()"
        )
    op.execute(
        f"CREATE TRIGGER sealed_finding_update BEFORE UPDATE OF {SEALED} ON finding "
        "FOR EACH ROW EXECUTE FUNCTION sealed()"
    )
    op.execute(
        "CREATE TRIGGER sealed_finding_delete BEFORE DELETE ON finding FOR EACH ROW EXECUTE FUNCTION sealed()"
    )
