// Runs that are there already: numbered, overwritten, or in the way.
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync, chmodSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { LogdirError } from "../../src/errors.js";
import { deleteRun, IF_EXISTS, suffixForRuns } from "../../src/experiments/existing-runs.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { hasPermissions, withoutPrivileges } from "../helpers/without-privileges.js";
import { pathsBelow, treeOf } from "./tree.js";
import { errorOf } from "../helpers/errors.js";

const makeDir = useTempDir("existing-runs");
const NAMES = ["Online_adam", "Online_amsgrad"];
const EVENTS = "events.out.tfevents.1700000000.000000.host.1";

/** A logdir with these files. */
function logdirWith(...paths: string[]): string {
  const logdir = makeDir();
  for (const path of paths) {
    mkdirSync(dirname(join(logdir, path)), { recursive: true });
    writeFileSync(join(logdir, path), path);
  }
  return logdir;
}

describe("suffixForRuns", () => {
  it.each(IF_EXISTS)("is nothing when nothing is there, and makes nothing (%s)", (ifExists) => {
    const logdir = join(makeDir(), "logs");
    expect(suffixForRuns(logdir, NAMES, ifExists)).toBe("");
    expect(existsSync(logdir)).toBe(false);
  });

  it("counts on from the first number that is free for all runs", () => {
    const one = `Online_amsgrad/epoch-0/${EVENTS}`;
    const numbers = (...paths: string[]): string => suffixForRuns(logdirWith(...paths), NAMES, "increment");
    expect(numbers("Online_sgd/x", "Online_adam_1/x")).toBe("");
    expect(numbers(one)).toBe("_1");
    expect(numbers(one, "Online_adam_1/x")).toBe("_2");
    expect(numbers(one, "Online_adam_1/x", "Online_amsgrad_2/x")).toBe("_3");
    expect(numbers(one, "Online_adam_2/x")).toBe("_1");
    expect(numbers("Online_adam")).toBe("_1");
  });

  it("goes beyond nine", () => {
    const taken = Array.from({ length: 11 }, (_, i) => `Online_adam${i === 0 ? "" : `_${i}`}/x`);
    expect(suffixForRuns(logdirWith(...taken), NAMES, "increment")).toBe("_11");
  });

  it("is nothing when they are to be overwritten", () => {
    expect(suffixForRuns(logdirWith("Online_adam/x"), NAMES, "overwrite")).toBe("");
  });

  it("fails when asked to, and names the run", () => {
    const logdir = logdirWith(`Online_amsgrad/epoch-0/${EVENTS}`);
    const before = treeOf(logdir);
    const error = errorOf(LogdirError, () => suffixForRuns(logdir, NAMES, "fail"));
    const path = join(logdir, "Online_amsgrad");
    expect(error).toMatchObject({ code: "RUN_EXISTS", path, message: `The run ${path} is there already` });
    expect(treeOf(logdir)).toEqual(before);
  });
});

describe("deleteRun", () => {
  it("deletes the event files of the run and of those below it, and directories that are empty then", () => {
    const logdir = logdirWith(
      `Online_adam/${EVENTS}`,
      `Online_adam/epoch-0/${EVENTS}`,
      `Online_adam/epoch-0/events.out.tfevents.1700000001.000000.host.1.suffix`,
      `Online_adam/epoch-0/deeper/${EVENTS}`,
      `Online_adam_1/${EVENTS}`,
      `Online_amsgrad/epoch-0/${EVENTS}`,
    );
    deleteRun(join(logdir, "Online_adam"));
    expect(pathsBelow(logdir)).toEqual([
      "Online_adam_1/",
      `Online_adam_1/${EVENTS}`,
      "Online_amsgrad/",
      "Online_amsgrad/epoch-0/",
      `Online_amsgrad/epoch-0/${EVENTS}`,
    ]);
  });

  it("keeps other files, and the directories they are in", () => {
    const logdir = logdirWith(
      `Online_adam/epoch-0/${EVENTS}`,
      "Online_adam/epoch-1/notes.txt",
      "Online_adam/curve.svg",
    );
    mkdirSync(join(logdir, "Online_adam", "empty"));
    deleteRun(join(logdir, "Online_adam"));
    expect(pathsBelow(logdir)).toEqual([
      "Online_adam/",
      "Online_adam/curve.svg",
      "Online_adam/epoch-1/",
      "Online_adam/epoch-1/notes.txt",
    ]);
    expect(readFileSync(join(logdir, "Online_adam", "curve.svg"), "utf8")).toBe("Online_adam/curve.svg");
  });

  it("is content when there is no run", () => {
    const logdir = logdirWith("Online_amsgrad/x");
    const before = treeOf(logdir);
    deleteRun(join(logdir, "Online_adam"));
    deleteRun(join(logdir, "nothing", "here"));
    expect(treeOf(logdir)).toEqual(before);
  });

  it.skipIf(process.platform === "win32")("does not follow a link out of the run", () => {
    const logdir = logdirWith(`Online_adam/epoch-0/${EVENTS}`, `other/epoch-0/${EVENTS}`);
    symlinkSync(join(logdir, "other"), join(logdir, "Online_adam", "compare"));
    deleteRun(join(logdir, "Online_adam"));
    expect(pathsBelow(logdir)).toEqual([
      "Online_adam/",
      "Online_adam/compare",
      "other/",
      "other/epoch-0/",
      `other/epoch-0/${EVENTS}`,
    ]);
  });

  it.skipIf(process.platform === "win32")("empties a run that is a link itself, and keeps the link", () => {
    const logdir = logdirWith(`big-disk/epoch-0/${EVENTS}`);
    symlinkSync(join(logdir, "big-disk"), join(logdir, "Online_adam"));
    deleteRun(join(logdir, "Online_adam"));
    expect(pathsBelow(logdir)).toEqual(["Online_adam", "big-disk/"]);
  });

  it("says that the run is a file", () => {
    const logdir = logdirWith("Online_adam");
    const before = treeOf(logdir);
    const error = errorOf(LogdirError, () => deleteRun(join(logdir, "Online_adam")));
    expect(error).toMatchObject({ code: "NOT_A_DIRECTORY", path: join(logdir, "Online_adam") });
    expect(treeOf(logdir)).toEqual(before);
  });

  it.skipIf(!hasPermissions)("says that it may not, and deletes nothing then", () => {
    const logdir = logdirWith(`Online_adam/epoch-0/${EVENTS}`);
    // So that somebody else gets as far as the run.
    for (const path of [dirname(logdir), logdir]) chmodSync(path, 0o755);
    const epoch = join(logdir, "Online_adam", "epoch-0");
    chmodSync(epoch, 0o555);
    onTestFinished(() => chmodSync(epoch, 0o755));
    const before = treeOf(logdir);
    const error = errorOf(LogdirError, () => withoutPrivileges(() => deleteRun(join(logdir, "Online_adam"))));
    expect(error.code).toBe("LOGDIR_NOT_WRITABLE");
    expect(error.message).toBe(
      `Cannot delete the run ${join(logdir, "Online_adam")}: permission denied (EACCES)`,
    );
    expect(treeOf(logdir)).toEqual(before);
  });
});
