// Events: literal bytes both ways, every field both ways, and what must be taken though nobody should write it.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import {
  decodeEvent,
  encodeEvent,
  encodeVoiding,
  isVoiding,
  SessionStatus,
  withMetadata,
  withoutValues,
  type Event,
} from "../../src/wire/event.js";
import { bytes, concat, hex } from "../helpers/bytes.js";
import { errorOf } from "../helpers/errors.js";

const WALL_TIME_1 = "09 000000000000f03f";

describe("an event in bytes", () => {
  // The bytes are those of tensorboard.compat.proto 2.21.0, serialized by protobuf 7.36.2.
  const cases: [string, Event, Uint8Array][] = [
    [
      "the first of a file",
      { wallTime: 1, step: 0, fileVersion: "brain.Event:2" },
      bytes(WALL_TIME_1, "1a 0d 627261696e2e4576656e743a32"),
    ],
    [
      "the first of a file, with its writer",
      { wallTime: 1, step: 0, fileVersion: "brain.Event:2", sourceMetadata: { writer: "w" } },
      bytes(
        WALL_TIME_1,
        "1a 0d 627261696e2e4576656e743a32", // file_version
        "52 03 0a 01 77", // source_metadata { writer: "w" }
      ),
    ],
    [
      "a session's start at step 12",
      { wallTime: 1700000000.25, step: 12, sessionLog: { status: SessionStatus.START } },
      bytes("09 00001040fc54d941", "10 0c", "3a 02 08 01"), // session_log { status: START }
    ],
    ["no event at all", { wallTime: 0, step: 0 }, bytes()],
  ];

  it.each(cases)("is written: %s", (_, event, data) => {
    expect(hex(encodeEvent(event))).toBe(hex(data));
  });

  it.each(cases)("is read: %s", (_, event, data) => {
    expect(decodeEvent(data)).toStrictEqual(event);
  });

  it("needs no step to be written", () => {
    expect(hex(encodeEvent({ wallTime: 1, fileVersion: "x" }))).toBe(hex(bytes(WALL_TIME_1, "1a 01 78")));
  });
});

