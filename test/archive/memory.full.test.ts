// Sixty million events are archived, verified and restored in less than 300 MB of memory, all of the process counted.
import { createHash } from "node:crypto";
import { createReadStream, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { openEventWriter } from "../../src/events/open-event-writer.js";
import { startTnl } from "../cli/child.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("archive-memory");
const EVENTS = 60_000_000;
const TIMEOUT_MS = 15 * 60_000;
const MEGABYTES = 300;
/** Node prints at its end the most memory that it had, in KiB. */
const REPORT = `process.on("exit", () => process.stderr.write("\\npeak " + process.resourceUsage().maxRSS + "\\n"))`;

let logdir: string;
let archive: string;
let target: string;
beforeAll(() => {
  const dir = tempDir();
  logdir = join(dir, "logs");
  archive = join(dir, "logs.parquet");
  target = join(dir, "restored");
  const writer = openEventWriter(join(logdir, "run"), {});
  const loss = writer.scalars([{ tag: "loss" }]);
  const rate = writer.scalars([{ tag: "rate" }]);
  for (let step = 0; step < EVENTS; step++) {
    if (step % 60 === 0) rate.writeOne(step, 1e-3);
    // As noisy as a loss is: nothing that compresses.
    else loss.writeOne(step, 1 / (1 + step * 1e-6) + Math.sin(step * 12.9898) / 10);
  }
  writer.closeSync();
});

/** Runs `tnl`, and gives the megabytes that it took. */
async function megabytesOf(...args: readonly string[]): Promise<number> {
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(REPORT)}` };
  const { code, stderr } = await startTnl(args, { env, timeoutMs: TIMEOUT_MS }).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^\s*peak \d+\s*$/) });
  return (Number(/peak (\d+)/.exec(stderr)![1]) * 1024) / 1e6;
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

describe(`${EVENTS.toLocaleString("en")} events`, () => {
  it(
    "are archived",
    async () => {
      expect(await megabytesOf("archive", logdir, "-o", archive)).toBeLessThan(MEGABYTES);
      expect(statSync(archive).size).toBeGreaterThan(1e7);
    },
    TIMEOUT_MS,
  );

  it(
    "are verified",
    async () => {
      expect(await megabytesOf("archive", "--verify", archive)).toBeLessThan(MEGABYTES);
    },
    TIMEOUT_MS,
  );

  it(
    "are restored",
    async () => {
      expect(await megabytesOf("restore", archive, "--out", target)).toBeLessThan(MEGABYTES);
      const [name] = readdirSync(join(logdir, "run"));
      const hashes = await Promise.all([logdir, target].map((dir) => hashOf(join(dir, "run", name!))));
      expect(hashes[1]).toBe(hashes[0]);
    },
    TIMEOUT_MS,
  );
});
