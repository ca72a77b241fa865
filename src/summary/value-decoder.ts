// Decodes the values of a run's events, in their order: the first value of a tag tells what all of them are.

import type { Step } from "../events/steps.js";
import { formOf, graphTagOf } from "../events/tag-forms.js";
import { isVoiding, type Event } from "../wire/event.js";
import type { SummaryMetadata, SummaryValue } from "../wire/summary.js";
import { decodeAudio } from "./audio.js";
import { decodeCustomScalars } from "./custom-scalars.js";
import { decodeGraph } from "./graph.js";
import { decodeHistogram } from "./histogram.js";
import { decodeHParams } from "./hparams.js";
import { decodeImage } from "./image.js";
import { decodeKerasModel } from "./keras-model.js";
import type { LoggedKind, LoggedValue } from "./logged-value.js";
import { decodeMesh } from "./mesh.js";
import { decodePrCurve } from "./pr-curve.js";
import { decodeScalar } from "./scalar.js";
import { decodeStrings, decodeTensor } from "./tensor.js";
import { decodeText } from "./text.js";

/** The tag that this package gives what TensorBoard has under none. */
const META_GRAPH_TAG = "__meta_graph__";

/** The kind of each plugin's tags. */
const KINDS: ReadonlyMap<string | undefined, LoggedKind> = new Map<string, LoggedKind>([
  ["scalars", "scalar"],
  ["histograms", "histogram"],
  ["images", "image"],
  ["audio", "audio"],
  ["text", "text"],
  ["pr_curves", "prCurve"],
  ["custom_scalars", "customScalars"],
  ["hparams", "hparams"],
  ["mesh", "mesh"],
  ["graphs", "graph"],
  ["graph_tagged_run_metadata", "runMetadata"],
  ["graph_run_metadata", "runMetadata"],
  ["graph_run_metadata_graph", "runMetadata"],
  ["graph_keras_model", "kerasModel"],
]);

/** By kind, what the decoders of the dashboards make of a value that has its tag's metadata. */
const DECODERS: Readonly<Partial<Record<LoggedKind, (value: SummaryValue) => unknown>>> = {
  scalar: decodeScalar,
  histogram: decodeHistogram,
  image: decodeImage,
  audio: decodeAudio,
  text: decodeText,
  prCurve: decodePrCurve,
  customScalars: decodeCustomScalars,
  hparams: decodeHParams,
  mesh: decodeMesh,
  graph: (value) => {
    const graphDef = bytesIn(value);
    return graphDef && decodeGraph({ graphDef });
  },
  runMetadata: bytesIn,
  kerasModel: decodeKerasModel,
};

/** A value of an event before it is decoded. */
export interface RawValue {
  readonly tag: string;
  readonly step: Step;
  readonly event: Event;
  /** `undefined` for what an event says without values. */
  readonly summary: SummaryValue | undefined;
  /** Whether it only makes void what stands before it. */
  readonly isVoiding: boolean;
}

/** What the first values of a tag say. */
interface Tag {
  /** `undefined` until a value says something. */
  form: SummaryMetadata | undefined;
  metadata: SummaryMetadata | undefined;
  /** What it is where no plugin says, by its first value. */
  readonly otherwise: LoggedKind;
}

/** What is known of a tag of a run so far. */
export interface TagInfo {
  readonly kind: LoggedKind;
  /** The plugin's name; `undefined` where the tag's first value has none. */
  readonly plugin?: string;
  readonly displayName?: string;
  readonly description?: string;
}

/**
 * Decodes the values of one run. Give it every event of the run's files in their order (of a tag that is to be decoded), also those whose values are
 * not wanted: a tag is of the kind of its first value, as in TensorBoard, and has the first display name and description.
 */
export class ValueDecoder {
  /** The run's name. */
  readonly run: string;
  readonly #tags = new Map<string, Tag>();

  constructor(run: string) {
    this.run = run;
  }

