"""What happened at each place on each day, kept by triggers in the transaction that records it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

#: a change of these makes every answer of the hotspot room new
STAMPED = ("visit", "finding", "sighting", "den", "venue", "grid")
COUNTS = ("visits", "no_answer", "sampled_visits", "findings", "sampled_findings")

#: days since 1970-01-01 by the clock of China, which has one zone and no summer time
SQLITE_DAY = "((CAST(strftime('%s', {row}.{column}) AS INTEGER) + 28800) / 86400)"
POSTGRES_DAY = "(floor((extract(epoch FROM {row}.{column}) + 28800) / 86400)::int)"


def visit_counts(row, sign=""):
    """Spell what one visit adds to the counts, in the order of COUNTS."""
    answered = f"(CASE WHEN {row}.outcome = 'no_answer' THEN 0 ELSE 1 END)"
    sampled = f"(CASE WHEN {row}.sampled AND {row}.outcome <> 'no_answer' THEN 1 ELSE 0 END)"
    return f"{sign}{answered}, {sign}(1 - {answered}), {sign}{sampled}, 0, 0"


def finding_counts(row, sign=""):
    """Spell what one finding adds; a correction tells the same finding again, and what is withdrawn is none."""
    counts = f"{row}.supersedes_id IS NULL AND {row}.withdrawn_at IS NULL"
    first = f"(CASE WHEN {counts} THEN 1 ELSE 0 END)"
    sampled = (
        f"(CASE WHEN {counts} AND EXISTS (SELECT 1 FROM visit AS v"
        f" WHERE v.id = {row}.visit_id AND v.sampled) THEN 1 ELSE 0 END)"
    )
    return f"0, 0, 0, {sign}{first}, {sign}{sampled}"


SOURCES = {"visit": ("arrived_at", visit_counts), "finding": ("found_at", finding_counts)}


def upgrade():
    """Create the two tables, fill them from what is there, and keep them by triggers from here on."""
    op.create_table(
        "place_day",
        sa.Column("venue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venue.id"], name=op.f("fk_place_day_venue_id_venue"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("venue_id", "day", name=op.f("pk_place_day")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "place_stamp",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_stamp")),
    )
    op.execute("INSERT INTO place_stamp (id, stamp) VALUES (1, 1)")
    sqlite = op.get_bind().dialect.name == "sqlite"
    day = SQLITE_DAY if sqlite else POSTGRES_DAY
    for table, (column, counts) in SOURCES.items():
        op.execute(_added(f"{table} AS t", "t", day.format(row="t", column=column), counts("t")))
    (_sqlite_triggers if sqlite else _postgres_triggers)(day)


def _added(source, row, day, counts):
    summed = ", ".join(f"sum({each})" for each in _split(counts))
    updates = ", ".join(f"{name} = place_day.{name} + excluded.{name}" for name in COUNTS)
    return (
        f"INSERT INTO place_day (venue_id, day, {', '.join(COUNTS)}) "
        f"SELECT {row}.venue_id, {day}, {summed} FROM {source} WHERE true GROUP BY 1, 2 ORDER BY 1, 2 "
        f"ON CONFLICT (venue_id, day) DO UPDATE SET {updates}"
    )


def _split(counts):
    """Split at the commas between counts, not at those inside them."""
    parts, depth = [""], 0
    for sign in counts:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts]


def _sqlite_triggers(day):
    updates = ", ".join(f"{name} = {name} + excluded.{name}" for name in COUNTS)
    for table, (column, counts) in SOURCES.items():
        def change(row, sign, column=column, counts=counts):
            return (
                f"INSERT INTO place_day (venue_id, day, {', '.join(COUNTS)}) VALUES "
                f"({row}.venue_id, {day.format(row=row, column=column)}, {counts(row, sign)}) "
                f"ON CONFLICT (venue_id, day) DO UPDATE SET {updates};"
            )

        for event, body in (
            ("INSERT", change("NEW", "")),
            ("DELETE", change("OLD", "-")),
            ("UPDATE", change("OLD", "-") + change("NEW", "")),
        ):
            op.execute(
                f"CREATE TRIGGER place_day_{table}_{event.lower()} AFTER {event} ON {table} BEGIN {body} END"
            )
    for table in STAMPED:
        for event in ("INSERT", "UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER place_stamp_{table}_{event.lower()} AFTER {event} ON {table} "
                "BEGIN UPDATE place_stamp SET stamp = stamp + 1; END"
            )


def _postgres_triggers(day):
    for table, (column, counts) in SOURCES.items():
        fresh = _added("added AS t", "t", day.format(row="t", column=column), counts("t"))
        gone = _added("removed AS t", "t", day.format(row="t", column=column), counts("t", "-"))
        for event, body, tables in (
            ("INSERT", fresh, "NEW TABLE AS added"),
            ("DELETE", gone, "OLD TABLE AS removed"),
            ("UPDATE", f"{gone}; {fresh}", "OLD TABLE AS removed NEW TABLE AS added"),
        ):
            name = f"place_day_{table}_{event.lower()}"
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$body$ BEGIN {body}; RETURN NULL; END $body$"
            )
            op.execute(
                f"CREATE TRIGGER {name} AFTER {event} ON {table} REFERENCING {tables} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
            )
    op.execute(
        "CREATE FUNCTION place_stamp_now() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN "
        "UPDATE place_stamp SET stamp = pg_current_xact_id()::text::bigint "
        "WHERE stamp <> pg_current_xact_id()::text::bigint; RETURN NULL; END $body$"
    )
    for table in STAMPED:
        # At commit, so that two writers wait for each other for a moment only and can never deadlock here.
        op.execute(
            f"CREATE CONSTRAINT TRIGGER place_stamp_{table} AFTER INSERT OR UPDATE OR DELETE ON {table} "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION place_stamp_now()"
        )
