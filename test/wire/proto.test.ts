// The generated codecs are those of proto/: fresh here, and found stale after any change.
import { execFile } from "node:child_process";
import { appendFileSync, cpSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { useTempDir } from "../helpers/temp-dir.js";

const project = join(import.meta.dirname, "..", "..");

/** Runs the script as it lies in `root`; gives its exit code and what it said. */
async function generate(root: string, ...args: string[]): Promise<{ code: number; stderr: string }> {
  try {
    const script = join(root, "scripts", "generate-proto.mjs");
    const { stderr } = await promisify(execFile)(process.execPath, [script, ...args], { timeout: 110_000 });
    return { code: 0, stderr };
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string };
    return { code, stderr };
  }
}

describe("scripts/generate-proto.mjs --check", { timeout: 120_000 }, () => {
  const tempDir = useTempDir("proto");
  let copy: string;

  beforeAll(() => {
    copy = tempDir();
    for (const part of ["proto", "src/wire/proto", "scripts/generate-proto.mjs"]) {
      cpSync(join(project, part), join(copy, part), { recursive: true });
    }
    symlinkSync(join(project, "node_modules"), join(copy, "node_modules"), "junction");
  });

  it("finds the committed codecs fresh", async () => {
    expect(await generate(project, "--check")).toEqual({ code: 0, stderr: "" });
  });

  it("finds them stale once a field was added, says what to do, and writes nothing", async () => {
    const codecs = ["messages.js", "messages.d.ts"].map((name) => join(copy, "src", "wire", "proto", name));
    const before = codecs.map((path) => readFileSync(path, "utf8"));
    appendFileSync(join(copy, "proto", "plugins.proto"), "message Planted { int32 planted = 1; }\n");
    expect(await generate(copy, "--check")).toEqual({
      code: 1,
      stderr: `stale: ${codecs.join(", ")}; run npm run proto\n`,
    });
    expect(codecs.map((path) => readFileSync(path, "utf8"))).toEqual(before);
  });
});
