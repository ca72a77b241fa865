// One record of an event file, as plain values (tensorboard/compat/proto/event.proto).

import { checkInt64Step, fromInt64, toInt64, type Int64 } from "./int64.js";
import { tensorboard } from "./proto/messages.js";
import {
  metadataToMessage,
  summaryFromMessage,
  summaryToMessage,
  type SummaryMetadata,
  type SummaryValue,
} from "./summary.js";
import { DataType, tensorToMessage } from "./tensor.js";
import { wellFormed } from "./text.js";

/** What a `SessionLog` says, by name, with its number in the file. */
export const SessionStatus = { UNSPECIFIED: 0, START: 1, STOP: 2, CHECKPOINT: 3 } as const;

/** The life of a run across restarts. */
export interface SessionLog {
  /** One of `SessionStatus`. START makes earlier points at this event's step and later void. */
  readonly status: number;
  readonly checkpointPath?: string;
  readonly message?: string;
}

/** One record of an event file. Besides wall time and step, at most one of the fields is there (`sourceMetadata` may be beside it). */
export interface Event {
  /** Seconds since 1970-01-01 UTC. */
  readonly wallTime: number;
  /** A bigint where a number would not be exact. */
  readonly step: number | bigint;
  /** `brain.Event:2`: the first event of every file. */
  readonly fileVersion?: string;
  /** The program that wrote the file. */
  readonly sourceMetadata?: { readonly writer: string };
  readonly summary?: readonly SummaryValue[];
  readonly sessionLog?: SessionLog;
  /** A serialized GraphDef. */
  readonly graphDef?: Uint8Array;
  /** A serialized MetaGraphDef. */
  readonly metaGraphDef?: Uint8Array;
  /** A serialized RunMetadata under a tag. */
  readonly taggedRunMetadata?: { readonly tag: string; readonly runMetadata: Uint8Array };
  readonly logMessage?: { readonly level: number; readonly message: string };
}

/** Serializes an Event. `step` may be left out for 0. Throws an `ArgumentError` for a step that a file cannot hold. */
export function encodeEvent(event: Omit<Event, "step"> & { readonly step?: number | bigint }): Uint8Array {
  const message: tensorboard.Event.$Properties = {
    wallTime: event.wallTime,
    step: toInt64(checkInt64Step(event.step ?? 0)),
    ...(event.fileVersion !== undefined && { fileVersion: wellFormed(event.fileVersion) }),
    ...(event.sourceMetadata && { sourceMetadata: { writer: wellFormed(event.sourceMetadata.writer) } }),
    ...(event.summary && { summary: summaryToMessage(event.summary) }),
    ...(event.sessionLog && { sessionLog: sessionLogToMessage(event.sessionLog) }),
    ...(event.graphDef && { graphDef: event.graphDef }),
    ...(event.metaGraphDef && { metaGraphDef: event.metaGraphDef }),
    ...(event.taggedRunMetadata && {
      taggedRunMetadata: { ...event.taggedRunMetadata, tag: wellFormed(event.taggedRunMetadata.tag) },
    }),
    ...(event.logMessage && {
      logMessage: { ...event.logMessage, message: wellFormed(event.logMessage.message) },
    }),
  };
  return tensorboard.Event.encode(message).finish();
}

/**
 * Parses an Event. Fields may come in any order; unknown ones are passed over. What it returns shares no memory with `bytes`.
 *
 * Throws the codec's error when `bytes` is no Event.
 */
export function decodeEvent(bytes: Uint8Array): Event {
  const message = tensorboard.Event.decode(bytes);
  const { fileVersion, sourceMetadata, summary, sessionLog, graphDef, metaGraphDef } = message;
  const { taggedRunMetadata, logMessage } = message;
  const event: { -readonly [K in keyof Event]: Event[K] } = {
    wallTime: message.wallTime,
    step: fromInt64(message.step as Int64),
  };
  if (fileVersion !== null && fileVersion !== undefined) event.fileVersion = fileVersion;
  if (sourceMetadata) event.sourceMetadata = { writer: sourceMetadata.writer ?? "" };
  if (summary) event.summary = summaryFromMessage(summary);
  if (sessionLog) event.sessionLog = sessionLogFromMessage(sessionLog);
  if (graphDef) event.graphDef = Uint8Array.from(graphDef);
  if (metaGraphDef) event.metaGraphDef = Uint8Array.from(metaGraphDef);
  if (taggedRunMetadata) {
    const { tag, runMetadata } = taggedRunMetadata;
    event.taggedRunMetadata = { tag: tag ?? "", runMetadata: Uint8Array.from(runMetadata ?? []) };
  }
  if (logMessage) event.logMessage = { level: logMessage.level ?? 0, message: logMessage.message ?? "" };
  return event;
}

