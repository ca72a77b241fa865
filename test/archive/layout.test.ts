// Events taken apart and made again.
import { describe, expect, it } from "vitest";

import { EventAnalyser } from "../../src/archive/layout/analyse-event.js";
import { EventEncoder } from "../../src/archive/layout/encode-event.js";
import { EventTemplate } from "../../src/archive/layout/event-template.js";
import { RecordCursor } from "../../src/events/reading/record-cursor.js";
import { readdirSync } from "node:fs";

const FIXTURES = new URL("../fixtures/", import.meta.url).pathname;
const files = readdirSync(FIXTURES).filter((name) => name.endsWith(".tfevents"));

describe("the layout encoder", () => {
  it.each(files)("makes every event of %s again, byte for byte", (name) => {
    const cursor = new RecordCursor(FIXTURES + name);
    cursor.finish();
    const analyser = new EventAnalyser();
    const encoder = new EventEncoder();
    let count = 0;
    while (cursor.next()) {
      const event = analyser.analyse(cursor.bytes, cursor.start, cursor.end);
      const original = Buffer.from(cursor.bytes.subarray(cursor.start, cursor.end));
      if (event === undefined) {
        console.log(name, "raw", original.toString("latin1").slice(0, 150));
        continue;
      }
      const made = encoder.encode(event.layout, Number(event.step), event.wallTime, event.values);
      if (!original.equals(made ?? Buffer.alloc(0)))
        console.log(
          name,
          "differs",
          original.toString("hex").slice(0, 300),
          made && Buffer.from(made).toString("hex").slice(0, 300),
        );
      count++;
      if (event.holes !== undefined) {
        const template = new EventTemplate(original, event.holes, 0, new Int32Array(event.values.length));
        const numbers = { step: 0, wallTime: 0, values: new Float64Array(event.values.length) };
        const view = new DataView(original.buffer, original.byteOffset, original.length);
        const ok = template.read(original, view, 0, original.length, numbers);
        if (!ok) {
          console.log("no read", name, event.step);
          continue;
        }
        const out = Buffer.alloc(template.sizeFor(numbers.step));
        template.write(numbers, out, new DataView(out.buffer, out.byteOffset, out.length), 0);
        expect(out.toString("hex")).toBe(original.toString("hex"));
      }
    }
    expect(count).toBeGreaterThan(0);
  });
});
