// The runs of resume-peers.test.ts: begun by another program, continued by us, and the curves that they mean.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SummaryWriter } from "../../src/summary/summary-writer.js";
import type { Event } from "../../src/wire/event.js";
import { eventFilesIn } from "../helpers/events.js";
import { fixtures } from "../helpers/fixtures.js";
import type { Loader } from "../helpers/tensorboard.js";

/** Steps that each of our sessions logs. */
const SESSION_STEPS = 15;
/** What our sessions log, beside `loss/double`, which loaders do not agree on. The peers have `lr` too. */
export const OUR_TAGS = ["loss", "accuracy", "loss/new style"];

export interface CurvePoint {
  readonly step: number;
  readonly value: number;
}

/** A file of another program, whole or cut. */
interface PeerFile {
  readonly name: string;
  readonly bytes: Buffer;
  /** Those of which the file has every byte. */
  readonly events: readonly Event[];
  readonly scalars: readonly (readonly [tag: string, step: number, value: number])[];
}

/** One of our sessions: where it begins, and whether it says so with `purgeStep`. */
interface Session {
  readonly from: number;
  readonly purge: boolean;
}

export interface PeerRun {
  readonly name: string;
  readonly files: readonly PeerFile[];
  readonly sessions: readonly Session[];
}

const purgeAt = (from: number): Session => ({ from, purge: true });

/** How runs of another program are continued. */
interface Peer {
  readonly name: string;
  readonly files: readonly PeerFile[];
  /** Where our sessions begin: the first one, a second one that goes forward, and a second one that goes back. */
  readonly first: number;
  readonly forward: number;
  readonly back: number;
}

const STEPS = { first: 10, forward: 20, back: 5 };
const PEERS: readonly Peer[] = [
  { name: "torch", files: [peerFile("peer-torch")], ...STEPS },
  // Its first image is of step 7, and not all images may become void: see UNLUCKY.
  { name: "torch purge_step", files: [peerFile("peer-torch-purge-step")], ...STEPS, back: 8 },
  {
    name: "torch twice",
    files: [peerFile("peer-torch"), peerFile("peer-torch-purge-step")],
    ...{ first: 5, forward: 15, back: 3 },
  },
  { name: "tensorboardX", files: [peerFile("peer-tensorboardx")], ...STEPS },
  { name: "no file version", files: [withoutFileVersion(peerFile("peer-tensorboardx"))], ...STEPS },
  { name: "TensorFlow 2", files: [peerFile("peer-tensorflow")], ...STEPS },
  { name: "TensorFlow 1", files: [peerFile("peer-tensorflow-1")], ...STEPS },
];

/** Runs that are one curve in both loaders, with three random cuts of each program's last file. */
export const CURVES: readonly PeerRun[] = PEERS.flatMap((each) => {
  const { files, first, forward, back } = each;
  const cuts = [0, 1, 2].map(() => {
    const last = files.at(-1)!;
    const at = Math.floor(Math.random() * (last.bytes.length + 1));
    const torn = { ...each, files: [...files.slice(0, -1), cut(last, at)] };
    return run(torn, `cut at byte ${at}`, [purgeAt(first), purgeAt(forward)]);
  });
  return [
    run(each, "once", [purgeAt(first)]),
    run(each, "forward", [purgeAt(first), purgeAt(forward)]),
    run(each, "back", [purgeAt(first), purgeAt(back)]),
    ...cuts,
    ...(files.length > 1 ? [] : [run(each, "behind, without purgeStep", [{ from: 20, purge: false }])]),
  ];
});

/** Runs that are continued over steps that are there, without `purgeStep`. */
export const WITHOUT: readonly PeerRun[] = PEERS.filter(({ files }) => files.length === 1).map((each) =>
  run(each, "without purgeStep", [{ from: 10, purge: false }]),
);

/** Begun by torch, continued by torch with purge_step 5, and by us behind that. */
export const LATE: PeerRun = run(peer("torch twice"), "late", [purgeAt(10)]);

/** Continued before its first image, of which there is none again. */
export const UNLUCKY: PeerRun = run(peer("TensorFlow 2"), "unlucky", [purgeAt(2)]);

function peer(name: string): Peer {
  return PEERS.find((each) => each.name === name)!;
}

function run({ name, files }: Peer, plan: string, sessions: readonly Session[]): PeerRun {
  return { name: `${name}/${plan}`, files, sessions };
}

