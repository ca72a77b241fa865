// Event files that other programs wrote (scripts/generate-fixtures.py, generate-peer-fixtures.py), and what must be read from them.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Event } from "../../src/wire/event.js";

const folder = join(import.meta.dirname, "..", "fixtures");

/** A file, and what Google's protobuf reads from it. */
export interface Fixture {
  /** Such as `torch-scalars`. */
  readonly name: string;
  readonly path: string;
  /** The program that wrote it, with its version. */
  readonly program: string;
  /** The name that the program gave the file; only of `peer-*`. */
  readonly file?: string;
  readonly events: readonly Event[];
  /** Tag, step and number of every value that is one real number. */
  readonly scalars: readonly (readonly [string, number | bigint, number])[];
}

/** Every `.tfevents` file of test/fixtures; a new file there is a new test. */
export const fixtures: readonly Fixture[] = readdirSync(folder)
  .filter((file) => file.endsWith(".tfevents"))
  .map((file) => {
    const name = file.slice(0, -".tfevents".length);
    const text = readFileSync(join(folder, `${name}.json`), "utf8");
    return {
      name,
      path: join(folder, file),
      ...(JSON.parse(text, reviveFixture) as Omit<Fixture, "name" | "path">),
    };
  });

/** What JSON cannot say: bytes, integers beyond 2^53, NaN and infinities. */
export function reviveFixture(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("$bytes" in value) return Uint8Array.from(Buffer.from(value.$bytes as string, "hex"));
  if ("$bigint" in value) return BigInt(value.$bigint as string);
  if ("$float" in value) return Number(value.$float);
  return value;
}
