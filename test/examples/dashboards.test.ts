// The examples of single dashboards, run as their first lines say: each logs at least one run, and says nothing to stderr.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { findRuns } from "../../src/events/index.js";
import { eventsOf } from "../helpers/events.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { runOrThrow } from "../package/process.js";

const root = join(import.meta.dirname, "..", "..");
const folder = join(root, "examples", "dashboards");
const tsx = pathToFileURL(join(root, "node_modules", "tsx", "dist", "loader.mjs")).href;
const tempDir = useTempDir("examples");

describe("an example of a dashboard", () => {
  it.each(readdirSync(folder))("runs: %s", async (name) => {
    const cwd = tempDir();
    const { stderr } = await runOrThrow(process.execPath, ["--import", tsx, join(folder, name)], { cwd });
    expect(stderr).toBe("");
    const runs = findRuns(join(cwd, "logs"));
    expect(runs.length).toBeGreaterThan(0);
    for (const { files } of runs) expect(files.flatMap((file) => eventsOf(file)).length).toBeGreaterThan(0);
  });
});
