// The commands that read logs, given an archive: they say what they say of the logdir.
import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { archiveLogdir } from "../../src/archive/index.js";
import { LogdirError } from "../../src/errors.js";
import { verifyLogdir } from "../../src/events/index.js";
import { SummaryReader } from "../../src/summary/index.js";
import { archiveOf } from "../helpers/archives.js";
import { errorOf } from "../helpers/errors.js";
import { sessionFile } from "../helpers/handmade-runs.js";
import { writeEveryRun } from "../helpers/same-reading.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { startTnl } from "./child.js";
import { FakeIo, tnl, type Outcome } from "./fake-io.js";

const tempDir = useTempDir("archived-logs");
let logdir: string;
let archive: string;
let cache: string;

beforeAll(async () => {
  const dir = tempDir();
  logdir = join(dir, "logs");
  cache = join(dir, "cache");
  await writeEveryRun(logdir);
  archive = join(dir, "logs.parquet");
  await archiveLogdir(logdir, archive);
});

async function run(...argv: string[]): Promise<Outcome> {
  return tnl(argv, new FakeIo({ XDG_CACHE_HOME: cache }));
}

/** What is said of `path`, as if it were said of `LOGS`. */
function withoutPath(text: string, path: string): string {
  // In a folder, the archives of runs are on the way.
  return text.replaceAll(path, "LOGS").replaceAll(/LOGS\/[^\n"]*?\.parquet\//g, "LOGS/");
}

/** What a command says of an archive, which has to be what it says of the logdir. */
async function same(command: string, path: string, ...argv: string[]): Promise<Outcome> {
  const [there, here] = [await run(command, path, ...argv), await run(command, logdir, ...argv)];
  expect(withoutPath(there.stderr, path)).toBe(withoutPath(here.stderr, logdir));
  expect(withoutPath(there.stdout, path)).toBe(withoutPath(here.stdout, logdir));
  expect(there.code).toBe(here.code);
  expect(there.stdout).not.toBe("");
  return there;
}

describe("an archive is as good as its logdir for", () => {
  it("tnl inspect, which keeps nothing of it", async () => {
    const env = { XDG_CACHE_HOME: join(tempDir(), "cache") };
    expect(await tnl(["inspect", archive], new FakeIo(env))).toMatchObject({ code: 0, stderr: "" });
    expect(existsSync(env.XDG_CACHE_HOME)).toBe(false);
    await tnl(["inspect", logdir], new FakeIo(env));
    expect(existsSync(env.XDG_CACHE_HOME)).toBe(true);
  });

  it("tnl inspect", async () => {
    const { stdout } = await same("inspect", archive, "--show", "tags");
    expect(stdout).toContain("handmade/restarted");
    const { path, runs } = JSON.parse((await same("inspect", archive, "--json")).stdout) as {
      path: string;
      runs: { run: string; recordBytes: number }[];
    };
    expect(path).toBe(archive);
    expect(runs.find((one) => one.run === "handmade/bounded")!.recordBytes).toBeGreaterThan(1000);
    await same("inspect", archive, "--run", "handmade/*", "--tag", "l*s");
  });

  it.each([[[]], [["--restarts", "all"]], [["--full-resolution"]], [["--log-y", "--x", "relative"]]])(
    "tnl plot %j",
    async (argv) => {
      const { stdout } = await same("plot", archive, "--run", "handmade/*", "--tag", "loss", ...argv);
      expect(stdout).toContain("handmade/bounded");
    },
  );

  it("tnl plot, over damage too", async () => {
    const { stderr } = await same("plot", archive, "--run", "damaged/*", "--tag", "rate");
    expect(stderr).toContain("is damaged at byte");
  });

  it("tnl verify", async () => {
    expect(await same("verify", archive)).toMatchObject({ code: 4 });
    await same("verify", archive, "--json");
    expect(await same("verify", archive, "--run", "handmade/bounded")).toMatchObject({ code: 0 });
  });

  it("tnl list", async () => {
    const { stdout } = await same("list", archive);
    expect(stdout).toContain("handmade/bounded");
    await same("list", archive, "--json");
  });

  it("wrong names", async () => {
    const { code, stderr } = await run("inspect", archive, "--run", "nothing");
    expect([code, stderr.split(":")[0], stderr.split(":")[1]]).toEqual([
      ...[2, "tnl", ` No run in ${archive} matches nothing`],
    ]);
    const plot = await run("plot", archive, "--run", "handmade/strange", "--tag", "lss");
    expect(plot).toMatchObject({
      code: 2,
      stderr: `tnl: No tag in ${archive} matches lss: there are "a", "b", "big", "zero"\n`,
    });
  });

  it("a program of its own", async () => {
    const { code, stdout, stderr } = await startTnl([
      "plot",
      archive,
      "--run",
      "handmade/strange",
      "--tag",
      "zero",
    ]).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.split("\n")).toHaveLength(21);
  });
});

describe("a folder of archives", () => {
  it("is as good as well, where no event file is", async () => {
    const folder = join(tempDir(), "archives");
    await archiveLogdir(logdir, folder, { partition: true });
    for (const [command, ...argv] of [
      ["inspect", "--show", "tags"],
      ["inspect", "--json"],
      ["plot", "--tag", "loss", "--full-resolution"],
      ["verify", "--json"],
      ["list"],
    ] as const) {
      await same(command, folder, ...argv);
    }
    const { code, stdout } = await run("inspect", folder, "--run", "handmade/b*", "--tag", "loss");
    expect([code, stdout.includes("handmade/bounded")]).toEqual([0, true]);
  });

  it("is refused without any", async () => {
    const empty = tempDir();
    const message = `There is no event file in ${empty} or below it: none whose name contains "tfevents"`;
    expect(await run("inspect", empty)).toEqual({ ...{ code: 3, stdout: "" }, stderr: `tnl: ${message}\n` });
    writeFileSync(join(empty, "other.parquet"), "PAR1 and no more");
    expect(await run("inspect", empty)).toMatchObject({ code: 3, stdout: "" });
  });
});

describe("an archive that cannot be read", () => {
  it("is told by its checksums, in the midst of it too", async () => {
    const dir = tempDir();
    const changed = join(dir, "changed.parquet");
    const bytes = readFileSync(archive);
    bytes[2000]! ^= 1;
    writeFileSync(changed, bytes);
    for (const command of ["inspect", "plot", "verify"]) {
      const { code, stdout, stderr } = await run(command, changed);
      expect({ code, stdout }, command).toEqual({ code: 4, stdout: "" });
      expect(stderr).toContain(`The archive ${changed} is damaged`);
    }
  });

  it.each(["inspect", "plot", "verify", "list"])("is refused by tnl %s", async (command) => {
    const dir = tempDir();
    const cut = join(dir, "cut.parquet");
    writeFileSync(cut, readFileSync(archive));
    truncateSync(cut, 5000);
    const { code, stdout, stderr } = await run(command, cut);
    expect({ stdout, lines: stderr.split("\n").length }).toEqual({ stdout: "", lines: 2 });
    expect([3, 4]).toContain(code);
    expect(stderr).toContain(cut);
  });

  it("has no event files, and says so", async () => {
    const dir = tempDir();
    mkdirSync(join(dir, "logs"));
    writeFileSync(join(dir, "logs", "notes.txt"), "hello");
    const none = archiveOf(join(dir, "logs"), join(dir, "none.parquet"));
    expect(await run("inspect", none)).toMatchObject({ code: 3, stdout: "" });
  });

  it("has no events: that is a run like any other", async () => {
    const dir = tempDir();
    mkdirSync(join(dir, "logs"));
    sessionFile(join(dir, "logs"), 0, []);
    const empty = archiveOf(join(dir, "logs"), join(dir, "empty.parquet"));
    expect(await run("plot", empty)).toEqual({
      ...{ code: 0, stdout: "" },
      stderr: `tnl: There are no scalars in ${empty}\n`,
    });
  });
});

describe("a command that needs files on the disk", () => {
  it.each([
    ["tail", []],
    ["repair", ["--out", "out"]],
    ["tensorboard", []],
  ])("says so: %s", async (command, argv) => {
    expect(await run(command, archive, ...argv)).toEqual({
      ...{ code: 2, stdout: "" },
      stderr: `tnl: ${archive} is an archive, which tnl ${command} does not take: tnl restore makes event files of it\n`,
    });
    expect(existsSync("out")).toBe(false);
  });
});

describe("the path of an archive", () => {
  it("is none of an event file", async () => {
    const error = errorOf(LogdirError, () => new SummaryReader(archive));
    expect(error).toMatchObject({ code: "NOT_AN_EVENT_FILE", path: archive });
    expect(error.message).toBe(
      `${archive} is a Parquet file, not an event file: openArchive opens an archive`,
    );
    await expect(verifyLogdir(archive)).rejects.toMatchObject({ code: "NOT_AN_EVENT_FILE" });
  });
});
