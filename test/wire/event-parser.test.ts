// The outline of an event without objects: what it says is what the codec says, whatever the bytes.
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeEvent, encodeEvent, SessionStatus, type Event } from "../../src/wire/event.js";
import { EventField, ValueField } from "../../src/wire/event-fields.js";
import { EventParser } from "../../src/wire/event-parser.js";
import type { SummaryValue } from "../../src/wire/summary.js";
import { DataType } from "../../src/wire/tensor.js";
import { numberIn } from "../../src/wire/tensor-number.js";
import { TfRecordDecoder } from "../../src/wire/tfrecord.js";
import { anyEvent } from "../helpers/any-event.js";
import { bytes, concat } from "../helpers/bytes.js";
import { fixtures } from "../helpers/fixtures.js";

/** What an outline must say of an event, by the codec. */
function outlineOf({ wallTime, step: its, summary = [], sessionLog }: Event): object {
  return {
    wallTime,
    step: Number(its),
    exactStep: typeof its === "bigint" && Number.isSafeInteger(Number(its)) ? Number(its) : its,
    sessionStatus: sessionLog?.status ?? SessionStatus.UNSPECIFIED,
    values: summary.map((each) => ({
      tag: each.tag,
      metadata: each.metadata,
      number: each.simpleValue ?? (each.tensor && numberIn(each.tensor)),
    })),
  };
}

/** What a parser says of the event that it parsed. */
function outlineBy(parser: EventParser): object {
  return {
    wallTime: parser.wallTime,
    step: parser.step,
    exactStep: parser.exactStep,
    sessionStatus: parser.what === EventField.SESSION_LOG ? parser.sessionStatus : SessionStatus.UNSPECIFIED,
    values: Array.from({ length: parser.count }, (_, i) => ({
      tag: parser.names[parser.tags[i]!],
      metadata: parser.metadata[i]! < 0 ? undefined : parser.metadataList[parser.metadata[i]!],
      number: parser.isScalar[i] === 1 ? parser.numbers[i] : undefined,
    })),
  };
}

function isDecoded(parser: EventParser): boolean {
  try {
    parser.event();
    return true;
  } catch {
    return false;
  }
}

function dataOf(path: string): Uint8Array[] {
  const decoder = new TfRecordDecoder();
  decoder.push(readFileSync(path));
  const data: Uint8Array[] = [];
  for (let record = decoder.next(); record !== undefined; record = decoder.next()) data.push(record.data);
  return data;
}

function plain(tags: readonly string[], at: number): Uint8Array {
  const summary = tags.map((name, i): SummaryValue => ({ tag: name, simpleValue: at + i }));
  return encodeEvent({ wallTime: 1e9 + at, step: at, summary });
}

