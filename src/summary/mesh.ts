// Meshes and clouds of points, encode and decode: up to three values of one event (tensorboard/plugins/mesh/metadata.py).

import { ArgumentError } from "../errors.js";
import { decodeMeshData, encodeMeshData, MeshPart, type MeshData } from "../wire/mesh-data.js";
import { DataClass, type SummaryMetadata, type SummaryValue } from "../wire/summary.js";
import { DataType } from "../wire/tensor.js";
import { describeShape, sizeOf, toArray, type ArrayInput, type NumericArray } from "./arrays.js";
import { checkRecord } from "./checks.js";
import type { TagDescription } from "./scalar.js";
import { isOfPlugin, tagMetadata } from "./tag-metadata.js";
import { numbersOf, numberTensor } from "./tensor-values.js";

/** What belongs to the points of a mesh. */
export interface MeshParts {
  /** Red, green and blue of each point, whole numbers from 0 to 255. */
  readonly colors?: ArrayInput;
  /** Triangles: three numbers of points each, from 0. */
  readonly faces?: ArrayInput;
  /** Camera, lights and material, by the names of three.js's classes: `{ camera: { cls: "PerspectiveCamera", fov: 75 } }`. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** One part of a mesh, read back. */
export interface MeshValue {
  /** The mesh's name, which its parts share. */
  readonly name: string;
  readonly part: "vertices" | "faces" | "colors";
  /** Meshes, points or triangles, 3. */
  readonly shape: readonly number[];
  readonly data: Float64Array;
  readonly config: unknown;
}

const PLUGIN = "mesh";
const PARTS = [
  { part: "vertices", type: MeshPart.VERTEX, suffix: "VERTEX", dtype: DataType.FLOAT },
  { part: "faces", type: MeshPart.FACE, suffix: "FACE", dtype: DataType.INT32 },
  { part: "colors", type: MeshPart.COLOR, suffix: "COLOR", dtype: DataType.UINT8 },
] as const;

/**
 * The values of a mesh, or of several under one tag: `vertices` is of shape [points, 3] or [meshes, points, 3], and so are the colours;
 * faces [triangles, 3] or [meshes, triangles, 3].
 *
 * Throws an `ArgumentError` when shapes do not fit, a coordinate is not finite, a colour is no byte, or a face names no point.
 */
export function encodeMesh(
  tag: string,
  vertices: ArrayInput,
  parts: MeshParts = {},
  description: TagDescription = {},
): SummaryValue[] {
  const { colors, faces, config = {} } = parts;
  const points = toTriples(vertices, "vertices");
  const [meshes = 0, count = 0] = points.shape;
  const arrays: Record<string, NumericArray | undefined> = {
    vertices: points,
    faces: faces === undefined ? undefined : toTriples(faces, "faces"),
    colors: colors === undefined ? undefined : toTriples(colors, "colors"),
  };
  checkElements(points, "vertices", "a number that is finite as float32", (value) =>
    Number.isFinite(Math.fround(value)),
  );
  if (arrays["colors"] !== undefined) {
    checkShape(arrays["colors"], "colors", [meshes, count, 3]);
    checkElements(arrays["colors"], "colors", "a whole number from 0 to 255", isIndexBelow(256));
  }
  if (arrays["faces"] !== undefined) {
    checkShape(arrays["faces"], "faces", [meshes, arrays["faces"].shape[1]!, 3]);
    checkElements(arrays["faces"], "faces", `the number of a point, below ${count}`, isIndexBelow(count));
  }
  const jsonConfig = toJson(config);
  const present = PARTS.filter(({ part }) => arrays[part] !== undefined);
  const components = present.reduce((bits, { type }) => bits | (1 << type), 0);
  return present.map(({ part, type, suffix, dtype }) => {
    const { shape, data } = arrays[part]!;
    const content = encodeMeshData({ name: tag, contentType: type, jsonConfig, shape, components });
    return {
      tag: `${tag}_${suffix}`,
      metadata: tagMetadata(PLUGIN, DataClass.TENSOR, description, content),
      tensor: numberTensor(dtype, shape, data),
    };
  });
}

/**
 * One part of a mesh, from ours and other programs' values; `undefined` for every other value. `metadata` are those of the tag's first
 * value, where this one has none.
 */
export function decodeMesh(value: SummaryValue, metadata?: SummaryMetadata): MeshValue | undefined {
  const content = (value.metadata ?? metadata)?.pluginContent;
  if (!isOfPlugin(value, PLUGIN, metadata) || content === undefined || value.tensor === undefined) {
    return undefined;
  }
  const data = parse(content);
  const known = PARTS.find(({ type }) => type === data?.contentType);
  const numbers = numbersOf(value.tensor);
  if (data === undefined || known === undefined || numbers === undefined) return undefined;
  return { name: data.name, part: known.part, ...numbers, config: fromJson(data.jsonConfig) };
}

function parse(content: Uint8Array): MeshData | undefined {
  try {
    return decodeMeshData(content);
  } catch {
    return undefined;
  }
}

/** Of shape [meshes, rows, 3]. */
function toTriples(input: ArrayInput, argument: string): NumericArray {
  const { shape, data } = toArray(input, argument);
  const fits = (shape.length === 2 || shape.length === 3) && shape.at(-1) === 3 && sizeOf(shape) > 0;
  if (!fits) {
    const expected = "of shape [rows, 3] or [meshes, rows, 3], not empty";
    throw new ArgumentError(argument, expected, input, describeShape(shape));
  }
  return { shape: shape.length === 2 ? [1, ...shape] : shape, data };
}

function checkShape({ shape }: NumericArray, argument: string, expected: readonly number[]): void {
  if (shape.every((size, i) => size === expected[i])) return;
  const wanted = `${describeShape(expected)}, as the vertices have`;
  throw new ArgumentError(argument, wanted, shape, describeShape(shape));
}

function checkElements(
  { shape, data }: NumericArray,
  argument: string,
  expected: string,
  isGood: (value: number) => boolean,
): void {
  const bad = (data as Float64Array).findIndex((value) => !isGood(value));
  if (bad < 0) return;
  const rows = shape[1]!;
  const row = Math.floor(bad / 3);
  const place = `${argument}[${Math.floor(row / rows)}][${row % rows}][${bad % 3}]`;
  throw new ArgumentError(place, expected, data[bad]);
}

function isIndexBelow(end: number): (value: number) => boolean {
  return (value) => Number.isInteger(value) && value >= 0 && value < end;
}

function toJson(config: Readonly<Record<string, unknown>>): string {
  checkRecord("config", config, "an object");
  try {
    return JSON.stringify(config);
  } catch (error) {
    throw new ArgumentError("config", "an object that is JSON", config, (error as Error).message);
  }
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