/** Puts the peer's files into the run's directory, under the names that the peer gave them. */
export function begin(logdir: string, run: PeerRun): void {
  const dir = join(logdir, run.name);
  mkdirSync(dir, { recursive: true });
  for (const { name, bytes } of run.files) writeFileSync(join(dir, name), bytes);
}

/**
 * Our session number `index` of a run; nothing if there is none. The first one begins in the second of the peer's last file, the next
 * one after the clock was set back.
 *
 * @throws {Error} When its file does not come last.
 */
export function continueRun(logdir: string, run: PeerRun, index: number): void {
  const session = run.sessions[index];
  if (session === undefined) return;
  const dir = join(logdir, run.name);
  const seconds = Number(/\d{10}/.exec(run.files.at(-1)!.name)![0]);
  const now = 1000 * (seconds - 3600 * index) + 999;
  const writer = new SummaryWriter(dir, {
    clock: () => now,
    ...(session.purge && { purgeStep: session.from }),
  });
  const loss = writer.scalar("loss", { displayName: "Loss", description: "of the session" });
  for (let step = session.from; step < session.from + SESSION_STEPS; step++) {
    const value = valueAt(index, step);
    loss.add(value, step);
    writer.addStep(step, { accuracy: value, "loss/new style": value, "loss/double": value });
  }
  writer.closeSync();
  const files = eventFilesIn(dir);
  if (files.at(-1) !== writer.path)
    throw new Error(`${writer.path} is not the last one of ${files.join(", ")}`);
}

/** The step of the last `loss` that the other program's files have; there may be none. */
export function lastStepOf(run: PeerRun): number | undefined {
  const all = run.files.flatMap(({ scalars }) => scalars.filter(([tag]) => tag === "loss"));
  return all.at(-1)?.[1];
}

/** The curve of a run after the first `sessions` of ours. Without `purgeStep` the fast loader alone makes room for what comes later. */
export function curveOf(run: PeerRun, tag: string, sessions: number, loader: Loader): CurvePoint[] {
  let curve: CurvePoint[] = [];
  const voidFrom = (start: number): void => {
    curve = curve.filter(({ step }) => step < start);
  };
  for (const { events, scalars } of run.files) {
    const start = events.find(({ sessionLog }) => sessionLog?.status === 1);
    if (start !== undefined) voidFrom(Number(start.step));
    for (const [name, step, value] of scalars) if (name === tag) curve.push({ step, value });
  }
  for (const [index, { from, purge }] of run.sessions.slice(0, sessions).entries()) {
    if (purge || loader === "rust") voidFrom(from);
    for (let step = from; step < from + SESSION_STEPS; step++)
      curve.push({ step, value: valueAt(index, step) });
  }
  return curve;
}

/** Exact in float32, and of no other session nor peer. */
function valueAt(session: number, step: number): number {
  return -100 * (session + 1) - step / 8;
}

function peerFile(fixture: string): PeerFile {
  const { path, file, events, scalars } = fixtures.find(({ name }) => name === fixture)!;
  return { name: file!, bytes: readFileSync(path), events, scalars: scalars as PeerFile["scalars"] };
}

/** As programs of before the file version wrote; the Python loader has another rule for them. */
function withoutFileVersion(file: PeerFile): PeerFile {
  return { ...file, bytes: file.bytes.subarray(recordEnds(file.bytes)[0]), events: file.events.slice(1) };
}

/** What a peer leaves that is killed while it writes. */
function cut(file: PeerFile, at: number): PeerFile {
  const events = file.events.slice(0, recordEnds(file.bytes).filter((end) => end <= at).length);
  const isWhole = (tag: string, step: number): boolean =>
    events.some((event) => event.step === step && event.summary?.some((value) => value.tag === tag));
  return {
    name: file.name,
    bytes: file.bytes.subarray(0, at),
    events,
    scalars: file.scalars.filter(([tag, step]) => isWhole(tag, step)),
  };
}

/** Where each record of a whole file ends: a length of 8 bytes, its checksum of 4, the data, their checksum of 4. */
function recordEnds(bytes: Buffer): number[] {
  const ends: number[] = [];
  for (let at = 0; at < bytes.length; ends.push(at)) at += 16 + Number(bytes.readBigUInt64LE(at));
  return ends;
}
