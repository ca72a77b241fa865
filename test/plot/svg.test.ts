// SVG figures: the lines lie where the axes say, and no text breaks the document.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import { Figure, type FigureOptions } from "../../src/plot/figure.js";
import { renderSvg, renderSvgs } from "../../src/plot/svg.js";

type Point = readonly [x: number, y: number];

function figureOf(series: Record<string, readonly Point[]>, options: FigureOptions = {}): Figure {
  const figure = new Figure(options);
  for (const [name, points] of Object.entries(series)) {
    const line = figure.series(name);
    for (const [x, y] of points) line.push(x, y);
  }
  return figure;
}

/** The points of each series' path, per stretch between gaps. */
function stretches(svg: string): Point[][][] {
  return [...svg.matchAll(/<path d="([^"]*)" fill="none" stroke="#\w{6}" stroke-width="1.5"/g)].map(([, d]) =>
    d!
      .split("M")
      .slice(1)
      .map((part) =>
        part
          .replace("Z", "")
          .split("L")
          .map((pair) => pair.split(",").map(Number) as unknown as Point),
      ),
  );
}

/** Where the labels of an axis stand: by label, the coordinate along the axis. */
function labels(svg: string, axis: "x" | "y"): Map<string, number> {
  const pattern =
    axis === "x"
      ? /<text x="([\d.]+)" y="[\d.]+" text-anchor="middle">([^<]*)<\/text>/g
      : /<text x="[\d.]+" y="([\d.]+)" dy="0.35em" text-anchor="end">([^<]*)<\/text>/g;
  return new Map([...svg.matchAll(pattern)].map(([, at, label]) => [label!, Number(at)]));
}

