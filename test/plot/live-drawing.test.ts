// Drawing in place: one figure on the screen, however often it is drawn.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Figure } from "../../src/plot/figure.js";
import { LiveDrawing } from "../../src/plot/live-drawing.js";
import { renderTerminal } from "../../src/plot/terminal.js";
import { FakeTerminal } from "./fake-terminal.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
  vi.stubEnv("TERM", "xterm");
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

function figure(): Figure {
  const made = new Figure({ title: "Online" });
  made.series("Adam").push(0, 0);
  return made;
}

const drawn = (of: Figure, columns: number, rows: number): string[] =>
  renderTerminal(of, { columns, rows })
    .split("\n")
    .map((line) => line.trimEnd());

describe("LiveDrawing", () => {
  it("draws over its last drawing, with the line below left as it is", () => {
    const terminal = new FakeTerminal({ isTTY: true, columns: 61, rows: 14 });
    const of = figure();
    const drawing = new LiveDrawing(of, terminal.stream);
    terminal.write("before\n");
    drawing.draw();
    terminal.write("a progress bar");
    of.lines[0]!.push(1, 1);
    drawing.draw();
    expect(terminal.screen).toEqual(["before", ...drawn(of, 60, 12), "a progress bar"]);
  });

  it("takes the place of a progress bar that was there first", () => {
    const terminal = new FakeTerminal({ isTTY: true, columns: 61, rows: 14 });
    terminal.write("a progress bar that is longer than the drawing's first line");
    const of = figure();
    new LiveDrawing(of, terminal.stream).draw();
    expect(terminal.screen).toEqual([...drawn(of, 60, 12), ""]);
  });

  it("is no larger than 120 columns and 20 rows", () => {
    const terminal = new FakeTerminal({ isTTY: true, columns: 300, rows: 90 });
    const of = figure();
    new LiveDrawing(of, terminal.stream).draw();
    expect(terminal.screen).toEqual([...drawn(of, 120, 20), ""]);
  });

  it("begins anew below a released drawing, and after a resize", () => {
    const terminal = new FakeTerminal({ isTTY: true, columns: 61, rows: 14 });
    const of = figure();
    const drawing = new LiveDrawing(of, terminal.stream);
    drawing.draw();
    drawing.release();
    terminal.write("done\n");
    drawing.draw();
    terminal.columns = 41;
    drawing.draw();
    expect(terminal.screen).toEqual([
      ...drawn(of, 60, 12),
      "done",
      ...drawn(of, 60, 12),
      ...drawn(of, 40, 12),
      "",
    ]);
  });

  it("draws four times a second at most, when asked at any time", () => {
    const terminal = new FakeTerminal({ isTTY: true });
    const drawing = new LiveDrawing(figure(), terminal.stream);
    for (let ms = 0; ms < 2000; ms++) {
      drawing.drawIfDue();
      vi.advanceTimersByTime(1);
    }
    expect(terminal.writes).toBe(8);
  });

  it("draws less often when a drawing takes long", () => {
    const terminal = new FakeTerminal({ isTTY: true });
    const drawing = new LiveDrawing(figure(), terminal.stream);
    const write = terminal.write.bind(terminal);
    terminal.write = ((text: string) => {
      vi.advanceTimersByTime(100);
      return write(text);
    }) as typeof terminal.write;
    drawing.drawIfDue();
    vi.advanceTimersByTime(1999);
    drawing.drawIfDue();
    expect(terminal.writes).toBe(1);
    vi.advanceTimersByTime(1);
    drawing.drawIfDue();
    expect(terminal.writes).toBe(2);
  });

  it.each([
    ["no terminal", { isTTY: false }, "xterm"],
    ["a terminal that cannot move its cursor", { isTTY: true }, "dumb"],
    ["a terminal that is too narrow", { isTTY: true, columns: 24 }, "xterm"],
    ["a terminal that is too low", { isTTY: true, rows: 9 }, "xterm"],
  ])("writes nothing to %s", (_, options, term) => {
    vi.stubEnv("TERM", term);
    const terminal = new FakeTerminal(options);
    const drawing = new LiveDrawing(figure(), terminal.stream);
    drawing.drawIfDue();
    drawing.draw();
    expect(terminal.written).toBe("");
  });
});
