// Where what stood in other files stands now: worked examples by hand.
import { describe, expect, it } from "vitest";
import {
  lastNames,
  placeMapFromJson,
  placeMapToJson,
  placeOf,
  SegmentBuilder,
  throughSegments,
  type PlaceMap,
} from "../../src/events/place-map.js";

/** File `a`: bytes 10 to 50 stand from 100 on, what came from 50 to 60 is gone, and 60 to 90 stand behind. */
const map: PlaceMap = new Map([
  [
    "a",
    [
      { from: 10, to: 50, at: 100 },
      { from: 60, to: 90, at: 140 },
    ],
  ],
]);

describe("a place", () => {
  it.each([
    [10, 100],
    [30, 120],
    [50, 140],
    [55, undefined],
    [60, 140],
    [90, 170],
    [91, undefined],
    [9, undefined],
  ])("at byte %i of the other file is now at %s", (offset, expected) => {
    expect(placeOf(map, "a", offset)).toBe(expected);
  });

  it("in a file that is not known is not known", () => {
    expect(placeOf(map, "b", 20)).toBeUndefined();
  });

  it("goes through a file that became part of another one", () => {
    // Of the file that has `a`, bytes 0 to 120 stand from 7 on, and 130 to 200 from 127 on.
    const both = throughSegments(map, [
      { from: 0, to: 120, at: 7 },
      { from: 130, to: 200, at: 127 },
    ]);
    expect(both.get("a")).toEqual([
      { from: 10, to: 30, at: 107 },
      { from: 40, to: 50, at: 127 },
      { from: 60, to: 90, at: 137 },
    ]);
  });
});

describe("segments", () => {
  it("are made of what is copied, and end where something is left out", () => {
    const builder = new SegmentBuilder();
    builder.nextFile();
    builder.begin(0, 100);
    builder.begin(20, 100);
    builder.extend(30);
    builder.extend(5);
    builder.begin(70, 135);
    builder.nextFile();
    builder.begin(0, 135);
    expect(builder.of(0)).toEqual([
      { from: 0, to: 0, at: 100 },
      { from: 20, to: 55, at: 100 },
      { from: 70, to: 70, at: 135 },
    ]);
    expect(builder.of(1)).toEqual([{ from: 0, to: 0, at: 135 }]);
    expect(builder.of(2)).toEqual([]);
  });

  it("go through JSON", () => {
    expect(placeMapToJson(map)).toBe('{"a":[[10,50,100],[60,90,140]]}');
    expect(placeMapFromJson(placeMapToJson(map))).toEqual(map);
    expect(placeMapFromJson("{")).toBeUndefined();
  });

  it("are remembered as far as the last thousand, and of the last two hundred files", () => {
    const many = Array.from({ length: 700 }, (_, i) => ({ from: i, to: i, at: i }));
    const kept = placeMapFromJson(
      placeMapToJson(
        new Map([
          ["a", many],
          ["b", many],
          ["c", []],
        ]),
      ),
    )!;
    expect(kept.get("b")).toHaveLength(700);
    expect(kept.get("a")).toEqual(many.slice(400));
    const names = Array.from({ length: 300 }, (_, i) => `${i}`);
    expect(lastNames([...names, "5"])).toEqual(names.slice(100));
  });
});
