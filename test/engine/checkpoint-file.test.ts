// Checkpoints as files: kept to the last bit, refused when a byte is wrong, and the newest whole one found.
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { ArgumentError, CheckpointError, WriteError } from "../../src/errors.js";
import { deleteCheckpoint, removeUnfinishedCheckpoints } from "../../src/engine/checkpoint-file.js";
import { latestCheckpoint, loadCheckpoint, saveCheckpoint } from "../../src/engine/index.js";
import { fromPlainJson, toPlainJson } from "../../src/engine/plain-json.js";
import { version } from "../../src/version.js";
import { errorOf } from "../helpers/errors.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("checkpoint");

const EVERYTHING = {
  numbers: [0, -0, 1.5, 0.1 + 0.2, Number.MIN_VALUE, Number.MAX_VALUE, NaN, Infinity, -Infinity],
  others: [null, undefined, true, false, "", "ä\u{1f600}\ud800\n\0", 2n ** 70n, -1n],
  typed: [
    Float64Array.of(0, -0, NaN, Infinity, -Infinity, Number.MIN_VALUE, 1 / 3),
    Float32Array.of(-0, NaN, 1 / 3),
    Int8Array.of(-128, 127),
    Uint8Array.of(0, 255),
    Uint8ClampedArray.of(7),
    Int16Array.of(-32768),
    Uint16Array.of(65535),
    Int32Array.of(-(2 ** 31)),
    Uint32Array.of(2 ** 32 - 1),
    BigInt64Array.of(-(2n ** 63n)),
    BigUint64Array.of(2n ** 64n - 1n),
    new Float64Array(0),
    new Float64Array([9, 8, 7, 6]).subarray(1, 3),
  ],
  nested: {
    a: { b: [[], {}, [{ c: [undefined] }]] },
    "": 1,
    "with space": 2,
    $: { $: "number", value: "1" },
  },
};

describe("the text of a state dict", () => {
  it("gives everything back, to the last bit", () => {
    const back = fromPlainJson(toPlainJson(EVERYTHING, "dict"));
    expect(back).toStrictEqual(EVERYTHING);
    const bits = (value: unknown): string[] =>
      (value as typeof EVERYTHING).typed.map((array) =>
        Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("hex"),
      );
    expect(bits(back)).toEqual(bits(EVERYTHING));
  });

  it("has typed arrays as little-endian bytes, which other programs can read", () => {
    expect(toPlainJson({ w: Float64Array.of(1), n: NaN }, "dict")).toBe(
      '{"w":{"$":"Float64Array","value":"AAAAAAAA8D8="},"n":{"$":"number","value":"NaN"}}',
    );
  });

  it("keeps keys that mean something to JavaScript or to this format", () => {
    const dict = JSON.parse('{"__proto__":{"x":1},"constructor":2,"$":3,"toString":4}') as object;
    const back = fromPlainJson(toPlainJson(dict, "dict")) as object;
    expect(Object.entries(back)).toEqual([
      ["__proto__", { x: 1 }],
      ["constructor", 2],
      ["$", 3],
      ["toString", 4],
    ]);
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
  });

  it("gives any plain value back", () => {
    const leaf = fc.oneof(
      fc.double(),
      fc.string({ unit: "binary" }),
      fc.bigInt(),
      fc.boolean(),
      fc.constantFrom(null, undefined),
      fc.float64Array(),
      fc.uint8Array(),
    );
    const any = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie("value")),
        fc.dictionary(fc.oneof(fc.string(), fc.constantFrom("$", "value", "__proto__")), tie("value"), {
          noNullPrototype: true,
        }),
      ),
    })).value;
    fc.assert(
      fc.property(any, (value) => {
        expect(fromPlainJson(toPlainJson(value, "v"))).toStrictEqual(value);
      }),
    );
  });

  it("makes a copy, and a Buffer the Uint8Array that it is", () => {
    const w = Float64Array.of(1, 2);
    const back = fromPlainJson(toPlainJson({ w, b: Buffer.from([1, 2]) }, "dict")) as {
      w: Float64Array;
      b: unknown;
    };
    back.w[0] = 9;
    expect(w[0]).toBe(1);
    expect(back.b).toStrictEqual(Uint8Array.of(1, 2));
    expect(back.w.buffer.byteLength).toBe(16);
  });

  const circle: { self?: unknown } = {};
  circle.self = [circle];
  it.each<[string, unknown, string]>([
    [
      "a function",
      { a: [1, () => {}] },
      "Expected `dict.a[1]` to be a plain value or a typed array, got a function",
    ],
    [
      "a date",
      { a: new Date(0) },
      "Expected `dict.a` to be a plain value or a typed array, got an object (Date)",
    ],
    ["a map", new Map(), "Expected `dict` to be a plain value or a typed array, got an object (Map)"],
    ["a symbol", [Symbol("s")], "Expected `dict[0]` to be a plain value or a typed array"],
    ["a DataView", new DataView(new ArrayBuffer(1)), "Expected `dict` to be a plain value or a typed array"],
    ["a circle", circle, "Expected `dict.self[0]` to be without a circle"],
  ])("refuses %s, and says where it is", (_name, value, message) => {
    const error = errorOf(ArgumentError, () => toPlainJson(value, "dict"));
    expect(error.message).toContain(message);
  });

  it("refuses a type that there is not", () => {
    expect(() => fromPlainJson('{"$":"Float16Array","value":""}')).toThrow(SyntaxError);
  });
});

