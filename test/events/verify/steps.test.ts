// Which steps go back and which are repeated, by the rules of the two loaders.
import { describe, expect, test } from "vitest";
import { TagChecks } from "../../../src/events/verify/tag-checks.js";
import { EventParser } from "../../../src/wire/event-parser.js";
import { encodeEvent, type Event } from "../../../src/wire/event.js";
import { eventAt, headAt, START_S } from "../../helpers/shown-points.js";

function start(step: number): Event {
  return { wallTime: START_S, step, sessionLog: { status: 1 } };
}

/** Points of `plain`; a START is a string such as `>5`. */
function eventsOf(steps: string): Event[] {
  return steps.split(" ").map((step) => {
    return step.startsWith(">") ? start(Number(step.slice(1))) : eventAt("plain", Number(step));
  });
}

function found(events: readonly Event[]) {
  const parser = new EventParser();
  const tags = new TagChecks("run", parser);
  for (const [i, event] of events.entries()) {
    if (!parser.parse(encodeEvent(event))) throw new Error("no event");
    tags.check("file", i);
  }
  return [...tags.defects()].map(({ code, offset, count = 1, step, python }) => ({
    ...{ code, offset, count, step, python },
  }));
}

const HEAD = headAt();

describe("the steps of a tag", () => {
  test.each<[string, string[]]>([
    ["0 1 2 3", []],
    ["-5 -4 0 1", []],
    ["0 1 2 1 2 3", ["STEPS_GO_BACK 1 at 4"]],
    ["0 1 2 1 2 1 2", ["STEPS_GO_BACK 2 at 4"]],
    ["0 1 1 1", ["REPEATED_STEPS 2 at 3"]],
    ["0 1 2 0 0", ["STEPS_GO_BACK 1 at 4", "REPEATED_STEPS 1 at 5"]],
    // A START that is the run's first makes nothing void in the Python loader.
    ["0 1 2 >1 1 2", ["STEPS_GO_BACK 1 at 5"]],
    ["0 1 2 >1 >1 1 2", []],
    [">0 0 1 2 >1 1 2", []],
    [">0 0 1 2 >1 1 2 >0 0 1", []],
    [">0 0 1 2 >1 1 2 1", ["STEPS_GO_BACK 1 at 8"]],
    // What is left of 0, 10 and 20 is not known any more: below the START nothing is said.
    [">0 0 10 20 >15 12 13", []],
    [">0 0 10 20 >15 12 11", ["STEPS_GO_BACK 1 at 7"]],
    [">0 0 10 >20 20 21 >20 20", []],
  ])("%s", (steps, expected) => {
    const codes = found([HEAD, ...eventsOf(steps)]);
    expect(codes.map(({ code, count, offset }) => `${code} ${count} at ${offset}`)).toEqual(expected);
  });

  test("are each tag's own", () => {
    const events = [eventAt("plain", 5), eventAt("rate", 1, true), eventAt("plain", 6), eventAt("rate", 2)];
    expect(found([HEAD, ...events])).toEqual([]);
  });

  test("are repeated by two values in one event", () => {
    const { summary } = eventAt("plain", 3);
    expect(found([HEAD, { ...eventAt("plain", 3), summary: [...summary!, ...summary!] }])).toMatchObject([
      { code: "REPEATED_STEPS", step: 3 },
    ]);
  });

  test("go back in both loaders where the run has no version", () => {
    expect(found(eventsOf("0 1 0"))).toMatchObject([{ code: "STEPS_GO_BACK", python: "replaced" }]);
    expect(found([HEAD, ...eventsOf("0 1 0")])).toMatchObject([{ code: "STEPS_GO_BACK", python: "zigzag" }]);
  });

  test("beyond 2^53 are not held against each other where they are one number", () => {
    const events = [2n ** 60n, 2n ** 60n + 1n].map((step) => ({ ...eventAt("plain", 0), step }));
    expect(found([HEAD, ...events])).toEqual([]);
  });

  test("mean nothing for what has one value", () => {
    const summary = [
      { tag: "_hparams_/session_start_info", metadata: { pluginName: "hparams", dataClass: 2 } },
    ];
    const event: Event = { wallTime: START_S, step: 0, summary };
    expect(found([HEAD, event, event])).toEqual([]);
  });
});
