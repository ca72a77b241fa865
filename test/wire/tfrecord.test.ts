// TFRecord framing: literal bytes, every cut, every flipped bit, every impossible length.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CorruptFileError } from "../../src/errors.js";
import { encodeTfRecord, isIntact, TfRecordDecoder } from "../../src/wire/tfrecord.js";
import { bytes, concat, frame, frameHeader, hex } from "../helpers/bytes.js";

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

// Three records, one of them empty; the second is longer than its header and footer together.
const PAYLOADS = [ascii("ab"), ascii("a longer payload"), new Uint8Array()];
const RECORDS = PAYLOADS.map(frame);
const FILE = concat(...RECORDS);
/** Where each record ends: 18, 50, 66. */
const ENDS = RECORDS.map((_, i) => RECORDS.slice(0, i + 1).reduce((sum, record) => sum + record.length, 0));

/** Every complete record, copied. */
function drain(decoder: TfRecordDecoder): { data: string; offset: number; intact: boolean }[] {
  const records = [];
  for (let record = decoder.next(); record !== undefined; record = decoder.next()) {
    records.push({ data: hex(record.data), offset: record.offset, intact: isIntact(record) });
  }
  return records;
}

function expected(count: number): { data: string; offset: number; intact: boolean }[] {
  return PAYLOADS.slice(0, count).map((data, i) => ({
    data: hex(data),
    offset: ENDS[i - 1] ?? 0,
    intact: true,
  }));
}

function failureOf(decoder: TfRecordDecoder): CorruptFileError {
  try {
    decoder.next();
  } catch (error) {
    if (error instanceof CorruptFileError) return error;
    throw error;
  }
  throw new Error("next did not throw");
}

describe("encodeTfRecord", () => {
  it("writes the bytes that TensorFlow writes", () => {
    // Event { wall_time: 1, file_version: "brain.Event:2" }, as a record of a file that TensorBoard reads.
    const event = bytes("09 000000000000f03f", "1a 0d 627261696e2e4576656e743a32");
    expect(hex(encodeTfRecord(event))).toBe(
      hex(
        bytes(
          "1800000000000000", // length 24
          "a37f4b22", // masked CRC-32C of the length
          "09000000000000f03f1a0d627261696e2e4576656e743a32", // data
          "86bf577a", // masked CRC-32C of the data
        ),
      ),
    );
  });

  it("frames as the reference does, whatever the data and whereever they lie", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat({ max: 7 }), (data, offset) => {
        const inside = new Uint8Array(data.length + offset);
        inside.set(data, offset);
        expect(hex(encodeTfRecord(inside.subarray(offset)))).toBe(hex(frame(data)));
      }),
    );
  });
});

