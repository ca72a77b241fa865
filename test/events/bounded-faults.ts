// One session of a bounded run, with a fault at a call of the operating system's: what must hold whichever call it is.
import { WriteError } from "../../src/errors.js";
import { BoundedEventWriter } from "../../src/events/bounded-event-writer.js";
import { EventFileWriter } from "../../src/events/event-file-writer.js";
import type { BoundedEventWriterOptions } from "../../src/events/session.js";
import { lossOf } from "../helpers/channels.js";
import { eventFilesIn, filesIn, readEventFile } from "../helpers/events.js";
import { FaultyFileSystem, type Call } from "../helpers/faulty-file-system.js";
import { scriptedClock } from "../helpers/scripted-clock.js";
import { eventsIn, recordsIn, shown, shownByPython, shownByRust } from "../helpers/shown.js";

/** How the session writes. */
export type Mode = Required<Pick<BoundedEventWriterOptions, "onError" | "records">>;

/** The four ways. */
export const MODES: readonly Mode[] = (["throw", "warn"] as const).flatMap((onError) =>
  [true, false].map((records) => ({ onError, records })),
);

const CODES = ["EIO", "ENOSPC", "EMFILE", "EACCES"];

/** A text event, which is no scalar. */
export function note(step: number) {
  const metadata = { pluginName: "text", dataClass: 2 };
  const stringVal = [Buffer.from(`note ${step}`)];
  return { step, summary: [{ tag: "note", metadata, tensor: { dtype: 7, shape: [], stringVal } }] };
}

/** The calls that the session makes without a fault, in the new directory `dir`. */
export function callsOf(mode: Mode, dir: string): Call[] {
  const calls: Call[] = [];
  const session = new Session(dir);
  session.run(mode, (call) => void calls.push(call));
  session.writer.closeSync();
  return calls;
}

/** What is wrong after a session whose call number `at` failed once; its directory is new. */
export function failOnce(at: number, mode: Mode, dir: string): string[] {
  const code = CODES[at % CODES.length]!;
  const session = new Session(dir);
  let count = 0;
  let call: Call | undefined;
  session.run(mode, (name) => {
    if (count++ !== at) return undefined;
    call = name;
    return code;
  });
  const closing = session.close();
  const { taken, refused, errors, flushErrors, writer } = session;
  const findings = new Findings(`${code} at call ${at}, ${call}`);
  findings.writeErrors([...errors, ...flushErrors, ...closing], code);
  findings.same("whether it refused more than two events", refused.length > 2, false);
  if (mode.onError === "warn") {
    findings.same("dropped", [writer.dropped, errors.length], [refused.length, 0]);
    if (closing.length === 0) findings.same("what close did not tell of", refused, []);
  }
  findings.files(session, call);
  const [notes, scalars] = [taken.filter(isNote), taken.filter((step) => !isNote(step))];
  if (mode.records) {
    // A call that threw has not taken its event, but what it had handed over before may be there.
    const kept = (tag: string) =>
      session.recorded(tag).filter((step) => step >= 100 && !refused.includes(step));
    findings.same("the record file", [kept("loss"), kept("note")], [scalars, notes]);
  }
  if (closing.length === 0) {
    findings.same("the last point", shown(dir, "loss").at(-1), [scalars.at(-1), scalars.at(-1)]);
    findings.same("the last note", session.shownNotes().at(-1), notes.at(-1));
  }
  return findings.problems;
}

/** What is wrong after a session in which all calls like number `at` fail from then on, and one after it without a fault. */
export function failFrom(at: number, mode: Mode, dir: string): string[] {
  const code = CODES[at % CODES.length]!;
  const session = new Session(dir);
  let count = 0;
  let call: Call | undefined;
  session.run(mode, (name) => {
    if (count++ === at) call = name;
    return name === call ? code : undefined;
  });
  const closing = session.close();
  session.disk.fault = undefined;
  const { taken, refused, flushed, errors, flushErrors, writer } = session;
  const findings = new Findings(`${code} from call ${at} on, ${call}`);
  findings.writeErrors([...errors, ...flushErrors, ...closing], code);
  if (mode.onError === "warn") findings.same("dropped", [writer.dropped, errors.length], [refused.length, 0]);
  // What was flushed is there, and all that was taken when close says so.
  const sure = taken.filter((step) => closing.length === 0 || step <= flushed);
  if (mode.records) {
    const recorded = new Set([...session.recorded("loss"), ...session.recorded("note")]);
    findings.same(
      "what the record file has not",
      sure.filter((step) => !recorded.has(step)),
      [],
    );
  }
  const last = sure.findLast((step) => !isNote(step));
  if (closing.length === 0 && last !== undefined)
    findings.same("the last point", shown(dir, "loss").at(-1), [last, last]);
  findings.same("the number of open files", session.disk.openFiles, 0);
  session.clock.advance(1000);
  const next = session.open({ records: mode.records });
  lossOf(next).writeOne(200, 200);
  next.closeSync();
  findings.files(session, call);
  findings.same("the next session's point", shown(dir, "loss").at(-1), [200, 200]);
  return findings.problems;
}