describe("the outline of an event", () => {
  it("is what the codec says, one event after the other", () => {
    fc.assert(
      fc.property(fc.array(anyEvent), (events) => {
        const parser = new EventParser();
        for (const each of events) {
          const data = encodeEvent(each);
          const decoded = decodeEvent(data);
          expect(parser.parse(data)).toBe(true);
          expect(outlineBy(parser)).toStrictEqual(outlineOf(decoded));
          expect(parser.event()).toStrictEqual(decoded);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("is right where events are alike but for the numbers, and where one differs in a byte", () => {
    const names = ["train/loss", "train/accuracy", "lr"];
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(1, 1, 1, 2, 3), fc.nat(40), fc.nat(300))),
        fc.nat(2),
        (choices, first) => {
          const parser = new EventParser();
          for (const [count, change, at] of choices) {
            const data = plain(names.slice(first, first + count), at);
            // Some bytes of the tags are changed, so that the lengths stay.
            if (data[change]! > 0x60 && data[change]! < 0x7a) data[change]!++;
            const decoded = decodeEvent(data);
            expect(parser.parse(data)).toBe(true);
            expect(outlineBy(parser)).toStrictEqual(outlineOf(decoded));
            expect(parser.event()).toStrictEqual(decoded);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it.each(fixtures.map(({ name, path, events }) => [name, path, events] as const))(
    "agrees with the reference on %s",
    (_name, path, events) => {
      const parser = new EventParser();
      for (const [i, data] of dataOf(path).entries()) {
        expect(parser.parse(data)).toBe(true);
        expect(outlineBy(parser)).toEqual(outlineOf(events[i]!));
        expect(parser.event()).toEqual(events[i]);
      }
    },
  );

  it("names the field that an event is, and that has a value's data", () => {
    const parser = new EventParser();
    const what = (data: Uint8Array): number => (parser.parse(data) ? parser.what : -1);
    expect(what(encodeEvent({ wallTime: 1, fileVersion: "brain.Event:2" }))).toBe(EventField.FILE_VERSION);
    expect(what(encodeEvent({ wallTime: 1, graphDef: bytes("00") }))).toBe(EventField.GRAPH_DEF);
    expect(what(encodeEvent({ wallTime: 1, metaGraphDef: bytes("00") }))).toBe(EventField.META_GRAPH_DEF);
    expect(what(encodeEvent({ wallTime: 1, sessionLog: { status: 1 } }))).toBe(EventField.SESSION_LOG);
    expect(what(encodeEvent({ wallTime: 1, logMessage: { level: 20, message: "" } }))).toBe(
      EventField.LOG_MESSAGE,
    );
    expect(what(bytes("09000000000000f03f"))).toBe(EventField.NONE);
    // image {}, histo {}, audio {}, an old histogram, each under the tag "a"; and a value without data.
    const forms = concat(
      ...["2200", "2a00", "3200", "1a00", ""].map((field) => {
        const size = 3 + field.length / 2;
        return bytes(`0a0${size}0a0161${field}`);
      }),
    );
    expect(what(concat(bytes("2a"), Uint8Array.of(forms.length), forms))).toBe(EventField.SUMMARY);
    expect([...parser.forms.subarray(0, parser.count)]).toEqual([
      ValueField.IMAGE,
      ValueField.HISTO,
      ValueField.AUDIO,
      ValueField.OLD_STYLE_HISTOGRAM,
      ValueField.NONE,
    ]);
  });

  it("takes a tag or metadata that are no UTF-8 for no event, as both loaders do", () => {
    const parser = new EventParser();
    expect(parser.parse(bytes("2a0a 0a08 0a0161 150000803f"))).toBe(true);
    expect(parser.parse(bytes("2a0a 0a08 0a01ff 150000803f"))).toBe(false);
    expect(parser.parse(bytes("2a10 0a0e 0a0161 150000803f 4a04 1202 ff61"))).toBe(false);
  });

  it("gives a tag one number, however it comes", () => {
    const parser = new EventParser();
    // The second has an unknown field, 15, so that the codec reads it.
    parser.parse(bytes("2a0a 0a08 0a0161 150000803f"));
    const first = parser.tags[0];
    parser.parse(bytes("2a0a 0a08 0a0161 150000803f 7800"));
    expect(parser.tags[0]).toBe(first);
    expect(parser.names).toEqual(["a"]);
  });

  it("never throws and never reads on, and says what the codec says, whatever the bytes", () => {
    const parser = new EventParser();
    const goods = [
      plain(["loss"], 300),
      plain(["loss", "lr"], 7),
      encodeEvent({
        wallTime: 1,
        step: 300,
        summary: [
          {
            tag: "loss",
            metadata: { pluginName: "scalars", dataClass: 1 },
            tensor: { dtype: DataType.FLOAT, shape: [], floatVal: [1] },
          },
        ],
      }),
    ];
    const change = fc.tuple(fc.nat(), fc.nat(255));
    fc.assert(
      fc.property(
        fc.constantFrom(...goods),
        fc.array(change, { maxLength: 4 }),
        fc.uint8Array({ maxLength: 3 }),
        fc.nat(80),
        (good, changes, more, cut) => {
          const data = Uint8Array.from([...good, ...more]).subarray(0, cut < 60 ? undefined : cut);
          for (const [at, byte] of changes) data[at % data.length] = byte;
          // More behind it must not matter.
          const longer = concat(data, good);
          const isEvent = parser.parse(longer, 0, data.length);
          let decoded: Event | undefined;
          try {
            decoded = decodeEvent(data);
          } catch {
            // It is none.
          }
          // What only the codec looks into is found when it is asked for.
          expect(isEvent && isDecoded(parser)).toBe(decoded !== undefined);
          if (decoded === undefined) return;
          expect(parser.event()).toStrictEqual(decoded);
          expect(outlineBy(parser)).toStrictEqual(outlineOf(decoded));
        },
      ),
      { numRuns: 5000 },
    );
  });
});
