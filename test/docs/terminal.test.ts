// The commands of docs/terminal.md write what the page says.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { SummaryWriter } from "../../src/summary/summary-writer.js";
import { startTnl } from "../cli/child.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { root } from "../package/project.js";

const tempDir = useTempDir("docs-terminal");
const page = readFileSync(join(root, "docs", "terminal.md"), "utf8");
/** A command, and the block behind it. */
const examples = [...page.matchAll(/^```sh\ntnl ([^\n]*)\n```\n\n```\n(.*?)^```$/gms)].map(
  ([, command, output]) => [command!, output!] as const,
);
let dir: string;

beforeAll(() => {
  dir = tempDir();
  for (const [run, decay] of [
    ["adam", 50],
    ["sgd", 100],
  ] as const) {
    let now = Date.UTC(2026, 10, 25, 12);
    const writer = new SummaryWriter(join(dir, "logs", run), { clock: () => now });
    writer.addText("notes", `This is **${run}**.`, 0);
    for (let step = 0; step <= 100; step++) {
      const accuracy = run === "sgd" && step === 50 ? NaN : step / 100;
      writer.addScalar("loss", Math.exp(-step / decay), step);
      writer.addScalar("accuracy", accuracy, step);
      now += 1000;
    }
    writer.closeSync();
  }
});

it("has an example of each command", () => {
  expect(examples.map(([command]) => command.split(" ")[0])).toEqual(["inspect", "plot"]);
});

it.each(examples)("tnl %s", async (command, output) => {
  const env = { TZ: "UTC", XDG_CACHE_HOME: join(dir, "cache") };
  const { code, stdout, stderr } = await startTnl(command.split(" "), { cwd: dir, env }).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toBe(output);
});
