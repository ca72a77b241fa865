// What the metadata of the hyperparameters' three tags say, as plain values (tensorboard/plugins/hparams/plugin_data.proto, api.proto).

import { tensorboard } from "./proto/messages.js";
import { wellFormed } from "./text.js";

/** A hyperparameter of one run. */
export type HParamValue = number | boolean | string;

/** How a session ended, by name, with its number in the file. */
export const RunStatus = { UNKNOWN: 0, SUCCESS: 1, FAILURE: 2, RUNNING: 3 } as const;

/** What a hyperparameter's values are, by name, with its number in the file. */
export const HParamType = { UNSET: 0, STRING: 1, BOOL: 2, FLOAT64: 3 } as const;

/** A run and its hyperparameters. */
export interface SessionStart {
  readonly hparams: Readonly<Record<string, HParamValue>>;
  readonly modelUri?: string;
  readonly monitorUrl?: string;
  /** Sessions of one group are one row of the table. */
  readonly groupName?: string;
  /** Seconds since 1970-01-01 UTC. */
  readonly startTime?: number;
}

/** The end of a run. */
export interface SessionEnd {
  /** One of `RunStatus`. */
  readonly status: number;
  /** Seconds since 1970-01-01 UTC. */
  readonly endTime?: number;
}

/** A hyperparameter's column. */
export interface HParamColumn {
  readonly name: string;
  readonly displayName?: string;
  readonly description?: string;
  /** One of `HParamType`. */
  readonly type: number;
  /** The values there are, or the least and the greatest. */
  readonly domain?: readonly HParamValue[] | { readonly min: number; readonly max: number };
  /** Whether runs differ in it, so that it is shown first. */
  readonly differs: boolean;
}

/** A metric's column: the last scalar of `tag` in the session's run, or in the run `group` below it. */
export interface MetricColumn {
  readonly tag: string;
  readonly group?: string;
  readonly displayName?: string;
  readonly description?: string;
  /** 0 unknown, 1 training, 2 validation. */
  readonly datasetType?: number;
}

/** The columns of a whole logdir. */
export interface HParamsExperiment {
  readonly name?: string;
  /** Markdown. */
  readonly description?: string;
  readonly user?: string;
  /** Seconds since 1970-01-01 UTC. */
  readonly timeCreated?: number;
  readonly hparams: readonly HParamColumn[];
  readonly metrics: readonly MetricColumn[];
}

/** The content of one tag's metadata: one of the three. */
export interface HParamsContent {
  readonly experiment?: HParamsExperiment;
  readonly sessionStart?: SessionStart;
  readonly sessionEnd?: SessionEnd;
}

