// Logdirs to archive, and what is in a directory so that two can be compared.
import { createHash } from "node:crypto";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect } from "vitest";
import { encodeEvent } from "../../src/wire/event.js";
import { encodeTfRecord } from "../../src/wire/tfrecord.js";
import { concat } from "../helpers/bytes.js";
import { garbage } from "../helpers/damaged-runs.js";
import { scalar } from "../helpers/handmade-runs.js";

/** Of no writer that could still run: last written a day ago. */
const LONG_AGO_S = Math.floor(Date.now() / 1000) - 86_400;
export const EVENTS = "events.out.tfevents.1700000000.box.1.0";
export const RECORDS = "records.out.1700000000.000000.box.1";

/** The bytes of an event file with `count` steps of two tags, whose values depend on `seed`. */
export function eventFile(count: number, seed = 0): Uint8Array {
  const head = encodeEvent({ wallTime: 1_700_000_000, fileVersion: "brain.Event:2" });
  const steps = Array.from({ length: count }, (_, step) =>
    encodeEvent(scalar(step, { loss: Math.fround(Math.sin(step + seed)), acc: Math.fround(step / count) })),
  );
  return concat(...[head, ...steps].map((bytes) => encodeTfRecord(bytes)));
}

/** Writes files, last modified a day ago at times of their own, with fractions of a millisecond. */
export function writeFiles(dir: string, files: Readonly<Record<string, Uint8Array | string>>): string {
  for (const [i, [path, content]] of Object.entries(files).entries()) {
    const file = join(dir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    utimesSync(file, LONG_AGO_S, LONG_AGO_S + i + 0.123_456);
  }
  return dir;
}

/** A logdir with runs that are whole, torn, empty and garbage, record files, other files, hidden ones, and links. */
export function writeLogdir(dir: string): string {
  const whole = eventFile(300);
  writeFiles(dir, {
    [`a/${EVENTS}`]: whole,
    [`a/${EVENTS}.v2`]: eventFile(20, 5),
    [`a/${RECORDS}`]: eventFile(200, 7),
    "a/run.json": '{ "format": 1 }\n',
    "a/checkpoints/step-5.ckpt": Buffer.alloc(2_200_000, "weights of a layer "),
    [`b/c/${EVENTS}`]: whole.subarray(0, 1001),
    [`b/c/events.out.tfevents.1700000001.box.1.0`]: "",
    [`b/c/events.out.tfevents.1700000002.box.1.0`]: garbage(5000),
    "b/c/empty.txt": "",
    "notes with ümlaut.md": "# Notes\n",
    ".hidden/.file": "hidden",
    [`lr=0.1,x/${EVENTS}`]: eventFile(50, 2),
  });
  symlinkSync("../a", join(dir, "b", "link to a"));
  symlinkSync("/no/where", join(dir, "dangling"));
  return dir;
}

/** When a file was modified: two are equal that are one microsecond apart, to which a restore may round. */
export class Modified {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }

  toJSON(): number {
    return Math.round(this.ms / 1000);
  }
}

expect.addEqualityTesters([
  (a: unknown, b: unknown) =>
    a instanceof Modified && b instanceof Modified ? Math.abs(a.ms - b.ms) < 0.0015 : undefined,
]);

/** Every file below `dir`, by path: its SHA-256 and when it was modified. */
export function filesBelow(dir: string): Record<string, { sha256: string; modified: Modified }> {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    files.toSorted().map((file) => {
      const sha256 = createHash("sha256").update(readFileSync(file)).digest("hex");
      const modified = new Modified(statSync(file).mtimeMs);
      return [relative(dir, file), { sha256, modified }];
    }),
  );
}
