// What a bounded event file says of itself and of its record file.
import { describe, expect, it } from "vitest";
import { boundedHeadOf, parseWriter, type Coverage } from "../../src/events/coverage.js";
import { headOf } from "../../src/events/head.js";
import { decodeEvent } from "../../src/wire/event.js";

describe("what an event file says of its writer", () => {
  const writerOf = (head: Uint8Array): string => decodeEvent(head).sourceMetadata!.writer;

  it("is read as it was written: whole, bounded, bounded with a place in a record file", () => {
    expect(parseWriter(writerOf(headOf(1)))).toEqual({ isBounded: false, coverage: undefined });
    expect(parseWriter(writerOf(boundedHeadOf(1)))).toEqual({ isBounded: true, coverage: undefined });
    for (const coverage of [
      { recordFile: "records.out.1700000000.000001.box.7-2", bytes: 0 },
      { recordFile: "records.out.1700000000.000001.a 12 box.7", bytes: 2 ** 52 },
    ] satisfies Coverage[])
      expect(parseWriter(writerOf(boundedHeadOf(1, coverage)))).toEqual({ isBounded: true, coverage });
  });

  it("is nothing in other programs' files", () => {
    for (const writer of [
      "",
      "tensorboard.summary.writer.event_file_writer",
      "tensorflow.core.util.events_writer",
      "tensorboard-node-logger",
      "tensorboard-node-logger-fork 1.0.0 bounded a 1",
      "x tensorboard-node-logger 1.0.0",
    ])
      expect(parseWriter(writer), writer).toBeUndefined();
  });
});
