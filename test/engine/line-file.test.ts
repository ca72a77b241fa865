// A text file that a training goes on with: what a disk that does not take everything leaves of it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { LineFile } from "../../src/engine/line-file.js";
import { WriteError } from "../../src/errors.js";
import { errorOf } from "../helpers/errors.js";
import { FaultyFileSystem } from "../helpers/faulty-file-system.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("line-file");

it("keeps what the disk did not take, in the middle of a letter too, and writes it first when there is room", () => {
  const disk = new FaultyFileSystem();
  const path = join(tempDir(), "log.csv");
  const file = new LineFile(path, "new", disk);
  disk.free = 4;
  expect(errorOf(WriteError, () => file.add("aäü\n")).errno).toBe("ENOSPC");
  expect([...readFileSync(path)]).toEqual([0x61, 0xc3, 0xa4, 0xc3]);
  expect(errorOf(WriteError, () => file.flush()).errno).toBe("ENOSPC");
  file.add("b\n");
  disk.free = Infinity;
  file.close();
  expect(readFileSync(path, "utf8")).toBe("aäü\nb\n");
  expect(file.size).toBe(8);
});

it("goes on writing behind a short write", () => {
  const disk = new FaultyFileSystem();
  const path = join(tempDir(), "log.csv");
  const file = new LineFile(path, "new", disk);
  disk.writes.push({ take: 1 }, { take: 2 });
  file.add("12345\n");
  file.close();
  expect(readFileSync(path, "utf8")).toBe("12345\n");
});
