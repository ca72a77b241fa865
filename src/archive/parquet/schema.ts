// The columns of an archive, as docs/archive-format.md has them.

import { parquetSchema, type SchemaElement, type SchemaTree } from "hyparquet";

/** The key of the manifest in the file's metadata. */
export const MANIFEST_KEY = "tensorboard-node-logger";

/** How a column is written. */
export interface ColumnFormat {
  readonly encoding: "RLE_DICTIONARY" | "DELTA_BINARY_PACKED" | "BYTE_STREAM_SPLIT" | "PLAIN";
  /** Of brotli, 0 to 11: light for what there are millions of, thorough for what is large. */
  readonly quality: number;
}

export const LIGHT = 5;
const THOROUGH = 9;

/** How `numbers` are written that come again in the same order. */
export const REPEATING = { encoding: "PLAIN", quality: 10 } as const satisfies ColumnFormat;

const names = { encoding: "RLE_DICTIONARY", quality: LIGHT } as const;
const integers = { encoding: "DELTA_BINARY_PACKED", quality: LIGHT } as const;
const numbers = { encoding: "BYTE_STREAM_SPLIT", quality: LIGHT } as const;
const bytes = { encoding: "PLAIN", quality: THOROUGH } as const;

/** The columns, in their order. */
export const COLUMNS = {
  run: names,
  tag: names,
  step: integers,
  wall_time: numbers,
  value: numbers,
  plugin: names,
  text: bytes,
  numbers: { ...numbers, quality: THOROUGH },
  data: bytes,
  file: integers,
  record: integers,
  position: integers,
  layout: { ...names, quality: THOROUGH },
  raw: { ...bytes, quality: LIGHT },
} as const satisfies Record<string, ColumnFormat>;

export type ColumnName = keyof typeof COLUMNS;

const string = { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } } as const;
const optional = { repetition_type: "OPTIONAL" } as const;
const required = { repetition_type: "REQUIRED" } as const;

function list(name: string, type: "DOUBLE" | "BYTE_ARRAY"): SchemaElement[] {
  return [
    { name, ...optional, num_children: 1, converted_type: "LIST", logical_type: { type: "LIST" } },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    { name: "element", type, ...required },
  ];
}

/** The schema of the Parquet file. */
export const SCHEMA: readonly SchemaElement[] = [
  { name: "schema", num_children: Object.keys(COLUMNS).length },
  { name: "run", ...string, ...required },
  { name: "tag", ...string, ...optional },
  { name: "step", type: "INT64", ...optional },
  { name: "wall_time", type: "DOUBLE", ...optional },
  { name: "value", type: "DOUBLE", ...optional },
  { name: "plugin", ...string, ...optional },
  { name: "text", ...string, ...optional },
  ...list("numbers", "DOUBLE"),
  ...list("data", "BYTE_ARRAY"),
  { name: "file", type: "INT32", ...required },
  { name: "record", type: "INT32", ...required },
  { name: "position", type: "INT32", ...required },
  { name: "layout", type: "BYTE_ARRAY", ...optional },
  { name: "raw", type: "BYTE_ARRAY", ...optional },
];

/** The nodes of the schema from its root to the column's numbers or bytes. */
export function pathOf(column: ColumnName): SchemaTree[] {
  const path: SchemaTree[] = [TREE];
  for (let node = childNamed(TREE, column); ; node = node.children[0]!) {
    path.push(node);
    if (node.children.length === 0) return path;
  }
}

const TREE = parquetSchema({ schema: [...SCHEMA] } as never);

function childNamed(tree: SchemaTree, name: string): SchemaTree {
  return tree.children.find(({ element }) => element.name === name)!;
}
