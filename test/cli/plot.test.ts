// tnl plot: what it draws.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { SummaryWriter } from "../../src/summary/summary-writer.js";
import { scalar, sessionFile } from "../helpers/handmade-runs.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { startTnl } from "./child.js";
import { FakeIo, tnl } from "./fake-io.js";

const tempDir = useTempDir("cli-plot");
let logdir: string;

/** A run of these columns, by tag, at the steps 0, 1 and so on, half a second apart. */
function write(dir: string, columns: Record<string, number[]>): void {
  let now = 1_700_000_000_000;
  const writer = new SummaryWriter(dir, { clock: () => now });
  for (let step = 0; step < Math.max(...Object.values(columns).map(({ length }) => length)); step++) {
    for (const [tag, values] of Object.entries(columns)) {
      if (step < values.length) writer.addScalar(tag, values[step]!, step);
    }
    now += 500;
  }
  writer.closeSync();
}

beforeAll(() => {
  logdir = join(tempDir(), "logs");
  const steps = Array.from({ length: 101 }, (_, i) => i);
  write(join(logdir, "up"), { level: steps, loss: steps.map((i) => 10 ** (-i / 50)) });
  write(join(logdir, "down"), { level: steps.map((i) => (i === 50 ? NaN : 100 - i)), text: [] });
});

/** The lines of each chart. */
async function plot(...argv: string[]): Promise<string[][]> {
  const { code, stdout, stderr } = await tnl(["plot", ...argv], new FakeIo());
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout
    .trimEnd()
    .split("\n\n")
    .map((chart) => chart.split("\n"));
}

