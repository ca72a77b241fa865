// SummaryReader over what torch, tensorboardX, TensorFlow, TensorBoard's writer and old programs wrote: every dashboard, as TensorBoard's own
// code reads it.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { SummaryReader, type LoggedKind } from "../../src/summary/index.js";
import { describe as described, describedValues } from "../helpers/fixture-values.js";
import { fixtures } from "../helpers/fixtures.js";
import { describeWithPython } from "../helpers/python.js";

const script = join(import.meta.dirname, "..", "..", "scripts", "describe-values.py");

describe.each(fixtures)("$name, by $program", ({ path, events }) => {
  const expected = describedValues(path);

  it("has the values that TensorBoard reads", () => {
    const reader = new SummaryReader(path, { restarts: "all" });
    expect([...reader.values()].map(described)).toEqual(expected);
    expect(expected.length).toBeGreaterThan(0);
  });

  it("has their scalars as columns", () => {
    const columns = new SummaryReader(path, { restarts: "all" }).scalars();
    const scalars = expected.filter(({ kind }) => kind === "scalar");
    const tags = [...new Set(scalars.map(({ tag }) => tag))];
    expect(columns.map(({ tag }) => tag)).toEqual(tags);
    for (const { tag, run, steps, wallTimes, values } of columns) {
      const points = scalars.filter((value) => value.tag === tag);
      expect(run).toBe(".");
      expect(steps).toEqual(Float64Array.from(points, ({ step }) => Number(step)));
      expect(wallTimes).toEqual(Float64Array.from(points, ({ wallTime }) => wallTime));
      expect(values).toEqual(Float64Array.from(points, ({ value }) => value as number));
    }
  });

  it("has their tags, with kinds and counts", () => {
    const reader = new SummaryReader(path, { restarts: "all" });
    const tags = [...new Set(expected.map(({ tag }) => tag))];
    const counted = tags.map((tag) => {
      const values = expected.filter((value) => value.tag === tag);
      return { tag, kind: values[0]!.kind, count: values.length };
    });
    expect(reader.tags().map(({ tag, kind, count }) => ({ tag, kind, count }))).toEqual(counted);
  });

  it("has its events", () => {
    const found = [...new SummaryReader(path).events()];
    expect(found.map(({ event }) => event)).toEqual(events);
    expect(found.every(({ file, run }) => file === path && run === ".")).toBe(true);
    // One behind the other.
    expect(found.map(({ offset }) => offset)).toEqual([0, ...found.slice(0, -1).map(({ end }) => end)]);
  });
});

describe("the fixtures", () => {
  // No dashboard of TensorFlow's shows its own tensor of no plugin; meta graphs are of TensorFlow 1.
  const DASHBOARDS: readonly LoggedKind[] = [
    ...(["scalar", "histogram", "image", "audio", "text", "prCurve", "customScalars"] as const),
    ...(["hparams", "mesh", "graph"] as const),
  ];

  it.each(["torch", "tensorboardX", "tensorflow", "tensorboard"])("have every dashboard of %s", (program) => {
    const its = fixtures.filter((fixture) => fixture.program.split(" ")[0] === program);
    const kinds = new Set(its.flatMap(({ path }) => describedValues(path).map(({ kind }) => kind)));
    expect([...kinds]).toEqual(expect.arrayContaining([...DASHBOARDS]));
  });

  it("have every kind", () => {
    const kinds = new Set(fixtures.flatMap(({ path }) => describedValues(path).map(({ kind }) => kind)));
    expect(kinds).toEqual(
      new Set([...DASHBOARDS, "runMetadata", "kerasModel", "metaGraph", "tensor", "unknown"]),
    );
  });
});

describeWithPython("scripts/describe-values.py", (python) => {
  it("makes the committed descriptions, byte for byte", async () => {
    // Without bytecode, which it would leave beside the script.
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
    const run = promisify(execFile)(python.executable, [script, "--check"], { env, timeout: 50_000 });
    expect(await run).toEqual({ stdout: "", stderr: "" });
  });
});
