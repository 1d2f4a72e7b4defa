"""The queue of long work shares its file with every process of the program."""


def test_the_queue_waits_for_its_file_as_long_as_the_database_does(app):
    """Web server and job worker open the file together; on a busy disk SQLite's usual five seconds are too few."""
    storage = app.extensions["patrol.huey"].storage
    assert storage.conn.execute("pragma busy_timeout").fetchone()[0] == 30_000
