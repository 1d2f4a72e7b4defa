"""What a freshly migrated PostgreSQL database holds, and how to bring it back to that without copying all its files.

A copy of the template is over a thousand files (45 ms in memory, more on a disk); taking out the few rows a test left
is a tenth of that. Whatever rows cannot tell, a changed table or new statistics, is left to the copy.
"""

import psycopg
from sqlalchemy.engine import make_url

CATALOGUES = ("class", "attribute", "constraint", "trigger", "proc", "namespace", "statistic", "type")
#: anything that came, went or changed its make: how many there are, and who wrote last
SHAPE = "SELECT " + ", ".join(
    f"(SELECT ARRAY[count(*), max(xmin::text::bigint)] FROM pg_{each})" for each in CATALOGUES
)
TABLES = """SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"""
SIZE = "SELECT pg_database_size(current_database())"
SEQUENCES = """SELECT format('%I.%I', schemaname, sequencename), last_value, start_value FROM pg_sequences ORDER BY 1"""
#: rows of the geodesists, too many to write anew each time; nobody writes there, and their number is looked at
STANDING = "public.spatial_ref_sys"
#: what is deleted stays in the files for a while: from this size on a copy is quicker, and leaves nothing
LARGE = 8 * 1024 * 1024
LOCKED_MS = 2000


class Kept:
    """The rows, counters and make of one database as they were when this was made."""

    def __init__(self, url: str) -> None:
        made = make_url(url).set(drivername="postgresql")
        self.address = made.render_as_string(hide_password=False)
        self.line = line = psycopg.connect(self.address, autocommit=True)
        self.shape = line.execute(SHAPE).fetchone()
        self.counters = line.execute(SEQUENCES).fetchall()
        self.rows = {
            name: copied(line, name) for (name,) in line.execute(TABLES).fetchall() if name != STANDING
        }
        self.standing = line.execute(f"SELECT count(*) FROM {STANDING}").fetchone()
        self.size = line.execute(SIZE).fetchone()[0]

    def put_back(self) -> bool:
        """Bring the database back; ``False`` if only a copy of the template can."""
        try:
            with self._line().transaction():
                return self._put_back(self.line)
        except psycopg.OperationalError:  # somebody still holds a row, or a copy has taken this line away
            self.line.close()
            return False

    def close(self) -> None:
        """Let go of the database."""
        self.line.close()

    def _line(self) -> psycopg.Connection:
        """Return the one connection that stays: on a new one the server looks every table up again."""
        if self.line.closed:
            self.line = psycopg.connect(self.address, autocommit=True)
        return self.line

    def _put_back(self, line: psycopg.Connection) -> bool:
        line.execute(f"SET LOCAL lock_timeout = {LOCKED_MS}; SET LOCAL session_replication_role = replica")
        if not self._only_rows_changed(line):
            return False
        for name in self._touched(line):
            line.execute(f"DELETE FROM {name}")
            if self.rows[name]:
                with line.cursor().copy(f"COPY {name} FROM STDIN") as into:
                    into.write(self.rows[name])
        counters = {name: (last, start) for name, last, start in self.counters}
        for name, last, start in line.execute(SEQUENCES).fetchall():
            if counters[name] != (last, start):
                was, first = counters[name]
                line.execute(
                    "SELECT setval(%s, %s, %s)", (name, first if was is None else was, was is not None)
                )
        return True

    def _only_rows_changed(self, line: psycopg.Connection) -> bool:
        return (
            line.execute(SHAPE).fetchone() == self.shape
            and line.execute(f"SELECT count(*) FROM {STANDING}").fetchone() == self.standing
            and line.execute(SIZE).fetchone()[0] <= self.size + LARGE
        )

    def _touched(self, line: psycopg.Connection) -> list[str]:
        """Return the tables that hold other rows than they did."""
        empty = [name for name, rows in self.rows.items() if not rows]
        asked = ", ".join(f"EXISTS (SELECT FROM {name})" for name in empty)
        full = line.execute(f"SELECT {asked}").fetchone() if empty else ()
        filled = [name for name, yes in zip(empty, full, strict=True) if yes]
        return filled + [name for name, rows in self.rows.items() if rows and copied(line, name) != rows]


def copied(line: psycopg.Connection, table: str) -> bytes:
    """Return the rows of a table in the form in which PostgreSQL takes them back."""
    with line.cursor().copy(f"COPY {table} TO STDOUT") as out:
        return b"".join(bytes(part) for part in out)
