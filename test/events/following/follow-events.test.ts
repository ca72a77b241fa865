// Following a log that grows: files, runs and damage in it, and how that begins and ends.
import {
  appendFileSync,
  chmodSync,
  chownSync,
  rmSync,
  symlinkSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { followEvents } from "../../../src/events/following/follow-events.js";
import { follow, record, runsIn, scalar, scalars, valuesIn } from "../../helpers/followed.js";
import { hasPermissions } from "../../helpers/without-privileges.js";
import { useTempDir } from "../../helpers/temp-dir.js";

const makeDir = useTempDir("follow");
const NAME = "events.out.tfevents.1700000000.box";
const LATER = "events.out.tfevents.1700000001.box";
const HEAD = record({ fileVersion: "brain.Event:2" });

function makeFile(bytes: Buffer = Buffer.alloc(0)): { dir: string; path: string } {
  const dir = makeDir();
  const path = join(dir, NAME);
  writeFileSync(path, bytes);
  return { dir, path };
}

/** Runs `body` as somebody who is not root, and owns the directory. */
async function asNobody<T>(dir: string, body: () => Promise<T>): Promise<T> {
  const id = 65_534;
  chmodSync(join(dir, ".."), 0o755);
  for (const path of [dir, ...readdirSync(dir).map((name) => join(dir, name))]) chownSync(path, id, id);
  process.seteuid!(id);
  try {
    return await body();
  } finally {
    process.seteuid!(0);
  }
}

function openFiles(): string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      return [readlinkSync(join("/proc/self/fd", fd))];
    } catch {
      return [];
    }
  });
}

/** As rsync does it: another inode takes the name. */
function replace(path: string, bytes: Buffer): void {
  writeFileSync(`${path}.part`, bytes);
  renameSync(`${path}.part`, path);
}

describe("a file that grows", () => {
  it("gives what is there, then what is added", async () => {
    const { dir, path } = makeFile(Buffer.concat([HEAD, scalars(1, 2)]));
    const found = await follow(dir, [
      () => appendFileSync(path, scalars(3, 4)),
      () => {},
      () => appendFileSync(path, scalar(5)),
    ]);
    expect(valuesIn(found)).toEqual([[1, 2], [3, 4], [], [5]]);
    expect(found.events[0]!.map(({ run, offset, end, event }) => ({ run, offset, end, event }))).toEqual([
      {
        run: ".",
        offset: 0,
        end: 40,
        event: { wallTime: 1_700_000_000, step: 0, fileVersion: "brain.Event:2" },
      },
      {
        ...{ run: ".", offset: 40, end: 40 + scalar(1).length },
        event: { wallTime: 1_700_000_000, step: 1, summary: [{ tag: "loss", simpleValue: 1 }] },
      },
      {
        ...{ run: ".", offset: 40 + scalar(1).length, end: 40 + 2 * scalar(1).length },
        event: { wallTime: 1_700_000_000, step: 2, summary: [{ tag: "loss", simpleValue: 2 }] },
      },
    ]);
  });

  it("gives only what is added, and all of new files, with from: end", async () => {
    const { dir, path } = makeFile(scalars(1, 2));
    const steps = [
      () => appendFileSync(path, scalar(3)),
      () => writeFileSync(join(dir, LATER), scalars(4, 5)),
      () => mkdirSync(join(dir, "new")),
      () => writeFileSync(join(dir, "new", NAME), scalar(6)),
    ];
    const found = await follow(dir, steps, { from: "end" });
    expect(valuesIn(found)).toEqual([[], [3], [4, 5], [], [6]]);
  });

  it("waits for the rest of a record, whatever the pieces", async () => {
    const bytes = Buffer.concat([HEAD, scalars(1, 2, 3)]);
    const { dir, path } = makeFile();
    const steps = [...bytes].map((byte) => () => appendFileSync(path, Buffer.of(byte)));
    const found = await follow(dir, steps);
    expect(valuesIn(found).flat()).toEqual([1, 2, 3]);
    // Each comes when its last byte is there.
    const length = scalar(1).length;
    expect(valuesIn(found).flatMap((values, at) => (values.length > 0 ? [at] : []))).toEqual(
      [1, 2, 3].map((n) => 40 + n * length),
    );
    expect(found.damage).toEqual([]);
  });

  it("follows one file where that is the path, under whatever name", async () => {
    const { dir } = makeFile(scalar(9));
    const path = join(dir, "log.bin");
    writeFileSync(path, scalar(1));
    const found = await follow(path, [
      () => appendFileSync(path, scalar(2)),
      () => unlinkSync(path),
      () => writeFileSync(path, scalar(3)),
    ]);
    expect(runsIn(found)).toEqual([["./1"], ["./2"], [], ["./3"]]);
  });

  it("takes what comes while it is read", async () => {
    const { dir, path } = makeFile(scalars(1, 2));
    const values: number[] = [];
    for await (const { event } of followEvents(dir)) {
      const [{ simpleValue }] = event.summary as unknown as [{ simpleValue: number }];
      values.push(simpleValue);
      if (simpleValue === 2) appendFileSync(path, scalar(3));
      if (simpleValue === 3) break;
    }
    expect(values).toEqual([1, 2, 3]);
  });
});

