// Runs with a scalar in each form, a histogram, a picture and a text at each step, and which of these points a TensorBoard shows.
import { encodeEvent, type Event } from "../../src/wire/event.js";
import type { SummaryMetadata, SummaryValue } from "../../src/wire/summary.js";
import { frame } from "./bytes.js";
import type { TensorBoard } from "./tensorboard.js";

/** When the handmade runs begin, in seconds. */
export const START_S = 1_700_000_000;

/** The tags of the handmade runs: `loss` with metadata at its first value, `plain` without any, `rate` as tensors. */
export const POINT_TAGS = ["loss", "plain", "rate", "weights", "picture", "note"] as const;
export type PointTag = (typeof POINT_TAGS)[number];

/** What a loader shows of a run: by tag its steps in order, as `0-3 5`; `!` behind one whose value is not what was logged. */
export type ShownSteps = Readonly<Record<string, string>>;

const METADATA: Readonly<Partial<Record<PointTag, SummaryMetadata>>> = {
  loss: { pluginName: "scalars", displayName: "The loss", description: "of the model", dataClass: 1 },
  rate: { pluginName: "scalars", dataClass: 1 },
  weights: { pluginName: "histograms", dataClass: 2 },
  picture: { pluginName: "images", dataClass: 3 },
  note: { pluginName: "text", dataClass: 2 },
};

/** The value of a tag at a step; with `described` it has its metadata. */
export function valueAt(tag: PointTag, step: number, described: boolean): SummaryValue {
  const metadata = described ? METADATA[tag] : undefined;
  return { tag, ...(metadata && { metadata }), ...dataAt(tag, step) };
}

function dataAt(tag: PointTag, step: number): Partial<SummaryValue> {
  switch (tag) {
    case "loss":
    case "plain":
      return { simpleValue: scalarAt(step) };
    case "rate":
      return { tensor: { dtype: 1, shape: [], floatVal: [scalarAt(step)] } };
    case "weights":
      return { tensor: { dtype: 2, shape: [1, 3], doubleVal: [0, 1, step + 1] } };
    case "picture":
      return { tensor: { dtype: 7, shape: [3], stringVal: [utf8("1"), utf8("1"), gifAt(step)] } };
    case "note":
      return { tensor: { dtype: 7, shape: [], stringVal: [utf8(`note ${step}`)] } };
  }
}

function scalarAt(step: number): number {
  return 1 + step / 8;
}

/** A picture of one pixel, by the format's definition; its colour is the step's. */
function gifAt(step: number): Uint8Array {
  const colours = [step, 0, 0, 255, 255, 255];
  const head = [0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 1, 0, 1, 0, 0x80, 0, 0, ...colours];
  return Uint8Array.of(...head, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b);
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The event of one value. */
export function eventAt(tag: PointTag, step: number, described = false): Event {
  return { wallTime: START_S + step, step, summary: [valueAt(tag, step, described)] };
}

/** The first event of a file. */
export function headAt(step = 0): Event {
  return { wallTime: START_S + step, step: 0, fileVersion: "brain.Event:2" };
}

/** A record of an event. */
export function recordOf(event: Event): Uint8Array {
  return frame(encodeEvent(event));
}

/** A file's records in the order in which they stand there, each found by tag and step. */
export interface Records {
  readonly all: readonly Uint8Array[];
  /** The place of a tag's record in `all`. */
  at(tag: PointTag, step: number): number;
}

/** A head, and every tag at the steps from `first` to `last`, described at the first. */
export function recordsAt(first: number, last: number): Records {
  const all = [recordOf(headAt(first))];
  for (let step = first; step <= last; step++) {
    for (const tag of POINT_TAGS) all.push(recordOf(eventAt(tag, step, step === first)));
  }
  return { all, at: (tag, step) => 1 + (step - first) * POINT_TAGS.length + POINT_TAGS.indexOf(tag) };
}

/** What TensorBoard shows of a run; a tag that is not listed or has no points is not in it. */
export async function shownSteps(tensorBoard: TensorBoard, run: string): Promise<ShownSteps> {
  const shown: Record<string, string> = {};
  for (const [plugin, pointsOf] of Object.entries(POINTS_OF)) {
    const tags = await tensorBoard.json<Record<string, readonly string[] | object>>(
      `data/plugin/${plugin}/tags`,
    );
    const listed = tags[run] ?? [];
    for (const tag of Array.isArray(listed) ? (listed as readonly string[]) : Object.keys(listed)) {
      const points = await pointsOf(tensorBoard, new URLSearchParams({ run, tag }).toString());
      const isRight = ([step, value]: Point): boolean => value === String(expectedAt(plugin, step));
      const steps = points.map((point) => `${point[0]}${isRight(point) ? "" : "!"}`);
      if (steps.length > 0) shown[tag] = joined(steps);
    }
  }
  return shown;
}

type Point = readonly [step: number, value: string];

const POINTS_OF: Readonly<Record<string, (tensorBoard: TensorBoard, query: string) => Promise<Point[]>>> = {
  scalars: async (tensorBoard, query) => {
    const points = await tensorBoard.json<[number, number, unknown][]>(
      `data/plugin/scalars/scalars?${query}`,
    );
    return points.map(([, step, value]): Point => [step, String(value)]);
  },
  histograms: async (tensorBoard, query) => {
    const points = await tensorBoard.json<[number, number, unknown][]>(
      `data/plugin/histograms/histograms?${query}`,
    );
    return points.map(([, step, buckets]): Point => [step, JSON.stringify(buckets)]);
  },
  images: async (tensorBoard, query) => {
    const images = await tensorBoard.json<{ step: number; query: string }[]>(
      `data/plugin/images/images?${query}&sample=0`,
    );
    const pointOf = async (image: { step: number; query: string }): Promise<Point> => {
      const bytes = await tensorBoard.bytes(`data/plugin/images/individualImage?${image.query}`);
      return [image.step, [...bytes].join(" ")];
    };
    return Promise.all(images.map(pointOf));
  },
  text: async (tensorBoard, query) => {
    const texts = await tensorBoard
      .json<{ step: number; text: string }[]>(`data/plugin/text/text?${query}`)
      .catch((error: unknown) => {
        // A text that is no UTF-8 takes those of its tag with it.
        if (String(error).includes(": 500 ")) return [];
        throw error;
      });
    return texts.map(({ step, text }): Point => [step, text]);
  },
};

function expectedAt(plugin: string, step: number): string {
  if (plugin === "scalars") return String(scalarAt(step));
  if (plugin === "histograms") return JSON.stringify([[0, 1, step + 1]]);
  return plugin === "images" ? [...gifAt(step)].join(" ") : `<p>note ${step}</p>`;
}

/** Steps that rise by 1 as `first-last`. */
function joined(steps: readonly string[]): string {
  const parts: string[][] = [];
  for (const step of steps) {
    const part = parts.at(-1);
    if (part !== undefined && String(Number(part.at(-1)) + 1) === step) part.push(step);
    else parts.push([step]);
  }
  return parts.map((part) => (part.length > 1 ? `${part[0]}-${part.at(-1)}` : part[0])).join(" ");
}

/** The same steps of every tag, but for those that are named. */
export function eachTag(steps: string, others: Partial<Record<PointTag, string>> = {}): ShownSteps {
  const shown = POINT_TAGS.map((tag) => [tag, others[tag] ?? steps] as const);
  return Object.fromEntries(shown.filter(([, its]) => its !== ""));
}
