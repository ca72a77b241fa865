// Hyperparameters, encode and decode (tensorboard/plugins/hparams/metadata.py). All that is said stands in the tags' metadata.

import {
  decodeHParamsContent,
  encodeHParamsContent,
  type HParamsContent,
  type HParamsExperiment,
  type SessionEnd,
  type SessionStart,
} from "../wire/hparams.js";
import { DataClass, type SummaryValue } from "../wire/summary.js";
import { DataType } from "../wire/tensor.js";

const PLUGIN = "hparams";
const EXPERIMENT_TAG = "_hparams_/experiment";
const SESSION_START_TAG = "_hparams_/session_start_info";
const SESSION_END_TAG = "_hparams_/session_end_info";

/** The value that makes a run a session: its hyperparameters. The first one of a run counts. */
export function encodeSessionStart(sessionStart: SessionStart): SummaryValue {
  return valueOf(SESSION_START_TAG, { sessionStart });
}

/** The value that says how a session ended. The first one of a run counts; without one the session's status is unknown. */
export function encodeSessionEnd(sessionEnd: SessionEnd): SummaryValue {
  return valueOf(SESSION_END_TAG, { sessionEnd });
}

/** The value that sets the columns for all runs of a logdir; one run has it, or none. */
export function encodeHParamsExperiment(experiment: HParamsExperiment): SummaryValue {
  return valueOf(EXPERIMENT_TAG, { experiment });
}

/** What a value of the hyperparameters' plugin says; `undefined` for every other value, and for one that cannot be parsed. */
export function decodeHParams(value: SummaryValue): HParamsContent | undefined {
  const { pluginName, pluginContent } = value.metadata ?? {};
  if (pluginName !== PLUGIN || pluginContent === undefined) return undefined;
  try {
    return decodeHParamsContent(pluginContent);
  } catch {
    return undefined;
  }
}

function valueOf(tag: string, content: HParamsContent): SummaryValue {
  return {
    tag,
    metadata: {
      pluginName: PLUGIN,
      pluginContent: encodeHParamsContent(content),
      dataClass: DataClass.TENSOR,
    },
    // A value without data is one that a loader may pass over.
    tensor: { dtype: DataType.FLOAT, shape: [0] },
  };
}
