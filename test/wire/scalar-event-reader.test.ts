// The quick reader of scalars: what it gives is what the codec gives, and what is none of its business it leaves to the codec.
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeEvent, encodeEvent, SessionStatus } from "../../src/wire/event.js";
import { ScalarEventReader } from "../../src/wire/scalar-event-reader.js";
import { TfRecordDecoder } from "../../src/wire/tfrecord.js";
import { bytes } from "../helpers/bytes.js";
import { fixtures } from "../helpers/fixtures.js";

const value = fc.record({
  tag: fc.oneof(fc.constantFrom("a", "loss", "train/loss"), fc.string({ unit: "binary-ascii" }), fc.string()),
  simpleValue: fc.oneof(fc.float(), fc.constantFrom(NaN, Infinity, -Infinity, 0, -0)),
});
const event = fc.record({
  wallTime: fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(NaN, Infinity)),
  step: fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -5, max: 300 }), fc.constant(2 ** 49)),
  summary: fc.array(value, { minLength: 1, maxLength: 4 }),
});

describe("the quick reader", () => {
  it("gives what the codec gives, one event after the other, or nothing", () => {
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const reader = new ScalarEventReader();
        for (const each of events) {
          const data = encodeEvent(each);
          const read = reader.read(data);
          // A wall time of 0 is left out, as protobuf does with it; one of -0 is not.
          const isPlain =
            !Object.is(each.wallTime, 0) &&
            each.step >= 0 &&
            each.step < 2 ** 49 &&
            each.summary.every(({ tag }) => /^[\0-\x7f]+$/.test(tag));
          expect(read !== undefined).toBe(isPlain);
          expect(read ?? decodeEvent(data)).toStrictEqual(decodeEvent(data));
        }
      }),
    );
  });

  it.each(fixtures.map(({ name, path, events }) => [name, path, events] as const))(
    "agrees with the reference on %s",
    (_name, path, events) => {
      const reader = new ScalarEventReader();
      const decoder = new TfRecordDecoder();
      decoder.push(readFileSync(path));
      for (const expected of events) expect(reader.read(decoder.next()!.data) ?? expected).toEqual(expected);
    },
  );

  it.each(["peer-torch", "peer-tensorboardx", "peer-tensorflow-1"])("reads most scalars of %s", (name) => {
    const { path, events } = fixtures.find((fixture) => fixture.name === name)!;
    const reader = new ScalarEventReader();
    const decoder = new TfRecordDecoder();
    decoder.push(readFileSync(path));
    const read = events.filter(() => reader.read(decoder.next()!.data) !== undefined).length;
    const plain = events.filter(({ summary }) => summary?.[0]?.simpleValue !== undefined).length;
    expect(read).toBeGreaterThan(plain / 2);
  });

  it("leaves everything else to the codec", () => {
    const scalar = { tag: "a", simpleValue: 1 };
    const others = [
      { step: 1, fileVersion: "brain.Event:2" },
      { step: 1, sessionLog: { status: SessionStatus.START } },
      { step: 1, summary: [{ ...scalar, metadata: { pluginName: "scalars" } }] },
      { step: 1, summary: [scalar, { tag: "b", tensor: { dtype: 7, shape: [], stringVal: [] } }] },
      { step: -1, summary: [scalar] },
      { step: 2n ** 60n, summary: [scalar] },
      { step: 1, summary: [{ ...scalar, tag: "ü" }] },
      { step: 1, summary: [{ ...scalar, tag: "a".repeat(200_000) }] },
    ];
    const reader = new ScalarEventReader();
    for (const each of others) expect(reader.read(encodeEvent({ wallTime: 1, ...each }))).toBeUndefined();
    expect(reader.read(bytes())).toBeUndefined();
  });

  it("never throws and never reads on, whatever the bytes", () => {
    const reader = new ScalarEventReader();
    const good = encodeEvent({ wallTime: 1, step: 300, summary: [{ tag: "loss", simpleValue: 1 }] });
    for (let end = 0; end < good.length; end++) expect(reader.read(good.subarray(0, end))).toBeUndefined();
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.uint8Array(), (at, byte, more) => {
        const data = Uint8Array.from([...good, ...more]);
        data[at] = byte;
        const read = reader.read(data);
        expect(read).toStrictEqual(read && decodeEvent(data));
      }),
      { numRuns: 2000 },
    );
  });
});
