// Events of any content taken apart and made again: what the codec writes lives in columns, and nothing breaks the analyser.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventAnalyser } from "../../src/archive/layout/analyse-event.js";
import { EventEncoder } from "../../src/archive/layout/encode-event.js";
import { encodeEvent } from "../../src/wire/event.js";
import { anyEvent } from "../helpers/any-event.js";
import { anyMessage } from "../helpers/any-message.js";
import { concat, hex } from "../helpers/bytes.js";

/** What is made of a record; `undefined` when it is to be kept as it is: `isExact` false, where a column would lose bits of a number. */
function madeAgain(data: Uint8Array): { made: string | undefined; isExact: boolean } | undefined {
  // Bytes on both sides must not matter.
  const around = concat(Uint8Array.of(0x0a, 0x02), data, Uint8Array.of(0x12, 0x01));
  const event = new EventAnalyser().analyse(around, 2, 2 + data.length);
  if (event === undefined || typeof event.step === "bigint") return undefined;
  const made = new EventEncoder().encode(event.layout, event.step, event.wallTime, event.values);
  return { made: made && hex(made), isExact: event.isExact };
}

describe("an event", () => {
  it("that the codec wrote is made again, byte for byte, unless its step is beyond 2^53 or a NaN has other bits", () => {
    let count = 0;
    fc.assert(
      fc.property(anyEvent, (event) => {
        const data = encodeEvent(event);
        const again = madeAgain(data);
        const isBeyond = typeof event.step === "bigint" && !Number.isSafeInteger(Number(event.step));
        if (isBeyond || again?.isExact === false) return;
        count++;
        expect(again?.made).toBe(hex(data));
      }),
      { numRuns: 5000 },
    );
    expect(count).toBeGreaterThan(1000);
  });

  it("of any form is made again or given up, and never throws", () => {
    let same = 0;
    fc.assert(
      fc.property(anyMessage, (data) => {
        if (madeAgain(data)?.made === hex(data)) same++;
      }),
      { numRuns: 20_000 },
    );
    expect(same).toBeGreaterThan(1000);
  });

  it("of any bytes is made again or given up, and never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (data) => void madeAgain(data)),
      { numRuns: 20_000 },
    );
  });
});
