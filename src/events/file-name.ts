// Names of event files. TensorBoard reads what contains "tfevents" and orders a run's files by the bytes of their names.

/** The part every event file's name contains, and no other file's name should. */
export const EVENT_FILE_MARK = "tfevents";

const PREFIX = "events.out.tfevents";
const RECORDS_PREFIX = "records.out";
const OURS = /^(.*?tfevents.*?)\.(\d{10})\.(\d{6})\..*$/s;
const AUTHOR = /\.\d{10}\.\d{6}\.(.+)$/s;
const ANY_SECONDS = /^events\.out\.tfevents\.(\d{10})(?:\.|$)/;
const MAX_SEQUENCE = 999_999;

/** Where and when a file is made. */
export interface FileNameParts {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: number;
  readonly hostname: string;
  /** The process, and the thread where it has several that write: `4711`, `"4711-2"`. */
  readonly pid: number | string;
  /** Put at the end as it is, after cleaning. */
  readonly suffix?: string;
}

/** Whether TensorBoard would read a file of this base name. */
export function isEventFileName(name: string): boolean {
  return name.includes(EVENT_FILE_MARK);
}

/** The name of a record file: the event file's of the same time and writer, but nothing that TensorBoard reads. */
export function recordFileNameOf(eventFileName: string): string {
  return eventFileName.replace(PREFIX, RECORDS_PREFIX);
}

/** The name of the event file that a record file's name was made of; `undefined` when it is no record file. */
export function eventFileNameOf(recordFileName: string): string | undefined {
  if (!recordFileName.startsWith(RECORDS_PREFIX)) return undefined;
  return recordFileName.replace(RECORDS_PREFIX, PREFIX);
}

/** Whether it is `events.out.tfevents.<seconds>` and more, as this package, torch and tensorboardX name event files. */
export function hasUsualForm(name: string): boolean {
  return ANY_SECONDS.test(name);
}

/** When the file of this name was made, in milliseconds, as its name has it; `undefined` for names without it. */
export function timeInName(name: string): number | undefined {
  const seconds = OURS.exec(name)?.[2];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

/** Who wrote the event file or record file of this name, as `<host>.<process>`, a suffix behind; `undefined` for names of other programs. */
export function authorInName(name: string): string | undefined {
  return AUTHOR.exec(name)?.[1];
}

/** Order of names by their UTF-8 bytes, as both of TensorBoard's loaders sort. */
export function compareNames(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/**
 * A name that sorts after every name in `existing`: `events.out.tfevents.<seconds>.<sequence>.<host>.<pid>`.
 *
 * The Python loader never goes back to a file that sorts before one it has left, so the name moves forward even when the
 * clock went back: then the seconds are those of the greatest name, or one more.
 */
export function nextFileName(existing: Iterable<string>, parts: FileNameParts): string {
  const greatest = [...existing].filter(isEventFileName).toSorted(compareNames).at(-1);
  const { hostname, pid, suffix } = parts;
  const tail = `${cleanForFileName(hostname)}.${cleanForFileName(String(pid))}${suffix === undefined ? "" : `.${cleanForFileName(suffix)}`}`;
  const name = (prefix: string, seconds: number, sequence: number): string =>
    `${prefix}.${String(seconds).padStart(10, "0")}.${String(sequence).padStart(6, "0")}.${tail}`;

  const now = Math.max(0, Math.floor(parts.now / 1000));
  const first = name(PREFIX, now, 0);
  if (greatest === undefined || compareNames(first, greatest) > 0) return first;

  const ours = OURS.exec(greatest);
  const prefix = ours?.[1] ?? (ANY_SECONDS.test(greatest) ? PREFIX : greatest);
  const seconds = Number(ours?.[2] ?? ANY_SECONDS.exec(greatest)?.[1] ?? now);
  const sequence = Number(ours?.[3] ?? MAX_SEQUENCE) + 1;
  const next = sequence <= MAX_SEQUENCE ? name(prefix, seconds, sequence) : name(prefix, seconds + 1, 0);
  // Behind the last second of ten digits only a longer name is greater.
  return compareNames(next, greatest) > 0 ? next : name(greatest, now, 0);
}

/**
 * At most 100 characters of `text`, with everything that some file system or TensorBoard could trip over replaced by `_`. A dot does not
 * stand beside another one, nor at an end, where one may be put before or behind it.
 */
export function cleanForFileName(text: string): string {
  const cleaned = text.replaceAll(/[^A-Za-z0-9._-]/gu, "_").slice(0, 100);
  return cleaned === "" ? "_" : cleaned.replaceAll("..", "_").replaceAll(/^\.|\.$/g, "_");
}
