// What is remembered of a file that was read, and what that tells of another one.
import { describe, expect, it } from "vitest";
import { placeAfter, ReadHistory, Recognition } from "../../../src/events/following/follow-history.js";

/** A history of records of ten bytes each, with these checksums. */
function historyOf(crcs: readonly number[], mostLast?: number): ReadHistory {
  const history = new ReadHistory(mostLast);
  crcs.forEach((crc, i) => history.add(10 * (i + 1), crc));
  return history;
}

/** What is said of such records, one after another, until it is not "same". */
function verdicts(history: ReadHistory, crcs: readonly number[]): [said: string[], same: number] {
  const recognition = new Recognition(history);
  const said: string[] = [];
  for (const [i, crc] of crcs.entries()) {
    said.push(recognition.take(10 * (i + 1), crc));
    if (said.at(-1) !== "same") break;
  }
  return [said, recognition.same.end];
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

describe("a history", () => {
  it("remembers the first place, some, and each of the last ones, however many there were", () => {
    const { places, last } = historyOf(upTo(10_000), 8);
    expect(places.length).toBeLessThan(24);
    expect(places[0]).toMatchObject({ end: 10, count: 1, crc: 1 });
    expect(places.slice(-8).map(({ count }) => count)).toEqual(upTo(10_000).slice(-8));
    expect(last).toMatchObject({ end: 100_000, count: 10_000, crc: 10_000 });
    const gaps = places.slice(1).map(({ count }, i) => count - places[i]!.count);
    // None of the stretches between them is much longer than their share.
    expect(Math.max(...gaps)).toBeLessThanOrEqual(2 * 2048);
  });

  it("goes back to a place", () => {
    const history = historyOf([1, 2, 3, 4]);
    const [, second] = history.places;
    history.returnTo(second!);
    history.add(31, 7);
    expect(history.places.map(({ end, count, crc }) => [end, count, crc])).toEqual([
      [10, 1, 1],
      [20, 2, 2],
      [31, 3, 7],
    ]);
    expect(history.last).toEqual(placeAfter(second!, 31, 7));
  });
});

describe("recognizing", () => {
  it("says of a longer copy where it goes on", () => {
    expect(verdicts(historyOf([1, 2, 3]), [1, 2, 3, 4])).toEqual([["same", "same", "all"], 30]);
  });

  it("says at which record another file is another", () => {
    expect(verdicts(historyOf([1, 2, 3]), [1, 5, 3])).toEqual([["same", "other"], 10]);
    expect(verdicts(historyOf([1, 2, 3]), [4, 2, 3])).toEqual([["other"], 0]);
  });

  it("tells records by all that stands before them", () => {
    const recognition = new Recognition(historyOf([1, 2, 3]));
    expect(recognition.take(11, 1)).toBe("other");
  });

  it("knows what is not remembered when it comes to what is", () => {
    const history = historyOf(upTo(1000), 4);
    const kept = history.places.map(({ count }) => count);
    const other = upTo(1000).map((crc) => (crc === 500 ? 0 : crc));
    const [said, same] = verdicts(history, other);
    expect(said.at(-1)).toBe("other");
    const at = kept.findIndex((count) => count >= 500);
    expect(said.length).toBe(kept[at]);
    expect(same).toBe(10 * kept[at - 1]!);
  });

  it("takes a cut file for the same up to where it was cut", () => {
    const history = historyOf(upTo(1000), 4);
    const recognition = new Recognition(history);
    for (const crc of upTo(500)) expect(recognition.take(10 * crc, crc)).toBe("same");
    expect(recognition.isUnsure).toBe(true);
    recognition.assume();
    expect([recognition.isUnsure, recognition.same.end, recognition.at.end]).toEqual([false, 5000, 5000]);
  });
});