  /** The next event's values, without decoding them. */
  rawValues(event: Event): RawValue[] {
    const { step, summary } = event;
    if (summary === undefined) return this.#withoutSummary(event);
    const isVoid = isVoiding(event);
    return summary.map((value): RawValue => {
      const tag = tagOf(value);
      const known = this.#tags.get(tag);
      if (known === undefined)
        this.#tags.set(tag, {
          form: formOf(value),
          metadata: value.metadata,
          otherwise: kindWithoutPlugin(value),
        });
      else {
        known.form ??= formOf(value);
        known.metadata ??= value.metadata;
      }
      return { tag, step, event, summary: value, isVoiding: isVoid };
    });
  }

  /** What a tag is, by the values so far. */
  tagInfo(tag: string): TagInfo {
    const { form, metadata, otherwise = "unknown" } = this.#tags.get(tag) ?? {};
    const plugin = form?.pluginName;
    const { displayName, description } = metadata ?? {};
    const unnamed = plugin !== undefined && otherwise === "scalar" ? "tensor" : otherwise;
    return {
      kind: KINDS.get(plugin) ?? unnamed,
      ...(plugin !== undefined && { plugin }),
      ...(displayName !== undefined && { displayName }),
      ...(description !== undefined && { description }),
    };
  }

  /** A value of `rawValues`, decoded. */
  decode({ tag, step, event, summary }: RawValue): LoggedValue {
    const info = this.tagInfo(tag);
    const { run } = this;
    const base = { run, tag, step, wallTime: event.wallTime, ...info };
    if (summary === undefined) return { ...base, ...decodeBytes(event) } as LoggedValue;
    const value = this.#withMetadata(tag, summary);
    const decoded = DECODERS[info.kind]?.(value);
    if (decoded !== undefined) return { ...base, value: decoded } as LoggedValue;
    const { pluginContent } = value.metadata ?? {};
    const content = pluginContent && { pluginContent };
    const tensor = info.kind === "tensor" ? (decodeTensor(value) ?? decodeStrings(value)) : undefined;
    if (tensor !== undefined) return { ...base, ...content, kind: "tensor", value: tensor };
    return { ...base, ...content, kind: "unknown", value: summary };
  }

  // Those that count for it: its own, unless they are of another plugin than the tag's.
  #withMetadata(tag: string, value: SummaryValue): SummaryValue {
    const { form } = this.#tags.get(tag)!;
    if (form === undefined || value.metadata?.pluginName === form.pluginName) return value;
    return { ...value, metadata: form };
  }

  #withoutSummary(event: Event): RawValue[] {
    const found = withoutSummary(event);
    if (found === undefined) return [];
    const [tag, form] = found;
    if (!this.#tags.has(tag)) this.#tags.set(tag, { form, metadata: undefined, otherwise: "metaGraph" });
    return [{ tag, step: event.step, event, summary: undefined, isVoiding: false }];
  }
}

/** The tags under which an event has something. */
export function tagsOf(event: Event): string[] {
  const tag = withoutSummary(event)?.[0];
  return event.summary?.map(tagOf) ?? (tag === undefined ? [] : [tag]);
}

// What an event says that has no summary: its tag and what that is.
function withoutSummary(event: Event): readonly [tag: string, form: SummaryMetadata | undefined] | undefined {
  return graphTagOf(event) ?? (event.metaGraphDef && [META_GRAPH_TAG, undefined]);
}

// A number that says nothing of itself is a scalar: the value that said it may be lost.
function kindWithoutPlugin(value: SummaryValue): LoggedKind {
  if (value.tensor === undefined) return "unknown";
  return decodeScalar(value) === undefined ? "tensor" : "scalar";
}

/** The tag of a value; very old files name a tensor otherwise. */
function tagOf({ tag, nodeName, tensor }: SummaryValue): string {
  return tag === "" && tensor !== undefined && nodeName !== undefined ? nodeName : tag;
}

function decodeBytes(event: Event): { readonly kind: LoggedKind; readonly value: unknown } {
  const { graphDef, taggedRunMetadata, metaGraphDef } = event;
  if (graphDef !== undefined) {
    const nodes = decodeGraph(event);
    return nodes === undefined ? { kind: "unknown", value: graphDef } : { kind: "graph", value: nodes };
  }
  if (taggedRunMetadata !== undefined) return { kind: "runMetadata", value: taggedRunMetadata.runMetadata };
  return { kind: "metaGraph", value: metaGraphDef };
}

/** The bytes of a value that is one string. */
function bytesIn({ tensor }: SummaryValue): Uint8Array | undefined {
  return tensor?.stringVal?.[0];
}
