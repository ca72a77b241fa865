// tnl on real file systems that are small, or read-only.
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EventFileReader } from "../../src/events/event-file-reader.js";
import { findRuns } from "../../src/events/index.js";
import { EVENTS, eventFile, filesBelow, writeFiles } from "../archive/logdirs.js";
import { pathsBelow, treeOf } from "../experiments/tree.js";
import { garbage } from "../helpers/damaged-runs.js";
import { useTempDir } from "../helpers/temp-dir.js";
import { PROGRAM, start } from "./child.js";

const makeDir = useTempDir("disk");

/** How to start a program in a mount namespace of its own: what it mounts is gone when it ends, however it ends. */
const UNSHARE = [
  ["unshare", "--mount"],
  // For who is not root, where the system lets him be in a namespace of users.
  ["unshare", "--user", "--map-root-user", "--mount"],
].find(
  ([command, ...args]) =>
    spawnSync(command!, [...args, "mount", "-t", "tmpfs", "none", tmpdir()], { timeout: 10_000 }).status ===
    0,
);
if (UNSHARE === undefined)
  process.stderr.write("Tests that need a full disk are skipped: this system lets us mount none\n");

/**
 * Makes a file system of 2 MB and 64 files with the runs of 100 steps in it, then runs `change` and `tnl run` with `argv` there, whose output and exit
 * code are the process's. `before` and `after` are copies of the logdir.
 */
async function runOnSmallDisk(change: string, argv: readonly string[]) {
  const dir = makeDir();
  const [disk, before, after] = ["disk", "before", "after"].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(disk);
  const script = `
    set -e
    disk="$1"; before="$2"; after="$3"; node="$4"; program="$5"; shift 5
    mount -t tmpfs -o size=2m,nr_inodes=64 none "$disk"
    "$node" "$program" run --steps 100 --verbose 0 --logdir "$disk/logs" >"$disk/first"
    cp -a "$disk/logs" "$before"
    ${change}
    code=0
    "$node" "$program" run --verbose 0 --logdir "$disk/logs" "$@" || code=$?
    cp -a "$disk/logs" "$after"
    exit $code`;
  const args = [
    ...UNSHARE!,
    "sh",
    "-c",
    script,
    "sh",
    disk,
    before,
    after,
    process.execPath,
    PROGRAM,
    ...argv,
  ];
  const { code, stdout, stderr } = await start(args[0]!, args.slice(1)).ended;
  return { code, stdout, stderr, disk, before, after };
}

