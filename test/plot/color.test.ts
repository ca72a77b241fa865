// Colours: names, hex, and nothing else.
import { describe, expect, it } from "vitest";
import { ArgumentError, UnknownNameError } from "../../src/errors.js";
import { paletteColor, parseColor } from "../../src/plot/color.js";

describe("parseColor", () => {
  it.each([
    ["red", "#ff0000", "31"],
    ["Red", "#ff0000", "31"],
    ["b", "#0000ff", "34"],
    ["green", "#008000", "32"],
    ["black", "#000000", "39"],
    ["orange", "#ffa500", "38;2;255;165;0"],
    ["#f80", "#ff8800", "38;2;255;136;0"],
    ["#0072B2", "#0072b2", "38;2;0;114;178"],
  ])("reads %s", (text, hex, sgr) => {
    expect(parseColor(text)).toEqual({ hex, sgr });
  });

  it.each(["#12", "#12345", "#1234567", "#ggg", "#", '#000"/><script>', "#fff\n"])(
    "refuses the hex colour %j",
    (text) => {
      expect(() => parseColor(text)).toThrow(ArgumentError);
    },
  );

  it("suggests the nearest name, if any is near", () => {
    expect(() => parseColor("steelblu")).toThrow('Unknown color "steelblu". Did you mean steelblue?');
    expect(() => parseColor("nonsense")).toThrow(expect.objectContaining({ suggestion: undefined }) as Error);
  });

  it.each(["", "constructor", "__proto__", 'red"', "url(#a)", "31m\x1b[2J"])(
    "refuses the name %j",
    (text) => {
      expect(() => parseColor(text)).toThrow(UnknownNameError);
    },
  );

  it("refuses what is no text", () => {
    expect(() => parseColor(7 as unknown as string)).toThrow(
      "Expected `color` to be a colour's name or #rrggbb, got 7 (number)",
    );
  });
});

describe("paletteColor", () => {
  it("has six different colours and begins again after them", () => {
    const colors = Array.from({ length: 7 }, (_, i) => paletteColor(i).hex);
    expect(new Set(colors.slice(0, 6)).size).toBe(6);
    expect(colors[6]).toBe(colors[0]);
  });
});