describe("decodeEvent", () => {
  it("reads the event that TensorFlow's tf.summary.scalar writes", () => {
    const data = bytes(
      "09 c405b73d99d6d741", // wall_time
      "10 4d", // step: 77
      "2a 25 0a 23", // summary, value
      "0a 08 6163637572616379", // tag: "accuracy"
      "42 0a 08 01 12 00 22 04 a4707d3f", // tensor { dtype: FLOAT, shape {}, content: 0.99 }
      "4a 0b 0a 09 0a 07 7363616c617273", // metadata { plugin_data { plugin_name: "scalars" } }
    );
    expect(decodeEvent(data)).toStrictEqual({
      wallTime: 1599759606.859727,
      step: 77,
      summary: [
        {
          tag: "accuracy",
          metadata: { pluginName: "scalars" },
          tensor: { dtype: 1, shape: [], content: bytes("a4707d3f") },
        },
      ],
    });
  });

  it("takes fields in any order and passes over those it does not know", () => {
    const data = bytes(
      "f8 06 ac 02", // field 111, varint 300
      "2a 12", // summary, 18 bytes
      "0a 10", // value, 16 bytes
      "15 0000003f", // simple_value: 0.5
      "fa 07 02 0102", // field 127, two bytes
      "0a 01 61", // tag: "a"
      "80 01 05", // field 16, varint 5
      "f9 07 0102030405060708", // field 127, eight bytes
      "10 07", // step: 7
      "fd 07 01020304", // field 127, four bytes
      WALL_TIME_1,
    );
    expect(decodeEvent(data)).toStrictEqual({
      wallTime: 1,
      step: 7,
      summary: [{ tag: "a", simpleValue: 0.5 }],
    });
  });

  it.each([
    [9007199254740991n, 9007199254740991],
    [-9007199254740991n, -9007199254740991],
    [9007199254740992n, 9007199254740992n],
    [9007199254740993n, 9007199254740993n],
    [-9007199254740993n, -9007199254740993n],
    [2n ** 63n - 1n, 9223372036854775807n],
    [-(2n ** 63n), -9223372036854775808n],
    [4294967296n, 4294967296],
    [-1n, -1],
  ])("gives step %d as a number, or as a bigint where a number is not exact", (step, expected) => {
    const varint: number[] = [];
    let rest = BigInt.asUintN(64, step);
    for (; rest > 127n; rest >>= 7n) varint.push(Number(rest & 127n) | 128);
    varint.push(Number(rest));
    const data = concat(bytes(WALL_TIME_1, "10"), Uint8Array.from(varint));
    expect(decodeEvent(data).step).toBe(expected);
    expect(hex(encodeEvent({ wallTime: 1, step })), "written").toBe(hex(data));
    expect(hex(encodeEvent({ wallTime: 1, step: expected })), "written again").toBe(hex(data));
  });

  it("reads NaN, infinities and -0 as wall times and values", () => {
    for (const number of [Number.NaN, Infinity, -Infinity, -0]) {
      const event = decodeEvent(
        encodeEvent({ wallTime: number, summary: [{ tag: "a", simpleValue: number }] }),
      );
      expect(event.wallTime).toBe(number);
      expect(event.summary![0]!.simpleValue).toBe(number);
    }
  });

  it("gives values that share no memory with its input", () => {
    const tensor = { dtype: 1, shape: [1], content: bytes("01020304") };
    const metadata = { pluginName: "p", pluginContent: bytes("05") };
    const event: Omit<Event, "step"> = { wallTime: 1, summary: [{ tag: "a", metadata, tensor }] };
    const data = encodeEvent(event);
    const decoded = decodeEvent(data);
    const graph = encodeEvent({ wallTime: 1, graphDef: bytes("0a0b") });
    const decodedGraph = decodeEvent(graph);
    data.fill(0);
    graph.fill(0);
    expect(decoded).toStrictEqual({ step: 0, ...event });
    expect(decodedGraph.graphDef).toStrictEqual(bytes("0a0b"));
  });

  it.each([
    ["cut inside a field", bytes("09 0000")],
    ["a string longer than the event", bytes("1a 7f 61")],
    ["a group that is not ended", bytes("0b")],
    ["a wire type that does not exist", bytes("0f")],
    ["a wall time that is a varint", bytes("08 01 00 00 00 00 00 00 00 00 ff ff")],
    ["a step of more than ten bytes", bytes("10 ff ff ff ff ff ff ff ff ff ff ff 01")],
  ])("throws for %s", (_, data) => {
    expect(() => decodeEvent(data)).toThrow(Error);
  });

  it("gives an event or throws an Error, whatever the bytes", () => {
    const outcome = (data: Uint8Array): unknown => {
      try {
        return decodeEvent(data).step === undefined ? "no event" : "an event";
      } catch (error) {
        return error instanceof Error ? "an Error" : error;
      }
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (data) => {
        expect(["an event", "an Error"]).toContain(outcome(data));
      }),
    );
  });
});

