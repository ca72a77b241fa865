// Archives as other programs read them: pandas, Polars and DuckDB give the same numbers as the reader gives of the event files.
import { isUtf8 } from "node:buffer";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { archiveLogdir } from "../../src/archive/archive-logdir.js";
import { SummaryReader } from "../../src/summary/summary-reader.js";
import { encodeEvent } from "../../src/wire/event.js";
import type { SummaryValue } from "../../src/wire/summary.js";
import { archiveFiles, type Files } from "../helpers/archives.js";
import { concat, frame } from "../helpers/bytes.js";
import { fixtures } from "../helpers/fixtures.js";
import { PROGRAMS, type ReadColumns, scalarsBy } from "../helpers/parquet-programs.js";
import { describeWithPython, runPython } from "../helpers/python.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("archive-programs");

/** Numbers that are seldom: a run of them, beside those of the fixtures. */
const NUMBERS = [NaN, Infinity, -Infinity, -0, 0, 1.5, 2 ** -149, 3.4028234663852886e38];
const STEPS = [0n, -1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n), 7n, 8n];
const seldom = concat(
  ...STEPS.map((step, i) =>
    frame(
      encodeEvent({
        ...{ wallTime: 1_700_000_000.1 + i, step },
        summary: [
          { tag: "numbers", simpleValue: NUMBERS[i]! },
          { tag: "loss/ü", simpleValue: i },
          { tag: "times", simpleValue: 1 },
        ],
      }),
    ),
  ),
);

function eventFile(run: string): string {
  return `${run}/events.out.tfevents.1700000000.box.1.0`;
}

const files: Files = {
  ...Object.fromEntries(
    fixtures.map(({ name, path }) => [eventFile(name), new Uint8Array(readFileSync(path))]),
  ),
  [eventFile("seldom/numbers")]: seldom,
};

/** Where a program that knows only columns sees something else, all in logs that were made to be strange. */
const STRANGE: Readonly<Record<string, readonly string[]>> = {
  // Its tag is the name of an operation, as programs before 2017 wrote it: in the archive it has none.
  "old-programs": ["scope/op:0"],
  // Tensors of one integer are data; `same` is a tensor of two numbers first, and then one of one.
  tensors: ["int16", "int16 raw", "rank 0 int64", "rank 0 int64 raw", "uint32", "uint32 raw", "same"],
};

/** What the reader gives of the files, every value, by run and tag. */
function read(logdir: string): ReadColumns[] {
  const all = new Map<
    string,
    { run: string; tag: string; steps: bigint[]; wallTimes: number[]; values: number[] }
  >();
  const values = new SummaryReader(logdir, { restarts: "all" }).values({ kinds: ["scalar"] });
  for (const { run, tag, step, wallTime, value } of values) {
    const key = JSON.stringify([run, tag]);
    if (!all.has(key)) all.set(key, { run, tag, steps: [], wallTimes: [], values: [] });
    const columns = all.get(key)!;
    columns.steps.push(BigInt(step));
    columns.wallTimes.push(wallTime);
    columns.values.push(value);
  }
  return [...all.values()];
}

