// tnl on real file systems that are small, or read-only.
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EventFileReader } from "../../src/events/event-file-reader.js";
import { findRuns } from "../../src/events/index.js";
import { pathsBelow, treeOf } from "../experiments/tree.js";
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
