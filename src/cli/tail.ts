// tnl tail: the last values of a log, and then those that come.

import type { Argv } from "yargs";
import { ArgumentError, LogdirError, NoMatchError } from "../errors.js";
import type { Damage } from "../events/reading/damage.js";
import { followEvents, type FollowOptions } from "../events/following/follow-events.js";
import { LogdirSource } from "../events/reading/logdir-source.js";
import { RecordCursor } from "../events/reading/record-cursor.js";
import type { LoggedValue } from "../summary/logged-value.js";
import { nameFilter } from "../summary/name-filter.js";
import { ValueDecoder, type RawValue } from "../summary/value-decoder.js";
import { ExitCode } from "./exit-codes.js";
import type { Io } from "./io.js";
import { LastValues } from "./last-values.js";
import { parseInteger, parseNumber } from "./numbers.js";
import { refuseArchive } from "./open-logs.js";
import { selectFrom, SELECTION_REPEATABLE, selectionOptions, type Selection } from "./selection.js";
import { Stop } from "./stop.js";
import { valueJson, ValueLines } from "./value-lines.js";

export const repeatable = SELECTION_REPEATABLE;

/** The options of `tnl tail`, for yargs. */
export function options(yargs: Argv) {
  return selectionOptions(yargs, "A logdir, a run's directory or an event file")
    .option("lines", {
      alias: "n",
      type: "string",
      requiresArg: true,
      default: "10",
      describe: "How many of the values that are there are shown: the last ones by their wall times",
    })
    .option("no-follow", {
      type: "boolean",
      default: false,
      describe: "Show those, and wait for no more",
    })
    .option("interval", {
      type: "string",
      requiresArg: true,
      default: "0.5",
      describe: "Seconds between two looks at the files",
    })
    .option("json", {
      type: "boolean",
      default: false,
      describe: "An object of JSON a line: docs/following.md",
    });
}

/** What yargs makes of them. */
export type TailArguments = Awaited<ReturnType<typeof options>["argv"]>;

/** Writes values until it is ended. Returns the exit code. */
export async function run(args: TailArguments, io: Io): Promise<number> {
  const most = parseInteger("--lines", args.lines, 0);
  const pollMilliseconds = 1000 * parseInterval(args.interval);
  refuseArchive(args.path, "tail");
  const stop = new Stop(io);
  // Nobody reads it any more.
  const closed = new AbortController();
  const onError = (): void => closed.abort();
  io.stdout.on?.("error", onError);
  try {
    const tail = new Tail(args, io, most);
    const signal = AbortSignal.any([stop.signal, closed.signal]);
    await tail.run(signal, pollMilliseconds);
    return stop.code === ExitCode.OK && args["no-follow"] ? tail.exitCode : stop.code;
  } finally {
    stop.release();
    io.stdout.off?.("error", onError);
  }
}

function parseInterval(text: string): number {
  const seconds = parseNumber("--interval", text);
  if (seconds >= 0.01 && seconds <= 86_400) return seconds;
  throw new ArgumentError("--interval", "a number of seconds from 0.01 to 86400", text, JSON.stringify(text));
}

class Tail {
  readonly #args: TailArguments;
  readonly #io: Io;
  readonly #told = new Set<string>();
  readonly #decoders = new Map<string, ValueDecoder>();
  readonly #lines = new ValueLines();
  readonly #last: LastValues<{ readonly wallTime: number; decode(): LoggedValue }>;
  readonly #isTag: (tag: string) => boolean;
  readonly #knownTags = new Set<string>();
  readonly #selection: Selection | undefined;
  // What there is was read.
  #isLive = false;
  #events = 0;
  #values = 0;

  constructor(args: TailArguments, io: Io, most: number) {
    this.#args = args;
    this.#io = io;
    this.#last = new LastValues(most);
    this.#isTag = nameFilter(args.tag, "--tag");
    this.#selection = this.#select();
  }

  get exitCode(): number {
    return this.#selection?.exitCode() ?? ExitCode.OK;
  }

