// What is remembered of an archive that is being written.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { describe, expect, it } from "vitest";
import { Journal, type JournalEntry } from "../../src/archive/files/journal.js";
import { WriteError } from "../../src/errors.js";
import { cleanForFileName } from "../../src/events/file-name.js";
import { nodeFileSystem } from "../../src/events/file-system.js";
import { FaultyFileSystem } from "../helpers/faulty-file-system.js";
import { useTempDir } from "../helpers/temp-dir.js";

const makeDir = useTempDir("journal");
const ENTRY: JournalEntry<unknown> = {
  logdir: "/logs",
  base: { size: 5, modified: 1.5 },
  seen: [{ path: "a", size: 7, modified: 1_700_000_000_000.25 }],
  state: { offset: 12, hash: new Uint8Array([1, 2]), steps: new BigInt64Array([2n ** 62n]) },
};

function journalIn(dir: string): Journal<unknown> {
  return new Journal(join(dir, "a.parquet"), nodeFileSystem);
}

/** The journal as a process of this or another machine would have written it. */
function writtenBy(journal: Journal<unknown>, author: string): void {
  journal.write(ENTRY);
  const content = deserialize(readFileSync(journal.path)) as object;
  writeFileSync(journal.path, serialize({ ...content, author }));
}

describe("a journal", () => {
  it("says what was written to it, and nothing else is there", () => {
    const dir = makeDir();
    const journal = journalIn(dir);
    expect(journal.read()).toBe(undefined);
    journal.write({ ...ENTRY, base: undefined });
    journal.write(ENTRY);
    expect(journal.read()).toEqual(ENTRY);
    expect(readdirSync(dir)).toEqual(["a.parquet.part.journal"]);
    journal.remove();
    journal.remove();
    expect(readdirSync(dir)).toEqual([]);
  });

  it("stays as it was when it cannot be replaced", () => {
    const dir = makeDir();
    journalIn(dir).write(ENTRY);
    const fs = new FaultyFileSystem();
    fs.free = 10;
    const full = new Journal(join(dir, "a.parquet"), fs);
    expect(() => full.write({ ...ENTRY, seen: [] })).toThrow(WriteError);
    expect(full.read()).toEqual(ENTRY);
    expect(readdirSync(dir)).toEqual(["a.parquet.part.journal"]);
  });

  it("that is torn, of another version or something else says nothing", () => {
    const journal = journalIn(makeDir());
    journal.write(ENTRY);
    const whole = readFileSync(journal.path);
    for (const size of [0, 1, 10, whole.length - 1]) {
      truncateSync(journal.path, size);
      expect([journal.read(), journal.isHeld()]).toEqual([undefined, false]);
      writeFileSync(journal.path, whole);
    }
    const other = { ...(deserialize(whole) as object), mark: "tensorboard-node-logger 0.0.9 journal" };
    writeFileSync(journal.path, serialize(other));
    expect(journal.read()).toBe(undefined);
    writeFileSync(journal.path, serialize(undefined));
    expect(journal.read()).toBe(undefined);
  });
});

describe("who writes", () => {
  const here = cleanForFileName(hostname());

  it("is another process as long as it runs", async () => {
    const journal = journalIn(makeDir());
    const child = spawn(process.execPath, ["-e", "process.stdin.resume()"]);
    writtenBy(journal, `${here}.${child.pid}`);
    expect(journal.isHeld()).toBe(true);
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
    expect(journal.isHeld()).toBe(false);
  });

  it("is one of another machine for ten minutes", () => {
    const journal = journalIn(makeDir());
    writtenBy(journal, "another-machine.1");
    expect(journal.isHeld()).toBe(true);
    const before = Date.now() / 1000 - 601;
    utimesSync(journal.path, before, before);
    expect(journal.isHeld()).toBe(false);
  });

  it("is nobody else when it is this process", () => {
    const journal = journalIn(makeDir());
    journal.write(ENTRY);
    expect(journal.isHeld()).toBe(false);
  });
});