function isNote(step: number): boolean {
  return step % 10 === 0;
}

/** The session: after a plain one and a bounded one, steps, notes, pauses, flushes; several new files, and deletions of old ones. */
class Session {
  readonly dir: string;
  readonly disk = new FaultyFileSystem();
  readonly clock = scriptedClock();
  writer!: BoundedEventWriter;
  readonly taken: number[] = [];
  readonly refused: number[] = [];
  /** The steps up to which a flush came back. */
  flushed = -1;
  /** What the calls that log threw, and what flushes threw. */
  readonly errors: Error[] = [];
  readonly flushErrors: Error[] = [];

  constructor(dir: string) {
    this.dir = dir;
  }

  open(mode: Partial<Mode>): BoundedEventWriter {
    const { clock, disk: fileSystem } = this;
    const options = { clock, fileSystem, hostname: "box", pid: 7, maxPointsPerTag: 8 };
    return new BoundedEventWriter(this.dir, { ...options, ...mode });
  }

  /** Leaves the writer open. `fault` is asked at each call. */
  run(mode: Mode, fault: (call: Call) => string | undefined): void {
    this.#earlier();
    this.writer = this.open(mode);
    this.disk.fault = fault;
    const loss = this.writer.scalars([{ tag: "loss" }]);
    for (let step = 100; step < 180; step++) {
      const write = (): boolean => (isNote(step) ? this.writer.write(note(step)) : loss.writeOne(step, step));
      (attempt(this.errors, write) ? this.taken : this.refused).push(step);
      this.clock.advance(step === 150 ? 62_000 : 700);
      if (step % 16 !== 15) continue;
      if (attempt(this.flushErrors, () => this.#flush())) this.flushed = step;
    }
  }

  /** Closes, and gives what that throws. */
  close(): Error[] {
    const errors: Error[] = [];
    attempt(errors, () => {
      this.writer.closeSync();
      return true;
    });
    return errors;
  }

  /** Steps of what the record files have under a tag, in order. */
  recorded(tag: string): number[] {
    return recordsIn(this.dir).flatMap(({ step, summary = [] }) =>
      summary.some((value) => value.tag === tag) ? [Number(step)] : [],
    );
  }

  shownNotes(): number[] {
    return readEventFile(eventFilesIn(this.dir).at(-1)!).events.flatMap(({ step, summary = [] }) =>
      summary[0]?.tag === "note" ? [Number(step)] : [],
    );
  }

  #flush(): boolean {
    this.writer.flush();
    return true;
  }

  #earlier(): void {
    const { clock } = this;
    const plain = new EventFileWriter(this.dir, { clock, hostname: "box", pid: 7 });
    for (let step = 0; step < 50; step++) lossOf(plain).writeOne(step, step);
    plain.write(note(0));
    plain.closeSync();
    const bounded = this.open({});
    for (let step = 50; step < 100; step++) lossOf(bounded).writeOne(step, step);
    bounded.closeSync();
  }
}

function attempt(errors: Error[], body: () => boolean): boolean {
  try {
    return body();
  } catch (error) {
    errors.push(error as Error);
    return false;
  }
}

/** What is wrong in a case; empty when nothing is. */
class Findings {
  readonly problems: string[] = [];
  readonly #where: string;

  constructor(where: string) {
    this.#where = where;
  }

  /** `found` must be `expected`, as JSON has them. */
  same(what: string, found: unknown, expected: unknown): void {
    const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
    if (a !== b) this.problems.push(`${this.#where}: ${what} is ${a}, not ${b}`);
  }

  /** All of them must be `WriteError`s of the system's code. */
  writeErrors(errors: readonly unknown[], code: string): void {
    for (const error of errors)
      this.same("an error", error instanceof WriteError ? error.errno : String(error), code);
  }

  /** What holds in every case, when all is over and the writer is closed. */
  files({ disk, dir }: Session, call: Call | undefined): void {
    this.same("the number of open files", disk.openFiles, 0);
    const unfinished = filesIn(dir).filter((name) => name.includes("unfinished"));
    if (call !== "unlinkSync") this.same("what is unfinished", unfinished, []);
    const events = eventsIn(dir);
    const rust = shownByRust(events, "loss");
    this.same("the Python loader's curve", shownByPython(events, "loss"), rust);
    this.same(
      "what goes back",
      rust.filter(([step], i) => i > 0 && step <= rust[i - 1]![0]),
      [],
    );
    this.same(
      "what was never logged",
      rust.filter(([step, value]) => step !== value),
      [],
    );
    this.same("the first step", rust[0]?.[0], 0);
  }
}
