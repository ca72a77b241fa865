// Reading a file that grows, that is torn, that is damaged.
import { appendFileSync, closeSync, fstatSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CorruptFileError, LogdirError } from "../../src/errors.js";
import { EventFileReader } from "../../src/events/event-file-reader.js";
import { encodeEvent, type Event } from "../../src/wire/event.js";
import { bytes, concat, frame, frameHeader } from "../helpers/bytes.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { errorOf } from "../helpers/errors.js";

const tempDir = useTempDir("reader");

const EVENTS: readonly Event[] = [
  { wallTime: 1, step: 0, fileVersion: "brain.Event:2" },
  { wallTime: 2, step: 1, summary: [{ tag: "a", simpleValue: 0.5 }] },
  { wallTime: 3, step: 2, summary: [{ tag: "a", simpleValue: 0.25 }] },
];
const RECORDS = EVENTS.map((event) => frame(encodeEvent(event)));
const FILE = concat(...RECORDS);
/** Where each record begins. */
const STARTS = RECORDS.map((_, i) => RECORDS.slice(0, i).reduce((sum, record) => sum + record.length, 0));

function fileWith(...parts: Uint8Array[]): string {
  const path = join(tempDir(), "events.out.tfevents.1");
  writeFileSync(path, concat(...parts));
  return path;
}

describe("EventFileReader", () => {
  it("reads a file that grows by one byte at a time, each event once its last byte is there", () => {
    const path = fileWith();
    const reader = new EventFileReader(path);
    const ends = [...STARTS.slice(1), FILE.length];
    let events = 0;
    expect(reader.next()).toBeUndefined();
    for (let size = 1; size <= FILE.length; size++) {
      appendFileSync(path, FILE.subarray(size - 1, size));
      const expected = ends.includes(size) ? EVENTS[events++] : undefined;
      expect(reader.next(), `${size} bytes`).toStrictEqual(expected);
      expect(reader.offset).toBe(STARTS[events] ?? FILE.length);
      expect(reader.pending).toBe(size - reader.offset);
    }
    expect(events).toBe(3);
    reader.close();
  });

  it("gives what is before a torn tail, wherever it is torn, and the rest once it is there", () => {
    for (let cut = 0; cut < FILE.length; cut++) {
      const path = fileWith(FILE.subarray(0, cut));
      const reader = new EventFileReader(path);
      const before = [...reader];
      expect(before.length).toBe([...STARTS.slice(1), FILE.length].filter((end) => end <= cut).length);
      appendFileSync(path, FILE.subarray(cut));
      expect([...before, ...reader], `cut at ${cut}`).toStrictEqual(EVENTS);
      reader.close();
    }
  });

  it("skips a record with a wrong data checksum, and says where it was", () => {
    const damaged = Uint8Array.from(FILE);
    damaged[STARTS[1]! + 12 + 3]! ^= 0x10;
    const path = fileWith(damaged);
    using reader = new EventFileReader(path);
    expect(reader.next()).toStrictEqual(EVENTS[0]);
    const error = errorOf(CorruptFileError, () => reader.next());
    expect(error).toMatchObject({ code: "BAD_DATA_CRC", offset: STARTS[1], path, terminal: false });
    expect(error.message).toBe(`${path} at byte ${STARTS[1]}: the record's data do not match their checksum`);
    expect(reader.next()).toStrictEqual(EVENTS[2]);
    expect(reader.next()).toBeUndefined();
  });

  it("skips a record that is no event though its checksums are right", () => {
    const path = fileWith(RECORDS[0]!, frame(bytes("0b")), RECORDS[1]!);
    using reader = new EventFileReader(path);
    reader.next();
    const error = errorOf(CorruptFileError, () => reader.next());
    expect(error).toMatchObject({ code: "BAD_EVENT", offset: STARTS[1], path, terminal: false });
    expect(error.cause).toBeInstanceOf(Error);
    expect(reader.next()).toStrictEqual(EVENTS[1]);
  });

  it("stops for good at a wrong length checksum, also when the file grows", () => {
    const damaged = Uint8Array.from(FILE);
    damaged[STARTS[2]!]! ^= 1;
    const path = fileWith(damaged);
    using reader = new EventFileReader(path);
    expect([reader.next(), reader.next()]).toStrictEqual(EVENTS.slice(0, 2));
    const error = errorOf(CorruptFileError, () => reader.next());
    expect(error).toMatchObject({ code: "BAD_LENGTH_CRC", offset: STARTS[2], path, terminal: true });
    appendFileSync(path, FILE);
    expect(errorOf(CorruptFileError, () => reader.next())).toBe(error);
  });

  it("stops for good at a record that claims more than there can be", () => {
    const path = fileWith(RECORDS[0]!, frameHeader(2n ** 62n), RECORDS[1]!);
    using reader = new EventFileReader(path);
    reader.next();
    const error = errorOf(CorruptFileError, () => reader.next());
    expect(error).toMatchObject({ code: "RECORD_TOO_LARGE", offset: STARTS[1], terminal: true });
    expect(errorOf(CorruptFileError, () => reader.next())).toBe(error);
  });

  it("goes on behind where an iteration ended", () => {
    const path = fileWith(RECORDS[0]!);
    using reader = new EventFileReader(path);
    expect([...reader]).toStrictEqual(EVENTS.slice(0, 1));
    expect([...reader]).toStrictEqual([]);
    appendFileSync(path, concat(RECORDS[1]!, RECORDS[2]!));
    for (const event of reader) {
      expect(event).toStrictEqual(EVENTS[1]);
      break;
    }
    expect([...reader]).toStrictEqual(EVENTS.slice(2));
  });

  it("closes its file, gives what it had read before, and may be closed twice", () => {
    const path = fileWith(FILE);
    const reader = new EventFileReader(path);
    reader.next();
    reader.close();
    reader.close();
    expect([...reader]).toStrictEqual(EVENTS.slice(1));
    // A descriptor that was left open would make the next one a greater number.
    const fds = [1, 2, 3].map(() => {
      using again = new EventFileReader(path);
      again.next();
      const fd = openSync(path, "r");
      closeSync(fd);
      return fd;
    });
    expect(new Set(fds).size).toBe(1);
  });

  it("names the file it cannot open, and why", () => {
    const path = join(tempDir(), "missing");
    expect(errorOf(LogdirError, () => new EventFileReader(path))).toMatchObject({
      code: "LOGDIR_NOT_READABLE",
      path,
      message: `Cannot read ${path}: no such file or directory (ENOENT)`,
    });
  });

  it("names the file it cannot read, and why", () => {
    const directory = tempDir();
    const read = () => {
      using reader = new EventFileReader(directory);
      return reader.next();
    };
    expect(errorOf(LogdirError, read)).toMatchObject({
      code: "LOGDIR_NOT_READABLE",
      path: directory,
      message: `Cannot read ${directory}: it is a directory (EISDIR)`,
    });
  });

  it("needs no more memory for a large file", () => {
    const path = join(tempDir(), "events.out.tfevents.1");
    const fd = openSync(path, "w");
    const piece = concat(...Array.from({ length: 1000 }, () => RECORDS[1]!));
    for (let i = 0; i < 300; i++) writeSync(fd, piece);
    expect(fstatSync(fd).size).toBeGreaterThan(10_000_000);
    closeSync(fd);
    using reader = new EventFileReader(path);
    const before = process.memoryUsage().arrayBuffers;
    let count = 0;
    for (const { step } of reader) count += Number(step);
    expect(count).toBe(300_000);
    // Its buffer may grow to two reads of 256 KiB.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2_000_000);
  });
});
