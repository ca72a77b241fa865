// Reads what programs logged: the runs of a logdir, their tags, scalars as columns, the values of every dashboard, raw events.

import { ArgumentError, NoMatchError } from "../errors.js";
import type { Damage } from "../events/reading/damage.js";
import type { LogSource } from "../events/reading/log-source.js";
import { LogdirSource } from "../events/reading/logdir-source.js";
import { readEvents } from "../events/reading/read-events.js";
import { readScalarColumns, type Restarts, type ScalarColumns } from "../events/reading/scalar-columns.js";
import type { Run } from "../events/runs.js";
import type { Event } from "../wire/event.js";
import type { LoggedKind, LoggedValueOf } from "./logged-value.js";
import { nameFilter, type NamePatterns } from "./name-filter.js";
import { runValues, wantedEvents } from "./run-values.js";
import { LOGGED_KINDS, ValueDecoder, type RawValue, type TagInfo } from "./value-decoder.js";

/** Which runs and tags are read: a name, a glob or a regular expression, or several, of which one has to match. All unless given. */
export interface ReadFilter {
  readonly runs?: NamePatterns;
  readonly tags?: NamePatterns;
}

/** As `ReadFilter`, for values. */
export interface ValuesFilter<K extends LoggedKind> extends ReadFilter {
  /** Only values of these kinds; others are not decoded. */
  readonly kinds?: readonly K[];
}

/** How a `SummaryReader` reads. `runs` and `tags` go for every call, beside those of the call. */
export interface SummaryReaderOptions extends ReadFilter {
  /**
   * `shown`, the default: of steps that were logged again, what TensorBoard shows, by the rule of its data server: in the order of files and records,
   * a value of a tag makes void what stands before it of that tag at its step or a later one; an event whose wall time is not finite is not there.
   * `all`: everything that is in the files.
   */
  readonly restarts?: Restarts;
  /** Of a bounded run (`maxPointsPerTag`), read the record files, which have every event, not the event files that TensorBoard shows. */
  readonly fullResolution?: boolean;
  /**
   * Is told of bytes of a file that are no event, and reading goes on behind them. Without it that throws a `CorruptFileError`.
   */
  readonly onDamage?: (damage: Damage) => void;
}

/** A tag of a run. */
export interface LoggedTag extends TagInfo {
  readonly run: string;
  readonly tag: string;
  /** How many values it has, by the view of the restarts. */
  readonly count: number;
}

/** The points of a scalar tag of a run, in the order of the files. */
export interface ScalarSeries extends ScalarColumns {
  readonly run: string;
  readonly tag: string;
}

/** An event as it stands in a file. */
export interface RunEvent {
  readonly run: string;
  /** Path of the file. */
  readonly file: string;
  /** The first byte of its record, and the one behind it. */
  readonly offset: number;
  readonly end: number;
  readonly event: Event;
}

/**
 * Reads a logdir, a run's directory or an event file, or where else event files are, such as in an archive. It looks for runs and files at each call, and reads what is there then, with constant memory but
 * for the columns that it gives.
 *
 * Each method throws an `ArgumentError` for what is no pattern, a `NoMatchError` when no run matches the patterns or no tag of those runs does, a
 * `LogdirError` when something cannot be read, and without `onDamage` a `CorruptFileError`. An iterator throws when it comes to it: that no tag
 * matches, at its end.
 */
export class SummaryReader {
  readonly path: string;
  readonly #source: LogSource;
  readonly #options: SummaryReaderOptions;
  readonly #restarts: Restarts;

  /** Throws an `ArgumentError`; a `LogdirError` when nothing can be read there or there is no event file, and a `NoMatchError` for `runs` that are not there. */
  constructor(path: string | LogSource, options: SummaryReaderOptions = {}) {
    const source = sourceOf(path);
    const { restarts = "shown" } = options;
    if (restarts !== "shown" && restarts !== "all") {
      throw new ArgumentError("restarts", '"shown" or "all"', restarts);
    }
    this.path = source.path;
    this.#source = source;
    this.#options = options;
    this.#restarts = restarts;
    nameFilter(options.tags, "tags");
    this.runs();
  }

  /** The names of the runs, in TensorBoard's order. */
  runs(filter: Pick<ReadFilter, "runs"> = {}): string[] {
    return this.#runs(filter).map(({ name }) => name);
  }

