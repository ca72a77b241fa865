// A logged value in a few words.

import { readImageHeader } from "../summary/image-header.js";
import type { LoggedValue } from "../summary/logged-value.js";
import type { DecodedText } from "../summary/text.js";

const MOST_CHARACTERS = 60;

/** What a value is, on one line: a scalar its number, all else its kind and its measures. */
export function valueText(logged: LoggedValue): string {
  switch (logged.kind) {
    case "scalar":
      return scalarText(logged.value);
    case "histogram": {
      const filled = logged.value.filter(({ count }) => count > 0);
      const range =
        filled.length === 0 ? "empty" : `${short(filled[0]!.left)}..${short(filled.at(-1)!.right)}`;
      return `histogram ${several(logged.value.length, "bucket")} ${range}`;
    }
    case "image": {
      const { images, width, height } = logged.value;
      const format = images[0] && readImageHeader(images[0])?.format;
      return `image ${images.length} x ${width}x${height}${format === undefined ? "" : ` ${format}`}`;
    }
    case "audio": {
      const { sampleRate, frames } = logged.value[0] ?? {};
      const length =
        sampleRate === undefined || frames === undefined
          ? ""
          : ` ${short(frames / sampleRate)} s ${sampleRate} Hz`;
      return `audio ${several(logged.value.length, "clip")}${length}`;
    }
    case "text":
      return `text ${quoted(firstText(logged.value))}`;
    case "prCurve":
      return `pr curve ${several(logged.value.precision.length, "threshold")}`;
    case "customScalars": {
      const charts = logged.value.reduce((sum, category) => sum + category.charts.length, 0);
      return `custom scalars ${several(charts, "chart")}`;
    }
    case "hparams":
      return hparamsText(logged.value);
    case "mesh":
      return `mesh ${logged.value.part} ${logged.value.shape.join("x")}`;
    case "graph":
      return `graph ${several(logged.value.length, "node")}`;
    case "kerasModel":
      return `keras model ${several(logged.value.config.layers?.length ?? 0, "layer")}`;
    case "runMetadata":
      return `run metadata ${several(logged.value.length, "byte")}`;
    case "metaGraph":
      return `meta graph ${several(logged.value.length, "byte")}`;
    case "tensor":
      return `tensor ${logged.value.dtype} ${logged.value.shape.join("x") || "scalar"}`;
    case "unknown":
      return logged.plugin === undefined ? "unknown" : `unknown value of ${quoted(logged.plugin)}`;
  }
}

/** The shortest decimal that is the same float32 where it is one, else the same number. */
export function scalarText(value: number): string {
  if (Math.fround(value) !== value) return String(value);
  for (let digits = 1; digits <= 9; digits++) {
    const decimal = Number(value.toPrecision(digits));
    if (Math.fround(decimal) === value) return String(decimal);
  }
  return String(value);
}

function hparamsText({
  experiment,
  sessionStart,
  sessionEnd,
}: Extract<LoggedValue, { kind: "hparams" }>["value"]): string {
  if (sessionStart !== undefined) {
    const settings = Object.entries(sessionStart.hparams).map(([name, value]) => `${name}=${value}`);
    return `hparams ${shortened(settings.join(" "))}`;
  }
  if (sessionEnd !== undefined) return `hparams end of the session, status ${sessionEnd.status}`;
  return `hparams experiment ${several(experiment?.hparams.length ?? 0, "column")} ${several(experiment?.metrics.length ?? 0, "metric")}`;
}

function firstText(text: DecodedText): string {
  if (typeof text === "string") return text;
  const [first] = text;
  return first === undefined ? "" : firstText(first);
}

function quoted(text: string): string {
  return JSON.stringify(shortened(text));
}

function shortened(text: string): string {
  const characters = [...text.slice(0, 2 * MOST_CHARACTERS)];
  return characters.length <= MOST_CHARACTERS
    ? text
    : `${characters.slice(0, MOST_CHARACTERS - 1).join("")}…`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function several(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