describe("encodeEvent and decodeEvent", () => {
  const anyText = fc.string({ unit: "grapheme", maxLength: 12 });
  // Of these an empty one is proto3's default, which reads as not there.
  const someText = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
  const anyBytes = fc.uint8Array({ maxLength: 20 });
  const plain = { noNullPrototype: true };
  const anyStep = fc.oneof(
    fc.maxSafeInteger(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
    fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }),
  );
  const metadata = fc.record(
    { displayName: someText, description: someText, dataClass: fc.integer({ min: 1, max: 3 }) },
    { requiredKeys: [], noNullPrototype: true },
  );
  const plugin = fc.record(
    { pluginName: someText, pluginContent: fc.uint8Array({ minLength: 1, maxLength: 9 }) },
    { requiredKeys: ["pluginName"], noNullPrototype: true },
  );
  const anyMetadata = fc
    .tuple(metadata, fc.option(plugin, { nil: {} }))
    .map(([rest, named]) => ({ ...named, ...rest }));
  const anyData = fc.oneof(
    fc.float().map((simpleValue) => ({ simpleValue })),
    fc
      .uint8Array({ minLength: 1, maxLength: 8 })
      .map((content) => ({ tensor: { dtype: 4, shape: [2, 0], content } })),
    fc.constant({}),
  );
  const anyValue = fc
    .tuple(anyText, fc.option(anyMetadata, { nil: undefined }), anyData)
    .map(([tag, meta, data]) => ({ tag, ...(meta && { metadata: meta }), ...data }));
  const anyContent = fc.oneof(
    anyText.map((fileVersion) => ({ fileVersion })),
    fc.array(anyValue, { maxLength: 4 }).map((summary) => ({ summary })),
    fc
      .record(
        { status: fc.nat(5), checkpointPath: someText, message: someText },
        { requiredKeys: ["status"], noNullPrototype: true },
      )
      .map((sessionLog) => ({ sessionLog })),
    anyBytes.map((graphDef) => ({ graphDef })),
    anyBytes.map((metaGraphDef) => ({ metaGraphDef })),
    fc
      .record({ tag: anyText, runMetadata: anyBytes }, plain)
      .map((taggedRunMetadata) => ({ taggedRunMetadata })),
    fc.record({ level: fc.integer(), message: anyText }, plain).map((logMessage) => ({ logMessage })),
    anyText.map((writer) => ({ sourceMetadata: { writer } })),
    fc.constant({}),
  );

  it("give back any event that can be written", () => {
    fc.assert(
      fc.property(fc.double(), anyStep, anyContent, (wallTime, step, content) => {
        const event: Event = { wallTime, step: Object.is(step, -0) ? 0 : step, ...content };
        expect(decodeEvent(encodeEvent(event))).toStrictEqual(event);
      }),
      { numRuns: 500 },
    );
  });

  it.each<[unknown, string]>([
    [1.5, "1.5 (number)"],
    [Number.NaN, "NaN (number)"],
    [Infinity, "Infinity (number)"],
    [2 ** 53, "9007199254740992 (number)"],
    [2n ** 63n, "9223372036854775808 (bigint)"],
    [-(2n ** 63n) - 1n, "-9223372036854775809 (bigint)"],
    ["7", '"7" (string)'],
  ])("refuse a step that a file cannot hold: %s", (step, got) => {
    const encode = () => encodeEvent({ wallTime: 1, step: step as number });
    expect(errorOf(ArgumentError, encode).message).toBe(
      `Expected \`step\` to be a safe integer, or a bigint of 64 bits, got ${got}`,
    );
  });

  it("write half a surrogate pair as the replacement character: invalid UTF-8 stops TensorBoard's loaders", () => {
    const half = "a\ud800";
    const whole = "a\ufffd";
    const event: Event = {
      wallTime: 1,
      step: 0,
      summary: [{ tag: half, metadata: { pluginName: half, displayName: half, description: half } }],
    };
    expect(decodeEvent(encodeEvent(event)).summary).toStrictEqual([
      { tag: whole, metadata: { pluginName: whole, displayName: whole, description: whole } },
    ]);
    expect(hex(encodeEvent({ wallTime: 1, fileVersion: half }))).toBe(
      hex(bytes(WALL_TIME_1, "1a 04 61efbfbd")),
    );
    expect(hex(encodeEvent({ wallTime: 1, sourceMetadata: { writer: half } }))).toBe(
      hex(bytes(WALL_TIME_1, "52 06 0a 04 61efbfbd")),
    );
    expect(
      hex(encodeEvent({ wallTime: 1, sessionLog: { status: 1, checkpointPath: half, message: half } })),
    ).toBe(hex(bytes(WALL_TIME_1, "3a 0e 08 01 12 04 61efbfbd 1a 04 61efbfbd")));
    expect(hex(encodeEvent({ wallTime: 1, logMessage: { level: 1, message: half } }))).toBe(
      hex(bytes(WALL_TIME_1, "32 08 08 01 12 04 61efbfbd")),
    );
    const tagged = encodeEvent({ wallTime: 1, taggedRunMetadata: { tag: half, runMetadata: bytes() } });
    expect(decodeEvent(tagged).taggedRunMetadata!.tag).toBe(whole);
    // A whole pair is one character.
    expect(decodeEvent(encodeEvent({ wallTime: 1, fileVersion: "\ud83d\ude00" })).fileVersion).toBe("😀");
  });
});

