// Events taken apart into columns and layout, and made again: bytes as literals, and every event of the reference writers.
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { EventAnalyser } from "../../src/archive/layout/analyse-event.js";
import { EventEncoder } from "../../src/archive/layout/encode-event.js";
import { EventTemplate } from "../../src/archive/layout/event-template.js";
import { RecordCursor } from "../../src/events/reading/record-cursor.js";

const FIXTURES = new URL("../fixtures/", import.meta.url).pathname;
const files = readdirSync(FIXTURES).filter((name) => name.endsWith(".tfevents"));

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("the layout of an event", () => {
  // Field numbers by tensorboard/compat/proto/{event,summary,tensor,histogram}.proto; the bytes by hand.
  it.each([
    [
      "a plain number",
      "09 000000000000f03f  10 ac02  2a 0a  0a 08  0a 01 61  15 0000003f",
      "09 0000000000000000  10 00  2a 09  0a 07  0a 00  15 00000000",
      { step: 300, wallTime: 1, values: [{ tag: "a", value: 0.5 }] },
    ],
    [
      "a tensor of one float",
      "09 0000000000000040  10 01  2a 11  0a 0f  0a 01 62  42 0a  08 01  12 00  2a 04 0000c03f",
      "09 0000000000000000  10 00  2a 0c  0a 0a  0a 00  42 06  08 01  12 00  2a 00",
      { step: 1, wallTime: 2, values: [{ tag: "b", value: 1.5 }] },
    ],
    [
      "a picture",
      "10 05  2a 0d  0a 0b  0a 01 63  22 06  08 01  22 02 ffd8",
      "10 00  2a 0a  0a 08  0a 00  22 04  08 01  22 00",
      { step: 5, wallTime: 0, values: [{ tag: "c", data: ["ffd8"] }] },
    ],
    [
      "a text",
      "2a 0d  0a 0b  0a 01 64  42 06  08 07  42 02 6869",
      "2a 0a  0a 08  0a 00  42 04  08 07  42 00",
      { step: 0, wallTime: 0, values: [{ tag: "d", text: "hi" }] },
    ],
    [
      "a histogram of two lists",
      "2a 24  0a 22  0a 01 65  2a 1d  09 000000000000f03f  32 08 0000000000000040  3a 08 0000000000000840",
      "2a 14  0a 12  0a 00  2a 0d  09 0000000000000000  32 00  3a 00".replace("2a 14  0a 12", "2a 13  0a 11"),
      { step: 0, wallTime: 0, values: [{ tag: "e", numbers: [1, 2, 3] }] },
    ],
    ["a version", "1a 03 616263", "1a 03 616263", { step: 0, wallTime: 0, values: [] }],
    [
      "fields in another order, and one that nobody knows",
      "2a 0a  0a 08  15 0000003f  0a 01 61  10 07  fa01 01 78",
      "2a 09  0a 07  15 00000000  0a 00  10 00  fa01 01 78",
      { step: 7, wallTime: 0, values: [{ tag: "a", value: 0.5 }] },
    ],
  ])("%s", (_, event, layout, columns) => {
    const bytes = bytesOf(event);
    const analysed = new EventAnalyser().analyse(bytes, 0, bytes.length)!;
    expect(hexOf(analysed.layout)).toBe(hexOf(bytesOf(layout)));
    const { step, wallTime, values } = analysed;
    const plain = values.map(({ data, numbers, ...rest }) => ({
      ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
      ...(data && { data: data.map(hexOf) }),
      ...(numbers && { numbers: [...numbers] }),
    }));
    expect({ step, wallTime, values: plain }).toEqual(columns);
    const made = new EventEncoder().encode(bytesOf(layout), Number(step), wallTime, values);
    expect(hexOf(made!)).toBe(hexOf(bytes));
  });

  it.each([
    ["a step that comes twice", "10 01 10 02"],
    ["a group", "0b 0c"],
    ["a length beyond the end", "2a 05 0a"],
    ["a tag that is no UTF-8", "2a 05  0a 03  0a 01 ff"],
    ["two things in one value", "2a 0c  0a 0a  15 0000003f  15 0000003f"],
  ])("there is none for %s", (_, event) => {
    const bytes = bytesOf(event);
    expect(new EventAnalyser().analyse(bytes, 0, bytes.length)).toBeUndefined();
  });

  it("does not take a length written in more bytes than it needs for its own", () => {
    const bytes = bytesOf("2a 8900  0a 07  0a 00  15 0000003f");
    const event = new EventAnalyser().analyse(bytes, 0, bytes.length)!;
    expect(hexOf(new EventEncoder().encode(event.layout, 0, 0, event.values)!)).not.toBe(hexOf(bytes));
  });

  it("refuses values that do not fit it", () => {
    const encoder = new EventEncoder();
    const none = { value: undefined, text: undefined, numbers: undefined, data: undefined };
    const layout = bytesOf("2a 09  0a 07  0a 00  15 00000000");
    expect(encoder.encode(layout, 0, 0, [])).toBeUndefined();
    expect(encoder.encode(layout, 0, 0, [{ tag: "a", ...none }])).toBeUndefined();
    const one = { tag: "a", ...none, value: 1 };
    expect(encoder.encode(layout, 0, 0, [one, one])).toBeUndefined();
    expect(encoder.encode(layout, 0, 0, [one])).toBeDefined();
  });
});

// Steps beyond 2^53 of steps-and-times.tfevents, which are kept as they are.
const RAW: Readonly<Record<string, number>> = { "steps-and-times.tfevents": 6 };

describe("the events of the reference writers", () => {
  it.each(files)("%s are made again, byte for byte", (name) => {
    const cursor = new RecordCursor(FIXTURES + name);
    cursor.finish();
    const analyser = new EventAnalyser();
    const encoder = new EventEncoder();
    let raw = 0;
    let templates = 0;
    while (cursor.next()) {
      const original = cursor.bytes.slice(cursor.start, cursor.end);
      const event = analyser.analyse(original, 0, original.length)!;
      if (typeof event.step === "bigint") {
        raw++;
        continue;
      }
      const made = encoder.encode(event.layout, event.step, event.wallTime, event.values);
      expect(hexOf(made!)).toBe(hexOf(original));
      if (event.holes === undefined) continue;
      const template = new EventTemplate(original, event.holes, 0, new Int32Array(event.values.length));
      const numbers = { step: 0, wallTime: 0, values: new Float64Array(event.values.length) };
      const isRead = template.read(original, new DataView(original.buffer), 0, original.length, numbers);
      if (!isRead) continue;
      templates++;
      expect(numbers.step).toBe(event.step);
      const out = new Uint8Array(template.sizeFor(numbers.step));
      template.write(numbers, out, new DataView(out.buffer), 0);
      expect(hexOf(out)).toBe(hexOf(original));
    }
    expect(raw).toBe(RAW[name] ?? 0);
    expect(templates).toBeGreaterThan(0);
  });
});