describe("runs and files that come", () => {
  it("finds new runs, also where there is none, and new files of a run", async () => {
    const dir = makeDir();
    const steps = [
      () => mkdirSync(join(dir, "a", "b"), { recursive: true }),
      () => writeFileSync(join(dir, "a", "b", NAME), scalars(1, 2)),
      () => writeFileSync(join(dir, "a", NAME), scalar(3)),
      () => writeFileSync(join(dir, "a", LATER), scalar(4)),
      () => appendFileSync(join(dir, "a", NAME), scalar(5)),
      () => appendFileSync(join(dir, "a", LATER), scalar(6)),
    ];
    expect(runsIn(await follow(dir, steps))).toEqual([
      [],
      [],
      ["a/b/1", "a/b/2"],
      ["a/3"],
      ["a/4"],
      ["a/5"],
      ["a/6"],
    ]);
  });

  it("gives the files of a run in their order", async () => {
    const dir = makeDir();
    writeFileSync(join(dir, LATER), scalars(3, 4));
    writeFileSync(join(dir, NAME), scalars(1, 2));
    expect(valuesIn(await follow(dir, []))).toEqual([[1, 2, 3, 4]]);
  });

  it("follows the runs and tags that are asked for, also later ones", async () => {
    const dir = makeDir();
    for (const run of ["a", "b"]) {
      mkdirSync(join(dir, run));
      writeFileSync(join(dir, run, NAME), Buffer.concat([HEAD, scalar(1), scalar(2, "acc")]));
    }
    const steps = [
      () => mkdirSync(join(dir, "b2")),
      () => writeFileSync(join(dir, "b2", NAME), Buffer.concat([scalar(3), scalar(4, "acc")])),
    ];
    const options = { runs: (run: string) => run.startsWith("b"), tags: (tag: string) => tag === "acc" };
    const found = await follow(dir, steps, options);
    expect(runsIn(found)).toEqual([["b/2"], [], ["b2/4"]]);
    expect(found.events.flat()).toHaveLength(2);
  });

  it("gives every run its turn where one has much", async () => {
    const dir = makeDir();
    for (const run of ["a", "b"]) mkdirSync(join(dir, run));
    writeFileSync(join(dir, "a", NAME), scalars(...Array.from({ length: 2000 }, (_, i) => i)));
    writeFileSync(join(dir, "b", NAME), scalar(7));
    const [values = []] = runsIn(await follow(dir, []));
    expect(values).toHaveLength(2001);
    expect(values.indexOf("b/7")).toBeLessThan(1000);
    expect(values.filter((value) => value !== "b/7")).toEqual(
      Array.from({ length: 2000 }, (_, i) => `a/${i}`),
    );
  });
});

describe("damage", () => {
  it("is passed over and told once, also where the file is copied later", async () => {
    const bad = scalar(2);
    bad[bad.length - 6]! ^= 1;
    const { dir, path } = makeFile(Buffer.concat([scalar(1), bad, scalar(3)]));
    const noEvent = record({});
    const steps = [
      () => appendFileSync(path, scalar(4)),
      () => replace(path, Buffer.concat([readFileSync(path), scalar(5)])),
      () => appendFileSync(path, Buffer.concat([Buffer.alloc(64), scalar(6)])),
    ];
    const found = await follow(dir, steps);
    expect(noEvent.length).toBeGreaterThan(0);
    expect(valuesIn(found)).toEqual([[1, 3], [4], [5], [6]]);
    const at = scalar(1).length;
    expect(
      found.damage.map(({ code, path: where, offset, length }) => ({ code, where, offset, length })),
    ).toEqual([
      { code: "BAD_DATA_CRC", where: path, offset: at, length: at },
      { code: "ZEROS", where: path, offset: 5 * at, length: 64 },
    ]);
  });

  it("is an error where nobody is told of it", async () => {
    const bad = scalar(2);
    bad[bad.length - 6]! ^= 1;
    const { dir } = makeFile(Buffer.concat([scalar(1), bad, scalar(3)]));
    const events = followEvents(dir);
    expect((await events.next()).value).toMatchObject({ offset: 0 });
    await expect(events.next()).rejects.toMatchObject({
      name: "CorruptFileError",
      code: "BAD_DATA_CRC",
      offset: scalar(1).length,
    });
  });
});

