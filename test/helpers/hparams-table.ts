// The table of hyperparameters of a running TensorBoard, and runs to fill it.
import { EventFileWriter } from "../../src/events/event-file-writer.js";
import { HParamsLog } from "../../src/summary/dashboards/hparams.js";
import { scalarMetadata } from "../../src/summary/scalar.js";
import type { TensorBoard } from "./tensorboard.js";

export interface MetricName {
  readonly group: string;
  readonly tag: string;
}

export interface HParamInfo {
  readonly name: string;
  readonly type: string;
  readonly differs: boolean;
  readonly domainInterval?: object;
  readonly domainDiscrete?: readonly unknown[];
}

export interface Table {
  readonly hparamInfos: readonly HParamInfo[];
  readonly metricInfos: readonly { readonly name: MetricName }[];
}

export interface SessionGroup {
  readonly name: string;
  readonly hparams: Readonly<Record<string, unknown>>;
  readonly metricValues: readonly {
    readonly name: MetricName;
    readonly value: number;
    readonly trainingStep: number;
  }[];
  readonly sessions: readonly {
    readonly name: string;
    readonly status: string;
    readonly startTimeSecs: number;
    readonly endTimeSecs: number;
  }[];
}

export const ALL_STATUSES = ["STATUS_UNKNOWN", "STATUS_SUCCESS", "STATUS_FAILURE", "STATUS_RUNNING"];

export function post<T>(board: TensorBoard, path: string, body: object): Promise<T> {
  return board.json<T>(`data/plugin/hparams/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ experimentName: "", ...body }),
  });
}

/** The columns, sorted by name. */
export async function tableOf(board: TensorBoard): Promise<{ hparams: HParamInfo[]; metrics: string[] }> {
  const { hparamInfos = [], metricInfos = [] } = await post<Partial<Table>>(board, "experiment", {});
  return {
    hparams: hparamInfos.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    metrics: metricInfos.map(({ name }) => `${name.group}:${name.tag}`).toSorted(),
  };
}

export async function rowsOf(board: TensorBoard, change: object = {}): Promise<Record<string, SessionGroup>> {
  const { hparamInfos = [], metricInfos = [] } = await post<Partial<Table>>(board, "experiment", {});
  const { sessionGroups = [] } = await post<{ sessionGroups?: SessionGroup[] }>(board, "session_groups", {
    allowedStatuses: ALL_STATUSES,
    colParams: [
      ...hparamInfos.map(({ name }) => ({ hparam: name })),
      ...metricInfos.map(({ name }) => ({ metric: name })),
    ],
    startIndex: 0,
    sliceSize: 100,
    ...change,
  });
  return Object.fromEntries(sessionGroups.map((group) => [group.sessions[0]!.name, group]));
}

/** Metrics of a row: value and step by group and tag. */
export function metricsOf({ metricValues }: SessionGroup): Record<string, [value: number, step: number]> {
  return Object.fromEntries(
    metricValues.map(({ name, value, trainingStep }) => [
      `${name.group ?? ""}:${name.tag}`,
      [value, trainingStep],
    ]),
  );
}

export interface Run {
  readonly sink: EventFileWriter;
  readonly hparams: HParamsLog;
  scalar(tag: string, value: number, step: number): void;
}

export function open(directory: string | EventFileWriter): Run {
  const sink = typeof directory === "string" ? new EventFileWriter(directory) : directory;
  return {
    sink,
    hparams: new HParamsLog(sink),
    scalar: (tag, value, step) => sink.scalars([{ tag, metadata: scalarMetadata() }]).writeOne(step, value),
  };
}
