// What TensorBoard takes a tag for, from its first value.

import type { Event } from "../wire/event.js";
import { DataClass, type SummaryMetadata, type SummaryValue } from "../wire/summary.js";

/** The tag under which TensorBoard has the run's graph. */
const GRAPH_TAG = "__run_graph__";
const GRAPH: SummaryMetadata = { pluginName: "graphs", dataClass: DataClass.BLOB_SEQUENCE };
const RUN_METADATA: SummaryMetadata = {
  pluginName: "graph_tagged_run_metadata",
  dataClass: DataClass.BLOB_SEQUENCE,
};
/** Of values in old forms, whose own metadata the loaders replace. */
const OLD_FORMS: Readonly<Record<string, SummaryMetadata>> = {
  simpleValue: { pluginName: "scalars", dataClass: DataClass.SCALAR },
  histo: { pluginName: "histograms", dataClass: DataClass.TENSOR },
  image: { pluginName: "images", dataClass: DataClass.BLOB_SEQUENCE },
  audio: { pluginName: "audio", dataClass: DataClass.BLOB_SEQUENCE },
};

/** The metadata of a tag whose first value this is; `undefined` for one that is not shown. */
export function formOf(value: SummaryValue): SummaryMetadata | undefined {
  const { metadata } = value;
  if (metadata?.dataClass) return metadata;
  for (const form in OLD_FORMS) if (value[form as keyof SummaryValue] !== undefined) return OLD_FORMS[form];
  return metadata;
}

/** The tag under which TensorBoard has what an event without values says, with its metadata, if it has it. */
export function graphTagOf(event: Event): readonly [tag: string, form: SummaryMetadata] | undefined {
  if (event.graphDef !== undefined) return [GRAPH_TAG, GRAPH];
  return event.taggedRunMetadata && [event.taggedRunMetadata.tag, RUN_METADATA];
}
