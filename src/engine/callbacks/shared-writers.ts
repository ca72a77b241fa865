// One writer a directory for all callbacks of a trial: a second one is refused, so what they log goes through the same.

import { resolve } from "node:path";
import type { LogPosition } from "../../events/log-position.js";
import { SummaryWriter } from "../../summary/summary-writer.js";
import type { State } from "../state.js";

/** Makes the writer of a directory. Given `continueFrom`, the writer's option of that name, what was logged behind it is to be void. */
export type CreateWriter = (dir: string, options: { readonly continueFrom?: LogPosition }) => SummaryWriter;

/** Which writer is asked for, and by whom; undefined where it is not said. */
export interface WriterOptions {
  /** What the callback logs. Two that log the same would mix their points: the second one gets no part in the writer. */
  readonly user: string;
  readonly createWriter: CreateWriter | undefined;
  readonly maxPointsPerTag: number | undefined;
  /** What is in the directories from before is void. */
  readonly overwrite: boolean;
}

interface Shared {
  readonly dir: string;
  readonly options: WriterOptions;
  readonly writer: SummaryWriter;
  readonly users: Set<string>;
}

const open = new WeakMap<State, Shared[]>();

/**
 * The writer of `dir`: the one that another callback of the trial has open if it asked for the same, else a new one, which goes on from `from`
 * (null: behind what is there). Throws what its constructor throws, such as a `LogdirError` for a directory that is open otherwise.
 */
export function openShared(
  state: State,
  dir: string,
  options: WriterOptions,
  from: LogPosition | null,
): SummaryWriter {
  const path = resolve(dir);
  const all = open.get(state) ?? [];
  open.set(state, all);
  const known = all.find((shared) => shared.dir === path && isOpenFor(shared, options));
  if (known !== undefined) {
    known.users.add(options.user);
    return known.writer;
  }
  const { maxPointsPerTag, createWriter = (at, given) => new SummaryWriter(at, given) } = options;
  const bounds =
    maxPointsPerTag === undefined || options.createWriter !== undefined ? {} : { maxPointsPerTag };
  const writer = createWriter(dir, { ...bounds, ...(from !== null && { continueFrom: from }) });
  all.push({ dir: path, options, writer, users: new Set([options.user]) });
  return writer;
}

/** Closes the writer when `user` was the last one to have it. Throws what `closeSync` throws. */
export function closeShared(state: State, writer: SummaryWriter, { user }: WriterOptions): void {
  const all = open.get(state)!;
  const at = all.findIndex((shared) => shared.writer === writer && shared.users.has(user));
  const { users } = all[at]!;
  users.delete(user);
  if (users.size > 0) return;
  all.splice(at, 1);
  writer.closeSync();
}

function isOpenFor({ options, users }: Shared, asked: WriterOptions): boolean {
  return (
    !users.has(asked.user) &&
    options.createWriter === asked.createWriter &&
    options.maxPointsPerTag === asked.maxPointsPerTag &&
    options.overwrite === asked.overwrite
  );
}