describe("TfRecordDecoder", () => {
  it("gives the same records wherever the stream is cut", () => {
    for (let cut = 0; cut <= FILE.length; cut++) {
      const decoder = new TfRecordDecoder();
      decoder.push(FILE.subarray(0, cut));
      const whole = ENDS.filter((end) => end <= cut).length;
      const before = drain(decoder);
      expect(before, `before the cut at ${cut}`).toEqual(expected(whole));
      expect(decoder.offset, `offset, cut at ${cut}`).toBe(ENDS[whole - 1] ?? 0);
      expect(decoder.pending, `pending, cut at ${cut}`).toBe(cut - (ENDS[whole - 1] ?? 0));
      decoder.push(FILE.subarray(cut));
      expect([...before, ...drain(decoder)], `cut at ${cut}`).toEqual(expected(3));
      expect(decoder.offset).toBe(FILE.length);
      expect(decoder.pending).toBe(0);
    }
  });

  it.each([1, 2, 3, 7, 13])("gives each record once its last byte came, in pieces of %d", (size) => {
    const decoder = new TfRecordDecoder();
    const records = [];
    for (let at = 0; at < FILE.length; at += size) {
      const end = Math.min(at + size, FILE.length);
      decoder.push(FILE.subarray(at, end));
      records.push(...drain(decoder));
      expect(records, `after ${end} bytes`).toEqual(expected(ENDS.filter((each) => each <= end).length));
    }
    expect(records).toHaveLength(3);
  });

  it("notices every flipped bit, at its record, and keeps the others", () => {
    /** Whether each record is intact, and the error that ended the stream. */
    const outcome = (stream: Uint8Array): { intact: boolean[]; error?: string } => {
      const decoder = new TfRecordDecoder();
      const intact: boolean[] = [];
      decoder.push(stream);
      try {
        for (let record = decoder.next(); record; record = decoder.next()) intact.push(isIntact(record));
        return { intact };
      } catch (error) {
        const { code, offset } = error as CorruptFileError;
        return { intact, error: `${code} at ${offset}` };
      }
    };
    expect(outcome(FILE)).toEqual({ intact: [true, true, true] });
    for (let bit = 0; bit < FILE.length * 8; bit++) {
      const damaged = Uint8Array.from(FILE);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      const index = ENDS.findIndex((end) => bit >> 3 < end);
      const offset = ENDS[index - 1] ?? 0;
      const isInHeader = (bit >> 3) - offset < 12;
      expect(outcome(damaged), `bit ${bit}`).toEqual(
        isInHeader
          ? { intact: PAYLOADS.slice(0, index).map(() => true), error: `BAD_LENGTH_CRC at ${offset}` }
          : { intact: PAYLOADS.map((_, i) => i !== index) },
      );
    }
  });

  it("stays failed: every later call throws the same error, also after more bytes", () => {
    const decoder = new TfRecordDecoder("/logs/a/events.out.tfevents.1");
    const damaged = Uint8Array.from(FILE);
    damaged[18 + 8]! ^= 1;
    decoder.push(damaged);
    expect(hex(decoder.next()!.data)).toBe(hex(PAYLOADS[0]!));
    const failure = failureOf(decoder);
    expect(failure).toMatchObject({ code: "BAD_LENGTH_CRC", offset: 18, terminal: true });
    // 10 00 00 00 00 00 00 00, the length of the second record, has the masked checksum 0x18fefb95; its lowest bit was flipped.
    expect(failure.message).toBe(
      "/logs/a/events.out.tfevents.1 at byte 18: the checksum of the record's length is 0x18fefb94, " +
        "its bytes give 0x18fefb95; the rest cannot be read",
    );
    expect(failureOf(decoder)).toBe(failure);
    decoder.push(FILE);
    expect(failureOf(decoder)).toBe(failure);
    expect(decoder.offset).toBe(18);
  });

  it.each([2n ** 31n, 2n ** 32n + 5n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n])(
    "refuses a length of %d with a right checksum, allocates nothing for it, and stays so",
    (length) => {
      const decoder = new TfRecordDecoder();
      decoder.push(concat(RECORDS[0]!, frameHeader(length), new Uint8Array(100)));
      decoder.next();
      const before = process.memoryUsage().arrayBuffers;
      const failure = failureOf(decoder);
      expect(failure).toMatchObject({ code: "RECORD_TOO_LARGE", offset: 18, terminal: true });
      expect(failure.message).toBe(
        `at byte 18: a record of ${Number(length)} bytes is longer than any event can be`,
      );
      expect(failureOf(decoder)).toBe(failure);
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
    },
  );

  it("waits for the longest record there can be without making room for it", () => {
    const before = process.memoryUsage().arrayBuffers;
    const decoder = new TfRecordDecoder();
    decoder.push(frameHeader(2n ** 31n - 1n));
    expect(decoder.next()).toBeUndefined();
    decoder.push(new Uint8Array(1000));
    expect(decoder.next()).toBeUndefined();
    expect(decoder.pending).toBe(1012);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });

  it("takes records longer than its buffer, in pieces, between short ones", () => {
    const long = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31) & 0xff);
    const stream = concat(RECORDS[0]!, frame(long), RECORDS[1]!, frame(long), RECORDS[2]!);
    const decoder = new TfRecordDecoder();
    const records = [];
    for (let at = 0; at < stream.length; at += 7919) {
      decoder.push(stream.subarray(at, at + 7919));
      records.push(...drain(decoder));
    }
    expect(records.map(({ data }) => data.length / 2)).toEqual([2, 300_000, 16, 300_000, 0]);
    expect(records.every(({ intact }) => intact)).toBe(true);
    expect(records[3]!.data).toBe(hex(long));
  });

  it("holds no more than what it was given and has not passed on", () => {
    // 32 bytes a record, so that every piece ends inside one; 64 MB in all.
    const piece = concat(...Array.from({ length: 1000 }, () => RECORDS[1]!));
    const decoder = new TfRecordDecoder();
    const before = process.memoryUsage().arrayBuffers;
    let count = 0;
    decoder.push(piece.subarray(0, 19));
    for (let i = 0; i < 2000; i++) {
      decoder.push(piece.subarray(19));
      decoder.push(piece.subarray(0, 19));
      while (decoder.next() !== undefined) count++;
      expect(decoder.pending).toBe(19);
    }
    expect(count).toBe(2_000_000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });

  it("copies what is pushed, and its views stay valid until the next push", () => {
    const decoder = new TfRecordDecoder();
    const chunk = Uint8Array.from(FILE);
    decoder.push(chunk);
    chunk.fill(0);
    const first = decoder.next()!;
    const second = decoder.next()!;
    const third = decoder.next()!;
    expect(decoder.next()).toBeUndefined();
    expect([first, second, third].map(({ data }) => hex(data))).toEqual(PAYLOADS.map(hex));
    expect([first, second, third].every(isIntact)).toBe(true);
  });

  it("is not disturbed by records that look like framing", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constant(FILE)), { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 }),
        (payloads, sizes) => {
          const stream = concat(...payloads.map(frame));
          const decoder = new TfRecordDecoder();
          const records = [];
          for (let at = 0, i = 0; at < stream.length; at += sizes[i++ % sizes.length]!) {
            decoder.push(stream.subarray(at, at + sizes[i % sizes.length]!));
            records.push(...drain(decoder));
          }
          expect(records.map(({ data }) => data)).toEqual(payloads.map(hex));
        },
      ),
    );
  });
});
