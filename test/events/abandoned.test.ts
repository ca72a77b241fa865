// Whether a file's writer is gone: asked of real processes, and of the file's age.
import { spawn, type ChildProcess } from "node:child_process";
import { uptime } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isAbandoned, isGone } from "../../src/events/abandoned.js";

const asker = { hostname: "box", pid: "7" };
const MINUTE = 60_000;
const nameBy = (author: string): string => `events.out.tfevents.1700000000.000000.${author}`;
/** `isAbandoned` for a file that was written so many minutes ago. */
const isLeft = (author: string, minutes = 0, who = asker): boolean =>
  isAbandoned(nameBy(author), who, Date.now() - minutes * MINUTE);

let running: ChildProcess;
let ended: number;
beforeAll(async () => {
  running = spawn(process.execPath, ["-e", "process.stdin.resume()"], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  const child = spawn(process.execPath, ["-e", ""]);
  ended = child.pid!;
  await new Promise((resolve) => child.once("close", resolve));
});
afterAll(() => running.stdin!.end());

describe("a file of this machine", () => {
  it("is left when its process has ended, and not while it runs, however long it was silent", () => {
    expect(isLeft(`box.${ended}`)).toBe(true);
    expect(isLeft(`box.${running.pid}`)).toBe(false);
    expect(isLeft(`box.${running.pid}`, uptime() / 60)).toBe(false);
  });

  it("is left when the machine was started since: another process has the number", () => {
    expect(isLeft(`box.${running.pid}`, uptime() / 60 + 2)).toBe(true);
  });

  it("is left when its name is the asker's own", () => {
    expect(isLeft("box.7")).toBe(true);
    expect(isLeft("box.7-2", 0, { hostname: "box", pid: "7-2" })).toBe(true);
    const pid = String(process.pid);
    expect(isLeft(`box.${pid}`, 0, { hostname: "box", pid })).toBe(true);
  });

  it("and another thread of the asker's process is left after ten minutes of silence", () => {
    for (const [author, pid] of [
      ["box.7-2", "7"],
      ["box.7", "7-2"],
      ["box.7-3", "7-2"],
    ] as const) {
      expect(isLeft(author, 9, { hostname: "box", pid })).toBe(false);
      expect(isLeft(author, 11, { hostname: "box", pid })).toBe(true);
    }
  });

  it("is not mistaken for another process's by a suffix, nor for another thread's", () => {
    expect(isLeft(`box.${running.pid}.train`)).toBe(false);
    expect(isLeft(`box.${ended}.${running.pid}`)).toBe(true);
    expect(isLeft("box.7.train")).toBe(true);
    expect(isLeft(`box.${running.pid}-1`)).toBe(false);
  });

  it("is told by its host as it stands in names", () => {
    const host = "my machine, the second";
    expect(isLeft(`my_machine__the_second.${running.pid}`, 11, { hostname: host, pid: "7" })).toBe(false);
    expect(isLeft(`my_machine__the_second.${ended}`, 0, { hostname: host, pid: "7" })).toBe(true);
  });
});

describe("any other file", () => {
  it.each([
    ["another machine's", "other.4711"],
    ["one of a machine whose name begins alike", "box2.4711"],
    ["one without a process", "box.x"],
    ["one of a process that cannot be", `box.${2 ** 40}x`],
  ])("(%s) is left after ten minutes of silence", (_, author) => {
    expect(isLeft(author, 9)).toBe(false);
    expect(isLeft(author, 11)).toBe(true);
  });

  it.each(["events.out.tfevents.1700000000.box.7.0", "events.out.tfevents.1700000000.box", "x.tfevents"])(
    "by another program (%s) is left after ten minutes of silence",
    (name) => {
      expect(isAbandoned(name, asker, Date.now() - 9 * MINUTE)).toBe(false);
      expect(isAbandoned(name, asker, Date.now() - 11 * MINUTE)).toBe(true);
    },
  );

  it("of the future is not left", () => {
    expect(isLeft("other.4711", -60)).toBe(false);
  });
});

it("numbers that no process can have are of processes that are gone", () => {
  expect(isLeft(`box.${2 ** 31}`)).toBe(true);
  // 0 would ask the asker's own group.
  expect(isLeft("box.0")).toBe(true);
});

it("authors of unfinished files are asked for in the same way", () => {
  expect(isGone(`box.${running.pid}.0123456789ab`, asker, Date.now())).toBe(false);
  expect(isGone(`box.${ended}.0123456789ab`, asker, Date.now())).toBe(true);
  expect(isGone("box.7.0123456789ab", asker, Date.now())).toBe(true);
  expect(isGone(undefined, asker, Date.now() - 9 * MINUTE)).toBe(false);
});