/** Serializes the content, of version 0. */
export function encodeHParamsContent(content: HParamsContent): Uint8Array {
  const { experiment, sessionStart, sessionEnd } = content;
  const bytes = tensorboard.hparams.HParamsPluginData.encode({
    ...(experiment && { experiment: experimentToMessage(experiment) }),
    ...(sessionStart && { sessionStartInfo: startToMessage(sessionStart) }),
    ...(sessionEnd && {
      sessionEndInfo: {
        status: sessionEnd.status,
        ...(sessionEnd.endTime !== undefined && { endTimeSecs: sessionEnd.endTime }),
      },
    }),
  }).finish();
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/**
 * Parses the content. Values that are no number, boolean or string, for which TensorBoard has no column, are left out.
 *
 * Throws the codec's error when `bytes` is none.
 */
export function decodeHParamsContent(bytes: Uint8Array): HParamsContent {
  const { experiment, sessionStartInfo, sessionEndInfo } =
    tensorboard.hparams.HParamsPluginData.decode(bytes);
  if (experiment) return { experiment: experimentFromMessage(experiment) };
  if (sessionStartInfo) return { sessionStart: startFromMessage(sessionStartInfo) };
  if (sessionEndInfo) {
    const { status, endTimeSecs } = sessionEndInfo;
    return { sessionEnd: { status: status ?? 0, ...(endTimeSecs && { endTime: endTimeSecs }) } };
  }
  return {};
}

function startToMessage(start: SessionStart): tensorboard.hparams.SessionStartInfo.$Properties {
  const values = Object.entries(start.hparams).map(([name, value]) => [
    wellFormed(name),
    valueToMessage(value),
  ]);
  return {
    hparams: Object.fromEntries(values),
    ...(start.modelUri !== undefined && { modelUri: wellFormed(start.modelUri) }),
    ...(start.monitorUrl !== undefined && { monitorUrl: wellFormed(start.monitorUrl) }),
    ...(start.groupName !== undefined && { groupName: wellFormed(start.groupName) }),
    ...(start.startTime !== undefined && { startTimeSecs: start.startTime }),
  };
}

function startFromMessage(message: tensorboard.hparams.SessionStartInfo.$Properties): SessionStart {
  const { hparams, modelUri, monitorUrl, groupName, startTimeSecs } = message;
  const values = Object.entries(hparams ?? {}).flatMap(([name, value]) =>
    valueFromMessage(value).map((plain) => [name, plain] as const),
  );
  return {
    hparams: Object.fromEntries(values),
    ...(modelUri && { modelUri }),
    ...(monitorUrl && { monitorUrl }),
    ...(groupName && { groupName }),
    ...(startTimeSecs && { startTime: startTimeSecs }),
  };
}

function experimentToMessage(experiment: HParamsExperiment): tensorboard.hparams.Experiment.$Properties {
  const { name, description, user, timeCreated } = experiment;
  return {
    ...(name !== undefined && { name: wellFormed(name) }),
    ...(description !== undefined && { description: wellFormed(description) }),
    ...(user !== undefined && { user: wellFormed(user) }),
    ...(timeCreated !== undefined && { timeCreatedSecs: timeCreated }),
    hparamInfos: experiment.hparams.map((column) => ({
      ...labelsToMessage(column),
      name: wellFormed(column.name),
      type: column.type,
      differs: column.differs,
      ...domainToMessage(column.domain),
    })),
    metricInfos: experiment.metrics.map((column) => ({
      ...labelsToMessage(column),
      name: { tag: wellFormed(column.tag), ...(column.group && { group: wellFormed(column.group) }) },
      ...(column.datasetType !== undefined && { datasetType: column.datasetType }),
    })),
  };
}

function experimentFromMessage(message: tensorboard.hparams.Experiment.$Properties): HParamsExperiment {
  const { name, description, user, timeCreatedSecs, hparamInfos, metricInfos } = message;
  return {
    ...(name && { name }),
    ...(description && { description }),
    ...(user && { user }),
    ...(timeCreatedSecs && { timeCreated: timeCreatedSecs }),
    hparams: (hparamInfos ?? []).map((info) => ({
      name: info.name ?? "",
      ...labelsFromMessage(info),
      type: info.type ?? HParamType.UNSET,
      ...domainFromMessage(info),
      differs: info.differs ?? false,
    })),
    metrics: (metricInfos ?? []).map((info) => ({
      tag: info.name?.tag ?? "",
      ...(info.name?.group && { group: info.name.group }),
      ...labelsFromMessage(info),
      ...(info.datasetType && { datasetType: info.datasetType }),
    })),
  };
}

interface Labels {
  readonly displayName?: string;
  readonly description?: string;
}

function labelsToMessage({ displayName, description }: Labels): Labels {
  return {
    ...(displayName !== undefined && { displayName: wellFormed(displayName) }),
    ...(description !== undefined && { description: wellFormed(description) }),
  };
}

function labelsFromMessage(message: { displayName?: string | null; description?: string | null }): Labels {
  const { displayName, description } = message;
  return { ...(displayName && { displayName }), ...(description && { description }) };
}

type DomainMessage = Pick<tensorboard.hparams.HParamInfo.$Properties, "domainDiscrete" | "domainInterval">;

function domainToMessage(domain: HParamColumn["domain"]): DomainMessage {
  if (domain === undefined) return {};
  if ("min" in domain) return { domainInterval: { minValue: domain.min, maxValue: domain.max } };
  return { domainDiscrete: { values: domain.map(valueToMessage) } };
}

function domainFromMessage({ domainDiscrete, domainInterval }: DomainMessage): Pick<HParamColumn, "domain"> {
  if (domainInterval) {
    return { domain: { min: domainInterval.minValue ?? 0, max: domainInterval.maxValue ?? 0 } };
  }
  return domainDiscrete ? { domain: (domainDiscrete.values ?? []).flatMap(valueFromMessage) } : {};
}

function valueToMessage(value: HParamValue): tensorboard.hparams.Value.$Properties {
  if (typeof value === "number") return { numberValue: value };
  return typeof value === "boolean" ? { boolValue: value } : { stringValue: wellFormed(value) };
}

function valueFromMessage(message: tensorboard.hparams.Value.$Properties): HParamValue[] {
  const { numberValue, boolValue, stringValue } = message;
  const value = numberValue ?? boolValue ?? stringValue;
  return value === undefined || value === null ? [] : [value];
}