describe("an event without some of its values", () => {
  it("has the others as they were, in old forms too: TensorFlow 1 writes all of a step in one event", () => {
    const scalar = bytes("0a 0a", "0a 03 6c6f73", "15 0000803f"); // tag "los", simple_value 1
    const image = bytes("0a 10", "0a 03 696d67", "22 09 08 01 10 01 18 01 22 01 ff"); // tag "img", image of one pixel
    const event = (...values: Uint8Array[]): Uint8Array => {
      const summary = concat(...values);
      return concat(bytes(WALL_TIME_1, "10 05"), Uint8Array.of(0x2a, summary.length), summary);
    };
    expect(decodeEvent(event(scalar, image)).summary).toHaveLength(2);
    expect(hex(withoutValues(event(scalar, image, scalar), ["los"]))).toBe(hex(event(image)));
    expect(hex(withoutValues(event(scalar, image), ["img"]))).toBe(hex(event(scalar)));
  });

  it("is the same event when it has none of them, or no values at all", () => {
    const events: Event[] = [
      { wallTime: 1.5, step: 3, summary: [{ tag: "a", simpleValue: 1 }] },
      { wallTime: 1.5, step: 2 ** 40, graphDef: Uint8Array.of(1, 2) },
      { wallTime: 2, step: -7n - 2n ** 60n, sessionLog: { status: SessionStatus.START } },
    ];
    for (const event of events) expect(decodeEvent(withoutValues(encodeEvent(event), ["b"]))).toEqual(event);
    expect(decodeEvent(withoutValues(encodeEvent(events[0]!), ["a"]))).toEqual({ ...events[0], summary: [] });
  });
});

describe("an event with metadata added", () => {
  const metadata = new Map([["a", { pluginName: "scalars", displayName: "the a", dataClass: 1 }]]);

  it("has them at the values of those tags that have none, and is else as it was", () => {
    const given = { pluginName: "text" };
    const summary = [
      { tag: "a", simpleValue: 1 },
      { tag: "b", simpleValue: 2 },
      { tag: "a", metadata: given, simpleValue: 3 },
    ];
    expect(decodeEvent(withMetadata(encodeEvent({ wallTime: 1, step: 5, summary }), metadata))).toEqual({
      ...{ wallTime: 1, step: 5 },
      summary: [{ ...summary[0], metadata: metadata.get("a") }, summary[1], summary[2]],
    });
  });

  it("keeps old forms", () => {
    // An image (field 4) of 1 x 2 pixels under `a`, by hand.
    const value = bytes("0a 01 61", "22 04 08 01 10 02");
    const event = concat(bytes(WALL_TIME_1, "2a 0b 0a 09"), value);
    const [first] = decodeEvent(withMetadata(event, metadata)).summary!;
    expect(first).toMatchObject({ tag: "a", metadata: metadata.get("a"), image: { height: 1, width: 2 } });
  });
});

describe("an event that makes a tag void", () => {
  it("has two values of it: an empty tensor with what the tag is, and one in a form that nothing shows", () => {
    const data = encodeVoiding("a", { pluginName: "text", dataClass: 2 }, 7, 1);
    expect(hex(data)).toBe(
      hex(
        bytes(
          WALL_TIME_1,
          "10 07",
          "2a 21",
          // tag, tensor { dtype: DT_STRING, tensor_shape { dim { size: 0 } } }, metadata
          "0a 17 0a 01 61 42 06 08 07 12 02 12 00 4a 0a 0a 06 0a 04 74657874 20 02",
          "0a 06 0a 01 61 1a 01 00",
        ),
      ),
    );
    expect(isVoiding(decodeEvent(data))).toBe(true);
  });

  it("is told from others that have two values", () => {
    const summary = [
      { tag: "a", simpleValue: 1 },
      { tag: "a", simpleValue: 2 },
    ];
    expect(isVoiding({ wallTime: 1, step: 0, summary })).toBe(false);
    expect(isVoiding({ wallTime: 1, step: 0 })).toBe(false);
    const old = { oldStyleHistogram: Uint8Array.of(0) };
    const apart = [
      { tag: "a", simpleValue: 1 },
      { tag: "b", ...old },
    ];
    expect(isVoiding({ wallTime: 1, step: 0, summary: apart })).toBe(false);
  });

  it("takes a step beyond what a number holds, and none that a file cannot hold", () => {
    const step = -(2n ** 63n);
    expect(decodeEvent(encodeVoiding("a", { dataClass: 1 }, step, 1)).step).toBe(step);
    errorOf(ArgumentError, () => encodeVoiding("a", { dataClass: 1 }, 2n ** 63n, 1));
  });
});
