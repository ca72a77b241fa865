// Cuts and flipped bits anywhere in a small file: told by verify, and every record that was not hit is in the repaired copy.
import { expect } from "vitest";
import { concat } from "../../helpers/bytes.js";
import { eventAt, headAt, recordOf } from "../../helpers/shown-points.js";
import { repaired } from "./repaired.js";

const NAME = "events.out.tfevents.1";
const RECORDS = [recordOf(headAt()), ...[0, 1].map((step) => recordOf(eventAt("plain", step)))];
/** The file. */
export const FILE = concat(...RECORDS);
const STARTS = RECORDS.map((_, i) => concat(...RECORDS.slice(0, i)).length);

/** What has to be in the copy; a head, which may be a new one, is in front. */
function expectCopy(copy: Uint8Array | undefined, records: readonly Uint8Array[]): void {
  if (records.length === 0) {
    expect(copy).toBeUndefined();
    return;
  }
  const isHead = records[0] === RECORDS[0];
  const rest = concat(...(isHead ? records.slice(1) : records));
  expect([...copy!.subarray(copy!.length - rest.length)]).toEqual([...rest]);
  // The version alone, or with wall time 0 where that was the whole event.
  expect(copy!.length - rest.length).toBe(RECORDS[0]!.length);
}

/** Checks a file that is cut behind so many bytes. */
export async function checkCut(makeDir: () => string, length: number): Promise<void> {
  const { files, before, after, repair } = await repaired(makeDir, { [NAME]: FILE.subarray(0, length) });
  const whole = RECORDS.filter((record, i) => STARTS[i]! + record.length <= length);
  expectCopy(files[NAME], whole);
  const isCut = !STARTS.includes(length);
  const expected = [...(isCut ? ["TORN_TAIL"] : []), ...(whole.length === 0 ? ["NO_EVENTS"] : [])];
  expect(before).toEqual(expected);
  expect(repair.files[0]!.dropped.map(({ code }) => code)).toEqual(isCut ? ["TORN_TAIL"] : []);
  expect(after).toEqual([]);
}

/** Checks a file with this bit flipped. */
export async function checkFlip(makeDir: () => string, bit: number): Promise<void> {
  const at = bit >> 3;
  const bytes = FILE.with(at, FILE[at]! ^ (1 << (bit & 7)));
  const hit = STARTS.findLastIndex((start) => start <= at);
  const { files, before, after, repair } = await repaired(makeDir, { [NAME]: bytes });
  expectCopy(
    files[NAME],
    RECORDS.filter((_, i) => i !== hit),
  );
  const expected = at - STARTS[hit]! < 12 ? "BAD_LENGTH_CRC" : "BAD_DATA_CRC";
  expect(before).toEqual(hit === 0 ? [expected, "NO_FILE_VERSION"] : [expected]);
  expect(repair.files[0]!.dropped).toMatchObject([
    { code: expected, offset: STARTS[hit], length: RECORDS[hit]!.length },
  ]);
  expect(after).toEqual([]);
}