describe("a checkpoint file", () => {
  it("is written with its directory, read back, and replaced", () => {
    const path = join(tempDir(), "a", "b", "c.json");
    saveCheckpoint(path, EVERYTHING);
    expect(loadCheckpoint<unknown>(path)).toStrictEqual(EVERYTHING);
    saveCheckpoint(path, { second: 2 });
    expect(loadCheckpoint<unknown>(path)).toEqual({ second: 2 });
    expect(readdirSync(join(path, ".."))).toEqual(["c.json"]);
  });

  it("begins with a line that says what it is", () => {
    const path = join(tempDir(), "c.json");
    saveCheckpoint(path, { x: 1 });
    const [header, content] = readFileSync(path, "utf8").split("\n") as [string, string];
    expect(JSON.parse(header)).toEqual({
      format: "tensorboard-node-logger checkpoint",
      version: 1,
      packageVersion: version,
      savedAt: expect.closeTo(Date.now(), -5) as number,
      bytes: 7,
      // sha256sum of {"x":1}
      sha256: "5041bf1f713df204784353e82f6a4a535931cb64f1f4b4a5aeaffcb720918b22",
    });
    expect(content).toBe('{"x":1}');
  });

  it("is refused at whatever length it was cut", () => {
    const path = join(tempDir(), "c.json");
    saveCheckpoint(path, EVERYTHING);
    const whole = readFileSync(path);
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(path, whole.subarray(0, length));
      const { code } = errorOf(CheckpointError, () => loadCheckpoint(path));
      expect(code).toBe(
        length < whole.indexOf('"version":') + 10 ? "NOT_A_CHECKPOINT" : "CHECKPOINT_DAMAGED",
      );
    }
  });

  it("is refused whatever bit of its content is wrong", () => {
    const path = join(tempDir(), "c.json");
    saveCheckpoint(path, { w: Float64Array.of(0.5), x: [1, 2, 3] });
    const whole = readFileSync(path);
    for (let i = whole.indexOf(10) + 1; i < whole.length; i++) {
      for (let bit = 0; bit < 8; bit++) {
        const damaged = Buffer.from(whole);
        damaged[i]! ^= 1 << bit;
        writeFileSync(path, damaged);
        const { code, reason } = errorOf(CheckpointError, () => loadCheckpoint(path));
        expect([code, reason]).toEqual(["CHECKPOINT_DAMAGED", "its bytes do not match their checksum"]);
      }
    }
    writeFileSync(path, Buffer.concat([whole, Buffer.from(" ")]));
    expect(() => loadCheckpoint(path)).toThrow(/: it has 62 bytes behind its header, not 61$/);
  });

  it("of another version is refused, and says whose it is", () => {
    const path = join(tempDir(), "c.json");
    writeFileSync(
      path,
      '{"format":"tensorboard-node-logger checkpoint","version":2,"packageVersion":"9.9.9"}\nx',
    );
    const error = errorOf(CheckpointError, () => loadCheckpoint(path));
    expect(error).toMatchObject({ code: "OTHER_CHECKPOINT_VERSION", path });
    expect(error.message).toBe(
      `Cannot go on from ${path}: it is of version 2 of the format, written by 9.9.9; this is 1, of ${version}`,
    );
  });

  it.each([
    ["no file", "none.json", "CHECKPOINT_UNREADABLE", "no such file or directory (ENOENT)"],
    ["a directory", ".", "CHECKPOINT_UNREADABLE", "it is a directory (EISDIR)"],
    ["another file", "other.json", "NOT_A_CHECKPOINT", "other.json is no checkpoint of this package"],
    ["an empty file", "empty", "NOT_A_CHECKPOINT", "empty is no checkpoint of this package"],
  ])("that is %s is refused", (_name, name, code, reason) => {
    const dir = tempDir();
    writeFileSync(join(dir, "other.json"), "{}");
    writeFileSync(join(dir, "empty"), "");
    const error = errorOf(CheckpointError, () => loadCheckpoint(join(dir, name)));
    expect(error).toMatchObject({ code, reason, path: join(dir, name) });
  });

  it("that cannot be written leaves the old one and nothing else", () => {
    const dir = tempDir();
    writeFileSync(join(dir, "file"), "");
    const under = errorOf(WriteError, () => saveCheckpoint(join(dir, "file", "c.json"), {}));
    expect(under.message).toMatch(/^Cannot write the checkpoint .*c.json: /);
    mkdirSync(join(dir, "c.json"));
    expect(() => saveCheckpoint(join(dir, "c.json"), {})).toThrow(WriteError);
    expect(readdirSync(dir).toSorted()).toEqual(["c.json", "file"]);
    const path = join(dir, "d.json");
    saveCheckpoint(path, { x: 1 });
    expect(() => saveCheckpoint(path, { x: () => 1 })).toThrow(ArgumentError);
    expect(loadCheckpoint<unknown>(path)).toEqual({ x: 1 });
  });

  it.each([undefined, "", 3])("needs a path: %s", (path) => {
    expect(() => saveCheckpoint(path as string, {})).toThrow("Expected `path` to be a path");
    expect(() => loadCheckpoint(path as string)).toThrow("Expected `path` to be a path");
  });
});

