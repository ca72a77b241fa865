// What can be wrong with a run's files, and what each of TensorBoard's loaders makes of it.

import type { DamageCode } from "../reading/damage.js";

/** What is wrong. Those of `DamageCode` are bytes that are no event; the others are events that a loader does not show as they were logged. */
export type DefectCode =
  | DamageCode
  /** A wall time is NaN or infinite. */
  | "BAD_WALL_TIME"
  /** A run's first file has events, and does not begin with the version of the format. */
  | "NO_FILE_VERSION"
  /** There is no event in the run. */
  | "NO_EVENTS"
  /** The steps of a tag go back, and no START says from where on what was there is void. */
  | "STEPS_GO_BACK"
  /** A tag has several values at one step. */
  | "REPEATED_STEPS"
  /** The first value of a tag does not say whose it is. */
  | "NO_METADATA"
  /** A value does not have the type and shape in which the tag's dashboard has its values. */
  | "WRONG_FORM"
  /** A value is one of another dashboard than the tag's. */
  | "TWO_TYPES"
  /** A text is no UTF-8. */
  | "BAD_TEXT";

/** All of them: first those that are bytes. */
export const DEFECT_CODES: readonly DefectCode[] = [
  ...(["TORN_TAIL", "ZEROS", "BAD_LENGTH_CRC", "RECORD_TOO_LARGE", "BAD_DATA_CRC", "BAD_EVENT"] as const),
  ...(["BAD_WALL_TIME", "NO_FILE_VERSION", "NO_EVENTS", "STEPS_GO_BACK", "REPEATED_STEPS"] as const),
  ...(["NO_METADATA", "WRONG_FORM", "TWO_TYPES", "BAD_TEXT"] as const),
];

/** What a loader makes of a defect, by name, with what it does in words. */
export const EFFECTS = {
  /** Nothing is lost. */
  none: "shows all there is",
  /** The bytes or values are lost, and nothing else. */
  place: "does not show it",
  /** It is shown, and may be something else than what was logged. */
  wrong: "shows it as something else",
  /** All that stands behind it in the file is lost. */
  rest: "shows nothing behind it in the file",
  /** The loader ends. */
  all: "ends, and shows nothing new of any run",
  /** Earlier points of the tag at that step and later are lost. */
  replaced: "drops what the tag had from that step on",
  /** All points are shown; a curve goes back. */
  zigzag: "draws a line that goes back",
  /** The tag is lost. */
  tag: "does not show the tag",
  /** The run is lost. */
  run: "does not list the run",
  /** An empty run. */
  empty: "lists a run without data",
  /** The file is not for TensorBoard. */
  unread: "does not read such a file",
} as const;

/** What a loader makes of a defect: a name in `EFFECTS`. */
export type Effect = keyof typeof EFFECTS;

/** What both loaders make of it. */
export interface Effects {
  /** TensorBoard's data server, which reads unless it cannot be had for the system. */
  readonly rust: Effect;
  /** TensorBoard's loader in Python. */
  readonly python: Effect;
}

/** Something that is wrong. */
export interface Defect extends Effects {
  readonly code: DefectCode;
  readonly run: string;
  /** The file. */
  readonly path: string;
  /** Where in the file it is, or is first: the first byte of the damage, or of a record. */
  readonly offset: number;
  /** Of damage, how many bytes. */
  readonly length?: number;
  /** How often, for what is told once for all its places. */
  readonly count?: number;
  readonly tag?: string;
  /** The step there; beyond 2^53 the nearest number. */
  readonly step?: number;
  /** One line, without the place. */
  readonly message: string;
}

const SAME: Readonly<Partial<Record<DefectCode, Effect>>> = {
  TORN_TAIL: "place",
  NO_METADATA: "tag",
  BAD_TEXT: "tag",
};

const DIFFERENT: Readonly<Partial<Record<DefectCode, Effects>>> = {
  RECORD_TOO_LARGE: { rust: "all", python: "all" },
  BAD_DATA_CRC: { rust: "rest", python: "rest" },
  BAD_EVENT: { rust: "rest", python: "all" },
  NO_FILE_VERSION: { rust: "none", python: "none" },
  NO_EVENTS: { rust: "run", python: "empty" },
  STEPS_GO_BACK: { rust: "replaced", python: "zigzag" },
  REPEATED_STEPS: { rust: "replaced", python: "none" },
  WRONG_FORM: { rust: "place", python: "none" },
  TWO_TYPES: { rust: "place", python: "wrong" },
};

/** What the loaders make of most defects of this code. */
export function effectsOf(code: DefectCode): Effects {
  const same = SAME[code];
  return DIFFERENT[code] ?? { rust: same ?? "rest", python: same ?? "rest" };
}

/** Keeps the first defects of many, and counts the others. */
export class DefectList {
  readonly kept: Defect[] = [];
  /** How many were not kept, by code. */
  readonly more: Partial<Record<DefectCode, number>> = {};
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** Whether the next one is kept. */
  get hasRoom(): boolean {
    return this.kept.length < this.#most;
  }

  add(defect: Defect): void {
    if (this.hasRoom) this.kept.push(defect);
    else this.more[defect.code] = (this.more[defect.code] ?? 0) + 1;
  }
}
