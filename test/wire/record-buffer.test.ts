// Records written in place: the framing around them, growth, and what is left after a part was taken away.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RecordBuffer } from "../../src/wire/record-buffer.js";
import { concat, frame, hex } from "../helpers/bytes.js";

/** The bytes in use. */
function content(buffer: RecordBuffer): string {
  return hex(buffer.bytes.subarray(0, buffer.length));
}

describe("RecordBuffer", () => {
  it("frames what was written in place", () => {
    const buffer = new RecordBuffer(64);
    const at = buffer.begin(5);
    expect(at).toBe(12);
    buffer.bytes.set([1, 2, 3], at);
    // Shorter than announced: what counts is where it ended.
    buffer.finish(at + 3);
    expect(content(buffer)).toBe(hex(frame(Uint8Array.of(1, 2, 3))));
    expect(buffer.length).toBe(19);
  });

  it("has nothing in use until finish, and overwrites what was begun and given up", () => {
    const buffer = new RecordBuffer(16);
    buffer.bytes.fill(0xff, buffer.begin(100), buffer.begin(100) + 100);
    expect(buffer.length).toBe(0);
    buffer.append(Uint8Array.of(7));
    expect(content(buffer)).toBe(hex(frame(Uint8Array.of(7))));
  });

  it("keeps every record when it grows, whatever their lengths", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 64 }),
        fc.array(
          fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ minLength: 200, maxLength: 300 })),
        ),
        (capacity, records) => {
          const buffer = new RecordBuffer(capacity);
          for (const record of records) buffer.append(record);
          expect(content(buffer)).toBe(hex(concat(...records.map(frame))));
          expect(buffer.view.buffer).toBe(buffer.bytes.buffer);
        },
      ),
    );
  });

  it("grows by doubling, so that appending stays cheap", () => {
    const buffer = new RecordBuffer(100);
    const capacities = new Set([buffer.bytes.length]);
    for (let i = 0; i < 1000; i++) {
      buffer.append(new Uint8Array(10));
      capacities.add(buffer.bytes.length);
    }
    expect([...capacities]).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 51200]);
  });

  it("grows at once to what one record needs", () => {
    const buffer = new RecordBuffer(100);
    buffer.append(new Uint8Array(5000));
    expect(buffer.bytes.length).toBe(12 + 5000 + 4);
  });

  it("keeps what is behind the discarded bytes, also from the middle of a record, and goes on there", () => {
    const first = Uint8Array.of(1, 2, 3);
    const second = Uint8Array.of(4, 5, 6);
    const third = Uint8Array.of(7);
    const all = concat(frame(first), frame(second), frame(third));
    for (let taken = 0; taken <= 38; taken++) {
      const buffer = new RecordBuffer(40);
      buffer.append(first);
      buffer.append(second);
      buffer.discard(taken);
      expect(content(buffer), `after ${taken} bytes`).toBe(hex(all.subarray(taken, 38)));
      buffer.append(third);
      expect(content(buffer), `after ${taken} bytes, and one more record`).toBe(hex(all.subarray(taken)));
    }
  });

  it("is empty once everything was taken, in pieces or not", () => {
    const buffer = new RecordBuffer(40);
    buffer.append(new Uint8Array(3));
    buffer.append(new Uint8Array(3));
    buffer.discard(20);
    expect(buffer.length).toBe(18);
    buffer.discard(18);
    expect(buffer.length).toBe(0);
  });
});
