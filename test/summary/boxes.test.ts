// Boxes and labels in a picture.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import type { ArrayInput } from "../../src/summary/arrays.js";
import { drawBoxes, toBoxes, type Box } from "../../src/summary/boxes.js";
import { glyphsOf, hasInk } from "../../src/summary/glyphs.js";
import type { Pixels } from "../../src/summary/pixels.js";

const white = (width: number, height: number, channels = 3): Pixels => ({
  width,
  height,
  channels,
  data: new Uint8Array(width * height * channels).fill(255),
});

/** `.` white, `r` red, `#` black, `?` everything else. */
function seen({ width, channels, data }: Pixels): string[] {
  const colors: Record<string, string> = { "255,255,255": ".", "255,0,0": "r", "0,0,0": "#" };
  const pixels = Array.from({ length: data.length / channels }, (_, i) => {
    const color = [...data.subarray(i * channels, i * channels + 3)].join(",");
    return colors[color] ?? "?";
  }).join("");
  return pixels.match(new RegExp(`.{${width}}`, "g")) ?? [];
}

const box = (left: number, top: number, right: number, bottom: number): Box => ({ left, top, right, bottom });

describe("drawBoxes", () => {
  it("frames in red, two pixels wide, the edges included", () => {
    expect(seen(drawBoxes(white(9, 8), [box(1, 1, 6, 5)]))).toEqual([
      ".........",
      ".rrrrrr..",
      ".rrrrrr..",
      ".rr..rr..",
      ".rrrrrr..",
      ".rrrrrr..",
      ".........",
      ".........",
    ]);
  });

  it("rounds to whole pixels, closes a box at the picture's edge, and leaves out one beyond it", () => {
    const boxes = [box(4.4, -10, 400, 2.6), box(100, 0, 101, 5), box(-9, -9, -1, -1)];
    expect(seen(drawBoxes(white(9, 5), boxes))).toEqual([
      "....rrrrr",
      "....rrrrr",
      "....rrrrr",
      "....rrrrr",
      ".........",
    ]);
    expect(seen(drawBoxes(white(4, 3), [box(2, 1, 2, 1)]))).toEqual(["....", "..r.", "...."]);
  });

  it("writes labels in black on red above the box, inside where there is no room, and never outside", () => {
    const above = seen(drawBoxes(white(15, 14), [box(1, 10, 11, 13)], ["T1"]));
    expect(above.slice(0, 11)).toEqual([
      "...............",
      ".rrrrrrrrrrrrr.",
      ".r#####rrr#rrr.",
      ".rrr#rrrr##rrr.",
      ".rrr#rrrrr#rrr.",
      ".rrr#rrrrr#rrr.",
      ".rrr#rrrrr#rrr.",
      ".rrr#rrrrr#rrr.",
      ".rrr#rrrr###rr.",
      ".rrrrrrrrrrrrr.",
      ".rrrrrrrrrrr...",
    ]);
    const inside = seen(drawBoxes(white(20, 12), [box(0, 0, 19, 11)], ["L"]));
    expect(inside[1]!.slice(0, 7)).toBe("r#rrrrr");
    expect(inside[7]!.slice(0, 7)).toBe("r#####r");
    const atRight = seen(drawBoxes(white(20, 14), [box(18, 10, 19, 13)], ["H"]));
    expect(atRight[2]).toBe(".............r#rrr#r");
    const tooLong = seen(drawBoxes(white(8, 14), [box(2, 10, 7, 13)], ["HH"]));
    expect(tooLong[2]).toBe("r#rrr#r#");
  });

  it("draws no label for an empty text and none without labels", () => {
    const plain = drawBoxes(white(30, 30), [box(2, 15, 20, 25)]);
    expect(drawBoxes(white(30, 30), [box(2, 15, 20, 25)], [""])).toEqual(plain);
    expect(seen(plain).slice(0, 15).join("")).toBe(".".repeat(450));
  });

  it("thickens lines and letters in large pictures", () => {
    const rows = seen(drawBoxes(white(900, 800), [box(100, 100, 300, 300)], ["I"]));
    expect(rows[200]!.slice(98, 107)).toBe("..rrrr...");
    // Twice as large: the upper edge of an I is 3 pixels wide in the font.
    expect(rows[84]!.slice(100, 114)).toBe("rrrr######rrrr");
  });

  it("makes grey colour, keeps alpha and what it was given", () => {
    const grey = { width: 2, height: 1, channels: 1, data: Uint8Array.of(7, 7) };
    expect(drawBoxes(grey, [box(1, 0, 1, 0)])).toEqual({
      ...grey,
      channels: 3,
      data: Uint8Array.of(7, 7, 7, 255, 0, 0),
    });
    expect([...grey.data]).toEqual([7, 7]);
    const clear = { width: 2, height: 1, channels: 4, data: new Uint8Array(8) };
    expect([...drawBoxes(clear, [box(1, 0, 1, 0)]).data]).toEqual([0, 0, 0, 0, 255, 0, 0, 255]);
    expect([...clear.data]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });
});

describe("toBoxes", () => {
  it("takes rows of four, nested, typed or shaped, and none", () => {
    const expected = [box(1, 2, 3, 4), box(5, 6, 7, 8)];
    expect(
      toBoxes([
        [1, 2, 3, 4],
        [5, 6, 7, 8],
      ]),
    ).toEqual(expected);
    expect(toBoxes([Float32Array.of(1, 2, 3, 4), Float32Array.of(5, 6, 7, 8)])).toEqual(expected);
    expect(toBoxes({ data: Int32Array.of(1, 2, 3, 4, 5, 6, 7, 8), shape: [2, 4] })).toEqual(expected);
    expect(toBoxes([])).toEqual([]);
    expect(toBoxes({ data: [], shape: [0, 4] })).toEqual([]);
  });

  const edges = "finite numbers with left <= right and top <= bottom";
  it.each<[string, ArrayInput, string]>([
    [
      "one row without a list",
      [1, 2, 3, 4],
      "Expected `boxes` to be rows of four numbers: left, top, right, bottom, got an array of shape [4]",
    ],
    ["rows of five", [[1, 2, 3, 4, 5]], "got an array of shape [1, 5]"],
    [
      "left beyond right",
      [
        [0, 0, 1, 1],
        [3, 0, 2, 1],
      ],
      `Expected \`boxes[1]\` to be ${edges}, got [3, 0, 2, 1]`,
    ],
    ["top below bottom", [[0, 2, 1, 1]], `Expected \`boxes[0]\` to be ${edges}, got [0, 2, 1, 1]`],
    ["NaN", [[0, 0, Number.NaN, 1]], `Expected \`boxes[0]\` to be ${edges}, got [0, 0, NaN, 1]`],
    ["infinity", [[0, 0, Infinity, 1]], `Expected \`boxes[0]\` to be ${edges}`],
  ])("refuses %s", (_, boxes, message) => {
    expect(() => toBoxes(boxes)).toThrow(ArgumentError);
    expect(() => toBoxes(boxes)).toThrow(message);
  });
});

describe("the font", () => {
  const shown = (text: string): string[] =>
    Array.from({ length: 7 }, (_, y) =>
      glyphsOf(text)
        .map((glyph) => Array.from({ length: 5 }, (__, x) => (hasInk(glyph, x, y) ? "#" : ".")).join(""))
        .join(" "),
    );

  it("has every printable character of ASCII, each of its own shape", () => {
    const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));
    expect(new Set(glyphsOf(printable.join(""))).size).toBe(95);
    expect(printable.filter((character) => glyphsOf(character)[0] === "vhhhhhv")).toEqual([]);
  });

  it("looks like this", () => {
    expect(shown("Rg5")).toEqual([
      "####. ..... #####",
      "#...# ..... #....",
      "#...# .#### ####.",
      "####. #...# ....#",
      "#.#.. .#### ....#",
      "#..#. ....# #...#",
      "#...# .###. .###.",
    ]);
  });

  it("leaves out accents and frames what it lacks, one place each", () => {
    expect(glyphsOf("é")).toEqual(glyphsOf("e"));
    expect(glyphsOf("ﬁ½")).toEqual(glyphsOf("fi1\u20442"));
    expect(glyphsOf("中🙂\n\x7f")).toEqual(["vhhhhhv", "vhhhhhv", "vhhhhhv", "vhhhhhv"]);
  });
});
