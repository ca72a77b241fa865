// Following files that are replaced, cut or deleted.
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { filesIn, follow, record, runsIn, scalar, scalars, valuesIn } from "../../helpers/followed.js";
import { useTempDir } from "../../helpers/temp-dir.js";

const makeDir = useTempDir("follow-changes");
const NAME = "events.out.tfevents.1700000000.box";
const HEAD = record({ fileVersion: "brain.Event:2" });

function makeFile(bytes: Buffer = Buffer.alloc(0)): { dir: string; path: string } {
  const dir = makeDir();
  const path = join(dir, NAME);
  writeFileSync(path, bytes);
  return { dir, path };
}

/** As rsync does it: another inode takes the name. */
function replace(path: string, bytes: Buffer): void {
  writeFileSync(`${path}.part`, bytes);
  renameSync(`${path}.part`, path);
}

describe("a file that is replaced", () => {
  it("goes on in a longer copy of itself", async () => {
    const { dir, path } = makeFile(Buffer.concat([HEAD, scalars(1, 2)]));
    const steps = [
      () => replace(path, Buffer.concat([readFileSync(path), scalar(3)])),
      () => replace(path, Buffer.concat([readFileSync(path), scalar(4).subarray(0, 9)])),
      () => replace(path, Buffer.concat([readFileSync(path), scalar(4).subarray(9)])),
      () => replace(path, readFileSync(path)),
      () => appendFileSync(path, scalar(5)),
    ];
    expect(valuesIn(await follow(dir, steps))).toEqual([[1, 2], [3], [], [4], [], [5]]);
  });

  it("does so in one of thousands of events, and behind what was added to the old one", async () => {
    const first = Array.from({ length: 5000 }, (_, i) => i);
    const { dir, path } = makeFile(scalars(...first));
    const steps = [
      () => {
        appendFileSync(path, scalars(5000, 5001));
        replace(path, Buffer.concat([readFileSync(path), scalar(5002)]));
      },
    ];
    expect(valuesIn(await follow(dir, steps))).toEqual([first, [5000, 5001, 5002]]);
  });

  it("reads another content from where it is another", async () => {
    const { dir, path } = makeFile(scalars(1, 2, 3));
    const steps = [
      () => replace(path, scalars(1, 2, 4, 5, 6)),
      () => replace(path, scalars(7, 8)),
      () => replace(path, scalars(7)),
    ];
    expect(valuesIn(await follow(dir, steps))).toEqual([[1, 2, 3], [4, 5, 6], [7, 8], []]);
  });

  it("takes a slow copy over the old file for what it is", async () => {
    const all = scalars(...Array.from({ length: 3000 }, (_, i) => i));
    const { dir, path } = makeFile(all);
    const length = all.length;
    const steps = [
      () => writeFileSync(path, all.subarray(0, 0)),
      () => writeFileSync(path, all.subarray(0, 1001)),
      ...[0.4, 0.7, 1].map((part) => () => writeFileSync(path, all.subarray(0, Math.floor(part * length)))),
      () => appendFileSync(path, scalar(3000)),
    ];
    expect(valuesIn(await follow(dir, steps)).slice(1)).toEqual([[], [], [], [], [], [3000]]);
  });
});

