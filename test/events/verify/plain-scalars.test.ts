// What is recognized without being parsed is what the codec says it is.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { PlainScalars } from "../../../src/events/verify/plain-scalars.js";
import { decodeEvent, encodeEvent } from "../../../src/wire/event.js";

const tags = ["loss", "rate", "a/b", "", "x".repeat(100), "x".repeat(200), "ü"];

function rarely<T, U>(arbitrary: fc.Arbitrary<T>, otherwise: U): fc.Arbitrary<T | U> {
  return fc.oneof({ weight: 1, arbitrary }, { weight: 9, arbitrary: fc.constant(otherwise) });
}

const event = fc.record({
  step: fc.oneof(fc.nat(300), fc.constantFrom(-1, 2 ** 31, 2 ** 40, 2 ** 52, 2n ** 60n)),
  wallTime: fc.oneof(
    { weight: 20, arbitrary: fc.constant(1_700_000_000.5) },
    fc.constantFrom(Number.NaN, Infinity, -Infinity, Number.MAX_VALUE, -1e308),
  ),
  simpleValue: fc.float(),
  described: rarely(fc.constant(true), false),
  // A byte that is changed, if it is one of the event's.
  flip: rarely(fc.tuple(fc.nat(60), fc.nat(7)), null),
});

/** Events whose tags come in an order that is the same again and again. */
const run = fc.tuple(
  fc.array(fc.constantFrom(...tags), { minLength: 1, maxLength: 4 }),
  fc.array(event, { minLength: 20, maxLength: 100 }),
);

/** What is recognized of a run, and what the codec says of the same bytes. */
function recognizedOf([order, events]: typeof run extends fc.Arbitrary<infer T> ? T : never) {
  const scalars = new PlainScalars();
  const found: object[] = [];
  const expected: object[] = [];
  for (const [i, { step, wallTime, simpleValue, described, flip }] of events.entries()) {
    const tag = order[i % order.length]!;
    const metadata = described ? { metadata: { pluginName: "scalars", dataClass: 1 } } : {};
    const data = encodeEvent({ wallTime, step, summary: [{ tag, simpleValue, ...metadata }] });
    // Within other bytes, as in a file.
    const bytes = new Uint8Array(data.length + 20).fill(0x2a);
    bytes.set(data, 7);
    if (flip !== null && flip[0] < data.length) bytes[7 + flip[0]]! ^= 1 << flip[1];
    if (scalars.recognize(bytes, 7, 7 + data.length)) {
      const event = decodeEvent(bytes.subarray(7, 7 + data.length));
      const [value, ...more] = event.summary ?? [];
      found.push({ step: scalars.step, tag: tags[scalars.tag], isPlain: true });
      const isPlain = Number.isFinite(event.wallTime) && value?.metadata === undefined && more.length === 0;
      expected.push({
        step: event.step,
        tag: value?.tag,
        isPlain: isPlain && value?.simpleValue !== undefined,
      });
    } else if (flip === null && !described) {
      scalars.learn(bytes, 7, 7 + data.length, tags.indexOf(tag));
    }
  }
  return { found, expected };
}

test("in any order of tags, also where bytes are changed", () => {
  let recognized = 0;
  fc.assert(
    fc.property(run, (one) => {
      const { found, expected } = recognizedOf(one);
      expect(found).toEqual(expected);
      recognized += found.length;
    }),
    { numRuns: 300 },
  );
  expect(recognized).toBeGreaterThan(1000);
});
