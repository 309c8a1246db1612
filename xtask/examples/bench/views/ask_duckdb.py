"""Answers statements, one a line on stdin, with their rows, one a line on stdout, then a last line.

Argument: the database. Every row is fetched and its first value printed, as a page would take it.
"""

import sys

import duckdb

OVER = "-- over --"


def main() -> None:
    connection = duckdb.connect(sys.argv[1], read_only=True)
    for statement in sys.stdin:
        rows = connection.execute(statement).fetchall()
        lines = [str(row[0]).replace("\n", " ") for row in rows]
        print("\n".join([*lines, OVER]), flush=True)


main()
