// The real TensorBoard, running, for tests to ask over HTTP.
import { spawn, type ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

import { requirePython, type Python } from "./python.js";

/** TensorBoard's two ways to read event files: the data server (`--load_fast true`), and Python. They differ often. */
export const LOADERS = ["rust", "python"] as const;
export type Loader = (typeof LOADERS)[number];

/** A point of a scalar curve; wall time in seconds since 1970. */
export interface Point {
  readonly wallTime: number;
  readonly step: number;
  readonly value: number;
}

/** One entry of a request to the Time Series dashboard. */
export interface TimeSeriesRequest {
  readonly plugin: "scalars" | "histograms" | "images";
  readonly tag: string;
  readonly run?: string;
  readonly sample?: number;
}

/** Its answer: per run the points, or the error. Numbers are numbers, NaN and infinities too. */
export interface TimeSeries extends TimeSeriesRequest {
  readonly error?: string;
  readonly runToSeries?: Readonly<Record<string, readonly Record<string, unknown>[]>>;
}

export interface StartOptions {
  readonly loader: Loader;
  /** Seconds between two looks at the files; whole ones, 0 looks once. */
  readonly reloadInterval?: number;
  /** As TensorBoard takes it: `scalars=20000,images=5`. */
  readonly samplesPerPlugin?: string;
  /** More of TensorBoard's arguments. */
  readonly extra?: readonly string[];
  readonly timeoutMs?: number;
  /** That of the tests unless given: outside of them, `preparePython` gives it. */
  readonly python?: Python;
}

/** What `waitFor` does not wait for. */
type Falsy = undefined | null | false | 0 | "";

/** A TensorBoard that runs. Stop it in `afterAll`; one that is forgotten ends with its worker. */
export interface TensorBoard {
  /** Such as `http://127.0.0.1:40123/`. */
  readonly url: string;
  /** The runs, by start time. */
  runs(): Promise<string[]>;
  /** The scalar tags of each run. */
  scalarTags(): Promise<Record<string, string[]>>;
  /** The points of a curve that TensorBoard keeps. @throws {Error} When it does not know the run or the tag (yet). */
  scalars(run: string, tag: string): Promise<Point[]>;
  timeSeries(requests: readonly TimeSeriesRequest[]): Promise<TimeSeries[]>;
  /** Any answer in JSON, such as of `data/plugin/text/tags`; NaN and infinities are strings in it. */
  json<T = unknown>(path: string, init?: RequestInit): Promise<T>;
  /** Any answer as bytes, such as of `data/plugin/images/individualImage?...`. */
  bytes(path: string): Promise<Uint8Array>;
  /**
   * Asks again and again until `predicate` gives something truthy, and gives that; one that throws is asked again too.
   *
   * @throws {Error} After `timeoutMs`, with the last answer or error and what TensorBoard wrote.
   */
  waitFor<T>(
    predicate: (tensorBoard: TensorBoard) => T | Promise<T>,
    timeoutMs?: number,
  ): Promise<Exclude<T, Falsy>>;
  /** What it wrote to stdout and stderr so far. */
  output(): string;
  /** Ends it with all its processes; resolves when they are gone. May be called twice. */
  stop(): Promise<void>;
}

/** Ends its whole group when stdin closes, so that no end of the worker, SIGKILL included, leaves it running. */
const BOOTSTRAP = `
import os, signal, sys, threading, time
def watch():
    while os.read(0, 1024):
        pass
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGTERM)
        time.sleep(3)
        os.killpg(0, signal.SIGKILL)
    os._exit(1)
threading.Thread(target=watch, daemon=True).start()
from tensorboard.main import run_main
sys.argv[0] = "tensorboard"
run_main()
`;
const POLL_MS = 50;
const REQUEST_TIMEOUT_MS = 60_000;

/**
 * Starts TensorBoard on `logdir`, on a port the operating system chooses, and waits until it answers.
 *
 * @throws {Error} When it ends or does not answer in time, with what it wrote; when it reads with another loader.
 */
export async function startTensorBoard(logdir: string, options: StartOptions): Promise<TensorBoard> {
  const { loader, reloadInterval = 1, samplesPerPlugin, extra = [], timeoutMs = 60_000 } = options;
  const { executable } = options.python ?? requirePython();
  const args = ["--logdir", logdir, "--host", "127.0.0.1", "--port", "0"];
  args.push("--load_fast", String(loader === "rust"), "--reload_interval", String(reloadInterval));
  if (samplesPerPlugin !== undefined) args.push("--samples_per_plugin", samplesPerPlugin);
  const grouped = process.platform !== "win32";
  const child = spawn(executable, ["-c", BOOTSTRAP, ...args, ...extra], {
    stdio: ["pipe", "pipe", "pipe"],
    detached: grouped,
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  let ended: string | undefined;
  child.once("error", (error) => (ended = `does not start: ${error.message}`));
  child.once("exit", (code, signal) => (ended ??= `ended with ${code ?? signal}`));
  const stop = () => stopGroup(child, grouped, () => ended !== undefined);

  try {
    const end = Date.now() + timeoutMs;
    let url: string | undefined;
    while (url === undefined) {
      url = /at (http:\/\/\S+\/) /.exec(output)?.[1];
      if (ended !== undefined) throw new Error(`TensorBoard ${ended}`);
      if (Date.now() > end) throw new Error(`TensorBoard named no address within ${timeoutMs} ms`);
      if (url === undefined) await sleep(POLL_MS);
    }
    const tensorBoard = client(url, () => output, stop);
    const { debug } = await tensorBoard.waitFor(
      () => tensorBoard.json<{ debug: { data_provider: string } }>("data/environment"),
      Math.max(end - Date.now(), 1),
    );
    const expected = loader === "rust" ? "GrpcDataProvider" : "MultiplexerDataProvider";
    if (!debug.data_provider.startsWith(expected)) {
      throw new Error(`TensorBoard should read with ${expected}, and reads with ${debug.data_provider}`);
    }
    return tensorBoard;
  } catch (error) {
    await stop();
    throw new Error(`${(error as Error).message}. It wrote: ${output || "nothing"}`, { cause: error });
  }
}

function client(url: string, output: () => string, stop: () => Promise<void>): TensorBoard {
  const request = async (path: string, init?: RequestInit) => {
    const response = await fetch(new URL(path, url), {
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      ...init,
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  const json = async <T>(path: string, init?: RequestInit) => (await (await request(path, init)).json()) as T;
  const self: TensorBoard = {
    url,
    json,
    output,
    stop,
    runs: () => json("data/runs"),
    bytes: async (path) => new Uint8Array(await (await request(path)).arrayBuffer()),
    async scalarTags() {
      const tags = await json<Record<string, object>>("data/plugin/scalars/tags");
      return Object.fromEntries(Object.entries(tags).map(([run, byTag]) => [run, Object.keys(byTag)]));
    },
    async scalars(run, tag) {
      const query = new URLSearchParams({ run, tag }).toString();
      const points = await json<[number, number, unknown][]>(`data/plugin/scalars/scalars?${query}`);
      return points.map(([wallTime, step, value]) => ({ wallTime, step, value: toNumber(value) as number }));
    },
    async timeSeries(requests) {
      const body = new URLSearchParams({ requests: JSON.stringify(requests) });
      const answers = await json<TimeSeries[]>("data/plugin/timeseries/timeSeries", { method: "POST", body });
      return answers.map((answer) =>
        answer.runToSeries === undefined
          ? answer
          : {
              ...answer,
              runToSeries: numbersIn(answer.runToSeries) as NonNullable<TimeSeries["runToSeries"]>,
            },
      );
    },
    async waitFor(predicate, timeoutMs = 30_000) {
      const end = Date.now() + timeoutMs;
      for (;;) {
        let last: unknown;
        try {
          const answer = await predicate(self);
          if (answer) return answer as Exclude<typeof answer, Falsy>;
          last = answer;
        } catch (error) {
          last = error;
        }
        if (Date.now() > end) {
          const message = `TensorBoard did not come to it within ${timeoutMs} ms; last: ${String(last)}`;
          throw new Error(`${message}. It wrote: ${output()}`, { cause: last });
        }
        await sleep(POLL_MS);
      }
    },
  };
  return self;
}

/** JSON has no NaN and no infinities: TensorBoard sends them as these strings. */
function toNumber(value: unknown): unknown {
  return value === "NaN" || value === "Infinity" || value === "-Infinity" ? Number(value) : value;
}

function numbersIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(numbersIn);
  if (typeof value !== "object" || value === null) return toNumber(value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, numbersIn(inner)]));
}

/** TensorBoard's process group has the data server in it, and all else it may start. */
async function stopGroup(child: ChildProcess, grouped: boolean, hasEnded: () => boolean): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  const signal = (name: NodeJS.Signals) => {
    try {
      process.kill(grouped ? -pid : pid, name);
    } catch {
      // It is gone.
    }
  };
  signal("SIGTERM");
  const end = Date.now() + 5_000;
  while (!hasEnded() && Date.now() < end) await sleep(10);
  signal("SIGKILL");
  while (!hasEnded()) await sleep(10);
}
