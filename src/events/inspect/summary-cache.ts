// What was found in event files, kept from one look to the next: they only grow, so that it stays true of their beginning.

import { createHash, randomBytes } from "node:crypto";
import {
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  type Stats,
} from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { maskedCrc32c } from "../../wire/crc32c.js";
import type { ByteSource } from "../reading/byte-source.js";
import { makeDirectories } from "../run-directory.js";
import type { FileSummary } from "./file-summary.js";

/** Of what is kept; another one is not read. */
const VERSION = 1;
const SUFFIX = ".summary";
/** Bytes at the beginning, and before the place where reading goes on, that tell whether a file is the one that it was. */
const PROOF_BYTES = 4096;
const DAY_MS = 86_400_000;
const KEPT_MS = 60 * DAY_MS;
/** The file whose time says when old entries were deleted last. */
const SWEPT = "swept";

/** The directory for entries: below `XDG_CACHE_HOME`, or `.cache` in the user's home. */
export function defaultCacheDirectory(
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const base = env["XDG_CACHE_HOME"];
  // A relative one is to be passed over (XDG Base Directory Specification).
  const home = base !== undefined && isAbsolute(base) ? base : join(env["HOME"] ?? homedir(), ".cache");
  return join(home, "tensorboard-node-logger");
}

interface Entry {
  readonly path: string;
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly proof: string;
  readonly summary: FileSummary;
}

/** One file a summary, each whole or not at all. What cannot be read or written is passed over: it only takes time. */
export class SummaryCache {
  readonly #directory: string;
  #isReady: boolean | undefined;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** What is known of the file of these `stats`. Where it has not changed since, `isWhole`; else of its beginning, if that is still the same. */
  find(
    path: string,
    stats: Stats,
    source: ByteSource,
  ): { summary: FileSummary; isWhole: boolean } | undefined {
    const entry = this.#read(path);
    if (entry === undefined || stats.size < entry.size) return undefined;
    const summary = { ...entry.summary, damages: entry.summary.damages.map((one) => ({ ...one, path })) };
    if (stats.size === entry.size) {
      const isSame = stats.mtimeMs === entry.mtimeMs && stats.ino === entry.ino && stats.dev === entry.dev;
      return isSame ? { summary, isWhole: true } : undefined;
    }
    // A program that copies logs makes a new file each time, with the same beginning.
    return proofOf(source, summary.end) === entry.proof ? { summary, isWhole: false } : undefined;
  }

  /** Keeps what was found in the first `stats.size` bytes of the open file. */
  keep(path: string, stats: Stats, source: ByteSource, summary: FileSummary): void {
    const { dev, ino, size, mtimeMs } = stats;
    const file = this.#fileOf(path);
    const temporary = `${file}.${randomBytes(4).toString("hex")}`;
    try {
      const entry: Entry = {
        path: resolve(path),
        dev,
        ino,
        size,
        mtimeMs,
        proof: proofOf(source, summary.end),
        summary,
      };
      this.#prepare();
      writeFileSync(temporary, packed(entry), { mode: 0o600 });
      renameSync(temporary, file);
    } catch {
      removeIfThere(temporary);
    }
  }

  #read(path: string): Entry | undefined {
    try {
      const entry = unpacked(readFileSync(this.#fileOf(path)));
      return entry?.path === resolve(path) ? entry : undefined;
    } catch {
      return undefined;
    }
  }

  #fileOf(path: string): string {
    const name = createHash("sha256").update(resolve(path)).digest("hex").slice(0, 40);
    return join(this.#directory, `${name}${SUFFIX}`);
  }

  #prepare(): void {
    if (this.#isReady !== undefined) return;
    this.#isReady = true;
    makeDirectories(this.#directory);
    this.#sweep();
  }

  // Once a day: entries that were not written for long, of files that are gone or do not change.
  #sweep(): void {
    const now = Date.now();
    const mark = join(this.#directory, SWEPT);
    if (now - (statSync(mark, { throwIfNoEntry: false })?.mtimeMs ?? 0) < DAY_MS) return;
    writeFileSync(mark, "");
    utimesSync(mark, now / 1000, now / 1000);
    for (const name of readdirSync(this.#directory)) {
      const file = join(this.#directory, name);
      const age = now - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? now);
      // Another name is what a process left that was killed while it wrote.
      if (name !== SWEPT && age > (name.endsWith(SUFFIX) ? KEPT_MS : DAY_MS)) removeIfThere(file);
    }
  }
}

/** Of the beginning of a file, and of what stands before `end`: a record's wall times are not twice the same. Throws what the source does. */
function proofOf(source: ByteSource, end: number): string {
  const hash = createHash("sha256");
  for (const [from, to] of [
    [0, Math.min(PROOF_BYTES, end)],
    [Math.max(0, end - PROOF_BYTES), end],
  ] as const) {
    const bytes = Buffer.alloc(to - from);
    const count = source.read(bytes, 0, bytes.length, from);
    hash.update(bytes.subarray(0, count));
  }
  return hash.digest("base64");
}

// A checksum first: a number that a disk has changed would be believed.
function packed(entry: Entry): Buffer {
  const text = Buffer.from(JSON.stringify({ version: VERSION, ...entry }, replace));
  const head = Buffer.alloc(4);
  head.writeUInt32LE(maskedCrc32c(text));
  return Buffer.concat([head, text]);
}

function unpacked(bytes: Buffer): Entry | undefined {
  if (bytes.length < 4 || bytes.readUInt32LE(0) !== maskedCrc32c(bytes, 4)) return undefined;
  const { version, ...entry } = JSON.parse(bytes.toString("utf8", 4), revive) as Entry & { version: number };
  return version === VERSION ? entry : undefined;
}

// What JSON cannot say.
function replace(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return { $bigint: String(value) };
  if (Object.is(value, -0)) return { $number: "-0" };
  return typeof value === "number" && !Number.isFinite(value) ? { $number: String(value) } : value;
}

function revive(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("$bigint" in value) return BigInt(value.$bigint as string);
  return "$number" in value ? Number(value.$number) : value;
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It was not made, or another process has removed it.
  }
}
