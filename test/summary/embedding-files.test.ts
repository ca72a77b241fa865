// The projector's tables of vectors and labels.
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import {
  decodeLabels,
  decodeVectors,
  encodeLabels,
  encodeVectors,
  toVectors,
  type EmbeddingLabels,
} from "../../src/summary/embedding-files.js";
import { errorOf } from "../helpers/errors.js";

function vectorText(matrix: Parameters<typeof toVectors>[0]): string {
  // A piece is valid until the next one.
  return Array.from(encodeVectors(toVectors(matrix)), (piece) => Buffer.from(piece).toString()).join("");
}

describe("encodeVectors", () => {
  it("writes one vector a line, tabs between the numbers", () => {
    expect(
      vectorText([
        [1, -0.5],
        [0, 1e-20],
      ]),
    ).toBe("1\t-0.5\n0\t9.99999968e-21\n");
    expect(vectorText({ shape: [3, 1], data: Float32Array.of(1, 2, 3) })).toBe("1\n2\n3\n");
  });

  it("writes many in pieces, and reads them back as float32", () => {
    const [rows, columns] = [3000, 50];
    const data = Float64Array.from({ length: rows * columns }, (_, i) => Math.sin(i) * 10 ** ((i % 60) - 30));
    const matrix = toVectors({ shape: [rows, columns], data });
    const pieces = Array.from(encodeVectors(matrix), (piece) => Buffer.from(piece));
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.every((piece) => piece.at(-1) === 10)).toBe(true);
    const read = decodeVectors(Buffer.concat(pieces).toString());
    expect([read.rows, read.columns]).toEqual([rows, columns]);
    expect(read.data).toEqual(Float32Array.from(data));
  });

  it("writes a row that is longer than a piece", () => {
    const data = new Float32Array(200_000).fill(0.25);
    expect(vectorText({ shape: [2, 100_000], data })).toBe(`${"0.25\t".repeat(99_999)}0.25\n`.repeat(2));
  });
});

describe("toVectors", () => {
  it.each<[string, Parameters<typeof toVectors>[0], string]>([
    ["one vector", [1, 2], "Expected `matrix` to be a matrix, one vector a row, got an array of shape [2]"],
    [
      "no vectors",
      { shape: [0, 3], data: [] },
      "Expected `matrix` to be a matrix, one vector a row, got an array of shape [0, 3]",
    ],
    [
      "vectors without numbers",
      [[], []],
      "Expected `matrix` to be a matrix, one vector a row, got an array of shape [2, 0]",
    ],
    [
      "three dimensions",
      [[[1]]],
      "Expected `matrix` to be a matrix, one vector a row, got an array of shape [1, 1, 1]",
    ],
    [
      "NaN",
      [
        [1, 2],
        [3, Number.NaN],
      ],
      "Expected `matrix[1][1]` to be a number that is finite as float32, got NaN (number)",
    ],
    [
      "what is infinite as float32",
      [[1e39]],
      "Expected `matrix[0][0]` to be a number that is finite as float32, got 1e+39 (number)",
    ],
    ["a number", 3, "Expected `matrix` to be a matrix, one vector a row, got a single number"],
  ])("refuses %s", (_, matrix, message) => {
    expect(errorOf(ArgumentError, () => toVectors(matrix)).message).toBe(message);
  });
});

describe("decodeVectors", () => {
  it("reads what other programs write", () => {
    expect(decodeVectors("1.0\t-2e-05\r\n3\t4\r\n")).toEqual({
      rows: 2,
      columns: 2,
      data: Float32Array.of(1, -2e-5, 3, 4),
    });
    expect(() => decodeVectors("1\t2\n3\n")).toThrow(ArgumentError);
    expect(() => decodeVectors("1\ta\n")).toThrow(ArgumentError);
  });
});

