"""Inserts the batches of a folder into a DuckDB file, one transaction and one sync a batch.

Arguments: the database to make, then the files of NDJSON in their order. Prints one line of JSON:
the version, the events kept and the seconds it took.

Only the primary key is an index: a column store searches its columns, and each further index
would slow it down. The JSON is read by DuckDB itself, which is much faster than handing over
values from Python.
"""

import json
import sys
import time

import duckdb

TABLE = """
    CREATE TABLE event (
        id TEXT PRIMARY KEY, time TIMESTAMPTZ NOT NULL, region TEXT, stack_id TEXT NOT NULL,
        service TEXT NOT NULL, operation TEXT NOT NULL, operator TEXT NOT NULL,
        source_ip TEXT, object_type TEXT, object_id TEXT, outcome TEXT, body TEXT NOT NULL
    )
"""
INSERT = """
    INSERT INTO event
    SELECT json->>'$.id', (json->>'$.time')::TIMESTAMPTZ, json->>'$.region', json->>'$.stack_id',
        json->>'$.service', json->>'$.operation', json->>'$.operator', json->>'$.source_ip',
        json->>'$.object.type', json->>'$.object.id', json->>'$.outcome', json::TEXT
    FROM read_ndjson_objects(?)
"""


def main() -> None:
    database, *files = sys.argv[1:]
    connection = duckdb.connect(database)
    connection.execute(TABLE)
    started = time.monotonic()
    for file in files:
        # Outside BEGIN each statement is a transaction, durable when it returns.
        connection.execute(INSERT, [file])
    seconds = time.monotonic() - started
    (events,) = connection.execute("SELECT count(*) FROM event").fetchone()
    print(json.dumps({"version": duckdb.__version__, "events": events, "seconds": seconds}))


main()
