// Layouts of custom scalars, in bytes.
import { expect, it } from "vitest";
import { decodeLayout, encodeLayout, type LayoutCategory } from "../../src/wire/layout.js";
import { bytes, hex } from "../helpers/bytes.js";

const layout: LayoutCategory[] = [
  {
    title: "a",
    charts: [
      { title: "lines", multiline: ["loss/.*", "accuracy"] },
      { title: "band", margin: [{ value: "mean", lower: "low", upper: "high" }] },
    ],
  },
  { title: "b", charts: [], closed: true },
];
// The first category is torch's, of test/fixtures/peer-torch-plots.json; the second: title 1, closed 3.
const content =
  "123e0a0161121c0a056c696e657312130a076c6f73732f2e2a0a086163637572616379121b0a0462616e641a130a110a046d65616e12036c6f771a0468696768" +
  "12050a01621801";

it("is written as torch writes it", () => {
  expect(hex(encodeLayout(layout))).toBe(content);
});

it("is read as it was written", () => {
  expect(decodeLayout(bytes(content))).toEqual(layout);
  expect(decodeLayout(bytes())).toEqual([]);
});

it("is read when parts are missing", () => {
  // A category with a chart of neither kind, and one with an empty margin.
  expect(decodeLayout(bytes("1206 1200 1202 1a00"))).toEqual([
    { title: "", charts: [{ title: "" }, { title: "", margin: [] }] },
  ]);
  expect(() => decodeLayout(bytes("12ff"))).toThrow("index out of range");
});

it("has U+FFFD for half a surrogate pair", () => {
  const half = [{ title: "a\ud800", charts: [{ title: "\udc00", multiline: ["b\ud800"] }] }];
  expect(decodeLayout(encodeLayout(half))).toEqual([
    { title: "a\ufffd", charts: [{ title: "\ufffd", multiline: ["b\ufffd"] }] },
  ]);
});
