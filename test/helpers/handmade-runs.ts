// Files of sessions of a run, made by hand event by event, and what such files say in words.
import { join } from "node:path";
import { isVoiding, type Event } from "../../src/wire/event.js";
import { isOfItsFile } from "../../src/events/notes.js";
import { readEventFile, writeEventFile } from "./events.js";

/** When the first session of a handmade run begins, in seconds. */
export const START_S = 1_700_000_000;

/** An event of scalars, by tag; `described` gives each the metadata of the writer's, with a name of its own. */
export function scalar(
  step: number | bigint,
  values: Readonly<Record<string, number>>,
  described = false,
): Event {
  const summary = Object.entries(values).map(([tag, simpleValue]) => ({
    ...{ tag, simpleValue },
    ...(described && { metadata: { pluginName: "scalars", displayName: `the ${tag}`, dataClass: 1 } }),
  }));
  return { wallTime: START_S + Number(step) / 8, step, summary };
}

/** The two STARTs of a session with a `purgeStep`. */
export function started(step: number): Event[] {
  const start: Event = { wallTime: START_S, step, sessionLog: { status: 1 } };
  return [start, start];
}

/** Who wrote a handmade file. */
export interface FileOptions {
  /** As it stands in its name; process 7 of the host `box` unless given. */
  readonly author?: string;
  /** As it stands in its first event; this package unless given. */
  readonly writer?: string;
}

/** Writes the file of the session that began `hours` after the first one, with a head and these events; gives its path. */
export function sessionFile(
  dir: string,
  hours: number,
  events: readonly (Event | Uint8Array)[],
  { author = "box.7", writer = "tensorboard-node-logger 0.1.0" }: FileOptions = {},
): string {
  const seconds = START_S + Math.round(hours * 3600);
  const path = join(dir, `events.out.tfevents.${seconds}.000000.${author}`);
  const head: Event = {
    ...{ wallTime: seconds, step: 0 },
    ...{ fileVersion: "brain.Event:2", sourceMetadata: { writer } },
  };
  writeEventFile(path, [head, ...events]);
  return path;
}

/** What a file says, an event a line, but for what one that took the place of others says of them. @throws {Error} When there are bytes behind its last record. */
export function told(path: string): string[] {
  const { events, torn } = readEventFile(path);
  if (torn > 0) throw new Error(`${path} has ${torn} bytes behind its last record`);
  const notes = events.filter((event) => isOfItsFile(event) && event.logMessage !== undefined);
  const said = events.filter((event) => !notes.includes(event));
  return said.map((event) => {
    const { step, fileVersion, sessionLog, summary, graphDef, logMessage } = event;
    if (isVoiding(event)) return `void ${summary![0]!.tag} ${step}`;
    if (fileVersion !== undefined) return "head";
    if (sessionLog !== undefined) return `${sessionLog.status === 1 ? "START" : "STOP"} ${step}`;
    if (graphDef !== undefined) return `graph ${step}`;
    if (logMessage !== undefined) return `message ${step}`;
    const values = summary?.map(({ tag, simpleValue, metadata }) => {
      return `${tag}=${simpleValue}${metadata === undefined ? "" : ` (${metadata.displayName})`}`;
    });
    return `${step}: ${values?.join(" ")}`;
  });
}
