"""One tag of one run of an archive, by pandas, Polars or DuckDB.

Prints one JSON object: seconds (the import of the program is not in them, the opening of the file is), points, sum (of the values).
"""

import argparse
import json
import time


def with_pandas(file, run, tag):
    import pandas

    def read():
        wanted = [("run", "==", run), ("tag", "==", tag)]
        return pandas.read_parquet(file, columns=["step", "wall_time", "value"], filters=wanted)["value"]

    return read


def with_polars(file, run, tag):
    import polars

    def read():
        wanted = (polars.col("run") == run) & (polars.col("tag") == tag)
        return polars.scan_parquet(file).filter(wanted).select("step", "wall_time", "value").collect()["value"]

    return read


def with_duckdb(file, run, tag):
    import duckdb

    def read():
        query = "SELECT step, wall_time, value FROM read_parquet(?) WHERE run = ? AND tag = ?"
        return duckdb.execute(query, [file, run, tag]).fetchnumpy()["value"]

    return read


PROGRAMS = {"pandas": with_pandas, "polars": with_polars, "duckdb": with_duckdb}

parser = argparse.ArgumentParser()
parser.add_argument("--program", choices=list(PROGRAMS), required=True)
parser.add_argument("--file", required=True)
parser.add_argument("--run", required=True)
parser.add_argument("--tag", required=True)
args = parser.parse_args()

read = PROGRAMS[args.program](args.file, args.run, args.tag)
start = time.perf_counter()
values = read()
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "points": len(values), "sum": float(values.sum())}))