describe("encodeLabels", () => {
  it("writes a list without a header", () => {
    expect(encodeLabels(["a", 1, true, 2n ** 60n, "größe"], 5)).toBe(
      "a\n1\ntrue\n1152921504606846976\ngröße\n",
    );
  });

  it("writes a table, or objects, with a header", () => {
    const text = "word\tcount\na\t1\nb\t\n";
    expect(
      encodeLabels(
        {
          header: ["word", "count"],
          rows: [
            ["a", 1],
            ["b", null],
          ],
        },
        2,
      ),
    ).toBe(text);
    expect(encodeLabels([{ word: "a", count: 1 }, { word: "b" }], 2)).toBe(text);
    expect(encodeLabels([{ word: "a" }, { count: 1, word: undefined }], 2)).toBe("word\tcount\na\t\n\t1\n");
  });

  it("writes no header for one column, which would be shown as a label", () => {
    expect(encodeLabels({ header: ["word"], rows: [["a"], ["b"]] }, 2)).toBe("a\nb\n");
    expect(encodeLabels([{ word: "a" }, { word: "b" }], 2)).toBe("a\nb\n");
  });

  it("keeps the lines and the columns apart", () => {
    expect(encodeLabels(["a\tb", "c\r\nd", "e\n\nf", "\ud800"], 4)).toBe("a b\nc d\ne f\n\ufffd\n");
    expect(encodeLabels([{ "x\ty": "a\tb", z: 1 }], 1)).toBe("x y\tz\na b\t1\n");
  });

  it("leaves no line that looks empty: the projector would pass over it, and all later labels move up", () => {
    expect(encodeLabels(["", "a", " \u00a0", "b"], 4)).toBe("\u200b\na\n\u200b \u00a0\nb\n");
    expect(
      encodeLabels(
        [
          { a: "", b: null },
          { a: "", b: 1 },
        ],
        2,
      ),
    ).toBe("a\tb\n\u200b\t\n\t1\n");
  });

  it("is read back", () => {
    expect(decodeLabels(encodeLabels(["", "a", "b c"], 3))).toEqual(["", "a", "b c"]);
    expect(
      decodeLabels(
        encodeLabels(
          [
            { a: 1, b: "" },
            { a: "", b: "" },
          ],
          2,
        ),
      ),
    ).toEqual([
      { a: "1", b: "" },
      { a: "", b: "" },
    ]);
    expect(decodeLabels("")).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ["fewer labels than points", ["a"], "Expected `metadata` to be one entry for each of 2 points, got 1"],
    ["no list", "ab", 'Expected `metadata` to be a list, or a table { header, rows }, got "ab" (string)'],
    [
      "a table without a header",
      { rows: [] },
      "Expected `metadata` to be a list, or a table { header, rows }, got an object (Object)",
    ],
    [
      "a row that is too short",
      { header: ["a", "b"], rows: [[1, 2], [3]] },
      "Expected `metadata.rows[1]` to be a row of 2 columns, as the header has, got 1",
    ],
    [
      "a column twice",
      { header: ["a", "a"], rows: [] },
      "Expected `metadata` to be columns that differ, got a twice",
    ],
    [
      "a column without a name",
      { header: ["a", " "], rows: [] },
      'Expected `metadata` to be columns with names, got " " (string)',
    ],
    ["objects without properties", [{}, {}], "Expected `metadata` to be at least one column, got an array"],
    [
      "objects and texts",
      [{ a: 1 }, "b"],
      'Expected `metadata[1]` to be an object of properties, as others are, got "b" (string)',
    ],
    [
      "a list in a list",
      [["a"], ["b"]],
      "Expected `metadata[0]` to be an object of properties, as others are, got an array",
    ],
    [
      "a property that is an object",
      [{ a: {} }, { a: 1 }],
      "Expected `metadata[0][a]` to be a string, a number or a boolean, got an object (Object)",
    ],
  ])("refuses %s", (_, labels, message) => {
    expect(errorOf(ArgumentError, () => encodeLabels(labels as EmbeddingLabels, 2)).message).toBe(message);
  });
});
