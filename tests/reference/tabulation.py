"""DuckDB's time for counting the answers to each question by ethnicity, in milliseconds: the best of its two ways.

python tests/reference/tabulation.py ROWS QUESTIONS OPTIONS ROUNDS: what `benches/tabulation.rs` is compared with.
"""
import sys
import time

import duckdb

rows, questions, options, rounds = map(int, sys.argv[1:])
connection = duckdb.connect()
connection.execute("SET threads = 2")
answers = ", ".join(f"(hash(i * 31 + {q}) % {options})::UTINYINT AS q{q}" for q in range(questions))
connection.execute(
    f"CREATE TABLE responses AS SELECT (hash(i) % 19)::UTINYINT AS ethnicity, {answers} FROM range({rows}) AS t(i)"
)
columns = ", ".join(f"q{q}" for q in range(questions))
sets = ", ".join(f"(ethnicity, q{q})" for q in range(questions))


def each():
    for q in range(questions):
        connection.execute(f"SELECT ethnicity, q{q}, count(*) FROM responses GROUP BY ALL").fetchall()


def together():
    connection.execute(
        f"SELECT ethnicity, {columns}, count(*) FROM responses GROUP BY GROUPING SETS ({sets})"
    ).fetchall()


def best(way):
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        way()
        times.append(time.perf_counter() - started)
    return min(times) * 1_000


print(min(best(each), best(together)))
