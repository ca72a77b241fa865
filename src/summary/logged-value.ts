// A value that a program logged, read back: what each dashboard shows, by kind.

import type { Step } from "../events/steps.js";
import type { HParamsContent } from "../wire/hparams.js";
import type { LayoutCategory } from "../wire/layout.js";
import type { SummaryValue } from "../wire/summary.js";
import type { AudioClip } from "./audio.js";
import type { OperationNode } from "./graph.js";
import type { HistogramBucket } from "./histogram.js";
import type { ImageValue } from "./image.js";
import type { KerasLayer } from "./keras-model.js";
import type { MeshValue } from "./mesh.js";
import type { PrCurve } from "./pr-curve.js";
import type { StringTensor, TensorValue } from "./tensor.js";
import type { DecodedText } from "./text.js";

/** What a value of each kind is. */
export interface LoggedValues {
  readonly scalar: number;
  readonly histogram: readonly HistogramBucket[];
  /** The pictures of a step, as files' bytes. */
  readonly image: ImageValue;
  /** The clips of a step, as files' bytes. */
  readonly audio: readonly AudioClip[];
  readonly text: DecodedText;
  readonly prCurve: PrCurve;
  /** The layout of the Custom Scalars dashboard. */
  readonly customScalars: readonly LayoutCategory[];
  readonly hparams: HParamsContent;
  /** One part of a mesh. */
  readonly mesh: MeshValue;
  /** The run's graph of operations; its tag is `__run_graph__`, as in TensorBoard. */
  readonly graph: readonly OperationNode[];
  /** What running the graph took: a serialized `RunMetadata` of TensorFlow. */
  readonly runMetadata: Uint8Array;
  readonly kerasModel: KerasLayer;
  /** A serialized `MetaGraphDef` of TensorFlow 1, which no dashboard shows; its tag is `__meta_graph__`. */
  readonly metaGraph: Uint8Array;
  /** A tensor of a plugin that is not known here, or of none. */
  readonly tensor: TensorValue | StringTensor;
  /** What is none of its tag's kind, or cannot be decoded, as it stands in the file; a graph as its bytes. */
  readonly unknown: SummaryValue | Uint8Array;
}

/** What a value is, by the dashboard that shows it. */
export type LoggedKind = keyof LoggedValues;

/** A value of one kind. */
export interface Logged<K extends LoggedKind> {
  /** The run's name, as TensorBoard has it: its path below the logdir, `.` for the logdir itself. */
  readonly run: string;
  readonly tag: string;
  /** A bigint where a number would not be exact. */
  readonly step: Step;
  /** Seconds since 1970-01-01 UTC. */
  readonly wallTime: number;
  readonly kind: K;
  readonly value: LoggedValues[K];
  /** The plugin's name, as the tag's first value has it; `undefined` where that has none. */
  readonly plugin?: string;
  /** What the plugin says of the tag in a form of its own; only of `tensor` and `unknown`. */
  readonly pluginContent?: Uint8Array;
  /** Shown instead of the tag: from the first metadata of the tag in the run. */
  readonly displayName?: string;
  /** Markdown: from the first metadata of the tag in the run. */
  readonly description?: string;
}

/** A value of a run. `kind` tells what `value` is. */
export type LoggedValue = { [K in LoggedKind]: Logged<K> }[LoggedKind];

/** The values of these kinds. */
export type LoggedValueOf<K extends LoggedKind> = Extract<LoggedValue, { readonly kind: K }>;
