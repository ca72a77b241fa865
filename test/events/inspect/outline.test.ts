// Large events without their payloads: what the parser finds in the outline is what it finds in the whole.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FileWindow } from "../../../src/events/inspect/file-window.js";
import { outlineOf } from "../../../src/events/inspect/outline.js";
import { MemorySource } from "../../../src/events/reading/byte-source.js";
import { encodeEvent, type Event } from "../../../src/wire/event.js";
import { EventParser } from "../../../src/wire/event-parser.js";
import { fixtures } from "../../helpers/fixtures.js";
import { recordsOf } from "../../helpers/events.js";

/** The outline of `bytes` as they stand in a file between two other bytes, and how much of the file was read. */
function outlined(bytes: Uint8Array) {
  const source = new MemorySource("file", Buffer.concat([Uint8Array.of(1), bytes, Uint8Array.of(2)]));
  const window = new FileWindow(source, bytes.length + 2);
  // As a scan does: first the record's head.
  window.need(0, 1);
  const outline = outlineOf(window, 1, bytes.length + 1);
  return { outline, bytesRead: window.bytesRead };
}

/** What a scan takes from an event. */
function found(bytes: Uint8Array, sizes?: readonly number[]): object | undefined {
  const parser = new EventParser();
  if (!parser.parse(bytes)) return undefined;
  const { wallTime, exactStep, what, sessionStatus, count } = parser;
  const values = Array.from({ length: count }, (_, i) => ({
    tag: parser.names[parser.tags[i]!],
    form: parser.forms[i],
    metadata: parser.metadataList[parser.metadata[i]!],
    size: sizes?.[i] ?? parser.sizes[i],
  }));
  return { wallTime, exactStep, what, sessionStatus, values };
}

const image = (tag: string, size: number): Event => ({
  wallTime: 1.5,
  step: 7,
  summary: [
    {
      tag,
      metadata: { pluginName: "images", dataClass: 3, displayName: "a picture" },
      tensor: { dtype: 7, shape: [1], stringVal: [Buffer.alloc(size, 170)] },
    },
  ],
});

describe("an outline", () => {
  it("of a picture of ten megabytes takes a few reads of four kilobytes", () => {
    const bytes = encodeEvent(image("picture", 10_000_000));
    const { outline, bytesRead } = outlined(bytes);
    expect(outline!.bytes.length).toBeLessThan(100);
    // The first look at a file takes 256 KiB.
    expect(bytesRead).toBeLessThan(256 * 1024 + 20_000);
    expect(found(outline!.bytes, outline!.valueBytes)).toEqual(found(bytes));
  });

  it.each(fixtures)("of every event of $name", ({ path }) => {
    for (const record of recordsOf(path)) {
      const data = record.subarray(12, -4);
      const { outline } = outlined(data);
      const whole = found(data);
      // The parser's sizes are means where it takes the event for unusual.
      const sizes = (whole as { values: { size: number }[] }).values.map(({ size }) => size);
      expect(found(outline!.bytes, sizes)).toEqual(whole);
    }
  });

  it("has the tags, forms and metadata of any event, and the sizes of its values", () => {
    const value = fc.record(
      {
        tag: fc.string({ unit: "grapheme" }),
        metadata: fc.record({
          pluginName: fc.string(),
          pluginContent: fc.uint8Array({ minLength: 1, maxLength: 3000 }),
          dataClass: fc.integer({ min: 1, max: 3 }),
        }),
        tensor: fc
          .uint8Array({ maxLength: 9000 })
          .map((content) => ({ dtype: 4, shape: [content.length], content })),
      },
      { requiredKeys: ["tag"] },
    );
    const event = fc.record({
      wallTime: fc.double({ noNaN: true }),
      step: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      summary: fc.array(value, { maxLength: 5 }),
    });
    fc.assert(
      fc.property(event, (one) => {
        const bytes = encodeEvent(one);
        const { outline } = outlined(bytes);
        expect(found(outline!.bytes, outline!.valueBytes)).toEqual(found(bytes));
      }),
      { numRuns: 200 },
    );
  });

  it("of a graph is empty", () => {
    const bytes = encodeEvent({ wallTime: 1, step: 0, graphDef: new Uint8Array(100_000) });
    const { outline } = outlined(bytes);
    expect(outline!.bytes.length).toBeLessThan(20);
    expect(found(outline!.bytes)).toEqual(found(bytes));
  });

  it("of bytes that are no event is none, or one of theirs, and never more than there is", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const { outline } = outlined(bytes);
        expect(outline?.bytes.length ?? 0).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 500 },
    );
    const whole = encodeEvent(image("a", 5000));
    for (const cut of [3, 12, 40, whole.length - 1])
      expect(outlined(whole.subarray(0, cut)).outline).toBeUndefined();
  });
});
