// Graphs of a run: the one of its operations, and the layers of a model.

import type { EventSink } from "../../events/event-sink.js";
import { checkOptions, checkStep, checkTag, checkWallTime } from "../checks.js";
import { encodeGraph, type OperationNode } from "../graph.js";
import { encodeKerasModel, type KerasLayer } from "../keras-model.js";

/** When a graph was logged. */
export interface GraphOptions {
  /** 0 unless given. */
  readonly step?: number;
  /** Seconds since 1970; now unless given. */
  readonly wallTime?: number;
}

/** Under which tag and when a model is logged. */
export interface KerasModelOptions extends GraphOptions {
  /** `keras` unless given, as Keras's own callback has it. */
  readonly tag?: string;
}

/**
 * Logs the run's graph of operations: a list of nodes, each with a name that no other has. A run has one graph: of several,
 * TensorBoard shows that of the greatest step. Attributes of more than 1024 bytes are left out, and listed. After torch's `add_graph`, which traces a model.
 *
 * Throws an `ArgumentError`, or a `WriteError` when the event file cannot be written.
 */
export function addGraph(sink: EventSink, nodes: readonly OperationNode[], options: GraphOptions = {}): void {
  checkOptions(options);
  const { step = 0, wallTime } = options;
  checkStep(step);
  checkWallTime(wallTime);
  sink.write({ step, graphDef: encodeGraph(nodes), ...(wallTime !== undefined && { wallTime }) });
}

/**
 * Logs the layers of a model, which TensorBoard draws as its conceptual graph: what Keras's `model.to_json()` or TensorFlow.js's
 * `model.toJSON(null, false)` gives. After TensorFlow's `tf.summary.keras_model`.
 *
 * Throws an `ArgumentError`, or a `WriteError` when the event file cannot be written.
 */
export function addKerasModel(
  sink: EventSink,
  model: KerasLayer | string,
  options: KerasModelOptions = {},
): void {
  checkOptions(options);
  const { tag = "keras", step = 0, wallTime } = options;
  checkStep(step);
  checkWallTime(wallTime);
  const summary = [encodeKerasModel(checkTag(tag), model)];
  sink.write({ step, summary, ...(wallTime !== undefined && { wallTime }) });
}
