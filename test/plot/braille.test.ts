// Braille dots: each in its place, stretches by pen.
import { expect, it } from "vitest";
import { BrailleCanvas } from "../../src/plot/braille.js";

const bare = (text: string): string => text;

it("sets the eight dots of a character by Unicode's numbers", () => {
  const dots = Array.from({ length: 8 }, (_, i) => {
    const canvas = new BrailleCanvas(1, 1);
    canvas.line(i >> 2, i & 3, i >> 2, i & 3, 0);
    return canvas.text(0, bare);
  });
  // Dots 1, 2, 3, 7 down the left, 4, 5, 6, 8 down the right.
  expect(dots).toEqual(["⠁", "⠂", "⠄", "⡀", "⠈", "⠐", "⠠", "⢀"]);
});

it("draws lines of every slope from end to end, in both directions", () => {
  const rows = (x0: number, y0: number, x1: number, y1: number): string[] => {
    const canvas = new BrailleCanvas(2, 1);
    canvas.line(x0, y0, x1, y1, 0);
    return [canvas.text(0, bare)];
  };
  expect(rows(0, 0, 3, 0)).toEqual(["⠉⠉"]);
  expect(rows(0, 3, 0, 0)).toEqual(["⡇ "]);
  expect(rows(0, 0, 3, 3)).toEqual(["⠑⢄"]);
  expect(rows(3, 3, 0, 0)).toEqual(["⠑⢄"]);
  expect(rows(0, 3, 3, 2)).toEqual(["⣀⠤"]);
});

it("leaves out what is beyond its edges", () => {
  const canvas = new BrailleCanvas(1, 1);
  canvas.line(-5, 0, 9, 0, 0);
  canvas.line(0, -5, 0, 9, 0);
  expect(canvas.text(0, bare)).toBe("⡏");
});

it("gives each stretch to the pen that drew last", () => {
  const canvas = new BrailleCanvas(5, 1);
  canvas.line(0, 0, 5, 0, 0);
  canvas.line(4, 3, 9, 3, 7);
  canvas.line(8, 0, 8, 0, 0);
  const stretches: [string, number][] = [];
  const text = canvas.text(0, (stretch, pen) => {
    stretches.push([stretch, pen]);
    return `[${stretch}]`;
  });
  expect(stretches).toEqual([
    ["⠉⠉", 0],
    ["⣉⣀", 7],
    ["⣁", 0],
  ]);
  expect(text).toBe("[⠉⠉][⣉⣀][⣁]");
});

it("keeps untouched characters as spaces that no pen paints", () => {
  const canvas = new BrailleCanvas(3, 2);
  canvas.line(2, 0, 2, 0, 1);
  expect(canvas.text(0, (text) => `<${text}>`)).toBe(" <⠁> ");
  expect(canvas.text(1, (text) => `<${text}>`)).toBe("   ");
});
