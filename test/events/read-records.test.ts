// Reading records as they are: whole ones, torn tails, damage, and no descriptor left open.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { CorruptFileError } from "../../src/errors.js";
import { readRecords } from "../../src/events/read-records.js";
import { concat, frame, frameHeader } from "../helpers/bytes.js";
import { errorOf } from "../helpers/errors.js";
import { FaultyFileSystem } from "../helpers/faulty-file-system.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("read-records");
/** Larger than what is read at a time. */
const large = new Uint8Array(600_000).fill(7);
const data = [Uint8Array.of(1, 2, 3), new Uint8Array(0), large, Uint8Array.of(4)];
const whole = concat(...data.map(frame));

let path: string;
let disk: FaultyFileSystem;
beforeEach(() => {
  path = join(tempDir(), "file");
  disk = new FaultyFileSystem();
});

/** As text, which is compared in no time. */
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const texts = data.map(text);

function read(bytes: Uint8Array, from?: number): string[] {
  writeFileSync(path, bytes);
  const found = Array.from(readRecords(path, disk, from), text);
  expect(disk.openFiles).toBe(0);
  return found;
}

describe("the records of a file", () => {
  it("come with their data, in order, from the beginning or from one on", () => {
    expect(read(whole)).toEqual(texts);
    expect(read(whole, frame(data[0]!).length)).toEqual(texts.slice(1));
    expect(read(whole, whole.length)).toEqual([]);
    expect(read(new Uint8Array(0))).toEqual([]);
  });

  it("end before a tail that is torn anywhere", () => {
    const start = whole.length;
    const last = frame(Uint8Array.of(9, 9, 9));
    for (let length = 1; length < last.length; length++) {
      expect(read(concat(whole, last.subarray(0, length)))).toHaveLength(4);
    }
    expect(read(concat(whole, last))).toHaveLength(5);
    expect(readFileSync(path).length).toBe(start + 19);
  });

  it.each([1, 11, 12, 13, 300_000])(
    "end before %d zeros, which some file systems leave when the power fails",
    (count) => {
      expect(read(concat(whole, new Uint8Array(count)))).toEqual(texts);
      expect(read(concat(whole, new Uint8Array(count)), frame(data[0]!).length)).toEqual(texts.slice(1));
    },
  );
});

it("are read from a byte to a byte, whatever stands behind", () => {
  const [first, second] = [frame(data[0]!), frame(data[1]!)];
  writeFileSync(path, concat(first, second, Uint8Array.of(1, 2, 3), first));
  const [from, to] = [first.length, first.length + second.length];
  const read = (begin: number, end: number): Uint8Array[] =>
    [...readRecords(path, disk, begin, end)].map((record) => Uint8Array.from(record));
  expect(read(from, to)).toEqual([data[1]]);
  expect(read(0, to - 1)).toEqual([data[0]]);
  expect(read(to, to)).toEqual([]);
});

describe("damage", () => {
  const first = frame(data[0]!);

  it.each<[string, Uint8Array, string, number]>([
    [
      "zeros that do not go to the end",
      concat(first, new Uint8Array(300_000), Uint8Array.of(1)),
      "BAD_LENGTH_CRC",
      19,
    ],
    ["a length that is not its checksum's", concat(first, Uint8Array.of(5), first), "BAD_LENGTH_CRC", 19],
    ["a length that no event has", concat(first, frameHeader(2n ** 40n)), "RECORD_TOO_LARGE", 19],
    ["data that are not their checksum's", concat(first, first.with(13, 0), first), "BAD_DATA_CRC", 19],
  ])("(%s) is an error with its place, behind the records before it", (_, bytes, code, offset) => {
    writeFileSync(path, bytes);
    const records = readRecords(path, disk);
    expect(records.next().value).toEqual(data[0]);
    const error = errorOf(CorruptFileError, () => records.next());
    expect(error).toMatchObject({ code, offset, path });
    expect(disk.openFiles).toBe(0);
  });
});

describe("the file", () => {
  it("is closed when its reader stops early", () => {
    writeFileSync(path, whole);
    for (const record of readRecords(path, disk)) {
      expect(record).toEqual(data[0]);
      break;
    }
    expect(disk.openFiles).toBe(0);
  });

  it("that cannot be read is the system's error, and is closed", () => {
    writeFileSync(path, whole);
    disk.failing.set("readSync", "EIO");
    expect(() => [...readRecords(path, disk)]).toThrow(expect.objectContaining({ code: "EIO" }) as Error);
    expect(disk.openFiles).toBe(0);
    expect(() => [...readRecords(`${path}.not`, disk)]).toThrow(
      expect.objectContaining({ code: "ENOENT" }) as Error,
    );
  });
});