describe.skipIf(UNSHARE === undefined)("a full disk", () => {
  it("ends the run with one line and exit code 1, and touches no earlier run", async () => {
    const { code, stdout, stderr, disk, before, after } = await runOnSmallDisk("", [
      "online",
      "--optimizer",
      "adam",
    ]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    const [, file] =
      /^tnl: Online_adam_1: Cannot write (\/\S+): no space left on the disk \(ENOSPC\)\n$/.exec(stderr)!;
    expect(file).toMatch(`${disk}/logs/Online_adam_1/epoch-0/events.out.tfevents.`);
    expect(Object.keys(treeOf(before)).filter((path) => path.includes("tfevents"))).toHaveLength(8);
    expect(treeOf(after)).toMatchObject(treeOf(before));

    // What the disk took of the new run can be read, up to the record in which it was full.
    expect(findRuns(after)).toHaveLength(10);
    const { files } = findRuns(after).find(({ name }) => name === "Online_adam_1/epoch-0")!;
    using reader = new EventFileReader(files[0]!);
    const steps = [...reader].flatMap(({ summary, step }) => (summary === undefined ? [] : [step]));
    expect(steps.length).toBeGreaterThan(10_000);
    expect(steps).toEqual(steps.map((_, i) => 10 * i));
  });

  it("that has no room for a directory is a logdir that cannot be written: exit code 3", async () => {
    // So many empty files that there is no other one.
    const change = 'i=0; while touch "$disk/$i" 2>"$disk/first"; do i=$((i + 1)); done';
    const { code, stdout, stderr, before, after } = await runOnSmallDisk(change, ["--steps", "10"]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toMatch(/^tnl: Cannot write runs to \S+: no space left on the disk \(ENOSPC\)\n$/);
    expect(treeOf(after)).toEqual(treeOf(before));
  });
});

describe.skipIf(UNSHARE === undefined)("a read-only disk", () => {
  it.each(["increment", "overwrite"])(
    "is refused with one line and exit code 3, and nothing is touched (%s)",
    async (ifExists) => {
      const argv = ["--steps", "10", "--if-exists", ifExists];
      const { code, stdout, stderr, before, after } = await runOnSmallDisk(
        `mount -o remount,ro "$disk"`,
        argv,
      );
      expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
      expect(stderr).toMatch(/^tnl: Cannot write runs to \S+logs: the file system is read-only \(EROFS\)\n$/);
      expect(pathsBelow(before)).toHaveLength(28);
      expect(treeOf(after)).toEqual(treeOf(before));
    },
  );
});

/** Runs a script with a disk of half a megabyte at `$disk`, and a logdir of 1.2 MB at `$logs`; `tnl` is the program. */
async function onSmallDisk(script: string) {
  const dir = makeDir();
  const [disk, logs] = [join(dir, "disk"), join(dir, "logs")];
  mkdirSync(disk);
  writeFiles(logs, {
    [`a/${EVENTS}`]: eventFile(300),
    "a/checkpoint": garbage(1_200_000),
    "b/note": "a note",
  });
  const whole = `
    set -e
    disk="$1"; logs="$2"; node="$3"; program="$4"
    tnl() { "$node" "$program" "$@"; }
    mount -t tmpfs -o size=512k none "$disk"
    ${script}`;
  const args = [...UNSHARE!, "sh", "-c", whole, "sh", disk, logs, process.execPath, PROGRAM];
  const { code, stdout, stderr } = await start(args[0]!, args.slice(1)).ended;
  const short = (text: string): string =>
    text.replaceAll(`${disk}/`, "disk/").replaceAll(`${logs}/`, "logs/");
  return { code, stdout: short(stdout), stderr: short(stderr), dir, logs };
}

describe.skipIf(UNSHARE === undefined)("a disk that is too small for an archive", () => {
  it("ends tnl archive with one line and exit code 1; with room, --append makes it", async () => {
    const before = "$(ls -A $disk)";
    const { stdout, stderr, logs, dir } = await onSmallDisk(`
      tnl archive "$logs" -o "$disk/a.parquet" --delete || echo "code $?, there is: ${before}"
      mount -o remount,size=8m "$disk"
      tnl archive "$logs" -o "$disk/a.parquet" --append --verify >"$disk/said"
      tnl restore "$disk/a.parquet" -o "$logs-restored"
      ls -A "$disk"`);
    expect(stdout.split("\n")[0]).toBe("code 1, there is: ");
    expect(stdout.trim().split("\n").slice(-2)).toEqual(["a.parquet", "said"]);
    expect(stderr).toBe(
      `tnl: when there is room, the same with --append goes on
tnl: Cannot write disk/a.parquet.part: no space left on the disk (ENOSPC)
`,
    );
    expect(filesBelow(join(dir, "logs-restored"))).toEqual(filesBelow(logs));
    expect(Object.keys(filesBelow(logs))).toHaveLength(3);
  });

  it("or for what is restored: exit code 1, and what has a name is whole", async () => {
    const { stdout, stderr } = await onSmallDisk(`
      tnl archive "$logs" -o "$logs.parquet" >"$logs.said"
      tnl restore "$logs.parquet" -o "$disk/back" || echo "code $?"
      cmp "$disk/back/a/${EVENTS}" "$logs/a/${EVENTS}" && find "$disk/back" -type f | wc -l`);
    expect(stdout.split("\n")).toEqual(["code 1", expect.stringMatching(/^ *1$/) as string, ""]);
    expect(stderr).toBe("tnl: Cannot write disk/back/a/checkpoint: no space left on the disk (ENOSPC)\n");
  });
});

describe.skipIf(UNSHARE === undefined)("a read-only disk and an archive", () => {
  it("is refused with exit code 3", async () => {
    const { stdout, stderr } = await onSmallDisk(`
      tnl archive "$logs" -o "$logs.parquet" >"$logs.said"
      mount -o remount,ro "$disk"
      tnl archive "$logs" -o "$disk/a.parquet" || echo "code $?"
      tnl restore "$logs.parquet" -o "$disk/back" || echo "code $?"`);
    expect(stdout).toBe("code 3\ncode 3\n");
    expect(stderr).toMatch(/^(tnl: Cannot write \S.*: the file system is read-only \(EROFS\)\n){2}$/);
  });

  it("keeps its originals: each is told, exit code 3", async () => {
    const { code, stdout, stderr } = await onSmallDisk(`
      cp -a "$logs/b" "$logs/a/${EVENTS}" "$disk"
      mount -o remount,ro "$disk"
      tnl archive "$disk" -o "$logs.parquet" --delete`);
    expect({ code, last: stdout.trim().split("\n").at(-1) }).toEqual({
      code: 3,
      last: "0 originals, 0.0 MB, deleted",
    });
    expect(stderr).toBe(`tnl: Cannot delete disk/${EVENTS}: the file system is read-only (EROFS)
tnl: Cannot delete disk/b/note: the file system is read-only (EROFS)
`);
  });
});