/** An Event's bytes without its values under these tags. The others stay as they are, in old forms too. Throws like `decodeEvent`. */
export function withoutValues(bytes: Uint8Array, tags: readonly string[]): Uint8Array {
  const message = tensorboard.Event.decode(bytes);
  const value = message.summary?.value?.filter(({ tag }) => !tags.includes(tag ?? ""));
  const summary = value === undefined ? message.summary : { value };
  return tensorboard.Event.encode({ ...message, summary } as tensorboard.Event.$Properties).finish();
}

/** An Event's bytes with another wall time, in seconds. Everything else stays as it is. Throws like `decodeEvent`. */
export function withWallTime(bytes: Uint8Array, wallTime: number): Uint8Array {
  const message = tensorboard.Event.decode(bytes);
  return tensorboard.Event.encode({ ...message, wallTime } as tensorboard.Event.$Properties).finish();
}

/** An Event's bytes with those of its values only for which `keeps` is true of their places. Everything else stays as it is. Throws like `decodeEvent`. */
export function withValues(bytes: Uint8Array, keeps: (i: number) => boolean): Uint8Array {
  const message = tensorboard.Event.decode(bytes);
  const value = (message.summary?.value ?? []).filter((_, i) => keeps(i));
  return tensorboard.Event.encode({
    ...message,
    summary: { value },
  } as tensorboard.Event.$Properties).finish();
}

/**
 * An Event's bytes with these metadata at its values that have none, by tag. Everything else stays as it is, in old forms too. Throws like
 * `decodeEvent`.
 */
export function withMetadata(bytes: Uint8Array, metadata: ReadonlyMap<string, SummaryMetadata>): Uint8Array {
  const message = tensorboard.Event.decode(bytes);
  const value = (message.summary?.value ?? []).map((one) => {
    const its = one.metadata ? undefined : metadata.get(one.tag ?? "");
    return its === undefined ? one : { ...one, metadata: metadataToMessage(its) };
  });
  return tensorboard.Event.encode({
    ...message,
    summary: { value },
  } as tensorboard.Event.$Properties).finish();
}

/**
 * An Event that makes void, for TensorBoard's data server, what `tag` has at `step` and later, and shows nothing itself. The server drops what
 * it had from a new value's step on, and then cannot show the second of these two values: a form that no dashboard has. The first one
 * is for the Python loader, which fails at a tag that has metadata and never had a tensor; a START behind makes it void there.
 *
 * `metadata` in the tag's own form, with a data class or a plugin that the loaders know: they may be the first ones that a loader sees.
 * `wallTime` in seconds.
 */
export function encodeVoiding(
  tag: string,
  metadata: SummaryMetadata,
  step: number | bigint,
  wallTime: number,
): Uint8Array {
  const named = { tag: wellFormed(tag) };
  const tensor = tensorToMessage({ dtype: DataType.STRING, shape: [0] });
  const value = [
    { ...named, metadata: metadataToMessage(metadata), tensor },
    { ...named, obsoleteOldStyleHistogram: Uint8Array.of(0) },
  ];
  return tensorboard.Event.encode({
    wallTime,
    step: toInt64(checkInt64Step(step)),
    summary: { value },
  } as tensorboard.Event.$Properties).finish();
}

/** Whether it is an Event of `encodeVoiding`. */
export function isVoiding({ summary = [] }: Event): boolean {
  const [first, second] = summary;
  return summary.length === 2 && first!.tag === second!.tag && second!.oldStyleHistogram !== undefined;
}

function sessionLogToMessage(log: SessionLog): tensorboard.SessionLog.$Properties {
  return {
    status: log.status,
    ...(log.checkpointPath !== undefined && { checkpointPath: wellFormed(log.checkpointPath) }),
    ...(log.message !== undefined && { msg: wellFormed(log.message) }),
  };
}

function sessionLogFromMessage(message: tensorboard.SessionLog.$Properties): SessionLog {
  return {
    status: message.status ?? 0,
    ...(message.checkpointPath && { checkpointPath: message.checkpointPath }),
    ...(message.msg && { message: message.msg }),
  };
}
