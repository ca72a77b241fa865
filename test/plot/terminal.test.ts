// Figures in a terminal: what is drawn, and that it always fits.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import { cells } from "../../src/plot/cells.js";
import { Figure } from "../../src/plot/figure.js";
import { renderTerminal } from "../../src/plot/terminal.js";

// oxlint-disable-next-line no-control-regex -- escape sequences begin with a control character
const COLORS = /\x1b\[[\d;]*m/g;

function ramps(): Figure {
  const figure = new Figure({ title: "Online", xLabel: "step", yLabel: "x" });
  const adam = figure.series("Adam", { color: "red" });
  const amsgrad = figure.series("AMSGrad", { color: "#0000ff" });
  for (let i = 0; i <= 100; i++) {
    adam.push(i, i / 100);
    amsgrad.push(i, i < 40 || i > 60 ? -i / 100 : NaN);
  }
  return figure;
}

describe("renderTerminal", () => {
  it("draws the lines, both axes with their labels, the texts and the legend with the last values", () => {
    expect(renderTerminal(ramps(), { columns: 40, rows: 14 }).split("\n")).toEqual([
      "x                Online",
      "── Adam 1   ── AMSGrad -1",
      " 1 ┤                               ⣀⣀⠤⠤⠖",
      "   │                      ⣀⣀⡤⠤⠴⠒⠒⠉⠉",
      "   │             ⢀⣀⣠⠤⠤⠒⠒⠉⠉",
      "   │    ⢀⣀⣠⠤⠤⠒⠒⠉⠉⠁",
      " 0 ┤⠴⠶⢎⣉⣉",
      "   │    ⠈⠉⠙⠒⠒⠤⠤⣀⣀⡀",
      "   │             ⠈⠁      ⢀",
      "   │                      ⠉⠉⠓⠒⠲⠤⠤⣀⣀",
      "−1 ┤                               ⠉⠉⠒⠒⠦",
      "   └┬─────────────────┬────────────────┬",
      "    0                50              100",
      "                    step",
    ]);
  });

  it("writes no escape sequence without colours, and with them only colours", () => {
    const bare = renderTerminal(ramps(), { columns: 60, rows: 12 });
    const colored = renderTerminal(ramps(), { columns: 60, rows: 12, color: true });
    expect(bare).not.toContain("\x1b");
    expect(colored.replace(COLORS, "")).toBe(bare);
    expect(colored).toContain("\x1b[31m──\x1b[0m Adam");
    expect(colored).toContain("\x1b[38;2;0;0;255m──\x1b[0m AMSGrad");
    // Every line ends without a colour: what comes after it is not painted.
    for (const line of colored.split("\n")) expect(line.match(COLORS)?.at(-1) ?? "\x1b[0m").toBe("\x1b[0m");
  });

  it("leaves a gap where there are no values", () => {
    const figure = new Figure();
    const line = figure.series("a");
    for (let i = 0; i <= 100; i++) line.push(i, i >= 25 && i < 75 ? NaN : 5);
    const [row, ...others] = renderTerminal(figure, { columns: 46, rows: 9 })
      .split("\n")
      .filter((line) => /[⠁-⣿]/u.test(line));
    expect(others).toEqual([]);
    // 42 columns for x from 0 to 100: the points up to 24 and those from 75 on.
    const [, drawn] = row!.split("┤");
    expect(drawn).toMatch(/^(\S{10,11}) {20,22}\S{10,11}$/);
  });

  it("shows one point among a hundred thousand", () => {
    const figure = new Figure();
    const line = figure.series("a");
    for (let i = 0; i < 100_000; i++) line.push(i, i === 50_000 ? 1 : 0);
    const top = renderTerminal(figure, { columns: 60, rows: 10 }).split("\n")[1]!;
    expect(top).toMatch(/^ *\S* [┤│] +[⡀-⣿] *$/u);
  });

  it("draws an empty figure", () => {
    expect(renderTerminal(new Figure({ title: "Empty" }), { columns: 24, rows: 8 }).split("\n")).toHaveLength(
      8,
    );
  });

  it("has 80 columns and 20 rows unless told otherwise", () => {
    const lines = renderTerminal(ramps()).split("\n");
    expect(lines).toHaveLength(20);
    expect(Math.max(...lines.map((line) => line.length))).toBe(80);
  });

  it("keeps control characters of names out of the terminal", () => {
    const figure = new Figure({ title: "a\x1b[2Jb\nc", xLabel: "\r", yLabel: "\u009b1A" });
    figure.series("evil\x1b]0;title\x07\n").push(0, 0);
    const text = renderTerminal(figure, { columns: 60, rows: 10 });
    expect(text).not.toMatch(/[^\P{C}\n]/u);
    expect(text.split("\n")).toHaveLength(10);
  });

  it.each([
    [{ columns: 23 }, "columns"],
    [{ columns: 80.5 }, "columns"],
    [{ rows: 7 }, "rows"],
    [{ rows: NaN }, "rows"],
  ])("refuses the size %o", (size, argument) => {
    expect(() => renderTerminal(new Figure(), size)).toThrow(ArgumentError);
    expect(() => renderTerminal(new Figure(), size)).toThrow(`\`${argument}\``);
  });

  it("always has its number of rows, none too wide, whatever the points and texts", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 40 });
    const series = fc.tuple(text, fc.array(fc.tuple(fc.double(), fc.double()), { maxLength: 30 }));
    fc.assert(
      fc.property(
        fc.record({ title: text, xLabel: text, yLabel: text }),
        fc.uniqueArray(series, { maxLength: 4, selector: ([name]) => name }),
        fc.integer({ min: 24, max: 130 }),
        fc.integer({ min: 8, max: 40 }),
        (options, all, columns, rows) => {
          const figure = new Figure(options);
          for (const [name, points] of all) {
            const line = figure.series(name);
            for (const [x, y] of points) line.push(x, y);
          }
          const lines = renderTerminal(figure, { columns, rows, color: true })
            .replace(COLORS, "")
            .split("\n");
          expect(lines).toHaveLength(rows);
          for (const line of lines) expect(cells(line)).toBeLessThanOrEqual(columns);
          expect(lines.join("")).not.toContain("undefined");
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("lines that would look the same", () => {
  /** Level lines, one above the other. */
  function levels(count: number): Figure {
    const figure = new Figure();
    for (let i = 0; i < count; i++) {
      const line = figure.series(`run-${i}`);
      for (let x = 0; x <= 100; x++) line.push(x, -i);
    }
    return figure;
  }

  const drawn = (text: string): string[] => text.split("\n").filter((line) => /[⠁-⣿]/u.test(line));

  it("differ in their dashes where there are no colours", () => {
    const figure = levels(4);
    const bare = renderTerminal(figure, { columns: 64, rows: 20, dashes: true });
    expect(bare.split("\n")[0]).toBe("── run-0 0   ╌╌ run-1 -1   ·· run-2 -2   ─· run-3 -3");
    const patterns = drawn(bare).map((line) => line.replace(/^.*[┤│]/u, "").trimEnd());
    expect(patterns).toHaveLength(4);
    expect(patterns[0]).not.toMatch(/ |[⠁⠈⠂⠐⠄⠠⡀⢀]/u);
    // Each other one has gaps, of its own.
    expect(
      new Set(patterns.map((pattern) => pattern.replace(/[⠁-⣿]/gu, (dot) => String(dot.length)))).size,
    ).toBe(4);
    const plainLines = drawn(renderTerminal(figure, { columns: 64, rows: 20 }));
    expect(plainLines.every((line) => !/ /u.test(line.replace(/^.*[┤│]/u, "").trim()))).toBe(true);
  });

  it("differ in their dashes where there are no more colours", () => {
    const text = renderTerminal(levels(8), { columns: 120, rows: 24, color: true, dashes: true });
    const legend = text.split("\n")[0]!.replace(COLORS, "");
    expect(legend.match(/(──|╌╌) run-\d/gu)).toEqual([
      ...["── run-0", "── run-1", "── run-2", "── run-3", "── run-4", "── run-5"],
      ...["╌╌ run-6", "╌╌ run-7"],
    ]);
  });

  it("stand in a legend of several lines, which says what it leaves out", () => {
    const text = renderTerminal(levels(40), { columns: 40, rows: 20, dashes: true, legendRows: 3 });
    expect(text.split("\n").slice(0, 3)).toEqual([
      "── run-0 0   ╌╌ run-1 -1   ·· run-2 -2",
      "─· run-3 -3   ── run-4 -4   ╌╌ run-5 -5",
      "·· run-6 -6   ─· run-7 -7   and 32 more",
    ]);
    expect(text.split("\n")).toHaveLength(20);
  });

  it("fit, however many there are and however long their names are", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ unit: "grapheme", maxLength: 40 }), { maxLength: 30 }),
        fc.integer({ min: 24, max: 90 }),
        fc.integer({ min: 8, max: 30 }),
        fc.integer({ min: 1, max: 6 }),
        fc.boolean(),
        (names, columns, rows, legendRows, color) => {
          const figure = new Figure({ title: "t", xLabel: "x", yScale: "log" });
          for (const [i, name] of names.entries()) {
            const line = figure.series(name);
            for (let x = 0; x < 5; x++) line.push(x, i * x - 3);
          }
          const lines = renderTerminal(figure, { columns, rows, legendRows, color, dashes: true }).split(
            "\n",
          );
          expect(lines).toHaveLength(rows);
          for (const line of lines) expect(cells(line.replace(COLORS, ""))).toBeLessThanOrEqual(columns);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("other axes", () => {
  it("draws an exponential as a straight line on a logarithmic one, and what is not positive as a gap", () => {
    const figure = new Figure({ yScale: "log" });
    const line = figure.series("a");
    for (let i = 0; i <= 40; i++) line.push(i, i > 15 && i < 25 ? -1 : 10 ** (i / 10));
    expect(renderTerminal(figure, { columns: 32, rows: 11 }).split("\n")).toEqual([
      "── a 10000",
      "10000 ┤                      ⢀⣀⠔",
      "      │                   ⢀⠤⠒⠁",
      "      │                ⡠⠤⠊⠁",
      "      │               ⠈",
      "  100 ┤         ⡀",
      "      │     ⢀⡠⠔⠊",
      "      │  ⢀⠤⠔⠁",
      "    1 ┤⠔⠉⠁",
      "      └┬───────────┬───────────┬",
      "       0          20          40",
    ]);
  });

  it("has dates and times", () => {
    const figure = new Figure({ xScale: "time" });
    const noon = new Date(2026, 10, 25, 12).getTime();
    const line = figure.series("a");
    for (let i = 0; i <= 60; i++) line.push(noon + i * 60_000, i);
    const lines = renderTerminal(figure, { columns: 60, rows: 10 }).split("\n");
    expect(lines.at(-1)!.trim().split(/ +/)).toEqual(["12:00", "12:15", "12:30", "12:45", "13:00"]);
  });
});