describe("what cannot be read", () => {
  it.runIf(hasPermissions)("is told once, until it can be read again", async () => {
    const { dir, path } = makeFile(scalars(1, 2));
    const nothing = (): void => {};
    chmodSync(path, 0);
    const steps = [nothing, nothing, () => chmodSync(path, 0o600), () => appendFileSync(path, scalar(3))];
    // Who may do everything can read it all the same.
    const found =
      process.geteuid?.() === 0 ? await asNobody(dir, () => follow(dir, steps)) : await follow(dir, steps);
    expect(found.warnings).toEqual([`Cannot read ${path}: permission denied (EACCES)`]);
    expect(valuesIn(found).flat()).toEqual([1, 2, 3]);
  });

  it("is an error where nobody is told of it: a link to itself in the place of a logdir", async () => {
    const { dir } = makeFile(scalar(1));
    const events = followEvents(dir, { pollMilliseconds: 10 });
    await events.next();
    rmSync(dir, { recursive: true });
    symlinkSync(dir, dir);
    await expect(events.next()).rejects.toMatchObject({ name: "LogdirError", code: "LOGDIR_NOT_READABLE" });
  });
});

describe("how it begins and ends", () => {
  it("refuses a path at which there is nothing", () => {
    const path = join(makeDir(), "none");
    expect(() => followEvents(path)).toThrow(
      expect.objectContaining({
        name: "LogdirError",
        code: "LOGDIR_NOT_READABLE",
        path,
        message: `Cannot read ${path}: no such file or directory (ENOENT)`,
      }),
    );
  });

  it.each([
    [
      { pollMilliseconds: 0 },
      "Expected `pollMilliseconds` to be a number of milliseconds from 10, got 0 (number)",
    ],
    [
      { pollMilliseconds: NaN },
      "Expected `pollMilliseconds` to be a number of milliseconds from 10, got NaN (number)",
    ],
    [{ from: "middle" }, 'Expected `from` to be "start" or "end", got "middle" (string)'],
    [
      { runs: "a*" },
      'Expected `runs` to be a function that says whether a name is wanted, got "a*" (string)',
    ],
    [{ tags: ["loss"] }, "Expected `tags` to be a function that says whether a name is wanted, got an array"],
  ])("refuses %o", (options, message) => {
    expect(() => followEvents(makeDir(), options as object)).toThrow(message);
  });

  it("ends at the signal, in a pause too", async () => {
    const { dir } = makeFile(scalar(1));
    const controller = new AbortController();
    const values: unknown[] = [];
    const onIdle = (): void => void setImmediate(() => controller.abort());
    const options = { signal: controller.signal, pollMilliseconds: 2 ** 31 - 1, onIdle };
    for await (const { event } of followEvents(dir, options)) values.push(event.step);
    expect(values).toEqual([1]);
    for await (const { event } of followEvents(dir, options)) values.push(event.step);
    expect(values).toEqual([1]);
  });

  it.each([
    ["passed over, with from: end", { from: "end" }],
    ["not asked for", { tags: () => false }],
  ] as const)("hears of the signal in the midst of a file that is %s", async (_, options) => {
    const { dir } = makeFile(Buffer.concat(Array.from({ length: 200_000 }, () => scalar(1))));
    const controller = new AbortController();
    let isIdle = false;
    const onIdle = (): void => void (isIdle = true);
    // It is due at the first turn that is left to others: long before the end.
    setImmediate(() => controller.abort());
    for await (const one of followEvents(dir, { ...options, signal: controller.signal, onIdle }))
      expect(one).toBe(undefined);
    expect(isIdle).toBe(false);
  });

  it.runIf(existsSync("/proc/self/fd"))("closes its files when the loop is left", async () => {
    const { dir, path } = makeFile(scalars(1, 2));
    const open = (): boolean => openFiles().includes(path);
    for await (const { event } of followEvents(dir)) {
      expect(open()).toBe(true);
      if (event.step === 2) break;
    }
    expect(open()).toBe(false);
  });

  it.runIf(existsSync("/proc/self/fd"))(
    "holds the newest file of each run open, and at most a hundred",
    async () => {
      const dir = makeDir();
      for (let i = 0; i < 150; i++) {
        mkdirSync(join(dir, String(i)));
        writeFileSync(join(dir, String(i), NAME), scalar(i));
        writeFileSync(join(dir, String(i), LATER), scalar(i));
      }
      const held: string[][] = [];
      const look = (): void => void held.push(openFiles().filter((path) => path.startsWith(dir)));
      const steps = [look, () => appendFileSync(join(dir, "5", LATER), scalar(200)), look];
      const found = await follow(dir, steps);
      expect(valuesIn(found).map((values) => values.length)).toEqual([300, 0, 1, 0]);
      expect(held.map((paths) => paths.length)).toEqual([100, 100]);
      expect(held.flat().every((path) => path.endsWith(LATER))).toBe(true);
      expect(held[1]).toContain(join(dir, "5", LATER));
    },
  );
});
