// Records over damage: what is whole is given, what is not is told, and each byte is one or the other.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemorySource } from "../../../src/events/reading/byte-source.js";
import type { Damage } from "../../../src/events/reading/damage.js";
import { RecordCursor } from "../../../src/events/reading/record-cursor.js";
import { concat, frame, frameHeader } from "../../helpers/bytes.js";
import { readAll, recordFile, take, type ReadRecord } from "../../helpers/records.js";

const { bytes: file, records } = recordFile(
  [9, 40, 0, 57, 40, 3].map((length, i) => Uint8Array.from({ length }, (_, k) => (i + 1) * 40 + k)),
);

const damage = (code: Damage["code"], offset: number, end: number): object => ({
  code,
  path: "file",
  offset,
  length: end - offset,
  message: expect.any(String),
});

describe("a cursor over records", () => {
  it("gives each of a good file", () => {
    expect(readAll(file)).toEqual({ records, damages: [] });
    expect(readAll(new Uint8Array())).toEqual({ records: [], damages: [] });
  });

  it("gives what is whole of a file that is cut, at every byte", () => {
    for (let cut = 0; cut < file.length; cut++) {
      const whole = records.filter(({ end }) => end <= cut);
      const from = whole.at(-1)?.end ?? 0;
      const damages = from === cut ? [] : [damage("TORN_TAIL", from, cut)];
      expect(readAll(file.subarray(0, cut))).toEqual({ records: whole, damages });
    }
  });

  it("waits in the midst of a record while the file may grow, and tells nothing", () => {
    for (let cut = 0; cut < file.length; cut++) {
      const source = new MemorySource("file", file.subarray(0, cut));
      const cursor = new RecordCursor(source, { onDamage: () => expect.unreachable() });
      const first = take(cursor);
      expect(first).toEqual(records.filter(({ end }) => end <= cut));
      expect(cursor.pending).toBe(cut - (first.at(-1)?.end ?? 0));
      source.bytes = file;
      expect([...first, ...take(cursor)]).toEqual(records);
      expect(cursor.pending).toBe(0);
    }
  });

  it("passes over the record in which a bit was flipped, every bit, and over nothing else", () => {
    for (let bit = 0; bit < file.length * 8; bit++) {
      const flipped = Uint8Array.from(file);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      const hit = records.find(({ end }) => bit >> 3 < end)!;
      const isInLength = (bit >> 3) - hit.offset < 12;
      expect(readAll(flipped)).toEqual({
        records: records.filter((record) => record !== hit),
        damages: [damage(isInLength ? "BAD_LENGTH_CRC" : "BAD_DATA_CRC", hit.offset, hit.end)],
      });
    }
  });

  it("gives what is whole on both sides of zeros, of every length, everywhere", () => {
    let told = 0;
    for (const length of [32, 64, 100, 200]) {
      for (let from = 0; from + length <= file.length; from++) {
        const holed = Uint8Array.from(file).fill(0, from, from + length);
        const { records: read, damages } = readAll(holed);
        const isHit = ({ offset, end }: ReadRecord): boolean =>
          !Buffer.from(holed.subarray(offset, end)).equals(file.subarray(offset, end));
        const hit = records.filter(isHit);
        expect(read).toEqual(records.filter((record) => !hit.includes(record)));
        if (hit.length === 0) continue;
        expect(damages[0]!.offset).toBe(hit[0]!.offset);
        // Told as what it is where most of what is lost are zeros.
        const lost = { from: hit[0]!.offset, to: hit.at(-1)!.end };
        const zeros = Math.min(from + length, lost.to) - Math.max(from, lost.from);
        if (damages.length > 1 || zeros < 32 || zeros * 2 < lost.to - lost.from) continue;
        expect(damages[0]!.code).toBe("ZEROS");
        told++;
      }
    }
    expect(told).toBeGreaterThan(100);
  });

  it("gives what was appended behind a torn record, torn at every byte", () => {
    for (const torn of records) {
      for (let cut = torn.offset + 1; cut < torn.end; cut++) {
        const appended = concat(file.subarray(0, cut), file);
        const { records: read, damages } = readAll(appended);
        const whole = records.filter(({ end }) => end <= cut);
        const behind = records.map(({ offset, end, data }) => ({
          offset: offset + cut,
          end: end + cut,
          data,
        }));
        expect(read).toEqual([...whole, ...behind]);
        expect(damages).toHaveLength(1);
        expect(damages[0]!.code).not.toBe("TORN_TAIL");
      }
    }
  });

  it("parts two bad records that stand one behind the other, when the second one's length is right", () => {
    const bad = Uint8Array.from(file);
    bad[records[0]!.offset + 12]! ^= 1;
    bad[records[1]!.offset + 12]! ^= 1;
    const { damages } = readAll(bad);
    expect(damages).toEqual([
      damage("BAD_DATA_CRC", records[0]!.offset, records[0]!.end),
      damage("BAD_DATA_CRC", records[1]!.offset, records[1]!.end),
    ]);
  });

  it("takes a header of length 8 before a record for no record, though the length behind it has its checksum", () => {
    const { records: read, damages } = readAll(concat(frameHeader(8n), file));
    expect(read.map(({ data }) => data)).toEqual(records.map(({ data }) => data));
    expect(damages).toEqual([damage("BAD_DATA_CRC", 0, 12)]);
  });

  it("does not look at data without checksums", () => {
    const bad = Uint8Array.from(file);
    bad[records[1]!.end - 1]! ^= 1;
    expect(readAll(bad, false)).toEqual({ records, damages: [] });
  });

  it.each([2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n])(
    "refuses a record of %i bytes, without memory for it, and goes on behind it",
    (length) => {
      const source = new MemorySource("file", concat(file, frameHeader(length), file));
      const damages: Damage[] = [];
      const cursor = new RecordCursor(source, { onDamage: (each) => damages.push(each) });
      expect(take(cursor).map(({ data }) => data)).toEqual([...records, ...records].map(({ data }) => data));
      expect(damages).toEqual([damage("RECORD_TOO_LARGE", file.length, file.length + 12)]);
      expect(damages[0]!.message).toContain(String(length));
      expect(cursor.bytes.length).toBeLessThanOrEqual(source.bytes.length);
    },
  );

  it("needs no memory for what a record claims and the file has not", () => {
    const source = new MemorySource("file", concat(file, frameHeader(2n ** 31n - 1n), file));
    const cursor = new RecordCursor(source);
    expect(take(cursor)).toEqual(records);
    cursor.finish();
    expect(take(cursor)).toHaveLength(records.length);
    expect(cursor.bytes.length).toBeLessThanOrEqual(source.bytes.length);
  });

  it("gives a record larger than its buffer", () => {
    const large = recordFile([Uint8Array.of(1), new Uint8Array(3_000_000).fill(7), Uint8Array.of(2)]);
    expect(readAll(large.bytes).records).toEqual(large.records);
  });

  it("begins where it is told", () => {
    const source = new MemorySource("file", file);
    expect(take(new RecordCursor(source, { from: records[2]!.offset }))).toEqual(records.slice(2));
  });

  it("gives each record of a growing file once, whatever the pieces, damaged or not", () => {
    const change = fc.record({ at: fc.nat(file.length - 1), byte: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(fc.nat(60)), fc.array(change, { maxLength: 3 }), (pieces, changes) => {
        const damaged = Uint8Array.from(file);
        for (const { at, byte } of changes) damaged[at] = byte;
        const source = new MemorySource("file", new Uint8Array());
        const damages: Damage[] = [];
        const cursor = new RecordCursor(source, { onDamage: (each) => damages.push(each) });
        const read = [];
        let length = 0;
        for (const piece of pieces) {
          length = Math.min(length + piece, damaged.length);
          source.bytes = damaged.subarray(0, length);
          read.push(...take(cursor));
        }
        source.bytes = damaged;
        read.push(...take(cursor));
        cursor.finish();
        read.push(...take(cursor));
        const { records: expected } = readAll(damaged);
        expect(read).toEqual(expected);
        const lost = (all: readonly Damage[]): number => all.reduce((sum, each) => sum + each.length, 0);
        expect(lost(damages)).toBe(lost(readAll(damaged).damages));
      }),
      { numRuns: 2000 },
    );
  });

  it("does not read a file many times over that is made of headers which claim the rest of it", () => {
    const size = 240_000;
    const headers: Uint8Array[] = [];
    for (let at = 0; at < size; at += 12) headers.push(frameHeader(BigInt(size - at)));
    const source = new CountingSource("file", concat(...headers, frame(Uint8Array.of(1))));
    const cursor = new RecordCursor(source);
    cursor.finish();
    expect(take(cursor)).toEqual([{ offset: size, end: size + 17, data: "01" }]);
    expect(source.count).toBeLessThan(40 * size);
  });
});

class CountingSource extends MemorySource {
  count = 0;

  override read(into: Uint8Array, offset: number, length: number, position: number): number {
    const bytes = super.read(into, offset, length, position);
    this.count += bytes;
    return bytes;
  }
}
