// What each end of a process leaves of three logged steps, of which only the first was handed over.
import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { eventFilesIn, readEventFile } from "../helpers/events.js";
import { compilePrograms, runProgram, type End } from "../helpers/programs.js";
import { useTempDir } from "../helpers/temp-dir.js";

const tempDir = useTempDir("process-end");
let programs: string;
beforeAll(() => {
  programs = compilePrograms("test/events/programs", tempDir());
});

/** Lets a program log and end; gives its end and the steps that are in its file. */
async function end(how: string, signal?: NodeJS.Signals): Promise<End & { steps: (number | bigint)[] }> {
  const dir = tempDir();
  let sent = false;
  const onOutput = (child: ChildProcess, stdout: string): void => {
    if (signal !== undefined && !sent && stdout.includes("ready")) sent = child.kill(signal);
  };
  const ended = await runProgram(join(programs, "log-and-end.js"), [dir, how], { onOutput });
  const [path, ...others] = eventFilesIn(dir);
  expect(others).toEqual([]);
  const { events, torn } = readEventFile(path!);
  expect(torn).toBe(0);
  return { ...ended, steps: events.slice(1).map(({ step }) => step) };
}

describe("a program that ends by itself", () => {
  it.each([
    ["return", 0, /^$/],
    ["exit", 3, /^$/],
    ["exit in a callback", 0, /^$/],
    ["throw", 1, /the program's own error/],
    ["reject", 1, /the program's own rejection/],
  ])("loses nothing: %s", async (how, code, stderr) => {
    const ended = await end(how);
    expect(ended).toMatchObject({ code, signal: null, stdout: "", steps: [1, 2, 3] });
    expect(ended.stderr).toMatch(stderr);
  });
});

describe.skipIf(process.platform === "win32")("a program that a signal ends", () => {
  it.each(["SIGTERM", "SIGKILL"] as const)("loses what was not handed over: %s", async (signal) => {
    expect(await end("stand still", signal)).toMatchObject({ signal, steps: [1] });
  });

  it("loses what was not handed over: an abort, of its own or of V8", async () => {
    expect(await end("abort")).toMatchObject({ code: null, signal: "SIGABRT", steps: [1] });
  });

  it("loses nothing that is older than the timer of an idle writer: SIGKILL", async () => {
    expect(await end("be idle", "SIGKILL")).toMatchObject({ signal: "SIGKILL", steps: [1, 2, 3] });
  });

  it.each(["SIGTERM", "SIGINT"] as const)(
    "loses nothing with closeOnSignals, and still ends by it: %s",
    async (signal) => {
      expect(await end("closeOnSignals", signal)).toMatchObject({
        code: null,
        signal,
        stderr: "",
        steps: [1, 2, 3],
      });
    },
  );

  it("ends as its own listener says, if it has one beside closeOnSignals", async () => {
    const ended = await end("closeOnSignals beside a listener", "SIGTERM");
    expect(ended).toMatchObject({ code: 7, signal: null, stdout: "ready\nheard\n", steps: [1, 2, 3] });
  });

  it("ends as before once closeOnSignals was taken back", async () => {
    expect(await end("closeOnSignals taken back", "SIGTERM")).toMatchObject({
      signal: "SIGTERM",
      steps: [1],
    });
  });
});

describe("a program that loses events at its end", () => {
  const lost =
    /^tensorboard-node-logger: \d+ bytes of events are lost: cannot write \S+: no space left on the disk \(ENOSPC\)\n$/;

  it.each([
    ["full disk", 1],
    ["full disk, exit 0", 1],
    ["full disk, exit 5", 5],
  ])("says so in one line and does not end with 0: %s", async (how, code) => {
    const ended = await end(how);
    expect(ended).toMatchObject({ code, signal: null, steps: [1] });
    expect(ended.stderr).toMatch(lost);
  });

  it.skipIf(process.platform === "win32")("says so when a signal ends it, and ends by that", async () => {
    const ended = await end("full disk, closeOnSignals", "SIGTERM");
    expect(ended).toMatchObject({ signal: "SIGTERM", steps: [1] });
    expect(ended.stderr).toMatch(lost);
  });
});

describe("the process of a program", () => {
  it("has nothing of ours when the package is imported, and one exit listener once something is logged", async () => {
    const { stdout, stderr, code } = await runProgram(join(programs, "listeners.js"), [tempDir()]);
    expect([code, stderr]).toEqual([0, ""]);
    const looks = stdout
      .trim()
      .split("\n")
      .map(
        (line) =>
          JSON.parse(line) as { when: string; listeners: Record<string, number>; resources: string[] },
      );
    expect(looks.map(({ when }) => when)).toEqual(["before", "imported", "made", "logged", "closed"]);
    const [before, imported, made, logged, closed] = looks.map(({ listeners }) => listeners);
    expect(imported).toEqual(before);
    expect(made).toEqual(before);
    // Node has one of its own while a module waits for an import.
    expect(logged).toEqual({ ...before, exit: (before!["exit"] ?? 0) + 1 });
    expect(closed).toEqual(logged);
    for (const { when, resources } of looks) expect(resources, when).toEqual(looks[0]!.resources);
  });
});
