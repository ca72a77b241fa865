// The width of text in a terminal.
import { expect, it } from "vitest";
import { cells, cut, plain } from "../../src/plot/cells.js";

it("removes what could move the cursor or end the line", () => {
  expect(plain("a\x1b[2Jb\r\nc\u009b1m\u200bd\ud800")).toBe("a[2Jbc1md");
});

it("counts two columns for East Asian letters and emoji, none for accents that combine", () => {
  expect(["Adam", "損失", "한글", "🚀", "e\u0301", "β₂", "−1"].map(cells)).toEqual([4, 4, 4, 2, 1, 2, 2]);
});

it("cuts to the room there is, with an ellipsis", () => {
  expect([10, 5, 4, 1, 0, -3].map((room) => cut("Adam!", room))).toEqual([
    "Adam!",
    "Adam!",
    "Ada…",
    "…",
    "",
    "",
  ]);
  expect(cut("損失損失", 6)).toBe("損失…");
  for (let room = 0; room < 12; room++) expect(cells(cut("a損失bc失d", room))).toBeLessThanOrEqual(room);
});
