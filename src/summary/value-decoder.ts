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

/** Every kind. */
export const LOGGED_KINDS: ReadonlySet<unknown> = new Set<LoggedKind>([
  ...KINDS.values(),
  ...(["metaGraph", "tensor", "unknown"] as const),
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
  /** What the decoder knows of the tag. */
  readonly known: KnownTag;
}

/** What is known of a tag of a run so far. */
export interface TagInfo {
  readonly kind: LoggedKind;
  /** The plugin's name; `undefined` where the tag's first value has none. */
  readonly plugin?: string;
  readonly displayName?: string;
  readonly description?: string;
}

/** What the first values of a tag say. */
class KnownTag {
  // `undefined` until a value says something.
  #form: SummaryMetadata | undefined;
  #metadata: SummaryMetadata | undefined;
  // What it is where no plugin says, by its first value.
  readonly #otherwise: LoggedKind;
  #info: TagInfo | undefined;

  constructor(otherwise: LoggedKind, form?: SummaryMetadata, metadata?: SummaryMetadata) {
    this.#otherwise = otherwise;
    this.#form = form;
    this.#metadata = metadata;
  }

  get form(): SummaryMetadata | undefined {
    return this.#form;
  }

  /** Takes the next value. */
  add(value: SummaryValue): void {
    if (this.#form !== undefined && (this.#metadata ?? value.metadata) === this.#metadata) return;
    this.#form ??= formOf(value);
    this.#metadata ??= value.metadata;
    this.#info = undefined;
  }

  get info(): TagInfo {
    return (this.#info ??= this.#makeInfo());
  }

  #makeInfo(): TagInfo {
    const plugin = this.#form?.pluginName;
    const { displayName, description } = this.#metadata ?? {};
    const otherwise = plugin !== undefined && this.#otherwise === "scalar" ? "tensor" : this.#otherwise;
    return {
      kind: KINDS.get(plugin) ?? otherwise,
      ...(plugin !== undefined && { plugin }),
      ...(displayName !== undefined && { displayName }),
      ...(description !== undefined && { description }),
    };
  }
}

/**
 * Decodes the values of one run. Give it every event of the run's files in their order (of a tag that is to be decoded), also those whose values are
 * not wanted: a tag is of the kind of its first value, as in TensorBoard, and has the first display name and description.
 */
export class ValueDecoder {
  /** The run's name. */
  readonly run: string;
  readonly #tags = new Map<string, KnownTag>();

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
      let known = this.#tags.get(tag);
      if (known === undefined) {
        this.#tags.set(tag, (known = new KnownTag(kindWithoutPlugin(value), formOf(value), value.metadata)));
      } else known.add(value);
      return { tag, step, event, summary: value, isVoiding: isVoid, known };
    });
  }

  /** What a tag is, by the values so far; `unknown` when there was none. */
  tagInfo(tag: string): TagInfo {
    return this.#tags.get(tag)?.info ?? { kind: "unknown" };
  }

  /** A value of `rawValues`, decoded. */
  decode(raw: RawValue): LoggedValue {
    const { summary, known } = raw;
    const { kind } = known.info;
    if (summary === undefined) return this.#logged(raw, ...decodeBytes(raw.event));
    // Nearly all values of nearly all runs.
    if (kind === "scalar" && summary.simpleValue !== undefined) {
      return this.#logged(raw, kind, summary.simpleValue);
    }
    const value = withMetadata(summary, known.form);
    const decoded = DECODERS[kind]?.(value);
    if (decoded !== undefined) return this.#logged(raw, kind, decoded);
    const content = value.metadata?.pluginContent;
    const tensor = kind === "tensor" ? (decodeTensor(value) ?? decodeStrings(value)) : undefined;
    if (tensor !== undefined) return this.#logged(raw, "tensor", tensor, content);
    return this.#logged(raw, "unknown", summary, content);
  }

  // One by one: a copy of the tag's would take longer than all the rest of reading a scalar.
  #logged(raw: RawValue, kind: LoggedKind, value: unknown, pluginContent?: Uint8Array): LoggedValue {
    const { tag, step, event, known } = raw;
    const { plugin, displayName, description } = known.info;
    const logged: Record<string, unknown> = {
      run: this.run,
      tag,
      step,
      wallTime: event.wallTime,
      kind,
      value,
    };
    if (plugin !== undefined) logged["plugin"] = plugin;
    if (displayName !== undefined) logged["displayName"] = displayName;
    if (description !== undefined) logged["description"] = description;
    if (pluginContent !== undefined) logged["pluginContent"] = pluginContent;
    return logged as unknown as LoggedValue;
  }

  #withoutSummary(event: Event): RawValue[] {
    const found = withoutSummary(event);
    if (found === undefined) return [];
    const [tag, form] = found;
    let known = this.#tags.get(tag);
    if (known === undefined) this.#tags.set(tag, (known = new KnownTag("metaGraph", form)));
    return [{ tag, step: event.step, event, summary: undefined, isVoiding: false, known }];
  }
}

// Those that count for it: its own, unless they are of another plugin than the tag's.
function withMetadata(value: SummaryValue, form: SummaryMetadata | undefined): SummaryValue {
  if (form === undefined || value.metadata?.pluginName === form.pluginName) return value;
  return { ...value, metadata: form };
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

function decodeBytes(event: Event): [kind: LoggedKind, value: unknown] {
  const { graphDef, taggedRunMetadata, metaGraphDef } = event;
  if (graphDef !== undefined) {
    const nodes = decodeGraph(event);
    return nodes === undefined ? ["unknown", graphDef] : ["graph", nodes];
  }
  if (taggedRunMetadata !== undefined) return ["runMetadata", taggedRunMetadata.runMetadata];
  return ["metaGraph", metaGraphDef];
}

/** The bytes of a value that is one string. */
function bytesIn({ tensor }: SummaryValue): Uint8Array | undefined {
  return tensor?.stringVal?.[0];
}