  /** The tags that have values, by run, in the order of their first values. Reads every wanted value without decoding it. */
  tags(filter: ReadFilter = {}): LoggedTag[] {
    const look = new TagLook(this.#options, filter);
    const found = this.#runs(filter).flatMap((run) => {
      const decoder = new ValueDecoder(run.name);
      const counts = new Map<string, number>();
      for (const { tag } of this.#rawValues(run, decoder, look)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
      return [...counts].map(([tag, count]) => ({ run: run.name, tag, count, ...decoder.tagInfo(tag) }));
    });
    look.checkFound(this.path);
    return found;
  }

  /**
   * The scalars, all points, in columns: in the order of the runs, and of each run in that of the tags' first points. Steps beyond 2^53 are rounded.
   * Tags of other kinds are left out; when they alone match the patterns, that is a `NoMatchError` too.
   */
  scalars(filter: ReadFilter = {}): ScalarSeries[] {
    const look = new TagLook(this.#options, filter);
    const runs = this.#runs(filter);
    const found = runs.flatMap((run) =>
      [...this.#columnsOf(run, look)].map(([tag, columns]) => ({ run: run.name, tag, ...columns })),
    );
    if (found.length > 0 || look.wants === undefined) return found;
    look.checkFound(this.path);
    const all = new SummaryReader(this.#source, { ...this.#options, tags: /^/ });
    const names = runs.map(({ name }) => name);
    const scalars = all.tags({ runs: names }).filter(({ kind }) => kind === "scalar");
    const known = [...new Set(scalars.map(({ tag }) => tag))];
    throw new NoMatchError("scalar tag", look.patterns, this.path, known.toSorted());
  }

  /** The values, run by run, in the order of files and records, decoded one by one. */
  values<K extends LoggedKind = LoggedKind>(
    filter: ValuesFilter<K> = {},
  ): IterableIterator<LoggedValueOf<K>> {
    const { kinds } = filter;
    const unknown = kinds?.find((kind) => !LOGGED_KINDS.has(kind));
    if (unknown !== undefined) {
      throw new ArgumentError("kinds", `of ${[...LOGGED_KINDS].join(", ")}`, unknown);
    }
    const look = new TagLook(this.#options, filter);
    return this.#values(this.#runs(filter), look, kinds && new Set<LoggedKind>(kinds));
  }

  /**
   * The events as they stand in the files, run by run and file by file, whatever restarts made void. With `tags` only those that have a value of one of
   * them, whole: with their other values.
   */
  events(filter: ReadFilter = {}): IterableIterator<RunEvent> {
    const look = new TagLook(this.#options, filter);
    return this.#events(this.#runs(filter), look);
  }

  *#values<K extends LoggedKind>(
    runs: readonly Run[],
    look: TagLook,
    kinds: ReadonlySet<LoggedKind> | undefined,
  ): IterableIterator<LoggedValueOf<K>> {
    for (const run of runs) {
      const decoder = new ValueDecoder(run.name);
      for (const raw of this.#rawValues(run, decoder, look)) {
        // What is none of its tag's kind is `unknown`.
        const isMaybe = kinds === undefined || kinds.has("unknown") || kinds.has(raw.known.info.kind);
        if (!isMaybe) continue;
        const logged = decoder.decode(raw);
        if (kinds === undefined || kinds.has(logged.kind)) yield logged as LoggedValueOf<K>;
      }
    }
    look.checkFound(this.path);
  }

  *#events(runs: readonly Run[], look: TagLook): IterableIterator<RunEvent> {
    const { onDamage } = this.#options;
    for (const run of runs) {
      for (const file of this.#filesOf(run)) {
        const events =
          look.wants === undefined
            ? readEvents(this.#source.open(file), onDamage && { onDamage })
            : wantedEvents(file, { source: this.#source, tags: look.wants, onDamage });
        for (const { event, offset, end } of events) yield { run: run.name, file, offset, end, event };
      }
    }
    look.checkFound(this.path);
  }

  #runs({ runs }: Pick<ReadFilter, "runs">): Run[] {
    const always = nameFilter(this.#options.runs, "runs");
    const now = nameFilter(runs, "runs");
    const all = this.#source.runs();
    const found = all.filter(({ name }) => always(name) && now(name));
    if (found.length > 0) return found;
    const patterns = [...listOf(this.#options.runs), ...listOf(runs)];
    throw new NoMatchError(
      "run",
      patterns,
      this.path,
      all.map(({ name }) => name),
    );
  }

  #rawValues(run: Run, decoder: ValueDecoder, look: TagLook): IterableIterator<RawValue> {
    const { onDamage } = this.#options;
    const options = { source: this.#source, restarts: this.#restarts, tags: look.wants, onDamage };
    return runValues(this.#filesOf(run), decoder, options);
  }

  #columnsOf(run: Run, look: TagLook): ReadonlyMap<string, ScalarColumns> {
    const { onDamage } = this.#options;
    const { wants = () => true } = look;
    // What has no tag may have another name, which stands elsewhere in very old files.
    let hasNameless = false;
    const tags = (tag: string): boolean => {
      if (tag === "") hasNameless = true;
      return tag === "" || wants(tag);
    };
    const options = {
      ...{ source: this.#source, tags, restarts: this.#restarts },
      ...(onDamage !== undefined && { onDamage }),
    };
    const columns = readScalarColumns(this.#filesOf(run), options);
    if (!hasNameless) return columns;
    const decoder = new ValueDecoder(run.name);
    return columnsOf(this.#rawValues(run, decoder, look), decoder);
  }

  #filesOf(run: Run): readonly string[] {
    // A file that was named is what is meant.
    const isFile = run.files.length === 1 && run.files[0] === this.path;
    return this.#options.fullResolution === true && !isFile
      ? this.#source.fullResolutionFiles(run)
      : run.files;
  }
}

function sourceOf(path: string | LogSource): LogSource {
  if (typeof path === "string" && path !== "") return new LogdirSource(path);
  // Also of a program that no compiler checks.
  if (typeof (path as Partial<LogSource> | null | undefined)?.runs === "function") return path as LogSource;
  throw new ArgumentError("path", "the path of a logdir, a run or an event file, or a LogSource", path);
}

/** What is a scalar of these values, by tag. */
function columnsOf(values: Iterable<RawValue>, decoder: ValueDecoder): Map<string, ScalarColumns> {
  const lists = new Map<string, { steps: number[]; wallTimes: number[]; values: number[] }>();
  for (const raw of values) {
    if (raw.known.info.kind !== "scalar") continue;
    const { kind, step, wallTime, value } = decoder.decode(raw);
    if (kind !== "scalar") continue;
    let list = lists.get(raw.tag);
    if (list === undefined) lists.set(raw.tag, (list = { steps: [], wallTimes: [], values: [] }));
    list.steps.push(Number(step));
    list.wallTimes.push(wallTime);
    list.values.push(value);
  }
  const columns = [...lists].map(([tag, list]): [string, ScalarColumns] => [
    tag,
    {
      steps: Float64Array.from(list.steps),
      wallTimes: Float64Array.from(list.wallTimes),
      values: Float64Array.from(list.values),
    },
  ]);
  return new Map(columns);
}

/** Which tags are looked for, and what there was. */
class TagLook {
  /** `undefined` when every tag is wanted. */
  readonly wants: ((tag: string) => boolean) | undefined;
  readonly patterns: readonly string[];
  readonly #known = new Map<string, boolean>();

  constructor(always: ReadFilter, now: ReadFilter) {
    const first = nameFilter(always.tags, "tags");
    const second = nameFilter(now.tags, "tags");
    this.patterns = [...listOf(always.tags), ...listOf(now.tags)];
    if (this.patterns.length === 0) return;
    this.wants = (tag) => {
      const known = this.#known.get(tag);
      if (known !== undefined) return known;
      const isWanted = first(tag) && second(tag);
      this.#known.set(tag, isWanted);
      return isWanted;
    };
  }

  /** Throws a `NoMatchError` when tags were named and none of them was there. */
  checkFound(path: string): void {
    const known = [...this.#known];
    if (this.wants === undefined || known.some(([, isWanted]) => isWanted)) return;
    throw new NoMatchError("tag", this.patterns, path, known.map(([tag]) => tag).toSorted());
  }
}

function listOf(patterns: NamePatterns | undefined): string[] {
  if (patterns === undefined) return [];
  return (Array.isArray(patterns) ? (patterns as readonly (string | RegExp)[]) : [patterns]).map(String);
}
