// Where what stood in other files stands in a file that took their place, so that a place in one of them can still be found.

/** A place in a file of another name. */
export interface Segment {
  /** Bytes `from` to `to` of the other file, where records begin and end … */
  readonly from: number;
  readonly to: number;
  /** … stand here from this byte on. */
  readonly at: number;
}

/** By the other file's name, its segments in order. */
export type PlaceMap = ReadonlyMap<string, readonly Segment[]>;

/** The most files and segments that are remembered: the last ones. */
const MOST_FILES = 200;
const MOST_SEGMENTS = 1000;

/** The place at which everything stands that the file `name` had before `offset`; `undefined` when that cannot be told. */
export function placeOf(map: PlaceMap, name: string, offset: number): number | undefined {
  const segment = map.get(name)?.find(({ from, to }) => from <= offset && offset <= to);
  return segment && segment.at + offset - segment.from;
}

/** The map of a file into which a file with the map `inner` was copied, as `segments` say. */
export function throughSegments(inner: PlaceMap, segments: readonly Segment[]): PlaceMap {
  return new Map([...inner].map(([name, its]) => [name, its.flatMap((one) => through(one, segments))]));
}

function through({ from, to, at }: Segment, segments: readonly Segment[]): Segment[] {
  return segments.flatMap((outer) => {
    const begin = Math.max(at, outer.from);
    const end = Math.min(at + to - from, outer.to);
    if (begin > end) return [];
    return [{ from: from + begin - at, to: from + end - at, at: outer.at + begin - outer.from }];
  });
}

/** The last names of `names`, as many as are remembered. */
export function lastNames(names: readonly string[]): string[] {
  return [...new Set(names)].slice(-MOST_FILES);
}

/** The last segments of `map`, as many as are remembered, as JSON. */
export function placeMapToJson(map: PlaceMap): string {
  const files: Record<string, [number, number, number][]> = {};
  let room = MOST_SEGMENTS;
  for (const name of lastNames([...map.keys()]).toReversed()) {
    const last = room <= 0 ? [] : map.get(name)!.slice(-room);
    room -= last.length;
    if (last.length > 0) files[name] = last.map(({ from, to, at }) => [from, to, at]);
  }
  return JSON.stringify(files);
}

/** From `placeMapToJson`; `undefined` for anything else. */
export function placeMapFromJson(json: string): PlaceMap | undefined {
  try {
    const files = JSON.parse(json) as Record<string, [number, number, number][]>;
    return new Map(
      Object.entries(files).map(([name, list]) => [name, list.map(([from, to, at]) => ({ from, to, at }))]),
    );
  } catch {
    return undefined;
  }
}

/** Collects the segments of one file after another while they are copied. */
export class SegmentBuilder {
  readonly #files: Segment[][] = [];
  #open: { from: number; to: number; at: number } | undefined;

  /** The file number `this.count` is going to be copied. */
  nextFile(): void {
    this.#open = undefined;
    this.#files.push([]);
  }

  /** Nothing more is copied of what stood before byte `from` of the file; what stands from there on is going to stand at `at`. */
  begin(from: number, at: number): void {
    this.#open = { from, to: from, at };
    this.#files.at(-1)!.push(this.#open);
  }

  /** `bytes` more of the file were copied as they are. */
  extend(bytes: number): void {
    this.#open!.to += bytes;
  }

  /** Those of the file of this number. */
  of(file: number): readonly Segment[] {
    return this.#files[file] ?? [];
  }
}
