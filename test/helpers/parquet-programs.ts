// What other programs read from an archive: pandas (over pyarrow), Polars and DuckDB, each in its own way.
import { runPython } from "./python.js";

/** The programs, as tests name them. */
export const PROGRAMS = ["pandas", "polars", "duckdb"] as const;
export type Program = (typeof PROGRAMS)[number];

/** The points of a tag of a run, in the order of the files; numbers to the last bit. */
export interface ReadColumns {
  readonly run: string;
  readonly tag: string;
  readonly steps: readonly bigint[];
  readonly wallTimes: readonly number[];
  readonly values: readonly number[];
}

/** Prints a JSON object a tag: columns as the bytes that they have in memory, in base64. */
const SCALARS = `
import base64, json, sys
import numpy as np

program, file = sys.argv[1:]
NAMES = ["run", "tag", "step", "wall_time", "value"]

def with_pandas():
    import pandas
    rows = pandas.read_parquet(file, columns=NAMES + ["plugin", "file", "record", "position"], dtype_backend="pyarrow")
    is_scalar = rows["value"].notna() & rows["tag"].notna() & (rows["plugin"].fillna("scalars") == "scalars")
    rows = rows[is_scalar].sort_values(["file", "record", "position"], kind="stable")
    for (run, tag), part in rows.groupby(["run", "tag"], sort=False):
        yield run, tag, [part[name].array._pa_array.combine_chunks().to_numpy(zero_copy_only=False) for name in NAMES[2:]]

def with_polars():
    import polars
    is_scalar = polars.col("value").is_not_null() & polars.col("tag").is_not_null() & (polars.col("plugin").fill_null("scalars") == "scalars")
    rows = polars.scan_parquet(file).filter(is_scalar).sort("file", "record", "position").select(NAMES).collect()
    for (run, tag), part in rows.group_by("run", "tag", maintain_order=True):
        yield run, tag, [part[name].to_numpy() for name in NAMES[2:]]

def with_duckdb():
    import duckdb
    scalars = "value IS NOT NULL AND tag IS NOT NULL AND coalesce(plugin, 'scalars') = 'scalars'"
    tags = duckdb.execute(
        f"SELECT run, tag FROM read_parquet(?) WHERE {scalars} GROUP BY ALL ORDER BY min(file), min(record), min(position)", [file]
    ).fetchall()
    for run, tag in tags:
        columns = duckdb.execute(
            f"SELECT step, wall_time, value FROM read_parquet(?) WHERE run = ? AND tag = ? AND {scalars} "
            "ORDER BY file, record, position",
            [file, run, tag],
        ).fetchnumpy()
        yield run, tag, [np.asarray(columns[name]) for name in NAMES[2:]]

for run, tag, columns in {"pandas": with_pandas, "polars": with_polars, "duckdb": with_duckdb}[program]():
    assert [str(column.dtype) for column in columns] == ["int64", "float64", "float64"], [column.dtype for column in columns]
    packed = [base64.b64encode(np.ascontiguousarray(column).tobytes()).decode() for column in columns]
    print(json.dumps({"run": run, "tag": tag, "columns": packed}))
`;

/** The scalars of an archive, as a program reads them. */
export async function scalarsBy(program: Program, archive: string): Promise<ReadColumns[]> {
  const lines = (await runPython(SCALARS, [program, archive])).trim().split("\n");
  return lines.map((line) => {
    const { run, tag, columns } = JSON.parse(line) as { run: string; tag: string; columns: string[] };
    const [steps, wallTimes, values] = columns.map(
      (text) => new Uint8Array(Buffer.from(text, "base64")).buffer,
    );
    return {
      run,
      tag,
      steps: [...new BigInt64Array(steps!)],
      wallTimes: [...new Float64Array(wallTimes!)],
      values: [...new Float64Array(values!)],
    };
  });
}