describe("latestCheckpoint", () => {
  /** A directory with checkpoints 1 to 3, saved in that order a second apart, whatever their names. */
  function three(): { dir: string; paths: string[] } {
    const dir = tempDir();
    const paths = ["b", "c", "a"].map((name) => join(dir, `${name}.json`));
    const now = vi.spyOn(Date, "now");
    for (const [i, path] of paths.entries()) {
      now.mockReturnValue(1_700_000_000_000 + 1000 * i);
      saveCheckpoint(path, { number: i + 1 });
    }
    now.mockRestore();
    return { dir, paths };
  }

  it("is the one that was saved last, whatever its name and the times of the files", () => {
    const { dir, paths } = three();
    utimesSync(paths[0]!, 2_000_000_000, 2_000_000_000);
    expect(latestCheckpoint<unknown>(dir)).toEqual({ path: paths[2], stateDict: { number: 3 }, refused: [] });
  });

  it("is the one before where the newest are damaged, and says what is wrong", () => {
    const { dir, paths } = three();
    truncateSync(paths[2]!, statSync(paths[2]!).size - 1);
    writeFileSync(paths[1]!, readFileSync(paths[1]!, "utf8").replace("number", "numbeR"));
    const latest = latestCheckpoint<unknown>(dir)!;
    expect(latest.stateDict).toEqual({ number: 1 });
    expect(latest.refused.map(({ path, code }) => [path, code])).toEqual([
      [paths[2], "CHECKPOINT_DAMAGED"],
      [paths[1], "CHECKPOINT_DAMAGED"],
    ]);
  });

  it("of two in one millisecond is the file that was written later", () => {
    const dir = tempDir();
    const [b, a] = [join(dir, "b.json"), join(dir, "a.json")];
    vi.spyOn(Date, "now").mockReturnValue(1_700_000_000_000);
    saveCheckpoint(b, 1);
    saveCheckpoint(a, 2);
    vi.restoreAllMocks();
    utimesSync(b, 100, 100);
    utimesSync(a, 101, 101);
    expect(latestCheckpoint(dir)!.path).toBe(a);
    utimesSync(b, 102, 102);
    expect(latestCheckpoint(dir)!.path).toBe(b);
  });

  it("is none that a killed process has left unfinished", () => {
    const dir = tempDir();
    saveCheckpoint(join(dir, "c.json"), 1);
    const whole = readFileSync(join(dir, "c.json"));
    rmSync(join(dir, "c.json"));
    writeFileSync(join(dir, ".tnl-unfinished.host.1.abcdef"), whole.subarray(0, -1));
    expect(latestCheckpoint(dir)).toBeUndefined();
  });

  it("throws where none is whole", () => {
    const { dir, paths } = three();
    for (const path of paths) truncateSync(path, statSync(path).size - 1);
    expect(errorOf(CheckpointError, () => latestCheckpoint(dir)).path).toBe(paths[2]);
  });

  it("is undefined without a directory or a checkpoint in it", () => {
    const dir = tempDir();
    expect(latestCheckpoint(join(dir, "none"))).toBeUndefined();
    mkdirSync(join(dir, "sub"));
    saveCheckpoint(join(dir, "sub", "c.json"), 1);
    writeFileSync(join(dir, "notes.txt"), "no checkpoint");
    writeFileSync(join(dir, "empty.json"), "");
    expect(latestCheckpoint(dir)).toBeUndefined();
  });

  it("throws where the directory is none", () => {
    const path = join(tempDir(), "file");
    writeFileSync(path, "");
    const error = errorOf(CheckpointError, () => latestCheckpoint(path));
    expect(error).toMatchObject({
      code: "CHECKPOINT_UNREADABLE",
      reason: "a part of the path is a file (ENOTDIR)",
    });
  });
});

describe("what is deleted", () => {
  it("is a checkpoint, and no other file", () => {
    const dir = tempDir();
    saveCheckpoint(join(dir, "c.json"), 1);
    writeFileSync(join(dir, "precious.txt"), "text");
    for (const name of ["c.json", "precious.txt", "none"]) deleteCheckpoint(join(dir, name));
    expect(readdirSync(dir)).toEqual(["precious.txt"]);
  });

  it("is what a process of this name has left unfinished", () => {
    const dir = tempDir();
    saveCheckpoint(join(dir, "c.json"), 1);
    copyFileSync(join(dir, "c.json"), join(dir, ".tnl-unfinished.elsewhere.1.abcdef"));
    utimesSync(join(dir, ".tnl-unfinished.elsewhere.1.abcdef"), 100, 100);
    removeUnfinishedCheckpoints(dir);
    removeUnfinishedCheckpoints(join(dir, "none"));
    expect(readdirSync(dir)).toEqual(["c.json"]);
  });
});
