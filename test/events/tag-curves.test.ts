// Which points of a curve a file has, as it grows and as another takes its place.
import { describe, expect, it } from "vitest";
import { TagCurve, TagCurves } from "../../src/events/tag-curves.js";
import { decodeEvent } from "../../src/wire/event.js";
import { RecordBuffer } from "../../src/wire/record-buffer.js";
import { isIntact, TfRecordDecoder } from "../../src/wire/tfrecord.js";

/** Steps and values that are in the buffer; empties it. */
function take(buffer: RecordBuffer): [number, number][] {
  const decoder = new TfRecordDecoder();
  decoder.push(buffer.bytes.subarray(0, buffer.length));
  buffer.discard(buffer.length);
  const points: [number, number][] = [];
  for (let record = decoder.next(); record !== undefined; record = decoder.next()) {
    expect(isIntact(record)).toBe(true);
    const { step, summary } = decodeEvent(record.data);
    points.push([Number(step), summary![0]!.simpleValue!]);
  }
  return points;
}

function add(curve: TagCurve, points: readonly [number, number][]): void {
  for (const [step, value] of points) curve.curve.add(step, step, value);
  curve.curve.finish();
}

describe("a tag's curve and its file", () => {
  it("are told apart by what the file has", () => {
    const [curve, buffer] = [new TagCurve("a", undefined, 8), new RecordBuffer(10)];
    add(curve, [
      [0, 1],
      [1, 2],
    ]);
    expect([curve.unwritten, curve.fits]).toEqual([2, true]);
    curve.append(buffer);
    expect(take(buffer)).toEqual([
      [0, 1],
      [1, 2],
    ]);
    curve.append(buffer);
    expect([take(buffer), curve.unwritten]).toEqual([[], 0]);
    add(curve, [[5, 3]]);
    curve.append(buffer);
    expect(take(buffer)).toEqual([[5, 3]]);
  });

  it("do not fit when the file would have more points than the limit; a new file has as many as the curve", () => {
    const [curve, buffer] = [new TagCurve("a", undefined, 8), new RecordBuffer(10)];
    for (let step = 0; step < 8; step++) {
      add(curve, [[step, step % 3]]);
      if (curve.fits) curve.append(buffer);
    }
    const inFile = take(buffer);
    expect(inFile.length).toBeLessThanOrEqual(8);
    for (let step = 8; step < 12; step++) add(curve, [[step, step % 3]]);
    expect(curve.fits).toBe(false);
    curve.appendAll(buffer);
    const inNew = take(buffer);
    expect(inNew).toHaveLength(curve.curve.length);
    expect([inNew[0], inNew.at(-1)]).toEqual([
      [0, 0],
      [11, 2],
    ]);
    expect([curve.fits, curve.unwritten]).toEqual([true, 0]);
  });

  it("go on as before when there is no new file after all", () => {
    const [curve, buffer] = [new TagCurve("a", undefined, 100), new RecordBuffer(10)];
    add(curve, [
      [0, 1],
      [1, 2],
    ]);
    curve.append(buffer);
    take(buffer);
    add(curve, [[2, 3]]);
    const takeBack = curve.appendAll(buffer);
    expect(take(buffer)).toHaveLength(3);
    expect(curve.unwritten).toBe(0);
    takeBack();
    curve.append(buffer);
    expect(take(buffer)).toEqual([[2, 3]]);
  });

  it("do not fit when something in the file became void", () => {
    const [curve, buffer] = [new TagCurve("a", undefined, 100), new RecordBuffer(10)];
    add(curve, [[5, 1]]);
    curve.curve.voidFrom(0);
    // Nothing was in a file.
    expect(curve.fits).toBe(true);
    add(curve, [[5, 1]]);
    curve.append(buffer);
    expect(curve.fits).toBe(true);
    add(curve, [[4, 1]]);
    expect(curve.fits).toBe(false);
  });

  it("have the points of one step that were added after the file had some of them", () => {
    const [curve, buffer] = [new TagCurve("a", undefined, 100), new RecordBuffer(10)];
    add(curve, [[7, 1]]);
    curve.append(buffer);
    expect(take(buffer)).toEqual([[7, 1]]);
    add(curve, [
      [7, 9],
      [7, 5],
    ]);
    curve.append(buffer);
    expect(take(buffer)).toEqual([
      [7, 5],
      [7, 9],
    ]);
    expect(curve.unwritten).toBe(0);
  });
});

describe("the curves of a run", () => {
  it("are one a tag, with the first metadata; what they take in a file is estimated, not too low", () => {
    const curves = new TagCurves(8);
    expect([curves.firstStep, curves.limit]).toEqual([Infinity, 8]);
    const metadata = { pluginName: "scalars", description: "ü".repeat(100) };
    const curve = curves.of("tägs/of ünusual names");
    expect(curves.of("tägs/of ünusual names", metadata)).toBe(curve);
    expect(curves.of("tägs/of ünusual names", {}).metadata).toBe(metadata);
    expect(curve.size).toBe(0);
    add(curve, [
      [-(2 ** 53) + 1, 1],
      [-5, 2],
      [2 ** 53 - 1, 3],
    ]);
    expect(curves.firstStep).toBe(-(2 ** 53) + 1);
    const buffer = new RecordBuffer(10);
    curve.append(buffer);
    expect(curve.size).toBeGreaterThanOrEqual(buffer.length);
    expect(curve.size).toBeLessThan(buffer.length * 1.5);
    expect([...curves]).toEqual([curve]);
  });

  it("have fewer points when they are to", () => {
    const curves = new TagCurves(100);
    const { curve } = curves.of("a");
    for (let step = 0; step < 90; step++) curve.add(step, 0, step);
    curve.finish();
    curves.shrink(20);
    expect([curves.limit, curve.limit, curves.of("b").curve.limit]).toEqual([20, 20, 20]);
    expect(curve.length).toBeLessThanOrEqual(10);
  });
});
