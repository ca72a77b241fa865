// A file of an archive, read anywhere: forwards, and back further than what is kept of it.
import { join } from "node:path";
import { expect, test } from "vitest";
import { ArchivedLog } from "../../src/archive/archived-log.js";
import { ArchiveReader } from "../../src/archive/rows/archive-reader.js";
import { PyRandom } from "../../src/math/py-random.js";
import { encodeEvent } from "../../src/wire/event.js";
import { encodeTfRecord } from "../../src/wire/tfrecord.js";
import { archiveFiles } from "../helpers/archives.js";
import { concat } from "../helpers/bytes.js";
import { garbage } from "../helpers/damaged-runs.js";
import { scalar } from "../helpers/handmade-runs.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("archived-file");
const NAME = "run/events.out.tfevents.1700000000.box";

/** Records, and 1 MB of bytes that are none in the midst of them; 11 MB. */
function largeFile(): Uint8Array {
  const tag = "long ".repeat(400);
  const records = Array.from({ length: 5000 }, (_, step) =>
    encodeTfRecord(encodeEvent(scalar(step, { [tag]: step }))),
  );
  return concat(...records.slice(0, 2000), garbage(1_000_000), ...records.slice(2000));
}

test("gives the bytes that are asked for, fewer only at its end", () => {
  const bytes = largeFile();
  const path = join(tempDir(), "runs.parquet");
  archiveFiles(
    path,
    { "a/events.out.tfevents.1.x": bytes.subarray(0, 5000), [NAME]: bytes },
    { maxRows: 700 },
  );
  const log = new ArchivedLog(new ArchiveReader(path));
  const file = join(path, NAME);
  const source = log.open(file);
  expect([source.path, source.size()]).toEqual([file, bytes.length]);
  const random = new PyRandom(3);
  const into = new Uint8Array(600_000);
  const check = (position: number, length: number): void => {
    const expected = bytes.subarray(position, position + length);
    into.fill(0);
    expect(source.read(into, 5, length, position)).toBe(expected.length);
    const isSame = Buffer.compare(into.subarray(5, 5 + expected.length), expected) === 0;
    expect([position, length, isSame, into[4], into[5 + expected.length]]).toEqual([
      position,
      length,
      true,
      0,
      0,
    ]);
  };
  // On and on, a little back, anywhere.
  for (let position = 0; position < bytes.length; position += 500_000) {
    check(position, 500_000);
    check(Math.max(0, position - 300_000), 1000);
  }
  for (let i = 0; i < 25; i++)
    check(Math.floor(random.random() * bytes.length), Math.floor(random.random() * 500_000));
  for (const [position, length] of [
    [bytes.length - 1, 10],
    [bytes.length, 10],
    [bytes.length + 100, 10],
    [0, 0],
    [0, 1],
  ] as const) {
    check(position, length);
  }
  source.close();
  source.close();
  log.close();
});

test("is read by two at a time", () => {
  const bytes = largeFile();
  const path = join(tempDir(), "runs.parquet");
  archiveFiles(path, { [NAME]: bytes }, { maxRows: 700 });
  const log = new ArchivedLog(new ArchiveReader(path));
  const sources = [log.open(join(path, NAME)), log.open(join(path, NAME))];
  const into = new Uint8Array(200_000);
  for (let position = 0; position < bytes.length; position += into.length) {
    for (const [i, source] of sources.entries()) {
      const at = i === 0 ? position : Math.floor(position / 2);
      const count = source.read(into, 0, into.length, at);
      expect(Buffer.compare(into.subarray(0, count), bytes.subarray(at, at + into.length))).toBe(0);
    }
  }
  log.close();
});
