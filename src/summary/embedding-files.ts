// The projector's files of one embedding, encode and decode: vectors and labels, in tables of text with tabs between the columns.

import { ArgumentError } from "../errors.js";
import { wellFormed } from "../wire/text.js";
import { describeShape, toArray, type ArrayInput, type TypedArray } from "./arrays.js";
import { MAX_FLOAT_TEXT, writeFloat } from "./float-text.js";

/** A point's label, or one of its properties. */
export type Label = string | number | boolean | bigint;

/**
 * What is known of each point, in the order of the points: a label each, an object of properties each, or a table with the names of its
 * columns.
 */
export type EmbeddingLabels =
  | readonly Label[]
  | readonly Readonly<Record<string, Label | null | undefined>>[]
  | { readonly header: readonly string[]; readonly rows: readonly (readonly (Label | null | undefined)[])[] };

/** One vector a row. */
export interface Vectors {
  readonly rows: number;
  readonly columns: number;
  readonly data: TypedArray;
}

/** Bytes that are written at once. */
const PIECE_BYTES = 1 << 20;
const TAB = 0x09;
const LINE_END = 0x0a;
/** Stands in a line that would look empty, which the projector passes over: all later labels would move up by one. */
const INVISIBLE = "\u200b";

/**
 * The vectors that `matrix` has as rows.
 *
 * Throws an `ArgumentError` unless it has two dimensions, elements, and only numbers that are finite as float32, which the projector shows.
 */
export function toVectors(matrix: ArrayInput): Vectors {
  const { shape, data } = toArray(matrix, "matrix");
  const [rows = 0, columns = 0] = shape;
  if (shape.length !== 2 || rows === 0 || columns === 0) {
    throw new ArgumentError("matrix", "a matrix, one vector a row", matrix, describeShape(shape));
  }
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(Math.fround(data[i]!))) continue;
    const place = `matrix[${Math.floor(i / columns)}][${i % columns}]`;
    throw new ArgumentError(place, "a number that is finite as float32", data[i]);
  }
  return { rows, columns, data };
}

/** The file of the vectors, in pieces; each is valid until the next one is asked for. Numbers are written as float32. */
export function* encodeVectors({ rows, columns, data }: Vectors): Generator<Uint8Array> {
  const rowBytes = columns * (MAX_FLOAT_TEXT + 1);
  const piece = new Uint8Array(Math.max(rowBytes, Math.min(PIECE_BYTES, rows * rowBytes)));
  let at = 0;
  for (let i = 0; i < data.length;) {
    if (at + rowBytes > piece.length) {
      yield piece.subarray(0, at);
      at = 0;
    }
    for (const end = i + columns; i < end; i++) {
      at = writeFloat(piece, at, Math.fround(data[i]!));
      piece[at++] = TAB;
    }
    piece[at - 1] = LINE_END;
  }
  yield piece.subarray(0, at);
}

/** The vectors of a file, as float32. Throws an `ArgumentError` when the rows differ in length or an element is no number. */
export function decodeVectors(text: string): Vectors {
  const rows = linesOf(text).map((line) => line.split("\t").map(Number));
  const { shape, data } = toArray(rows, "text");
  const bad = data.findIndex((value) => Number.isNaN(value));
  if (bad >= 0) throw new ArgumentError("text", "a table of numbers", text, `none at place ${bad}`);
  return { rows: rows.length, columns: shape[1] ?? 0, data: Float32Array.from(data) };
}

/**
 * The file of the labels. Tabs and line ends in them become spaces. A table of one column has no names in the file: the projector takes
 * them for a label.
 *
 * Throws an `ArgumentError` unless there is one for each of `points`.
 */
export function encodeLabels(labels: EmbeddingLabels, points: number): string {
  const { header, rows } = toTable(labels);
  if (rows.length !== points) {
    throw new ArgumentError("metadata", `one entry for each of ${points} points`, labels, `${rows.length}`);
  }
  const lines = Array.from(rows, (row, i) => {
    if (!Array.isArray(row)) throw new ArgumentError(`metadata.rows[${i}]`, "a list of cells", row);
    if (row.length !== header.length) {
      const expected = `a row of ${header.length} columns, as the header has`;
      throw new ArgumentError(`metadata.rows[${i}]`, expected, row, `${row.length}`);
    }
    const line = Array.from(row, (cell: unknown, j) => cellOf(cell, `metadata[${i}][${header[j]}]`)).join(
      "\t",
    );
    return line.trim() === "" ? `${INVISIBLE}${line}` : line;
  });
  if (header.length > 1) lines.unshift(header.map(checkColumn).join("\t"));
  return lines.map((line) => `${line}\n`).join("");
}

/** The labels of a file: those of one column as a list, all others as objects of properties. */
export function decodeLabels(text: string): string[] | Record<string, string>[] {
  const lines = linesOf(text);
  const withoutMark = (line: string): string => (line.startsWith(INVISIBLE) ? line.slice(1) : line);
  if (!lines[0]?.includes("\t")) return lines.map(withoutMark);
  const [header, ...rows] = lines.map((line) => withoutMark(line).split("\t"));
  return rows.map((row) => Object.fromEntries(header!.map((name, i) => [name, row[i] ?? ""])));
}

interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly (Label | null | undefined)[])[];
}

function toTable(labels: EmbeddingLabels): Table {
  if (!Array.isArray(labels)) {
    const table = labels as Partial<Table> | null;
    if (typeof table !== "object" || !Array.isArray(table?.header) || !Array.isArray(table.rows)) {
      throw new ArgumentError("metadata", "a list, or a table { header, rows }", labels);
    }
    checkHeader(table.header as readonly string[]);
    return table as Table;
  }
  if (!labels.some((label) => typeof label === "object" && label !== null)) {
    return { header: ["label"], rows: (labels as readonly Label[]).map((label) => [label]) };
  }
  for (const [i, record] of labels.entries()) {
    if (typeof record === "object" && record !== null && !Array.isArray(record)) continue;
    throw new ArgumentError(`metadata[${i}]`, "an object of properties, as others are", record);
  }
  const records = labels as readonly Readonly<Record<string, Label>>[];
  const header = [...new Set(records.flatMap((record) => Object.keys(record)))];
  checkHeader(header);
  return { header, rows: records.map((record) => header.map((name) => record[name])) };
}

function checkHeader(header: readonly string[]): void {
  if (header.length === 0) throw new ArgumentError("metadata", "at least one column", header);
  const names = header.map(checkColumn);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new ArgumentError("metadata", "columns that differ", twice, `${twice} twice`);
}

function checkColumn(name: unknown): string {
  const cell = typeof name === "string" ? cleanCell(name) : "";
  if (cell.trim() === "") throw new ArgumentError("metadata", "columns with names", name);
  return cell;
}

function cellOf(value: unknown, argument: string): string {
  if (value === null || value === undefined) return "";
  if (!["string", "number", "boolean", "bigint"].includes(typeof value)) {
    throw new ArgumentError(argument, "a string, a number or a boolean", value);
  }
  return cleanCell(String(value));
}

function cleanCell(text: string): string {
  return wellFormed(text).replaceAll(/[\t\n\r]+/g, " ");
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line !== "");
}