  async run(signal: AbortSignal, pollMilliseconds: number): Promise<void> {
    const { path, run, tag } = this.#args;
    const caughtUp = new AbortController();
    const options: FollowOptions = {
      signal: AbortSignal.any([signal, caughtUp.signal]),
      pollMilliseconds,
      runs: nameFilter(run, "--run"),
      ...(tag !== undefined && { tags: (name) => this.#isWanted(name) }),
      onDamage: (damage) => this.#tell(`${damageText(damage)}`),
      onWarning: ({ message, path: unreadable }) => {
        this.#selection?.unreadable.push(unreadable);
        this.#tell(message);
      },
      onIdle: () => {
        if (!this.#isLive) this.#showLast();
        if (this.#args["no-follow"]) caughtUp.abort();
      },
    };
    for await (const { run: name, event } of followEvents(path, options)) {
      this.#events++;
      const decoder = this.#decoderOf(name);
      for (const raw of decoder.rawValues(event)) if (this.#isTag(raw.tag)) this.#add(decoder, raw);
    }
  }

  #add(decoder: ValueDecoder, raw: RawValue): void {
    if (raw.isVoiding) return;
    this.#values++;
    const { wallTime } = raw.event;
    if (this.#isLive) this.#write([decoder.decode(raw)]);
    else if (this.#last.takes(wallTime)) this.#last.add({ wallTime, decode: () => decoder.decode(raw) });
  }

  #showLast(): void {
    this.#isLive = true;
    const { path, tag } = this.#args;
    this.#refuseOtherFile();
    this.#write(this.#last.take().map((one) => one.decode()));
    // Where there is no run it was said that one is waited for.
    if (tag === undefined || this.#values > 0 || this.#selection === undefined) return;
    const patterns = [tag].flat();
    this.#waitOrThrow(new NoMatchError("tag", patterns, path, [...this.#knownTags].toSorted()));
  }

  #refuseOtherFile(): void {
    if (this.#events > 0 || this.#selection === undefined) return;
    const isFollowed = !this.#args["no-follow"];
    if (isFollowed && isBeginningOfEventFile(this.#selection.runs[0]!.files[0]!)) return;
    this.#selection.checkEvents(0);
  }

  // Without a run, or one of these names, there may come one.
  #select(): Selection | undefined {
    const io = {
      ...this.#io,
      stderr: { write: (text: string) => this.#tell(text.replace(/^tnl: |\n$/g, "")) },
    };
    try {
      return selectFrom(new LogdirSource(this.#args.path), this.#args, io);
    } catch (error) {
      const isNone = error instanceof LogdirError && error.code === "NO_EVENT_FILES";
      if (!isNone && !(error instanceof NoMatchError)) throw error;
      this.#waitOrThrow(error);
      return undefined;
    }
  }

  #waitOrThrow(error: LogdirError | NoMatchError): void {
    if (this.#args["no-follow"]) throw error;
    this.#tell(`${error.message}; waiting for one`);
  }

  #isWanted(tag: string): boolean {
    this.#knownTags.add(tag);
    return this.#isTag(tag);
  }

  #decoderOf(run: string): ValueDecoder {
    let decoder = this.#decoders.get(run);
    if (decoder === undefined) this.#decoders.set(run, (decoder = new ValueDecoder(run)));
    return decoder;
  }

  #write(values: readonly LoggedValue[]): void {
    if (values.length === 0) return;
    this.#io.stdout.write(this.#args.json ? values.map(valueJson).join("") : this.#lines.of(values));
  }

  // The same thing once, whoever finds it.
  #tell(message: string): void {
    if (this.#told.has(message)) return;
    this.#told.add(message);
    this.#io.stderr.write(`tnl: ${message}\n`);
  }
}

function damageText({ path, offset, length, message }: Damage): string {
  return `${path} at byte ${offset}: ${message}; ${length} bytes are passed over`;
}

// Of which the first record is not yet whole.
function isBeginningOfEventFile(path: string): boolean {
  const codes: string[] = [];
  const cursor = new RecordCursor(path, { onDamage: ({ code }) => void codes.push(code) });
  try {
    cursor.finish();
    return !cursor.next() && codes.every((code) => code === "TORN_TAIL");
  } finally {
    cursor.close();
  }
}