/** Those that are to be the same, by run and tag. */
function compared(columns: readonly ReadColumns[]): ReadColumns[] {
  const key = ({ run, tag }: ReadColumns): string => `${run}\0${tag}`;
  return columns
    .filter(({ run, tag }) => !STRANGE[run]?.includes(tag))
    .toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** What a row has of a value in one of the forms that everybody writes; `undefined` for others. */
function contentOf({ image, audio, histo, tensor }: SummaryValue): unknown {
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
  if (image !== undefined) return [null, null, [base64(image.encoded)]];
  if (audio !== undefined) return [null, null, [base64(audio.encoded)]];
  if (histo !== undefined) {
    const { min, max, num, sum, sumSquares, bucketLimit, bucket } = histo;
    // A field that is 0 is none.
    const head = [min, max, num, sum, sumSquares].filter((number) => number !== 0);
    const numbers = [...head, ...bucketLimit, ...bucket];
    // JSON has no others.
    return [null, numbers.map((number) => (Number.isFinite(number) ? number : String(number))), null];
  }
  const [text, ...more] = tensor?.stringVal ?? [];
  if (text === undefined) return undefined;
  const isText = more.length === 0 && isUtf8(text);
  return isText ? [new TextDecoder().decode(text), null, null] : [null, null, [text, ...more].map(base64)];
}

/** Prints [run, record and position; [text, numbers, data]] for each row that has one of the three. */
const CONTENTS = `
import base64, json, sys
import polars

rows = polars.read_parquet(sys.argv[1], columns=["run", "record", "position", "text", "numbers", "data"])
rows = rows.filter(polars.any_horizontal(polars.col("text", "numbers", "data").is_not_null()))
names = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
for run, record, position, text, numbers, data in rows.iter_rows():
    numbers = numbers and [names.get(repr(number), number) for number in numbers]
    print(json.dumps([f"{run} {record} {position}", [text, numbers, data and [base64.b64encode(piece).decode() for piece in data]]]))
`;

describeWithPython("an archive", () => {
  const archives: string[] = [];
  let folder: string;
  let expected: ReadColumns[];
  beforeAll(async () => {
    const logdir = tempDir();
    for (const [name, bytes] of Object.entries(files)) {
      mkdirSync(join(logdir, name, ".."), { recursive: true });
      writeFileSync(join(logdir, name), bytes);
    }
    expected = compared(read(logdir));
    folder = join(tempDir(), "runs");
    await archiveLogdir(logdir, folder, { partition: true });
    for (const maxRows of [undefined, 10]) {
      const path = join(tempDir(), "all.parquet");
      archiveFiles(path, files, maxRows === undefined ? {} : { maxRows });
      archives.push(path);
    }
  });

  it.each(PROGRAMS)("has the same scalars for %s, one row group or many", async (program) => {
    expect(expected.length).toBeGreaterThan(40);
    for (const archive of archives) {
      const found = await scalarsBy(program, archive);
      expect(compared(found)).toEqual(expected);
    }
  });

  it.each(PROGRAMS)("of each run is one dataset for %s", async (program) => {
    const path = program === "pandas" ? folder : join(folder, "**", "*.parquet");
    expect(compared(await scalarsBy(program, path))).toEqual(expected);
  });

  it("has texts, numbers and pictures as Google's protobuf reads them from the event files", async () => {
    for (const archive of archives) {
      const lines = (await runPython(CONTENTS, [archive])).trim().split("\n");
      const found = new Map(lines.map((line) => JSON.parse(line) as [string, unknown]));
      let count = 0;
      for (const { name, events } of fixtures) {
        for (const [record, { summary = [] }] of events.entries()) {
          for (const [position, value] of summary.entries()) {
            const expectedContent = contentOf(value);
            if (expectedContent === undefined) continue;
            count++;
            const key = `${name} ${record} ${position}`;
            expect([key, found.get(key)]).toEqual([key, expectedContent]);
          }
        }
      }
      expect(count).toBeGreaterThan(90);
    }
  });

  it("says of each row group what is in it, so that a filter loses nothing", async () => {
    const said = await runPython(FILTERS, archives);
    expect(said).toBe("");
  });
});

/** Each program's filters, which use the least and greatest values of row groups, against all rows. Prints what differs. */
const FILTERS = `
import math, operator, sys
import duckdb, polars, pyarrow.parquet

OPERATORS = {">": operator.gt, "<": operator.lt, "=": operator.eq, ">=": operator.ge}
WANTED = [
    ("value", ">", 1.0), ("value", "<", 0.0), ("value", "=", 0.0), ("value", ">=", 3.4028234663852886e38), ("value", "=", 2.0**-149),
    ("step", ">", 2**53), ("step", "<", -5), ("step", "=", -(2**63)), ("step", "=", 7),
    ("wall_time", "<", 1700000004.0), ("wall_time", ">=", 1700000007.1),
    ("tag", "=", "loss"), ("tag", "=", "loss/ü"), ("tag", ">", "p"), ("run", "=", "seldom/numbers"), ("run", ">", "peer-torch"),
    ("plugin", "=", "histograms"), ("file", "=", 3), ("record", ">=", 5), ("position", ">", 0),
]

for file in sys.argv[1:]:
    rows = pyarrow.parquet.read_table(file).to_pylist()
    for column, sign, bound in WANTED:
        # Whether NaN is greater than a number is told differently by each.
        def is_wanted(value):
            return value is not None and value == value and OPERATORS[sign](value, bound)
        expected = sum(is_wanted(row[column]) for row in rows)
        assert expected > 0, (column, sign, bound)
        is_double = isinstance(bound, float)
        numbers = f" AND NOT isnan({column})" if is_double else ""
        by_duckdb = duckdb.execute(f"SELECT count(*) FROM read_parquet(?) WHERE {column} {sign} ?{numbers}", [file, bound]).fetchall()[0][0]
        wanted = OPERATORS[sign](polars.col(column), bound)
        if is_double:
            wanted = wanted & polars.col(column).is_not_nan()
        by_polars = polars.scan_parquet(file).filter(wanted).collect().height
        by_pyarrow = pyarrow.parquet.read_table(file, filters=[(column, "==" if sign == "=" else sign, bound)]).num_rows
        found = [by_duckdb, by_polars, by_pyarrow]
        if found != [expected] * 3:
            print(file, column, sign, bound, expected, found)
    missing = sum(row["tag"] is None for row in rows)
    by_duckdb = duckdb.execute("SELECT count(*) FROM read_parquet(?) WHERE tag IS NULL", [file]).fetchall()[0][0]
    by_polars = polars.scan_parquet(file).filter(polars.col("tag").is_null()).collect().height
    if not missing == by_duckdb == by_polars > 0:
        print(file, "tag IS NULL", missing, by_duckdb, by_polars)
`;