describe("a file that is cut", () => {
  it("goes on where a torn tail was cut off", async () => {
    const { dir, path } = makeFile(scalars(1, 2));
    const { size } = statSync(path);
    const steps = [
      () => appendFileSync(path, scalar(3).subarray(0, 20)),
      () => {
        truncateSync(path, size);
        appendFileSync(path, scalars(4, 5));
      },
      () => appendFileSync(path, scalar(6).subarray(0, 20)),
      () => truncateSync(path, size + 2 * scalar(4).length),
      () => appendFileSync(path, scalar(7)),
    ];
    const found = await follow(dir, steps);
    expect(valuesIn(found)).toEqual([[1, 2], [], [4, 5], [], [], [7]]);
    expect(found.damage).toEqual([]);
  });

  it.each([
    ["at once", true],
    ["later", false],
  ])("gives what is written anew behind the cut, %s", async (_, isAtOnce) => {
    const { dir, path } = makeFile(scalars(1, 2, 3, 4, 5));
    const cut = (): void => truncateSync(path, 2 * scalar(1).length);
    const append = (): void => appendFileSync(path, scalars(6, 7, 8, 9));
    const steps = isAtOnce ? [() => (cut(), append())] : [cut, append];
    expect(
      valuesIn(await follow(dir, steps))
        .slice(1)
        .flat(),
    ).toEqual([6, 7, 8, 9]);
  });

  it("gives what is written anew behind a cut so far back that not all of it is remembered", async () => {
    const { dir, path } = makeFile(scalars(...Array.from({ length: 4000 }, (_, i) => i)));
    const steps = [
      () => truncateSync(path, 1777 * scalar(1).length),
      () => appendFileSync(path, scalars(...Array.from({ length: 100 }, (_, i) => 5000 + i))),
      () => appendFileSync(path, scalar(6000)),
    ];
    const expected = [...Array.from({ length: 100 }, (_, i) => 5000 + i), 6000];
    expect(
      valuesIn(await follow(dir, steps))
        .slice(1)
        .flat(),
    ).toEqual(expected);
  });

  it("gives what is new behind a cut after some looks, where it could be a copy", async () => {
    const { dir, path } = makeFile(scalars(...Array.from({ length: 4000 }, (_, i) => i)));
    const nothing = Array.from({ length: 25 }, () => () => {});
    const steps = [
      () => truncateSync(path, 1777 * scalar(1).length),
      () => appendFileSync(path, scalar(5000)),
      ...nothing,
    ];
    expect(
      valuesIn(await follow(dir, steps))
        .slice(1)
        .flat(),
    ).toEqual([5000]);
  });

  it("reads a file that was emptied and written anew", async () => {
    const { dir, path } = makeFile(scalars(1, 2, 3));
    const steps = [
      () => writeFileSync(path, ""),
      () => appendFileSync(path, scalars(4, 5, 6)),
      () => writeFileSync(path, scalars(7, 8, 9, 10, 11)),
    ];
    expect(valuesIn(await follow(dir, steps))).toEqual([[1, 2, 3], [], [4, 5, 6], [7, 8, 9, 10, 11]]);
  });
});

describe("what is deleted", () => {
  it("gives what was written before", async () => {
    const { dir, path } = makeFile(scalars(1, 2));
    const steps = [
      () => {
        appendFileSync(path, scalars(3, 4));
        unlinkSync(path);
      },
      () => writeFileSync(path, scalars(5, 6)),
    ];
    expect(valuesIn(await follow(dir, steps))).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
  });

  it("gives nothing twice of a file that is put back, or brought up to date", async () => {
    const { dir, path } = makeFile(scalars(1, 2));
    const copy = join(makeDir(), "copy");
    const steps = [
      () => copyFileSync(path, copy),
      () => unlinkSync(path),
      () => copyFileSync(copy, path),
      () => unlinkSync(path),
      () => writeFileSync(path, scalars(1, 2, 3)),
    ];
    expect(valuesIn(await follow(dir, steps))).toEqual([[1, 2], [], [], [], [], [3]]);
  });

  it("waits for a logdir that is made again", async () => {
    const dir = join(makeDir(), "logs");
    const run = join(dir, "run");
    const make = (value: number): void => {
      mkdirSync(run, { recursive: true });
      writeFileSync(join(run, NAME), scalar(value));
    };
    make(1);
    const steps = [
      () => {
        appendFileSync(join(run, NAME), scalar(2));
        rmSync(dir, { recursive: true });
      },
      () => {},
      () => make(3),
      () => rmSync(run, { recursive: true }),
      () => make(4),
      () => appendFileSync(join(run, NAME), scalar(5)),
    ];
    const found = await follow(dir, steps);
    expect(runsIn(found)).toEqual([["run/1"], ["run/2"], [], ["run/3"], [], ["run/4"], ["run/5"]]);
    expect(found.warnings).toEqual([]);
  });
});

it("notices a file written anew that has as many bytes as before", async () => {
  const { dir, path } = makeFile(scalars(1, 2));
  const steps = [
    () => {
      writeFileSync(path, scalars(3, 4));
      utimesSync(path, 1, 1);
    },
  ];
  expect(filesIn(await follow(dir, steps))).toEqual([
    [`${NAME}/1`, `${NAME}/2`],
    [`${NAME}/3`, `${NAME}/4`],
  ]);
});
