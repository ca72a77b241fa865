// What SummaryReader does with damage, and with what is not there.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ArgumentError, CorruptFileError, LogdirError, NoMatchError } from "../../src/errors.js";
import type { Damage } from "../../src/events/reading/damage.js";
import { SummaryReader } from "../../src/summary/index.js";
import { encodeTfRecord } from "../../src/wire/tfrecord.js";
import { errorOf } from "../helpers/errors.js";
import { scalar, sessionFile } from "../helpers/handmade-runs.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { twoRuns } from "./two-runs.js";

const tempDir = useTempDir("summary-reader-errors");

describe("damage", () => {
  /** A file of ten steps of which the fifth's value was changed, and the end is torn. */
  function damaged(): { logdir: string; path: string; offset: number } {
    const logdir = tempDir();
    const path = sessionFile(
      logdir,
      0,
      Array.from({ length: 10 }, (_, step) => scalar(step, { a: step })),
    );
    const { offset, end } = [...new SummaryReader(logdir).events()][5]!;
    const bytes = readFileSync(path);
    bytes[end - 5]! ^= 1;
    writeFileSync(path, bytes.subarray(0, -3));
    return { logdir, path, offset };
  }

  const uses: readonly [name: string, use: (reader: SummaryReader) => number][] = [
    ["tags", (reader) => reader.tags()[0]!.count],
    ["scalars", (reader) => reader.scalars()[0]!.steps.length],
    ["values", (reader) => [...reader.values()].length],
    ["events", (reader) => [...reader.events()].length - 1],
    ["events of a tag", (reader) => [...reader.events({ tags: "a" })].length],
  ];

  describe.each(["shown", "all"] as const)("in the view `%s`", (restarts) => {
    test.each(uses)("is passed over and told once by `%s`", (_, use) => {
      const { logdir, path, offset } = damaged();
      const found: Damage[] = [];
      const reader = new SummaryReader(logdir, { restarts, onDamage: (damage) => found.push(damage) });
      expect(use(reader)).toBe(8);
      expect(found.map(({ code }) => code)).toEqual(["BAD_DATA_CRC", "TORN_TAIL"]);
      expect(found[0]).toMatchObject({ path, offset });
    });

    test.each(uses)("is thrown by `%s` without onDamage", (_, use) => {
      const { logdir, path, offset } = damaged();
      const error = errorOf(CorruptFileError, () => use(new SummaryReader(logdir, { restarts })));
      expect(error).toMatchObject({ code: "BAD_DATA_CRC", path, offset });
    });
  });

  test("of a torn tail alone is no error", () => {
    const logdir = tempDir();
    const path = sessionFile(logdir, 0, [scalar(0, { a: 0 }), scalar(1, { a: 1 })]);
    writeFileSync(path, readFileSync(path).subarray(0, -1));
    expect([...new SummaryReader(logdir).values()].map(({ step }) => step)).toEqual([0]);
  });

  test("a record that is no event is damage in both readings", () => {
    const logdir = tempDir();
    const path = sessionFile(logdir, 0, [
      scalar(0, { a: 0 }),
      encodeTfRecord(Uint8Array.of(0xff, 0xff)),
      scalar(1, { a: 1 }),
    ]);
    const found: Damage[] = [];
    const reader = new SummaryReader(logdir, { onDamage: (damage) => found.push(damage) });
    expect([...reader.values()].map(({ step }) => step)).toEqual([0, 1]);
    expect(found).toMatchObject([{ code: "BAD_EVENT", path }]);
  });
});

describe("what cannot be read", () => {
  test("is an error of the logdir", () => {
    const empty = tempDir();
    expect(errorOf(LogdirError, () => new SummaryReader(empty)).code).toBe("NO_EVENT_FILES");
    expect(errorOf(LogdirError, () => new SummaryReader(join(empty, "gone"))).code).toBe(
      "LOGDIR_NOT_READABLE",
    );
    const logdir = twoRuns(tempDir());
    const reader = new SummaryReader(logdir);
    rmSync(logdir, { recursive: true });
    expect(errorOf(LogdirError, () => reader.runs()).code).toBe("LOGDIR_NOT_READABLE");
  });

  test("is an error of the argument", () => {
    const logdir = twoRuns(tempDir());
    const argument = (body: () => unknown) => errorOf(ArgumentError, body).argument;
    expect(argument(() => new SummaryReader(""))).toBe("path");
    expect(argument(() => new SummaryReader(undefined as unknown as string))).toBe("path");
    expect(argument(() => new SummaryReader(logdir, { restarts: "none" as "all" }))).toBe("restarts");
    expect(argument(() => new SummaryReader(logdir, { tags: [] }))).toBe("tags");
    expect(argument(() => new SummaryReader(logdir, { runs: "" }))).toBe("runs");
    const reader = new SummaryReader(logdir);
    expect(argument(() => reader.scalars({ tags: 7 as unknown as string }))).toBe("tags");
    expect(argument(() => [...reader.values({ runs: [""] })])).toBe("runs");
    expect(argument(() => [...reader.values({ kinds: ["scalars" as "scalar"] })])).toBe("kinds");
  });

  test("is no match, with what there is", () => {
    const logdir = twoRuns(tempDir());
    expect(errorOf(NoMatchError, () => new SummaryReader(logdir, { runs: "x*" }))).toMatchObject({
      ...{ kind: "run", patterns: ["x*"], known: ["a", "b/c"] },
      message: `No run in ${logdir} matches x*: there are "a", "b/c"`,
    });
    const reader = new SummaryReader(logdir, { runs: ["a", /c/] });
    expect(errorOf(NoMatchError, () => reader.runs({ runs: "b" })).patterns).toEqual(["a", "/c/", "b"]);
    const uses = [
      () => reader.tags({ tags: ["x", "y"] }),
      () => reader.scalars({ tags: ["x", "y"] }),
      () => [...reader.values({ tags: ["x", "y"] })],
      () => [...reader.events({ tags: ["x", "y"] })],
    ];
    for (const use of uses) {
      expect(errorOf(NoMatchError, use)).toMatchObject({
        ...{ kind: "tag", patterns: ["x", "y"] },
        known: ["loss/[val]", "loss/train", "lr", "notes"],
      });
    }
    // Of another kind is none either.
    expect(errorOf(NoMatchError, () => reader.scalars({ tags: "notes" }))).toMatchObject({
      ...{ kind: "scalar tag", known: ["loss/[val]", "loss/train", "lr"] },
    });
    // One run has it: that is enough.
    expect(reader.scalars({ tags: "lr" })).toHaveLength(1);
  });

  test("a file that is no event file says so where damage is not passed over", () => {
    const dir = tempDir();
    const path = join(dir, "events.out.tfevents.txt");
    writeFileSync(path, "This is no event file, but a text that is long enough for a header.");
    expect(errorOf(CorruptFileError, () => new SummaryReader(path).scalars()).code).toBe("BAD_LENGTH_CRC");
  });
});