/** Throws unless every element is closed in order and every & and < is part of the markup. */
function expectWellFormed(svg: string): void {
  const open: string[] = [];
  const wrong: string[] = [];
  const tag = /<(\/?)([a-z]+)((?: [\w:-]+="[^"<&]*")*)(\/?)>/gi;
  const rest = svg.replace(tag, (text, closing: string, name: string, _attributes, empty: string) => {
    if (closing !== "" && open.pop() !== name) wrong.push(text);
    if (closing === "" && empty === "") open.push(name);
    return "";
  });
  expect(wrong).toEqual([]);
  expect(open).toEqual([]);
  expect(rest.replace(/&(amp|lt|gt|quot|#39);/g, "")).not.toMatch(/[<>&]/);
  // oxlint-disable-next-line no-control-regex -- these are the characters that XML forbids
  expect(rest).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]|\p{Surrogate}|[\ufffe\uffff]/u);
}

describe("renderSvg", () => {
  it("draws each point where the axes' labels say", () => {
    const svg = renderSvg(
      figureOf(
        {
          a: [
            [0, 0],
            [2, 1],
            [4, -0.5],
          ],
        },
        { title: "Online", xLabel: "step", yLabel: "x" },
      ),
    );
    const x = labels(svg, "x");
    const y = labels(svg, "y");
    expect([...y.keys()]).toEqual(["−0.4", "−0.2", "0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
    const [[line]] = stretches(svg) as [[Point[]]];
    expect(line.map(([at]) => at)).toEqual(["0.0", "2.0", "4.0"].map((label) => x.get(label) ?? x.get("0")));
    expect(line[0]![1]).toBeCloseTo(y.get("0")!, 1);
    expect(line[1]![1]).toBeCloseTo(y.get("1.0")!, 1);
    expect(line[2]![1]).toBeCloseTo(y.get("0")! + 2.5 * (y.get("−0.2")! - y.get("0")!), 1);
  });

  it("breaks the line at what is not finite, and keeps a point that stands alone", () => {
    const svg = renderSvg(
      figureOf({
        a: [
          [0, 1],
          [1, 2],
          [2, NaN],
          [3, 1],
          [4, Infinity],
          [5, 2],
          [6, 2],
        ],
      }),
    );
    expect(stretches(svg)[0]!.map((stretch) => stretch.length)).toEqual([2, 1, 2]);
  });

  it("draws several series over the same axes, in their colours and with a legend", () => {
    const figure = new Figure();
    figure.series("Adam", { color: "red" }).push(0, 5);
    figure.series("AMSGrad", { color: "#00f" }).push(10, 5);
    const svg = renderSvg(figure);
    const [adam, amsgrad] = stretches(svg);
    expect(adam![0]![0]![1]).toBe(amsgrad![0]![0]![1]);
    expect(adam![0]![0]![0]).toBe(labels(svg, "x").get("0"));
    expect(amsgrad![0]![0]![0]).toBe(labels(svg, "x").get("10"));
    expect(
      [...svg.matchAll(/stroke="(#\w{6})" stroke-width="2.5"[^>]*\/><text[^>]*>(\w+)</g)].map(
        ([, ...found]) => found,
      ),
    ).toEqual([
      ["#ff0000", "Adam"],
      ["#0000ff", "AMSGrad"],
    ]);
  });

  it("draws a million points in a few thousand, with the one that stands out", () => {
    const points = Array.from({ length: 1_000_000 }, (_, i): Point => [i, i === 765_432 ? 3 : Math.sin(i)]);
    const svg = renderSvg(figureOf({ a: points }));
    const [[line]] = stretches(svg) as [[Point[]]];
    expect(line.length).toBeGreaterThan(1000);
    expect(line.length).toBeLessThanOrEqual(1280);
    const highest = line.reduce((a, b) => (a[1] < b[1] ? a : b));
    const x = labels(svg, "x");
    expect(highest[0]).toBeCloseTo(x.get("0")! + 0.765432 * (x.get("1M")! - x.get("0")!), 1);
    expect(highest[1]).toBeCloseTo(labels(svg, "y").get("3.0")!, 1);
  });

  it("escapes every text, and replaces what XML cannot hold", () => {
    const nasty = `<script>alert("1" & '2')</script>\u0000\u001b\ud800\uffff`;
    const svg = renderSvg(figureOf({ [nasty]: [[0, 1]] }, { title: nasty, xLabel: nasty, yLabel: nasty }));
    expectWellFormed(svg);
    const escaped =
      "&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;\ufffd\ufffd\ufffd\ufffd";
    expect(svg.split(escaped)).toHaveLength(6);
    expect(svg).not.toContain("<script");
  });

  it("keeps letters of all scripts and emoji", () => {
    expect(renderSvg(figureOf({}, { title: "Verlust β₂ 損失 🚀" }))).toContain(">Verlust β₂ 損失 🚀</text>");
  });

  it("draws a figure without points, and one whose points are all gaps", () => {
    for (const figure of [
      figureOf({}),
      figureOf({ a: [] }),
      figureOf({
        a: [
          [0, NaN],
          [NaN, 1],
        ],
      }),
    ]) {
      const svg = renderSvg(figure);
      expectWellFormed(svg);
      expect(stretches(svg)).toEqual([]);
      expect(labels(svg, "y").get("1.0")).toBeLessThan(labels(svg, "y").get("0")!);
    }
  });

  it("has the size asked for, and puts a long legend into rows that stay inside it", () => {
    const names = Array.from({ length: 12 }, (_, i) => `optimizer number ${i}`);
    const svg = renderSvg(figureOf(Object.fromEntries(names.map((name) => [name, [[0, 0]]]))), {
      width: 400,
      height: 300,
    });
    expect(svg).toMatch(
      /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="400" height="300" viewBox="0 0 400 300"/,
    );
    const places = [
      ...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)" dy="0.35em">optimizer number \d+</g),
    ].map(([, ...at]) => at.map(Number));
    expect(places).toHaveLength(12);
    expect(new Set(places.map(([, y]) => y)).size).toBe(6);
    for (const [x] of places) expect(x).toBeLessThan(400 - 18 * 6);
  });

  it.each([
    [{ width: 199 }, "width"],
    [{ width: NaN }, "width"],
    [{ height: Infinity }, "height"],
    [{ height: 149 }, "height"],
  ])("refuses the size %o", (size, argument) => {
    expect(() => renderSvg(new Figure(), size)).toThrow(ArgumentError);
    expect(() => renderSvg(new Figure(), size)).toThrow(`\`${argument}\``);
  });

  it("stays a document with all lines inside it, whatever the points", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.double(), fc.double()), { maxLength: 60 }), (points) => {
        const svg = renderSvg(figureOf({ a: points }, { title: "t" }), { width: 300, height: 200 });
        expectWellFormed(svg);
        expect(svg).not.toMatch(/NaN|Infinity|undefined/);
        for (const [x, y] of stretches(svg).flat(2)) {
          expect(x).toBeGreaterThanOrEqual(0);
          expect(x).toBeLessThanOrEqual(300);
          expect(y).toBeGreaterThanOrEqual(0);
          expect(y).toBeLessThanOrEqual(200);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("several figures", () => {
  const figure = (title: string): Figure => {
    const one = new Figure({ title });
    one.series("a").push(0, 1);
    return one;
  };

  it("stand one below the other in one document", () => {
    const svg = renderSvgs([figure("first"), figure("second")], { width: 300, height: 200 });
    expect(svg).toMatch(
      /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="300" height="400" viewBox="0 0 300 400">/,
    );
    expect(svg.match(/<svg y="\d+"/g)).toEqual(['<svg y="0"', '<svg y="200"']);
    expect(svg.match(/<title>\w+/g)).toEqual(["<title>first", "<title>second"]);
    expect(svg.match(/<\/svg>/g)).toHaveLength(3);
  });

  it("of one is that one, and of none is refused", () => {
    expect(renderSvgs([figure("a")])).toBe(renderSvg(figure("a")));
    expect(() => renderSvgs([])).toThrow(ArgumentError);
  });

  it("tell lines of one colour apart by their dashes", () => {
    const many = new Figure();
    for (let i = 0; i < 8; i++) many.series(`run-${i}`).push(0, i);
    const lines = renderSvg(many).match(/stroke="#0072b2"[^>]*stroke-width="1.5"[^>]*>/g)!;
    expect(lines.map((line) => /stroke-dasharray="([^"]*)"/.exec(line)?.[1])).toEqual([undefined, "6 4"]);
  });
});