describe("tnl plot", () => {
  it("draws a chart a tag with a line a run, without colours where there is no terminal", async () => {
    const charts = await plot(logdir, "--width", "40", "--height", "12");
    expect(charts).toHaveLength(2);
    expect(charts[0]).toEqual([
      "                 level",
      "── down 0   ╌╌ up 100",
      "100 ┤⠲⠤⢄⡀                           ⢀⠠⠄⠖",
      "    │   ⠈⠉⠓⠦⠤⣀                 ⣀⠤⠤⠘⠉⠁",
      "    │         ⠉⠙⠲⠤⢄⡀     ⢀⠠⠄⠒⠊⠁",
      " 50 ┤              ⠈⣉⠗⠶⠼⣁⠁",
      "    │         ⢀⠠⠤⠒⠂⠉     ⠉⠑⠒⠤⣄⡀",
      "    │    ⢀⡄⠔⠐⠉⠁               ⠈⠉⠒⠢⢤⣀",
      "  0 ┤⠤⠐⠂⠉                           ⠉⠑⠒⠤",
      "    └┬────────────────┬────────────────┬",
      "     0               50              100",
      "                    step",
    ]);
    expect(charts[1]!.slice(0, 2)).toEqual([`${" ".repeat(18)}loss`, "── up 0.01"]);
  });

  it("takes 80 columns and 20 lines where there is no terminal", async () => {
    const [chart] = await plot(logdir, "--tag", "level");
    expect(chart).toHaveLength(20);
    expect(Math.max(...chart!.map(({ length }) => length))).toBe(80);
  });

  it("takes the terminal's width and colours", async () => {
    const io = new FakeIo();
    const terminal = Object.assign(io.stdout, { isTTY: true, columns: 61, hasColors: () => true });
    expect(await tnl(["plot", logdir, "--tag", "level"], io)).toMatchObject({ code: 0 });
    // oxlint-disable-next-line no-control-regex -- colours begin with a control character
    const bare = io.written.stdout.replaceAll(/\x1b\[[\d;]*m/g, "");
    expect(bare).not.toBe(io.written.stdout);
    expect(Math.max(...bare.split("\n").map(({ length }) => length))).toBe(60);
    expect(bare).toContain("── down 0   ── up 100");
    terminal.columns = 10;
    io.written.stdout = "";
    expect(await tnl(["plot", logdir, "--tag", "level"], io)).toMatchObject({ code: 0, stderr: "" });
  });

  it("takes runs and tags by glob", async () => {
    expect((await plot(logdir, "--run", "u*", "--tag", "l?ss")).map((chart) => chart[1])).toEqual([
      "── up 0.01",
    ]);
  });

  it.each([
    ["step", "step", "0 100"],
    ["relative", "seconds since the first point", "0 50"],
    ["wall", "local time", ":13:20 :14:05"],
  ])("has %s as its x", async (x, label, ends) => {
    const [chart] = await plot(logdir, "--tag", "loss", "--x", x, "--width", "100");
    expect(chart!.at(-1)!.trim()).toBe(label);
    const labels = chart!.at(-2)!.trim().split(/ +/);
    const [first, last] = [labels[0]!, labels.at(-1)!];
    expect(`${first.replace(/^\d\d(?=:)/, "")} ${last.replace(/^\d\d(?=:)/, "")}`).toBe(ends);
  });

  it("smooths as TensorBoard", async () => {
    const dir = tempDir();
    write(dir, { loss: [8, 0, 14] });
    // (0.25 * 8 + 0 + 14) / 1.75
    expect((await plot(dir, "--smooth", "0.5"))[0]![1]).toBe("── . 9.143");
  });

  it("draws an exponential as a straight line with --log-y", async () => {
    const [chart] = await plot(logdir, "--tag", "loss", "--log-y", "--width", "40", "--height", "12");
    expect(chart).toEqual([
      "                  loss",
      "── up 0.01",
      "   1 ┤⠒⠤⢄⣀",
      "     │   ⠈⠙⠒⠢⢤⣀",
      "     │        ⠈⠉⠒⠲⠤⣀",
      "     │              ⠉⠙⠒⠦⣄⣀",
      "     │                    ⠉⠓⠢⠤⣀",
      "     │                         ⠉⠑⠒⠤⣀⡀",
      "0.01 ┤                              ⠈⠉⠒⠦",
      "     └┬────────────────┬───────────────┬",
      "      0               50             100",
      "                     step",
    ]);
  });

  it("leaves out what a restart made void, unless all is asked for", async () => {
    const dir = tempDir();
    sessionFile(
      dir,
      0,
      [0, 1, 2, 3].map((step) => scalar(step, { a: 100 })),
    );
    sessionFile(
      dir,
      1,
      [2, 3].map((step) => scalar(step, { a: 0 })),
    );
    const shown = (await plot(dir))[0]!.join("\n");
    const all = (await plot(dir, "--restarts", "all"))[0]!.join("\n");
    expect(shown).not.toBe(all);
    const dir2 = tempDir();
    sessionFile(dir2, 0, [
      scalar(0, { a: 100 }),
      scalar(1, { a: 100 }),
      scalar(2, { a: 0 }),
      scalar(3, { a: 0 }),
    ]);
    expect(shown).toBe((await plot(dir2))[0]!.join("\n"));
  });

  it("draws every point of a bounded run with --full-resolution", async () => {
    const dir = tempDir();
    const writer = new SummaryWriter(dir, { maxPointsPerTag: 8 });
    for (let step = 0; step < 1000; step++) writer.addScalar("a", step % 2, step);
    writer.closeSync();
    const dots = (chart: string[]): number =>
      [...chart.join("")].reduce((sum, one) => {
        const bits = one.codePointAt(0)! - 0x2800;
        return bits > 0 && bits < 256 ? sum + bits.toString(2).replaceAll("0", "").length : sum;
      }, 0);
    const [bounded] = await plot(dir);
    const [full] = await plot(dir, "--full-resolution");
    // Lines up and down in every column.
    expect(dots(full!)).toBeGreaterThan(2 * dots(bounded!));
    // Of a run that is not bounded, the same.
    expect(await plot(logdir, "--full-resolution")).toEqual(await plot(logdir));
  });

  it("writes all charts as SVG, too", async () => {
    const svg = join(tempDir(), "new", "charts.svg");
    const charts = await plot(logdir, "--svg", svg);
    expect(charts).toHaveLength(2);
    const text = readFileSync(svg, "utf8");
    expect(text.match(/<title>\w+/g)).toEqual(["<title>level", "<title>loss"]);
    expect(text.match(/<path d="[^"]*" fill="none" stroke="#/g)).toHaveLength(3);
  });

  it("draws a tag of which nothing is finite", async () => {
    const dir = tempDir();
    write(dir, { a: [NaN, Infinity, -Infinity], b: [3] });
    const [a, b] = await plot(dir);
    expect(a![1]).toMatch(/^── \. NaN$/);
    expect(a!.join("")).not.toMatch(/[⠁-⣿]/u);
    expect(b!.join("")).toMatch(/[⠁-⣿]/u);
  });

  it("takes a million points, with the one that stands out", async () => {
    const dir = tempDir();
    const writer = new SummaryWriter(dir);
    const a = writer.scalar("a");
    for (let step = 0; step < 1_000_000; step++) a.add(step === 654_321 ? 1 : 0, step);
    writer.closeSync();
    const [chart] = await plot(dir, "--width", "60", "--height", "10");
    expect(chart![2]).toMatch(/^ *\S* [┤│] +[⡀-⣿] *$/u);
  });

  it("says so when there are no scalars", async () => {
    const dir = tempDir();
    const writer = new SummaryWriter(dir);
    writer.addText("notes", "none", 0);
    writer.closeSync();
    const svg = join(dir, "charts.svg");
    expect(await tnl(["plot", dir, "--svg", svg])).toEqual({
      ...{ code: 0, stdout: "" },
      stderr: `tnl: There are no scalars in ${dir}\n`,
    });
    expect(existsSync(svg)).toBe(false);
  });

  it("draws what is not damaged, and says where damage is", async () => {
    const dir = tempDir();
    const garbage = new Uint8Array(50).fill(7);
    const path = sessionFile(dir, 0, [scalar(0, { a: 0 }), garbage, scalar(1, { a: 1 })]);
    const { code, stdout, stderr } = await tnl(["plot", dir]);
    expect(code).toBe(0);
    expect(stdout).toContain("── . 1");
    expect(stderr).toMatch(new RegExp(`^tnl: ${path} is damaged at byte \\d+: see tnl verify\n$`));
  });
});

describe("the program", () => {
  it("draws into a pipe, and nothing but the chart", async () => {
    const { code, stdout, stderr } = await startTnl(["plot", logdir, "--tag", "level"]).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.split("\n")).toHaveLength(21);
  });
});
